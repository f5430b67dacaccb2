// The load of the benchmarks loop-echo, for servers in every language: PORT CONNECTIONS on the command line. Says how many connections
// there are, then for each line with a number of requests: seconds, the median and the 99th percentile of a request in microseconds.
// Every connection sends 64 bytes, waits for all of them and compares them. Ends when standard input does.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "measure.h"

#define MESSAGE 64
#define EVENTS 256

struct connection {
    int socket, received;
    double sent_at;
    char message[MESSAGE], answer[MESSAGE];
};

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void send_message(struct connection *connection, int number) {
    memcpy(connection->message, &number, sizeof number);
    connection->received = 0;
    connection->sent_at = microseconds();
    if (write(connection->socket, connection->message, MESSAGE) != MESSAGE) fail("write");
}

// Whether the answer is complete.
static int receive(struct connection *connection) {
    ssize_t length = read(connection->socket, connection->answer + connection->received, MESSAGE - connection->received);
    if (length <= 0) fail("read, or the server has closed");
    connection->received += length;
    if (connection->received < MESSAGE) return 0;
    if (memcmp(connection->message, connection->answer, MESSAGE)) fail("other bytes than were sent");
    return 1;
}

static void connect_all(struct connection *connections, int count, int port, int poller) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    for (int i = 0; i < count; i++) {
        int client = connections[i].socket = socket(AF_INET, SOCK_STREAM, 0);
        memset(connections[i].message, 'a' + i % 26, MESSAGE);
        if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof address)) fail("connect");
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event interest = {EPOLLIN, {.ptr = &connections[i]}};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, client, &interest)) fail("epoll_ctl");
    }
}

int main(int argument_count, char **arguments) {
    if (argument_count != 3) return fprintf(stderr, "PORT CONNECTIONS expected\n"), 2;
    int count = atoi(arguments[2]), poller = epoll_create1(0), requests;
    struct connection *connections = calloc(count, sizeof *connections);
    connect_all(connections, count, atoi(arguments[1]), poller);
    printf("%d\n", count);
    fflush(stdout);

    while (scanf("%d", &requests) == 1) {
        double *times = malloc(sizeof(double) * requests), start = microseconds();
        int sent = 0, answered = 0;
        for (; sent < count && sent < requests; sent++) send_message(&connections[sent], sent);
        while (answered < requests) {
            struct epoll_event events[EVENTS];
            int ready = epoll_wait(poller, events, EVENTS, -1);
            for (int i = 0; i < ready; i++) {
                struct connection *connection = events[i].data.ptr;
                if (!receive(connection)) continue;
                times[answered++] = microseconds() - connection->sent_at;
                if (sent < requests) send_message(connection, sent++);
            }
        }

        double seconds = (microseconds() - start) / 1e6;
        qsort(times, requests, sizeof *times, by_value);
        printf("%.6f %.3f %.3f\n", seconds, times[requests / 2], times[(long)requests * 99 / 100]);
        fflush(stdout);
        free(times);
    }

    return 0;
}
