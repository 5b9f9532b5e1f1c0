"""What ends a process from outside: an interrupt (Ctrl-C) or a termination (SIGTERM). Imports nothing of Prefect."""

import signal
import sys
from types import FrameType
from typing import NoReturn

INTERRUPTED, TERMINATED = 130, 143


class Terminated(BaseException):
    """The process is told to end (SIGTERM)."""


def end_on_termination() -> None:
    """Let SIGTERM raise :class:`Terminated`, as Ctrl-C raises KeyboardInterrupt; call it in the main thread.

    Prefect's own handler, which a flow installs, hands the signal on to this one.
    """
    signal.signal(signal.SIGTERM, _terminate)


def find_interruption(error: BaseException) -> BaseException | None:
    """The interrupt or termination that an error is or was caused by; None if it was neither.

    A query of DuckDB that is interrupted raises a RuntimeError, whose cause it is.
    """
    prefect = sys.modules.get("prefect.exceptions")  # imported wherever it can have raised one
    kinds = (KeyboardInterrupt, Terminated, *((prefect.TerminationSignal,) if prefect else ()))
    found: BaseException | None = error
    while found is not None and not isinstance(found, kinds):
        found = found.__cause__
    return found


def exit_code_of(interruption: BaseException) -> int:
    """The exit code of a process that ended by it, as shells give it: 128 and the signal's number."""
    return INTERRUPTED if isinstance(interruption, KeyboardInterrupt) else TERMINATED


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
