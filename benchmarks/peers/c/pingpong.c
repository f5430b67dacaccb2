// One byte to a forked child and back over a socket pair, blocking: the least that a call to another process costs when both sides sleep.
// VARIANT ITEMS WARMUPS COUNTED on the command line, one JSON line on standard output.
// The variant "pinned" keeps the parent on processor 0 and the child on processor 1.
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "measure.h"

static int run_on(int processor) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    if (sched_setaffinity(0, sizeof one, &one) == 0) return 0;
    perror("sched_setaffinity");
    return 1;
}

static void answer(int socket) {
    char byte;
    while (read(socket, &byte, 1) == 1 && write(socket, &byte, 1) == 1) {}
    _exit(0);
}

int main(int count, char **arguments) {
    if (count != 5) return fprintf(stderr, "VARIANT ITEMS WARMUPS COUNTED expected\n"), 2;
    int items = atoi(arguments[2]), warmups = atoi(arguments[3]), counted = atoi(arguments[4]), pair[2];
    double *times = malloc(sizeof(double) * items), *medians = malloc(sizeof(double) * counted), *tails = malloc(sizeof(double) * counted);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) return perror("socketpair"), 1;
    int pinned = !strcmp(arguments[1], "pinned");
    if (fork() == 0) {
        if (pinned && run_on(1)) _exit(1);
        close(pair[0]);
        answer(pair[1]);
    }

    close(pair[1]);
    if (pinned && run_on(0)) return 1;
    double began = microseconds();
    for (int round = -warmups; round < counted; round++) {
        for (int i = 0; i < items; i++) {
            char byte = 1;
            double start = microseconds();
            if (write(pair[0], &byte, 1) != 1 || read(pair[0], &byte, 1) != 1) return perror("ping-pong"), 1;
            times[i] = microseconds() - start;
        }

        if (round < 0) {
            // At least a second of it, as in the other programs.
            if (round == -1 && microseconds() - began < 1e6) round--;
            continue;
        }

        qsort(times, items, sizeof(double), by_value);
        medians[round] = times[items / 2];
        tails[round] = times[items * 99 / 100];
    }

    close(pair[0]);
    wait(NULL);
    printf("{\"value\": [");
    for (int i = 0; i < counted; i++) printf("%s%.3f", i ? ", " : "", medians[i]);
    printf("], \"p99\": [");
    for (int i = 0; i < counted; i++) printf("%s%.3f", i ? ", " : "", tails[i]);
    printf("]}\n");
    return 0;
}
