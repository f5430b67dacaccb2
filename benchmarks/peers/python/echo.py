"""TCP echo: says on which port it listens and ends when standard input does."""
import asyncio
import os
import sys
import threading

from rounds import install_uvloop

BACKLOG = 1024


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def echo(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()


async def serve(variant):
    if variant == "streams":
        server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=BACKLOG)
    else:
        server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0, backlog=BACKLOG)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def main(variant):
    if variant.startswith("uvloop-"):
        install_uvloop()
    threading.Thread(target=end_with_input, daemon=True).start()
    asyncio.run(serve(variant.removeprefix("uvloop-")))


main(sys.argv[1])
