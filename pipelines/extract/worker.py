"""A process that extracts one document after the other: `python -m pipelines.extract.worker SOCKET FUNCTION BYTES`.

It is given its end of a socket, the function that turns a task into an answer (`module:name`) and the bytes of memory
that it may take above what it has when nothing was extracted yet. It answers tasks in the order in which they come,
and ends with its owner: as soon as the other end is closed, it kills its process group, whatever it is doing.
"""

import importlib
import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from msgspec import structs

from contracts.raw_json import Rejection
from pipelines.extract.messages import Answer, Task

_MEMORY = Path("/proc/self/statm")
_DATA_PAGES = 5
_MEMORY_LIMIT = Rejection(reason="memory_limit", detail="the reader needed more memory than a document may have")


def _data_bytes() -> int:
    """Memory of this process as RLIMIT_DATA counts it; 0 where the system does not tell."""
    if not _MEMORY.exists():
        return 0
    return int(_MEMORY.read_text().split()[_DATA_PAGES]) * resource.getpagesize()


def _limit_memory(allowance: int) -> int:
    """Bound this process's memory and that of its children; returns the bytes at which it is better renewed."""
    base = _data_bytes()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if base:
        resource.setrlimit(resource.RLIMIT_DATA, (base + allowance, base + allowance))
    return base + allowance // 2


def _end_with_owner(connection: Connection) -> None:
    """Kill this process group, children too, once the other end of the socket is closed."""

    def wait() -> None:
        hung_up = select.poll()
        hung_up.register(connection.fileno(), 0)  # nothing but the hang-up, which is always told
        hung_up.poll()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def _answer(function: Callable[[Task], Answer], task: Task) -> Answer:
    try:
        return function(task)
    except MemoryError:
        return Answer(rejection=_MEMORY_LIMIT)
    except Exception as error:  # whatever a reader does, the other documents go on and this one says why it is missing
        return Answer(rejection=Rejection(reason="reader_error", detail=f"{type(error).__name__}: {error}"))


def main() -> None:
    """Answer tasks until the owner is gone or so much memory is in use that a new process is better."""
    connection = Connection(int(sys.argv[1]))
    module, _, name = sys.argv[2].partition(":")
    function: Callable[[Task], Answer] = getattr(importlib.import_module(module), name)
    most = _limit_memory(int(sys.argv[3]))
    _end_with_owner(connection)
    answer = Answer()
    while not answer.is_last:
        answer = _answer(function, Task.decode(connection.recv_bytes()))
        answer = structs.replace(answer, is_last=_data_bytes() > most)
        connection.send_bytes(answer.encode())


if __name__ == "__main__":
    main()
