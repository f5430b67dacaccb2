// Timers in a binary heap and nothing else: the least that they cost. VARIANT ITEMS WARMUPS COUNTED on the command line, one JSON line on
// standard output.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "measure.h"

static int64_t *heap;
static int heap_count;

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void add(int64_t due) {
    int at = heap_count++;
    for (; at > 0 && heap[(at - 1) / 2] > due; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
    heap[at] = due;
}

static void remove_first(void) {
    int64_t last = heap[--heap_count];
    int at = 0;
    for (;;) {
        int child = 2 * at + 1;
        if (child >= heap_count) break;
        if (child + 1 < heap_count && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= last) break;
        heap[at] = heap[child];
        at = child;
    }

    heap[at] = last;
}

static void run(int items, double *late) {
    int64_t lead = items * 2000LL > 1000000000LL ? items * 2000LL : 1000000000LL, start = nanoseconds();
    uint32_t random = 1;
    for (int i = 0; i < items; i++) {
        random = random * 1664525 + 1013904223;
        add(start + lead + (random >> 8) % 1000000 * 1000LL);
    }

    for (int fired = 0; heap_count > 0;) {
        struct timespec next = {heap[0] / 1000000000, heap[0] % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
        for (int64_t now = nanoseconds(); heap_count > 0 && heap[0] <= now; now = nanoseconds()) {
            late[fired++] = (now - heap[0]) / 1e6;
            remove_first();
        }
    }
}

static void print(const char *name, const double *values, int count, const char *end) {
    printf("\"%s\": [", name);
    for (int i = 0; i < count; i++) printf("%s%.4f", i ? ", " : "", values[i]);
    printf("]%s", end);
}

int main(int count, char **arguments) {
    if (count != 5) return fprintf(stderr, "VARIANT ITEMS WARMUPS COUNTED expected\n"), 2;
    int items = atoi(arguments[2]), warmups = atoi(arguments[3]), counted = atoi(arguments[4]);
    double *late = malloc(sizeof(double) * items), *costs = malloc(sizeof(double) * counted);
    double *tails = malloc(sizeof(double) * counted), *ends = malloc(sizeof(double) * counted);
    heap = malloc(sizeof *heap * items);
    for (int round = -warmups; round < counted; round++) {
        double before = cpu_seconds();
        run(items, late);
        if (round < 0) continue;
        costs[round] = (cpu_seconds() - before) * 1e6 / items;
        qsort(late, items, sizeof *late, by_value);
        tails[round] = late[items / 100 * 99];
        ends[round] = late[items - 1];
    }

    printf("{");
    print("value", costs, counted, ", ");
    print("p99 late ms", tails, counted, ", ");
    print("most late ms", ends, counted, "}\n");
    return 0;
}
