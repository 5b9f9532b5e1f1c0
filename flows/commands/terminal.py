"""What a command prints: results on standard output, everything else on standard error, colour only on a terminal."""

import sys
from collections.abc import Iterable, Sequence

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

PIPED_WIDTH = 160


def _open_console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPED_WIDTH
    return Console(stderr=stderr, highlight=False, soft_wrap=True, width=width)


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
    output.file.write(msgspec.json.encode(value).decode() + "\n")
