"""What a command prints: results on standard output, everything else on standard error, colour only on a terminal.

A reader that closes the pipe has seen enough: nothing more is printed, and the exit code says what it would have said.
"""

import os
import sys
from collections.abc import Callable, Iterable, Sequence

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

PIPED_WIDTH = 160


def fall_silent(console: Console) -> None:
    """Print nothing more on a stream, and leave what is still to be flushed to nobody."""
    console.quiet = True
    nobody = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nobody, console.file.fileno())
    os.close(nobody)


class _Output(Console):
    """A stream that falls silent when its reader is gone; `quiet` says whether it has."""

    def on_broken_pipe(self) -> None:
        """Print nothing more, and leave what is still to be flushed to nobody."""
        fall_silent(self)

    def write_line(self, text: str) -> None:
        """Print one line exactly as it is."""
        self._guard(lambda: self.file.write(text + "\n"))

    def finish(self) -> None:
        """Hand over what is buffered."""
        self._guard(self.file.flush)

    def _guard(self, write: Callable[[], object]) -> None:
        if self.quiet:
            return
        try:
            write()
        except BrokenPipeError:
            self.on_broken_pipe()


def _open_console(*, stderr: bool) -> _Output:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPED_WIDTH
    return _Output(stderr=stderr, highlight=False, soft_wrap=True, width=width)


output = _open_console(stderr=False)
messages = _open_console(stderr=True)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns; numbers to the right, with thousands separated."""
    records = [list(row) for row in rows]
    table = Table()
    for position, column in enumerate(columns):
        numbers = all(isinstance(record[position], int) for record in records)
        table.add_column(column, justify="right" if records and numbers else "left", overflow="fold")
    for record in records:
        table.add_row(*(f"{value:,}" if isinstance(value, int) else escape(str(value)) for value in record))
    output.print(escape(title))
    output.print(table, soft_wrap=False)


def print_json(value: object) -> None:
    """Print one value as one line of JSON (UTF-8, keys in their order)."""
    output.write_line(msgspec.json.encode(value).decode())
