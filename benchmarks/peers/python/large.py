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


def look(name, size):
    """Opens the memory and leaves it as it is."""
    memory = SharedMemory(name)
    is_whole = memory.buf[0] == memory.buf[size - 1] == 5
    memory.close()
    return is_whole


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


def by_shared_memory(work, result_at):
    """The result lies in the memory's half 0 or 1."""
    def by_work(rounds):
        size = rounds.items * MIB
        memory = SharedMemory(create=True, size=2 * size)
        source = memory.buf[result_at * size:(result_at + 1) * size]
        target = bytearray(size)
        try:
            with ProcessPoolExecutor(2) as pool:
                def call(data):
                    memory.buf[:size] = data
                    pool.submit(work, memory.name, size).result()
                    memoryview(target)[:] = source
                    return target

                measure(rounds, call)
        finally:
            source.release()
            memory.close()
            memory.unlink()

    return by_work


if __name__ == "__main__":
    main({
        "executor": by_executor,
        "pool": by_pool,
        "pipe": by_pipe,
        "shared-memory": by_shared_memory(copy_within, 1),
        "shared-memory-in-place": by_shared_memory(look, 0),
    })
