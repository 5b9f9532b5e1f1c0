"""Worker processes that never outlive the process they work for, even if that is killed."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection


def _leave_with(owner: Connection) -> None:
    """End this process as soon as the other end of the pipe is closed: nothing is ever sent through it."""

    def wait() -> None:
        with suppress(EOFError, OSError):
            owner.recv_bytes()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def worker_pool(workers: int, module: str) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes forked from a clean one that has imported `module`: safe beside threads.

    A script that uses it must guard its own work by `if __name__ == "__main__"`.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    watched, held = context.Pipe(duplex=False)
    with held, watched, ProcessPoolExecutor(workers, context, initializer=_leave_with, initargs=(watched,)) as pool:
        yield pool
