"""One table of a page to rows of cells, with rowspan and colspan expanded within bounds."""

import re
from collections.abc import Generator, Iterator

from lxml import etree

from contracts.raw_json import Span
from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.cell_text import join_cell_text
from pipelines.extract.readers.struck_out import STRUCK_OUT, is_line_through, is_struck_out, words_of

_MOST_COLUMNS = 5000
_MOST_SPAN = 1000
_UNPRINTED = frozenset({"script", "style", "noscript", "template", "select", "button"})
_INLINE = frozenset(
    {"a", "b", "big", "em", "font", "i", "ins", "label", "small", "span", "strong", "tt", "u", "o:p"} | STRUCK_OUT
)
_BLOCKS = frozenset({"p", "div"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_UNTYPED = frozenset({"", "text", "number"})


def holds_tables(table: etree._Element) -> bool:
    """Whether a table has another one with several cells inside it, so that it is only layout."""
    for inner in table.iterdescendants("table"):
        cells = inner.iter("td", "th")
        if next(cells, None) is not None and next(cells, None) is not None:
            return True
    return False


def is_hidden(element: etree._Element) -> bool:
    """Whether the page itself says that an element, or the value of a field, is not shown."""
    if element.tag == "input" and (element.get("type") or "").lower() not in _UNTYPED:
        return True
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _HIDDEN.search(style) is not None)


class HtmlTable:
    """One table. A cell stands once, where it begins; a row span ends with its group of rows, as in a browser."""

    def __init__(self, table: etree._Element, number: int) -> None:
        """Keep the table and its number in the page, from 1."""
        self._table, self._number = table, number
        self._is_simple = next(table.iterdescendants("table"), None) is None

    def read(self) -> Iterator[Piece]:
        """Its caption as a line, then its rows.

        Raises:
            Unreadable: `too_large`, if it has more columns than any table.
        """
        covered: dict[int, int] = {}  # grid column -> rows below that a cell from above still covers
        group: etree._Element | None = None
        for caption in self._table.iterchildren("caption"):
            struck: list[str] = []
            yield Piece("line", self._text_of(caption, struck), Span(table=self._number), struck=" ".join(struck))
        for row_number, row in enumerate(self._rows(), start=1):
            parent = row.getparent()
            if parent is not group:
                covered, group = {}, parent
            covered = yield from self._read_row(row, row_number, covered)

    def _rows(self) -> Iterator[etree._Element]:
        for row in self._table.iter("tr"):
            is_own = self._is_simple or next(row.iterancestors("table"), None) is self._table
            if is_own and not is_hidden(row):
                yield row

    def _read_row(
        self, row: etree._Element, number: int, covered: dict[int, int]
    ) -> Generator[Piece, None, dict[int, int]]:
        column = 0
        span = Span(table=self._number, row=number)
        is_struck = is_line_through(row)
        below = {name: rows - 1 for name, rows in covered.items() if rows > 1}
        for cell in row.iterchildren("td", "th"):
            is_plain = not cell.keys()  # most cells have no attribute to look for
            if not is_plain and is_hidden(cell):
                continue
            while covered.get(column, 0) > 0:
                column += 1
            struck: list[str] = []
            text = self._text_of(cell, struck, is_struck=is_struck)
            yield Piece("cell", text, span, column, struck=" ".join(struck))
            rows, columns = (1, 1) if is_plain else (_count(cell, "rowspan"), _count(cell, "colspan"))
            if rows > 1:
                below.update(dict.fromkeys(range(column, column + columns), rows - 1))
            column += columns
            if column > _MOST_COLUMNS or len(below) > _MOST_COLUMNS:
                raise Unreadable("too_large", f"a table of more than {_MOST_COLUMNS:,} columns")
        yield Piece("row_end", "", span, column)
        return below

    def _text_of(self, cell: etree._Element, struck: list[str], *, is_struck: bool = False) -> str:
        """What a cell prints; what is struck out in it is added to `struck`."""
        if is_struck or (cell.keys() and is_struck_out(cell)):
            struck.append(words_of(cell))
            return ""
        if not len(cell):
            return join_cell_text((_flat(cell.text),))
        if len(cell) == 1 and not len(cell[0]) and not cell[0].keys() and cell[0].tag in _BLOCKS:
            return join_cell_text((_flat(cell.text), _flat(cell[0].text), _flat(cell[0].tail)))
        parts: list[str] = []
        walker = etree.iterwalk(cell, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                if element is cell:
                    continue
                parts.append(_flat(element.tail) if element.tag in _INLINE else f"\n{_flat(element.tail)}")
            elif element is not cell and (element.tag in _UNPRINTED or is_hidden(element)):
                walker.skip_subtree()
            elif element is not cell and is_struck_out(element):
                struck.append(words_of(element))
                walker.skip_subtree()
            else:
                text = _flat(element.get("value") if element.tag == "input" else element.text)
                parts.append(text if element.tag in _INLINE else f"\n{text}")
        return join_cell_text(("".join(parts),))


def _flat(text: str | None) -> str:
    """The text between two tags, in which a line break is a blank."""
    return text.replace("\n", " ") if text else ""


def _count(cell: etree._Element, name: str) -> int:
    attribute = cell.get(name)
    if not attribute:
        return 1
    printed = attribute.strip(" \t\"'\\;,")
    if not (printed.isascii() and printed.isdecimal()):
        return 1
    if name == "rowspan" and printed.strip("0") == "":
        return _MOST_SPAN  # to the end of its group of rows
    return min(max(int(printed[:5]), 1), _MOST_SPAN)
