"""Very many timers that come due within one second."""
import asyncio
import time

from rounds import install_uvloop, main


async def fire_all(items):
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    late = []

    def fire(due):
        late.append((loop.time() - due) * 1e3)
        if len(late) == items:
            done.set_result(None)

    before = time.process_time()
    begin = loop.time() + max(1, items * 2e-6)
    random = 1
    for _ in range(items):
        random = (random * 1664525 + 1013904223) & 0xFFFFFFFF
        due = begin + (random >> 8) % 1_000_000 / 1e6
        loop.call_later(due - loop.time(), fire, due)
    await done
    used = time.process_time() - before
    late.sort()
    return {"value": used * 1e6 / items, "p99 late ms": late[items // 100 * 99], "most late ms": late[-1]}


def on_asyncio(rounds):
    rounds.repeat(lambda: asyncio.run(fire_all(rounds.items)))


def on_uvloop(rounds):
    install_uvloop()
    on_asyncio(rounds)


main({"asyncio": on_asyncio, "uvloop": on_uvloop})
