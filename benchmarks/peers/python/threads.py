"""Trivial calls on two threads."""
from concurrent.futures import ThreadPoolExecutor

from rounds import add_one, main, trivial_sum

IN_FLIGHT = 1000


def map_all(rounds):
    with ThreadPoolExecutor(2) as pool:
        rounds.rate(lambda: sum(pool.map(add_one, range(rounds.items))), trivial_sum(rounds.items))


def submit(rounds):
    def run_round():
        total = 0
        for first in range(0, rounds.items, IN_FLIGHT):
            calls = [pool.submit(add_one, x) for x in range(first, first + IN_FLIGHT)]
            total += sum(call.result() for call in calls)
        return total

    with ThreadPoolExecutor(2) as pool:
        rounds.rate(run_round, trivial_sum(rounds.items))


main({"map": map_all, "submit": submit})
