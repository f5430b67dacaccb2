"""Very many tasks asleep at once."""
import asyncio
import time

from rounds import install_uvloop, main, skip


def peak_memory():
    """Not getrusage's figure: that begins with the parent's."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except OSError:
        skip("peak memory is read from /proc")


async def sleep_all(items):
    span = max(3, items // 100_000)
    before, start = peak_memory(), time.perf_counter()
    tasks = [asyncio.create_task(asyncio.sleep(span)) for _ in range(items)]
    await asyncio.sleep(0)
    seconds = time.perf_counter() - start
    assert not tasks[0].done(), "the first task woke before the last was created"
    for task in tasks:
        await task
    return {"value": (peak_memory() - before) / items, "create s": seconds}


def on_asyncio(rounds):
    rounds.repeat(lambda: asyncio.run(sleep_all(rounds.items)))


def on_uvloop(rounds):
    install_uvloop()
    on_asyncio(rounds)


main({"asyncio": on_asyncio, "uvloop": on_uvloop})
