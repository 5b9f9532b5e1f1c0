"""How the sheets of an .xlsx file look: what is hidden or struck out, and the number format of each number.

The library that reads the values does not tell; and it takes memory for every cell of a sheet's extent, so that the
extent is measured here before it is asked.
"""

import io
import re
from collections.abc import Iterator
from itertools import islice
from posixpath import normpath

from lxml import etree
from msgspec import Struct

from pipelines.extract.errors import Unreadable
from pipelines.extract.readers.bounds import MOST_PIECES
from pipelines.extract.readers.packages import Package

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_STRINGS = "xl/sharedStrings.xml"
MOST_CELLS = 4_000_000  # of the rectangle around all cells with a value
_MOST_COLUMNS = 16_384
_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"',
}
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)[\s>]")
_ON = ("1", "true")


class SheetLook(Struct):
    """Rows and columns, from 0, that are hidden; by row and column the formats of numbers, and what is struck out.

    `struck` has what a cell still says and what is struck out in it; neither, if that is all of it.
    """

    hidden_rows: set[int]
    hidden_columns: set[int]
    formats: dict[tuple[int, int], str]
    struck: dict[tuple[int, int], tuple[str, str]]


class _Run(Struct, frozen=True):
    """A part of a string in one font; `is_struck` is None if that is its cell's font."""

    text: str
    is_struck: bool | None


class _Styles(Struct, frozen=True):
    """By style of cells its format, empty for the general one, and whether its font is struck out.

    `strings`: the shared strings in several fonts, by their number.
    """

    formats: list[str]
    is_struck: list[bool]
    strings: dict[int, list[_Run]]


def read_looks(package: Package) -> dict[str, SheetLook]:
    """The looks of all sheets by name.

    Raises:
        Unreadable: `malformed`, or `too_large` for a sheet with more cells than any report.
    """
    styles = _read_styles(package)
    targets = {str(relation.get("Id")): str(relation.get("Target", "")) for relation in package.parse(_RELATIONS)}
    looks: dict[str, SheetLook] = {}
    for sheet in package.parse(_WORKBOOK).iterfind("{*}sheets/{*}sheet"):
        identifier = next((value for name, value in sheet.items() if str(name).endswith("}id")), "")
        target = targets.get(str(identifier), "")
        part = normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
        if part in package.names:
            looks[sheet.get("name", "")] = _SheetScan(package.read(part), part, styles).look()
    return looks


def _read_styles(package: Package) -> _Styles:
    found = package.parse(_STRINGS).iterfind("{*}si") if _STRINGS in package.names else ()
    strings = {number: runs for number, string in enumerate(found) if (runs := _runs(string))}
    if _STYLES not in package.names:
        return _Styles([], [], strings)
    root = package.parse(_STYLES)
    own = {_number(entry.get("numFmtId")): entry.get("formatCode", "") for entry in root.iterfind(".//{*}numFmt")}
    fonts = [_is_struck_out(font) for font in root.iterfind("{*}fonts/{*}font")]
    styles = list(root.iterfind("{*}cellXfs/{*}xf"))
    numbers = [_number(entry.get("numFmtId")) for entry in styles]
    places = [_number(entry.get("fontId")) for entry in styles]
    formats = [own.get(number, _BUILT_IN.get(number, "")) for number in numbers]
    return _Styles(formats, [place < len(fonts) and fonts[place] for place in places], strings)


def _is_struck_out(font: etree._Element) -> bool:
    mark = font.find("{*}strike")
    return mark is not None and mark.get("val", "1") in _ON


def _runs(string: etree._Element) -> list[_Run]:
    """The parts of a string in several fonts; none of one in its cell's font."""
    parts = ((part.findtext("{*}t") or "", part.find("{*}rPr")) for part in string.iterfind("{*}r"))
    return [_Run(text, None if font is None else _is_struck_out(font)) for text, font in parts]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 8 else 0


class _SheetScan:
    """One pass over a sheet's XML, which is not kept."""

    def __init__(self, content: bytes, part: str, styles: _Styles) -> None:
        self._content, self._part, self._styles = content, part, styles
        self._look = SheetLook(set(), set(), {}, {})
        self._rows: list[int] = []
        self._first = self._last = -1  # columns with values
        self._row = self._column = -1

    def look(self) -> SheetLook:
        if sum(1 for _ in islice(_VALUE.finditer(self._content), MOST_PIECES + 1)) > MOST_PIECES:
            raise Unreadable("too_large", f"{self._part} has more than {MOST_PIECES:,} cells")
        try:
            for element in self._elements():
                name = etree.QName(element).localname
                if name == "c":
                    self._take_cell(element)
                elif name == "col":
                    self._take_column(element)
                else:
                    self._take_row(element)
        except etree.XMLSyntaxError as error:
            raise Unreadable("malformed", f"{self._part}: {error}") from error
        return self._look

    def _elements(self) -> Iterator[etree._Element]:
        """Columns, rows as they begin, and whole cells."""
        walker = etree.iterparse(
            io.BytesIO(self._content),
            events=("start", "end"),
            tag=("{*}c", "{*}row", "{*}col"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        is_first = True
        for event, element in walker:
            if is_first and element.getroottree().docinfo.internalDTD is not None:
                raise Unreadable("malformed", f"{self._part} declares a document type, which no part of it needs")
            is_first = False
            is_row = element.tag.endswith("}row")
            if is_row == (event == "start"):
                yield element
            if event == "end":
                element.clear()
                while element.getprevious() is not None:
                    parent = element.getparent()
                    if parent is not None:
                        del parent[0]

    def _take_column(self, column: etree._Element) -> None:
        if column.get("hidden") in _ON or column.get("width") == "0":
            last = min(_number(column.get("max")), _MOST_COLUMNS)
            self._look.hidden_columns.update(range(_number(column.get("min")) - 1, last))

    def _take_row(self, row: etree._Element) -> None:
        self._row = _number(row.get("r")) - 1 if row.get("r") else self._row + 1
        self._column = -1
        if row.get("hidden") in _ON or row.get("ht") == "0":
            self._look.hidden_rows.add(self._row)

    def _take_cell(self, cell: etree._Element) -> None:
        place = _REFERENCE.fullmatch(cell.get("r", ""))
        if place:
            self._row, self._column = int(place[2]) - 1, _column(place[1])
        else:
            self._column += 1
        if not len(cell):
            return
        self._rows = [self._rows[0], self._row] if self._rows else [self._row, self._row]
        self._first = self._column if self._first < 0 else min(self._first, self._column)
        self._last = max(self._last, self._column)
        extent = (self._rows[1] - self._rows[0] + 1) * (self._last - self._first + 1)
        if extent > MOST_CELLS:
            raise Unreadable("too_large", f"{self._part} has cells over {extent:,} places; at most {MOST_CELLS:,}")
        style = _number(cell.get("s"))
        is_known = style < len(self._styles.formats)
        code = self._styles.formats[style] if is_known else ""
        if code and cell.get("t", "n") == "n":
            self._look.formats[self._row, self._column] = code
        self._take_struck(cell, is_struck=is_known and self._styles.is_struck[style])

    def _take_struck(self, cell: etree._Element, *, is_struck: bool) -> None:
        inline = cell.find("{*}is")
        runs = _runs(inline) if inline is not None else []
        if cell.get("t") == "s":
            runs = self._styles.strings.get(_number(cell.findtext("{*}v")), [])
        outs = [is_struck if run.is_struck is None else run.is_struck for run in runs]
        if any(outs) or (is_struck and not runs):
            said = "".join(run.text for run, is_out in zip(runs, outs, strict=True) if not is_out)
            struck = "".join(run.text for run, is_out in zip(runs, outs, strict=True) if is_out)
            self._look.struck[self._row, self._column] = said, struck


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
