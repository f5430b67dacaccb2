"""A hundred tasks that give way to each other on one event loop."""
import asyncio

from rounds import install_uvloop, main

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
    install_uvloop()
    on_asyncio(rounds)


main({"asyncio": on_asyncio, "uvloop": on_uvloop})
