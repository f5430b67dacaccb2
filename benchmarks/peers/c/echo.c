// TCP echo on a bare epoll, the least that a server with one thread can do. Says on which port it listens and ends when standard input does.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define BACKLOG 1024

static void watch(int poller, int descriptor) {
    struct epoll_event interest = {EPOLLIN, {.fd = descriptor}};
    epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &interest);
}

static void take_connection(int poller, int listener) {
    int one = 1, connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (connection < 0) return;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(poller, connection);
}

static void echo(int connection) {
    char buffer[4096];
    ssize_t length = read(connection, buffer, sizeof buffer);
    if (length < 0 && errno == EAGAIN) return;
    if (length <= 0 || write(connection, buffer, length) != length) close(connection);
}

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poller = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, BACKLOG)) return perror("listen"), 1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    watch(poller, listener);
    watch(poller, STDIN_FILENO);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            int descriptor = events[i].data.fd;
            if (descriptor == STDIN_FILENO) return 0;
            if (descriptor == listener) take_connection(poller, listener);
            else echo(descriptor);
        }
    }
}
