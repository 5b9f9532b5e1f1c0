"""HTML to pieces: the cells of tables row by row, and the lines of everything else, in document order."""

from collections.abc import Iterator

from lxml import etree, html

from contracts.raw_json import Span
from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.encoding import decode_text

_SKIPPED = frozenset({"script", "style", "nav", "noscript", "template", "select", "button", "head"})
_INLINE = frozenset(
    {"a", "abbr", "b", "big", "bdo", "em", "font", "i", "img", "ins", "label", "mark", "s", "small", "span", "strong"}
    | {"strike", "sub", "sup", "time", "tt", "u", "o:p", "st1:chsdate"}
)
_WHITE = " \t\r\n\f\xa0\u3000\u200b\ufeff"


def read_html(content: bytes) -> list[Piece]:
    """The pieces of a page. A cell that spans rows or columns stands once, where it begins.

    `column` is the cell's column in the expanded grid, so that cells of one column have the same number.

    Raises:
        Unreadable: the page is empty or cannot be decoded.
    """
    text = decode_text(content)
    try:
        root = html.document_fromstring(
            text.lstrip("\ufeff"), parser=html.HTMLParser(remove_comments=True, remove_pis=True)
        )
    except ValueError:  # a declared encoding is not allowed in decoded text
        root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8", remove_comments=True))
    except etree.ParserError as error:
        raise Unreadable("empty", str(error)) from error
    return _PageReader().read(root)


class _PageReader:
    """Walks a page once; a table without a table inside it becomes rows, other tables are only layout."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._words: list[str] = []
        self._lines = 0
        self._tables = 0

    def read(self, root: html.HtmlElement) -> list[Piece]:
        self._walk(root)
        self._end_line()
        return self._pieces

    def _walk(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIPPED:
            return
        if tag == "table" and element.find(".//table") is None:
            self._end_line()
            self._tables += 1
            self._pieces.extend(_read_table(element, self._tables))
            return
        is_block = tag not in _INLINE
        if is_block:
            self._end_line()
        if element.text:
            self._words.append(element.text)
        for child in element:
            self._walk(child)
            if child.tail:
                self._words.append(child.tail)
        if is_block:
            self._end_line()

    def _end_line(self) -> None:
        text = " ".join("".join(self._words).split())
        self._words.clear()
        if text:
            self._lines += 1
            self._pieces.append(Piece("line", text, Span(line=self._lines, char_start=0, char_end=len(text))))


def _read_table(table: html.HtmlElement, number: int) -> Iterator[Piece]:
    covered: dict[int, int] = {}  # grid column -> rows below that a cell from above still covers
    for row_number, row in enumerate(table.iter("tr"), start=1):
        column = 0
        span = Span(table=number, row=row_number)
        below = {name: rows - 1 for name, rows in covered.items() if rows > 1}
        for cell in row.iterchildren("td", "th"):
            while covered.get(column, 0) > 0:
                column += 1
            yield Piece("cell", _text_of(cell), span, column)
            rows, columns = _count(cell, "rowspan"), _count(cell, "colspan")
            for position in range(column, column + columns):
                if rows > 1:
                    below[position] = rows - 1
            column += columns
        covered = below
        yield Piece("row_end", "", span, column)


def _count(cell: html.HtmlElement, name: str) -> int:
    printed = (cell.get(name) or "1").strip()
    return min(max(int(printed), 1), 1000) if printed.isdigit() else 1


def _text_of(cell: html.HtmlElement) -> str:
    """The text of a cell without white space at its ends; line breaks inside a cell join its parts."""
    return "".join(part.strip(_WHITE) for part in _texts(cell)).strip(_WHITE)


def _texts(element: html.HtmlElement) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield child.tail
