"""Pages of placed text to pieces: ruled tables row by row, everything else line by line, from top to bottom."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from contracts.raw_json import Span
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.cell_text import join_cell_text
from pipelines.extract.readers.ruled_tables import Box, Edge, RuledTable, find_ruled_tables

_PAGE_NUMBER = re.compile(r"[-–—－\s]*\d{1,4}[-–—－\s]*|第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?")
_SAME_LINE = 0.5  # of a text's height
_BLANK = 0.3  # of a text's height: a gap in which a blank is meant


class Item(Struct, frozen=True):
    """A text, one character or several, that stands in one place; y counts from the top of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def x(self) -> float:
        """The middle across."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """The middle down."""
        return (self.top + self.bottom) / 2


class PageWriter:
    """Turns pages into pieces; counts lines and tables over all of them."""

    def __init__(self) -> None:
        """Begin a document."""
        self._lines = 0
        self._tables = 0

    def write(self, items: Sequence[Item], edges: Sequence[Edge], page: int, tolerance: float) -> Iterator[Piece]:
        """The pieces of a page; a page number at its head or foot is left out.

        Args:
            items: its texts in any order.
            edges: its straight lines.
            page: its number from 1.
            tolerance: how far apart two lines are that are meant as one.

        Raises:
            Unreadable: `too_large`, if there are more lines than any page has.
        """
        tables = find_ruled_tables(edges, tolerance)
        held, rest = _sort_into(items, tables)
        lines = _lines_of(rest)
        if lines and _PAGE_NUMBER.fullmatch(lines[-1][1].strip()):
            lines.pop()
        if lines and _PAGE_NUMBER.fullmatch(lines[0][1].strip()):
            lines.pop(0)
        blocks: list[tuple[float, int, str]] = [(top, -1, text) for top, text in lines]
        blocks += [(table.box.top, number, "") for number, table in enumerate(tables)]
        for _, number, text in sorted(blocks, key=lambda block: block[0]):
            if number < 0:
                self._lines += 1
                yield Piece("line", text, Span(page=page, line=self._lines, char_start=0, char_end=len(text)))
            else:
                yield from self._write_table(tables[number], held[number], page)

    def _write_table(self, table: RuledTable, held: dict[Box, list[Item]], page: int) -> Iterator[Piece]:
        self._tables += 1
        for place, row in enumerate(table.rows, start=1):
            span = Span(page=page, table=self._tables, row=place)
            for column, box in row:
                texts = [text for _, text in _lines_of(held.get(box, []))]
                yield Piece("cell", join_cell_text(texts), span, column)
            yield Piece("row_end", "", span, table.width)


def _sort_into(items: Iterable[Item], tables: Sequence[RuledTable]) -> tuple[list[dict[Box, list[Item]]], list[Item]]:
    """The texts of each cell of each table, and those that are in none."""
    held: list[dict[Box, list[Item]]] = [{} for _ in tables]
    finders = [_CellFinder(table) for table in tables]
    rest: list[Item] = []
    for item in items:
        for cells, finder in zip(held, finders, strict=True):
            box = finder.find(item.x, item.y)
            if box is not None:
                cells.setdefault(box, []).append(item)
                break
        else:
            rest.append(item)
    return held, rest


class _CellFinder:
    """Which cell of a table a point lies in."""

    def __init__(self, table: RuledTable) -> None:
        self._box = table.box
        self._tops = [min(box.top for _, box in row) for row in table.rows]
        self._rows = table.rows

    def find(self, x: float, y: float) -> Box | None:
        if not self._box.holds(x, y):
            return None
        for row in reversed(self._rows[: bisect_left(self._tops, y)]):  # a merged cell begins further up
            for _, box in row:
                if box.holds(x, y):
                    return box
        return None


def _lines_of(items: Sequence[Item]) -> list[tuple[float, str]]:
    """The lines that texts stand in, from top to bottom: top and text."""
    lines: list[list[Item]] = []
    for item in sorted(items, key=lambda item: item.y):
        if lines and item.y - lines[-1][-1].y <= _SAME_LINE * min(item.height, lines[-1][-1].height):
            lines[-1].append(item)
        else:
            lines.append([item])
    written = ((min(item.top for item in line), _text_of(line)) for line in lines)
    return [(top, text) for top, text in written if text]


def _text_of(line: list[Item]) -> str:
    parts: list[str] = []
    end = float("inf")
    for item in sorted(line, key=lambda item: item.left):
        if item.left - end > _BLANK * item.height:
            parts.append(" ")
        parts.append(item.text)
        end = max(item.right, end) if parts[1:] else item.right
    return " ".join("".join(parts).split())
