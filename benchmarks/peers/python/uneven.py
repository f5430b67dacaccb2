"""Items that sleep for very different times, in source order, on eight threads."""
from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import perf_counter, sleep

from rounds import main

WORKERS = 8


def wait(seconds):
    start = perf_counter()
    sleep(seconds)
    return perf_counter() - start


def map_all(rounds):
    random = Random(1)
    times = [0.004 * random.lognormvariate(0, 1) for _ in range(rounds.items)]
    with ThreadPoolExecutor(WORKERS) as pool:
        rounds.share(WORKERS, lambda: sum(pool.map(wait, times)))


main({"map": map_all})
