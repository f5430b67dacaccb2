"""Primes by trial division, one chunk an item: a plain loop against two workers."""
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from rounds import main

CHUNK_WIDTH = 15_625


def is_prime(number):
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 1
    return True


def count_primes(chunk):
    first = chunk * CHUNK_WIDTH
    return sum(1 for number in range(max(first, 2), first + CHUNK_WIDTH) if is_prime(number))


def on(pool_type):
    def measure(rounds):
        with pool_type(2) as pool:
            rounds.speed_up(
                lambda: sum(map(count_primes, range(rounds.items))),
                lambda: sum(pool.map(count_primes, range(rounds.items))))

    return measure


if __name__ == "__main__":
    main({"threads": on(ThreadPoolExecutor), "processes": on(ProcessPoolExecutor)})
