"""The frame of every program here: VARIANT ITEMS WARMUPS COUNTED on the command line, one JSON line on standard output.

A measuring program that cannot measure exits with 77 and its reason as the last line on standard error."""
import json
import sys
import time

SHORTEST_WARMUP = 1.0


class Rounds:
    def __init__(self, items, warmups, counted):
        self.items, self.warmups, self.counted = items, warmups, counted
        self.figures = {}

    def rate(self, run_round, expected):
        """Items per second."""
        self.repeat(lambda: {"value": self.items / timed(run_round, expected)})

    def seconds(self, run_round, expected):
        self.repeat(lambda: {"value": timed(run_round, expected)})

    def bandwidth(self, count, run_round):
        """GB per second. A round returns whether all arrived as it should."""
        def measure():
            start = time.perf_counter()
            is_right = run_round()
            seconds = time.perf_counter() - start
            assert is_right, "a round gave back other bytes than it should have"
            return {"value": count / seconds / 1e9}

        self.repeat(measure)

    def latency(self, call):
        """One call at a time: median and 99th percentile in microseconds."""
        def measure():
            microseconds = []
            for x in range(self.items):
                start = time.perf_counter()
                result = call(x)
                microseconds.append((time.perf_counter() - start) * 1e6)
                assert result == x + 1
            microseconds.sort()
            return {"value": microseconds[self.items // 2], "p99": microseconds[self.items * 99 // 100]}

        self.repeat(measure)

    def speed_up(self, plain_loop, on_two_workers):
        """A plain loop, then the same work on two workers."""
        def measure():
            start = time.perf_counter()
            expected = plain_loop()
            plain = time.perf_counter() - start
            start = time.perf_counter()
            result = on_two_workers()
            on_two = time.perf_counter() - start
            assert result == expected
            return {"value": plain / on_two, "plain loop s": plain, "2 workers s": on_two}

        self.repeat(measure)

    def share(self, workers, run_round):
        """Which share of the workers' time was used. A round returns the seconds that were."""
        def measure():
            start = time.perf_counter()
            busy = run_round()
            return {"value": busy / workers / (time.perf_counter() - start)}

        self.repeat(measure)

    def record(self, figures):
        for name, value in figures.items():
            self.figures.setdefault(name, []).append(value)

    def repeat(self, measure):
        """Runs the rounds, each of which returns its figures."""
        start = time.perf_counter()
        round_number = 0
        while round_number < self.warmups or (self.warmups > 0 and time.perf_counter() - start < SHORTEST_WARMUP):
            measure()
            round_number += 1
        for _ in range(self.counted):
            self.record(measure())


def timed(run_round, expected):
    """The seconds of one round."""
    start = time.perf_counter()
    result = run_round()
    seconds = time.perf_counter() - start
    assert result == expected, f"a round gave {result} instead of {expected}"
    return seconds


def skip(reason):
    print(reason, file=sys.stderr)
    sys.exit(77)


def install_uvloop():
    try:
        import uvloop
    except ImportError:
        skip("uvloop is not installed for this CPython")
    uvloop.install()


def main(variants):
    rounds = Rounds(*map(int, sys.argv[2:5]))
    variants[sys.argv[1]](rounds)
    print(json.dumps(rounds.figures), flush=True)


def add_one(x):
    return x + 1


def trivial_sum(items):
    return items * (items + 1) // 2
