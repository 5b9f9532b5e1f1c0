"""What the archived document prints where a figure was read: the second reading, and the place with its words."""

import unicodedata
from collections.abc import Iterable, Mapping

from msgspec import Struct, structs

from contracts.raw_json import Span, cells_of
from pipelines.extract.places import Mark, PrintedPiece, TracedDocument

_WORDS_AROUND = 40


class PrintedCell(Struct, frozen=True, omit_defaults=True):
    """Where a cell's figure stands: the printed words, and in them the characters `[start, end)` of the figure."""

    words: str
    mark: tuple[int, int]
    file: str = ""
    page: int | None = None
    line: int | None = None
    char_start: int | None = None
    char_end: int | None = None
    table: int | None = None
    row: int | None = None


class SecondReading(Struct, frozen=True):
    """The cells of one report read again, the number printed at each one's place, and those places.

    `printed` holds only cells whose printed characters are a whole number. `in_grid` are those in a drawn table, where
    a figure's place is printed too and not only its digits.
    """

    cells: Mapping[str, int | None]
    printed: Mapping[str, int]
    places: Mapping[str, PrintedCell]
    in_grid: frozenset[str]


def printed_number(text: str) -> int | None:
    """The number that characters of a document print, None if they print anything else.

    >>> printed_number(" 12,417 "), printed_number("—")
    (12417, None)
    """
    dense = "".join(unicodedata.normalize("NFKC", text).replace(",", "").split())
    return int(dense) if dense.isdecimal() and dense.isascii() else None


def read_again(document: TracedDocument, ordinal: int, cells: Iterable[str], file: str) -> SecondReading | None:
    """The second reading of the `ordinal`-th report of a document, None if it has fewer.

    Args:
        document: the document, read again with the place of every number.
        ordinal: which of its reports, from 1.
        cells: the cells that are asked about.
        file: the document's name, for the places.
    """
    if ordinal > len(document.reports):
        return None
    found = document.reports[ordinal - 1]
    printed: dict[str, int] = {}
    places: dict[str, PrintedCell] = {}
    in_grid: set[str] = set()
    for cell in cells:
        marks = found.places.get(cell, [])
        if not marks:
            continue
        number = printed_number("".join(document.pieces[m.piece].text[m.start : m.end] for m in marks))
        if number is not None:
            printed[cell] = number
        places[cell] = _place(document.pieces, marks[0], file)
        if document.pieces[marks[0].piece].kind != "line":
            in_grid.add(cell)
    return SecondReading(cells_of(found.report), printed, places, frozenset(in_grid))


def _place(pieces: list[PrintedPiece], mark: Mark, file: str) -> PrintedCell:
    """The place of a mark; the words are its printed line, or all pieces of its row, cut around the mark."""
    piece = pieces[mark.piece]
    words, start = "", 0
    for number, other in enumerate(pieces):
        if other.line != piece.line:
            continue
        if number == mark.piece:
            start = len(words) + mark.start
        words += other.text + (" " if other.kind != "line" else "")
    end = start + mark.end - mark.start
    first = max(start - _WORDS_AROUND, 0)
    span: Span = piece.span
    if span.char_start is not None:
        begin = span.char_start
        span = structs.replace(span, char_start=begin + mark.start, char_end=begin + mark.end)
    return PrintedCell(
        words=words[first : end + _WORDS_AROUND],
        mark=(start - first, end - first),
        file=file,
        page=span.page,
        line=span.line,
        char_start=span.char_start,
        char_end=span.char_end,
        table=span.table,
        row=span.row,
    )
