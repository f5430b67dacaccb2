"""Trivial calls on two worker processes, started by fork as is the default on Linux up to CPython 3.13."""
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Pool
from os import cpu_count
from subprocess import Popen

from rounds import add_one, main, trivial_sum


def executor_roundtrip(rounds):
    with ProcessPoolExecutor(2) as pool:
        rounds.latency(lambda x: pool.submit(add_one, x).result())


def pool_roundtrip(rounds):
    with Pool(2) as pool:
        rounds.latency(lambda x: pool.apply(add_one, (x,)))


def executor_map(chunk):
    def measure(rounds):
        with ProcessPoolExecutor(2) as pool:
            rounds.rate(lambda: sum(pool.map(add_one, range(rounds.items), chunksize=chunk)), trivial_sum(rounds.items))

    return measure


def executor_submit(rounds):
    def submit_all(pool):
        calls = [pool.submit(add_one, x) for x in range(rounds.items)]
        return sum(call.result() for call in calls)

    with ProcessPoolExecutor(2) as pool:
        rounds.rate(lambda: submit_all(pool), trivial_sum(rounds.items))


def pool_map(chunk):
    def measure(rounds):
        with Pool(2) as pool:
            rounds.rate(lambda: sum(pool.map(add_one, range(rounds.items), chunk)), trivial_sum(rounds.items))

    return measure


def beside_others(measure):
    """While other programs keep every processor busy."""

    def measure_busy(rounds):
        others = [Popen(["/bin/sh", "-c", "ulimit -t 120; while :; do :; done"]) for _ in range(cpu_count())]
        try:
            measure(rounds)
        finally:
            for other in others:
                other.kill()
                other.wait()

    return measure_busy


if __name__ == "__main__":
    main({
        "executor-roundtrip": executor_roundtrip,
        "pool-roundtrip": pool_roundtrip,
        "executor-submit": executor_submit,
        "executor-map": executor_map(1),
        "executor-map-chunked": executor_map(500),
        "pool-map": pool_map(None),
        "pool-map-single": pool_map(1),
        "executor-map-busy": beside_others(executor_map(1)),
        "executor-map-chunked-busy": beside_others(executor_map(500)),
        "pool-map-busy": beside_others(pool_map(None)),
    })
