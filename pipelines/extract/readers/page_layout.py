"""Pages of placed text to pieces: ruled tables row by row, everything else line by line, from top to bottom."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, structs

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


class _Line(Struct, frozen=True):
    """The text of a line, and the rectangle around it."""

    text: str
    box: Box


class PageWriter:
    """Turns pages into pieces; counts lines and tables over all of them."""

    def __init__(self) -> None:
        """Begin a document."""
        self._lines = 0
        self._tables = 0

    def write(
        self,
        items: Sequence[Item],
        edges: Sequence[Edge],
        page: int,
        tolerance: float,
        size: tuple[float, float] | None = None,
    ) -> Iterator[Piece]:
        """The pieces of a page; a page number at its head or foot is left out.

        Args:
            items: its texts in any order.
            edges: its straight lines.
            page: its number from 1.
            tolerance: how far apart two lines are that are meant as one.
            size: width and height of the page, if every piece has to say in which box of it it stands.

        Raises:
            Unreadable: `too_large`, if there are more lines than any page has.
        """
        tables = find_ruled_tables(edges, tolerance)
        held, rest = _sort_into(items, tables)
        lines = _lines_of(rest)
        if lines and _PAGE_NUMBER.fullmatch(lines[-1].text):
            lines.pop()
        if lines and _PAGE_NUMBER.fullmatch(lines[0].text):
            lines.pop(0)
        blocks: list[tuple[float, _Line | int]] = [(line.box.top, line) for line in lines]
        blocks += [(table.box.top, number) for number, table in enumerate(tables)]
        for _, block in sorted(blocks, key=lambda entry: entry[0]):
            if isinstance(block, int):
                yield from self._write_table(tables[block], held[block], page, size)
            else:
                self._lines += 1
                span = Span(page=page, line=self._lines, char_start=0, char_end=len(block.text))
                yield Piece("line", block.text, _with_box(span, block.box, size))

    def _write_table(
        self, table: RuledTable, held: dict[Box, list[Item]], page: int, size: tuple[float, float] | None
    ) -> Iterator[Piece]:
        self._tables += 1
        for place, row in enumerate(table.rows, start=1):
            span = Span(page=page, table=self._tables, row=place)
            for column, box in row:
                text = join_cell_text(line.text for line in _lines_of(held.get(box, [])))
                yield Piece("cell", text, _with_box(span, box, size), column)
            yield Piece("row_end", "", span, table.width)


def _with_box(span: Span, box: Box, size: tuple[float, float] | None) -> Span:
    if size is None:
        return span
    width, height = size
    places = (box.left / width, box.top / height, box.right / width, box.bottom / height)
    return structs.replace(span, box=[round(1000 * place) for place in places])


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


def _lines_of(items: Sequence[Item]) -> list[_Line]:
    """The lines that texts stand in, from top to bottom."""
    lines: list[list[Item]] = []
    for item in sorted(items, key=lambda item: item.y):
        if lines and item.y - lines[-1][-1].y <= _SAME_LINE * min(item.height, lines[-1][-1].height):
            lines[-1].append(item)
        else:
            lines.append([item])
    written = (_Line(_text_of(line), _around(line)) for line in lines)
    return [line for line in written if line.text]


def _around(items: Sequence[Item]) -> Box:
    return Box(
        min(item.left for item in items),
        min(item.top for item in items),
        max(item.right for item in items),
        max(item.bottom for item in items),
    )


def _text_of(line: list[Item]) -> str:
    parts: list[str] = []
    end = float("inf")
    for item in sorted(line, key=lambda item: item.left):
        if item.left - end > _BLANK * item.height:
            parts.append(" ")
        parts.append(item.text)
        end = max(item.right, end) if parts[1:] else item.right
    return " ".join("".join(parts).split())
