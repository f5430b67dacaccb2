"""ITEMS MiB to a worker process and as many back: pickled, through a pipe, or in shared memory."""
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.shared_memory import SharedMemory

from rounds import main

MIB = 1 << 20


def same(data):
    return data


def copy_within(name, size):
    """From the first half of the memory to the second."""
    memory = SharedMemory(name)
    memory.buf[size:2 * size] = memory.buf[:size]
    memory.close()


def echo(connection):
    while data := connection.recv_bytes():
        connection.send_bytes(data)


def measure(rounds, call):
    size = rounds.items * MIB
    data = b"\x05" * size

    def run_round():
        result = call(data)
        return len(result) == size and result[0] == 5 and result[-1] == 5

    rounds.bandwidth(2 * size, run_round)


def by_executor(rounds):
    with ProcessPoolExecutor(2) as pool:
        measure(rounds, lambda data: pool.submit(same, data).result())


def by_pool(rounds):
    with multiprocessing.Pool(2) as pool:
        measure(rounds, lambda data: pool.apply(same, (data,)))


def by_pipe(rounds):
    here, there = multiprocessing.Pipe()
    worker = multiprocessing.Process(target=echo, args=(there,))
    worker.start()

    def call(data):
        here.send_bytes(data)
        return here.recv_bytes()

    measure(rounds, call)
    here.send_bytes(b"")
    worker.join()


def by_shared_memory(rounds):
    size = rounds.items * MIB
    memory = SharedMemory(create=True, size=2 * size)
    try:
        with ProcessPoolExecutor(2) as pool:
            def call(data):
                memory.buf[:size] = data
                pool.submit(copy_within, memory.name, size).result()
                return bytes(memory.buf[size:2 * size])

            measure(rounds, call)
    finally:
        memory.close()
        memory.unlink()


if __name__ == "__main__":
    main({"executor": by_executor, "pool": by_pool, "pipe": by_pipe, "shared-memory": by_shared_memory})
