"""A pool of worker processes in which each document has limits, and one that breaks them costs itself alone.

Every worker has one task at a time: the one that hangs, dies or takes too much memory is known exactly. Its process
is killed with its children, a fresh one takes its place, and the other workers go on.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe, wait
from types import TracebackType
from typing import Self, cast

from contracts.raw_json import Rejection
from pipelines.extract.messages import Answer, Task

_MOST_DEATHS = 2  # a system without memory can kill a process for the fault of another one


class _Worker:
    """One process and the task that it has."""

    def __init__(self, function: str, memory: int) -> None:
        self.connection, theirs = Pipe()
        command = [sys.executable, "-P", "-m", "pipelines.extract.worker"]  # -P: never import from where we stand
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [*command, str(theirs.fileno()), function, str(memory)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.task: Task | None = None
        self.deadline = 0.0

    def give(self, task: Task) -> None:
        """Hand a task over; a process that has ended is noticed when its answer is awaited."""
        self.task, self.deadline = task, time.monotonic() + task.seconds
        with suppress(OSError):
            self.connection.send_bytes(task.encode())

    def end(self) -> int:
        """Kill the process and its children; returns its exit code."""
        with suppress(ProcessLookupError, PermissionError):  # it has ended already
            os.killpg(self._process.pid, signal.SIGKILL)
        self.connection.close()
        return self._process.wait()


class DocumentPool:
    """Workers that run `function` (`module:name`, a task to an answer); they end with the block that holds them."""

    def __init__(self, function: str, workers: int, memory: int) -> None:
        """Name what to run in how many processes, each with so many bytes of memory; none is started yet."""
        self._function, self._count, self._memory = function, workers, memory
        self._busy: dict[Connection, _Worker] = {}
        self._idle: list[_Worker] = []
        self._again: list[Task] = []
        self._deaths: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """The pool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill all workers, whatever they are doing."""
        for worker in [*self._idle, *self._busy.values()]:
            worker.end()

    def answers(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Answer]]:
        """Each task with its answer, in the order in which they are ready; a task is taken when a worker is free.

        The answer to a task that takes too long, or whose worker dies twice, is a rejection: `time_limit` or
        `reader_error`.
        """
        waiting = iter(tasks)
        self._hand_out(waiting)
        while self._busy:
            done = list(self._collect())
            self._hand_out(waiting)
            yield from done

    def _hand_out(self, waiting: Iterator[Task]) -> None:
        while len(self._busy) < self._count:
            task = self._again.pop() if self._again else next(waiting, None)
            if task is None:
                return
            worker = self._idle.pop() if self._idle else _Worker(self._function, self._memory)
            worker.give(task)
            self._busy[worker.connection] = worker

    def _collect(self) -> Iterator[tuple[Task, Answer]]:
        """Wait until a worker answers, dies or has had its time; the answers that there are then."""
        first = min(worker.deadline for worker in self._busy.values())
        for ready in wait(list(self._busy), timeout=max(first - time.monotonic(), 0)):
            yield from self._take_answer(self._busy.pop(cast(Connection, ready)))
        now = time.monotonic()
        for worker in [worker for worker in self._busy.values() if worker.deadline <= now]:
            del self._busy[worker.connection]
            worker.end()
            if worker.task is not None:
                detail = f"reading it was stopped after {worker.task.seconds:.0f} seconds"
                yield worker.task, Answer(rejection=Rejection(reason="time_limit", detail=detail))

    def _take_answer(self, worker: _Worker) -> Iterator[tuple[Task, Answer]]:
        if worker.task is None:
            return
        try:
            answer = Answer.decode(worker.connection.recv_bytes())
        except (EOFError, OSError):
            yield from self._take_death(worker.task, worker.end())
            return
        if answer.is_last:
            worker.end()
        else:
            self._idle.append(worker)
        yield worker.task, answer

    def _take_death(self, task: Task, code: int) -> Iterator[tuple[Task, Answer]]:
        self._deaths[task.sha256] += 1
        if self._deaths[task.sha256] < _MOST_DEATHS:
            self._again.append(task)
            return
        how = f"signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"exit code {code}"
        detail = f"its reader's process ended with {how}, each of {_MOST_DEATHS} times"
        yield task, Answer(rejection=Rejection(reason="reader_error", detail=detail))
