"""Plain text to pieces: lines, rows of cells between `|`, and cells behind tabs."""

import re

from contracts.raw_json import Span
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.encoding import decode_text

_RULE = re.compile(r"[\s|:+]*-{2,}[\s|:+-]*")


def read_text(content: bytes) -> list[Piece]:
    """The pieces of a text: one `line` a line, `cell`s and a `row_end` for a line with `|` or several tabs.

    A line with one tab before its text is one `cell`: in that layout an empty line ends the row.

    Raises:
        Unreadable: the text is empty or cannot be decoded.
    """
    text = decode_text(content).replace("\r\n", "\n").replace("\r", "\n")
    pieces: list[Piece] = []
    column = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if "|" in line:
            if not _RULE.fullmatch(line):
                _add_row(pieces, _pipe_cells(line), number)
        elif line.startswith("\t") and "\t" not in line[1:]:
            pieces.append(_piece("cell", line, 1, len(line), number, column))
            column += 1
            continue
        elif "\t" in line:
            start = 1 if line.startswith("\t") else 0
            _add_row(pieces, _cells(line, start, len(line), "\t"), number)
        else:
            pieces.append(_piece("line", line, 0, len(line), number))
            if line.strip():
                continue  # the second line of a cell of the tab layout
        column = 0
    return pieces


def _add_row(pieces: list[Piece], cells: list[tuple[str, int, int]], number: int) -> None:
    pieces.extend(_piece("cell", *cell, number, column) for column, cell in enumerate(cells))
    pieces.append(Piece("row_end", "", Span(line=number), len(cells)))


def _pipe_cells(line: str) -> list[tuple[str, int, int]]:
    """The cells between `|`; a `|` that opens or closes the line makes no cell of its own."""
    start = len(line) - len(line.lstrip())
    end = len(line.rstrip())
    if line[start] == "|":
        start += 1
    if end > start and line[end - 1] == "|":
        end -= 1
    return _cells(line, start, end, "|")


def _cells(line: str, start: int, end: int, separator: str) -> list[tuple[str, int, int]]:
    cells: list[tuple[str, int, int]] = []
    for part in line[start:end].split(separator):
        cells.append((line, start, start + len(part)))
        start += len(part) + 1
    return cells


def _piece(kind: str, line: str, start: int, end: int, number: int, column: int = 0) -> Piece:
    part = line[start:end]
    text = part.strip()
    first = start + len(part) - len(part.lstrip()) if text else start
    span = Span(line=number, char_start=first, char_end=first + len(text))
    return Piece("cell" if kind == "cell" else "line", text, span, column)
