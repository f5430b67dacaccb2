// Primes by trial division, a plain loop against two threads that take the next chunk when they are done with one: what the machine itself
// gives to a second core. VARIANT ITEMS WARMUPS COUNTED on the command line, one JSON line on standard output.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "measure.h"

enum { chunk_width = 15625, workers = 2 };

static int items;
static atomic_int next_chunk;
static atomic_long sum;

static int is_prime(int number) {
    for (int divisor = 2; divisor * divisor <= number; divisor++)
        if (number % divisor == 0) return 0;
    return 1;
}

static int count_primes(int chunk) {
    int first = chunk * chunk_width, found = 0;
    for (int number = first > 2 ? first : 2; number < first + chunk_width; number++) found += is_prime(number);
    return found;
}

static long plain_loop(void) {
    long found = 0;
    for (int chunk = 0; chunk < items; chunk++) found += count_primes(chunk);
    return found;
}

static void *work(void *unused) {
    for (int chunk; (chunk = atomic_fetch_add(&next_chunk, 1)) < items;) atomic_fetch_add(&sum, count_primes(chunk));
    return unused;
}

static long on_two_threads(void) {
    pthread_t threads[workers];
    next_chunk = 0;
    sum = 0;
    for (int i = 0; i < workers; i++) {
        if (pthread_create(&threads[i], NULL, work, NULL) != 0) exit((perror("pthread_create"), 1));
    }

    for (int i = 0; i < workers; i++) pthread_join(threads[i], NULL);
    return sum;
}

static void print(const char *name, const double *values, int count, const char *end) {
    printf("\"%s\": [", name);
    for (int i = 0; i < count; i++) printf("%s%.4f", i ? ", " : "", values[i]);
    printf("]%s", end);
}

int main(int count, char **arguments) {
    if (count != 5) return fprintf(stderr, "VARIANT ITEMS WARMUPS COUNTED expected\n"), 2;
    items = atoi(arguments[2]);
    int warmups = atoi(arguments[3]), counted = atoi(arguments[4]);
    double *ratios = malloc(sizeof(double) * counted), *plain = malloc(sizeof(double) * counted), *on_two = malloc(sizeof(double) * counted);
    for (int round = -warmups; round < counted; round++) {
        double start = microseconds();
        long expected = plain_loop();
        double between = microseconds();
        long result = on_two_threads();
        double end = microseconds();
        if (result != expected) return fprintf(stderr, "two threads gave %ld, the plain loop %ld\n", result, expected), 1;
        if (round < 0) continue;
        ratios[round] = (between - start) / (end - between);
        plain[round] = (between - start) / 1e6;
        on_two[round] = (end - between) / 1e6;
    }

    printf("{");
    print("value", ratios, counted, ", ");
    print("plain loop s", plain, counted, ", ");
    print("2 workers s", on_two, counted, "}\n");
    return 0;
}
