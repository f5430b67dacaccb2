"""From the program's start to the results of two calls on two new worker processes."""
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor

from rounds import add_one, main


def started_by(method):
    def measure(rounds):
        with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
            first, second = pool.submit(add_one, 0), pool.submit(add_one, 1)
            assert first.result() + second.result() == 3
            rounds.record({"value": time.time() * 1000 - int(os.environ["BENCHMARK_STARTED_AT"])})

    return measure


if __name__ == "__main__":
    main({"fork": started_by("fork"), "spawn": started_by("spawn")})
