"""Items that take very different times, in source order: eight threads that sleep, two processes that compute."""
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import Pool
from random import Random
from time import perf_counter, sleep

from rounds import main

WORKERS = 8
PROCESSORS = 2


def wait(seconds):
    start = perf_counter()
    sleep(seconds)
    return perf_counter() - start


def compute(seconds):
    start = perf_counter()
    while perf_counter() - start < seconds:
        pass
    return perf_counter() - start


def times(rounds, median):
    random = Random(1)
    return [median * random.lognormvariate(0, 1) for _ in range(rounds.items)]


def map_all(rounds):
    seconds = times(rounds, 0.004)
    with ThreadPoolExecutor(WORKERS) as pool:
        rounds.share(WORKERS, lambda: sum(pool.map(wait, seconds)))


def map_busy(rounds):
    seconds = times(rounds, 0.0006)
    with ProcessPoolExecutor(PROCESSORS) as pool:
        rounds.share(PROCESSORS, lambda: sum(pool.map(compute, seconds)))


def map_busy_in_chunks(rounds):
    seconds = times(rounds, 0.0006)
    with Pool(PROCESSORS) as pool:
        rounds.share(PROCESSORS, lambda: sum(pool.map(compute, seconds)))


if __name__ == "__main__":
    main({"map": map_all, "busy": map_busy, "busy-chunks": map_busy_in_chunks})
