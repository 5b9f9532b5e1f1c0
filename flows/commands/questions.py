"""Questions to whoever sits at the terminal, whose answer is waited for so that Ctrl-C ends the wait at any moment."""

import os
import select
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.prompt import Prompt
from rich.text import TextType

from flows.commands.terminal import output


class _Question(Prompt):
    """A question of `rich.prompt` that waits for a line or a signal, whichever comes first."""

    @classmethod
    def get_input(cls, console: Console, prompt: TextType, password: bool, stream: TextIO | None = None) -> str:
        """The next line of the standard input; EOFError at its end."""
        console.print(prompt, end="")
        if sys.stdin.isatty():
            _wait_for_line()
        return input()


def ask(question: str, choices: Sequence[str] | None = None) -> str:
    """One answer, asked for until it is among the choices, if there are any; EOFError where the input ends."""
    listed = None if choices is None else list(choices)
    return _Question.ask(question, console=output, choices=listed, show_choices=False)


def _wait_for_line() -> None:
    """Wait for a line of the terminal or a signal, also one that came just before: `input` would wait on after that.

    A signal's handler in Python runs between two bytecodes, and a read that has begun meanwhile knows nothing of it.
    """
    with _signals() as came:
        select.select([sys.stdin, came], [], [])


@contextmanager
def _signals() -> Iterator[int]:
    """A pipe into which every signal writes (https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd)."""
    came, comes = os.pipe()
    os.set_blocking(comes, False)
    before = signal.set_wakeup_fd(comes, warn_on_full_buffer=False)
    try:
        yield came
    finally:
        signal.set_wakeup_fd(before)
        os.close(came)
        os.close(comes)
