"""A hundred tasks that give way to each other on one event loop."""
import asyncio

from rounds import main, skip

TASKS = 100


async def give_way(times):
    for _ in range(times):
        await asyncio.sleep(0)
    return times


async def give_way_all(rounds):
    return sum(await asyncio.gather(*(give_way(rounds.items // TASKS) for _ in range(TASKS))))


def on_asyncio(rounds):
    rounds.rate(lambda: asyncio.run(give_way_all(rounds)), rounds.items // TASKS * TASKS)


def on_uvloop(rounds):
    try:
        import uvloop
    except ImportError:
        skip("uvloop is not installed for this CPython")
    uvloop.install()
    on_asyncio(rounds)


main({"asyncio": on_asyncio, "uvloop": on_uvloop})
