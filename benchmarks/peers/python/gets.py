"""Many slow GETs at once, from the server that the session names."""
import asyncio
import os

from rounds import install_uvloop, main, skip

try:
    import aiohttp
except ImportError:
    skip("aiohttp is not installed for this CPython")

IN_FLIGHT = 500
PAGE_BYTES = 1024


async def get_all(items):
    url = os.environ["BENCHMARK_URL"]
    asked = iter(range(items))

    async def ask_on(session):
        total = 0
        for _ in asked:
            async with session.get(url) as response:
                total += len(await response.read())
        return total

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        return sum(await asyncio.gather(*(ask_on(session) for _ in range(IN_FLIGHT))))


def on_asyncio(rounds):
    rounds.seconds(lambda: asyncio.run(get_all(rounds.items)), rounds.items * PAGE_BYTES)


def on_uvloop(rounds):
    install_uvloop()
    on_asyncio(rounds)


main({"asyncio": on_asyncio, "uvloop": on_uvloop})
