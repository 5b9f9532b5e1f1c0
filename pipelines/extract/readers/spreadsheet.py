"""Spreadsheets (.xlsx, .xls) to pieces: every visible sheet row by row, as it prints.

A sheet is one grid that holds titles, paragraphs and several tables of different widths. A row whose only text goes
over the whole width of its neighbours is a line; what lies between two lines or empty rows is a table of its own.
"""

import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain

from msgspec import Struct
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from contracts.raw_json import Span
from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.cell_text import join_cell_text
from pipelines.extract.readers.number_format import format_number
from pipelines.extract.readers.packages import Package
from pipelines.extract.readers.sheet_looks import MOST_CELLS, SheetLook, read_looks

_MOST_SHEETS = 200
_LONG = 60  # characters of a text that is a paragraph wherever it stands
_PANIC = "PanicException"  # what the library raises where its own checks fail; it derives from BaseException
Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


class _Cell(Struct, frozen=True):
    """A cell that prints something, from its first to its last column; `struck` is what is struck out in it."""

    first: int
    last: int
    text: str
    is_text: bool
    struck: str


class _Row(Struct, frozen=True):
    """A row with the cells that print something, and the columns in which a merged cell goes on."""

    number: int
    cells: tuple[_Cell, ...]
    covered: frozenset[int]

    @property
    def first(self) -> int:
        return min(cell.first for cell in self.cells)

    @property
    def last(self) -> int:
        return max(cell.last for cell in self.cells)


def read_xlsx(content: bytes) -> Iterator[Piece]:
    """The pieces of an .xlsx file; `span.table` counts sheets, `span.row` the rows of a sheet, both from 1.

    What is hidden is not printed, and so not read; what is struck out is kept beside the text. Numbers are written as
    their formats print them.

    Raises:
        Unreadable: the file is damaged, encrypted or too large.
    """
    package = Package(content)
    looks = read_looks(package)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # so that nothing unread is ever unpacked
        for name in package.names:
            if name.endswith((".xml", ".rels")):
                archive.writestr(name, package.read(name))
    return _read_workbook(packed.getvalue(), looks)


def read_xls(content: bytes) -> Iterator[Piece]:
    """The pieces of a workbook of before 2007, as those of `read_xlsx`; its formats and hidden rows are not known.

    Raises:
        Unreadable: the file is damaged, encrypted or too large.
    """
    return _read_workbook(content, {})


def _read_workbook(content: bytes, looks: dict[str, SheetLook]) -> Iterator[Piece]:
    try:
        workbook = load_workbook(io.BytesIO(content))
        visible = [
            place
            for place, sheet in enumerate(workbook.sheets_metadata)
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        if len(visible) > _MOST_SHEETS:
            raise Unreadable("too_large", f"{len(visible)} sheets; at most {_MOST_SHEETS} are read")
        yield from chain.from_iterable(_read_sheet(workbook, place, looks) for place in visible)
    except PasswordError as error:
        raise Unreadable("encrypted", "the workbook opens with a password only") from error
    except (CalamineError, ValueError, OverflowError) as error:
        raise Unreadable("malformed", f"no readable workbook: {error}") from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise Unreadable("malformed", f"no readable workbook: {error}") from error


def _read_sheet(workbook: CalamineWorkbook, place: int, looks: dict[str, SheetLook]) -> Iterator[Piece]:
    sheet = workbook.get_sheet_by_index(place)
    reader = _SheetReader(sheet, looks.get(sheet.name, SheetLook(set(), set(), {}, {})))
    for block in _blocks(list(reader.rows())):
        yield from _write_block(block, place + 1)


class _SheetReader:
    """The values of one sheet as its cells print them, merged cells once, where they can first be seen."""

    def __init__(self, sheet: CalamineSheet, look: SheetLook) -> None:
        self._look = look
        self._top, self._left = sheet.start or (0, 0)
        self._values: list[list[Value]] = sheet.to_python(skip_empty_area=True)
        self._width = max(map(len, self._values), default=0)
        self._origins: dict[tuple[int, int], tuple[int, int]] = {}  # where a merged cell is seen -> where its value is
        self._lasts: dict[tuple[int, int], int] = {}  # where it is seen -> its last column
        self._covered: dict[int, set[int]] = {}  # row -> columns in which a merged cell goes on
        places = 0
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
            bottom = min(bottom, self._top + len(self._values) - 1)
            places += max(bottom - top + 1, 0) * (min(right, self._left + self._width) - left + 1)
            if places > MOST_CELLS:
                raise Unreadable("too_large", f"merged cells over more than {MOST_CELLS:,} places")
            self._add_merged(range(top, bottom + 1), range(left, right + 1))

    def _add_merged(self, rows: range, columns: range) -> None:
        seen_rows = [row for row in rows if row not in self._look.hidden_rows]
        seen_columns = [
            column
            for column in columns[: max(self._left + self._width - columns[0], 1)]
            if column not in self._look.hidden_columns
        ]
        if not seen_rows or not seen_columns:
            return
        seen = seen_rows[0], seen_columns[0]
        self._origins[seen], self._lasts[seen] = (rows[0], columns[0]), columns[-1]
        for row in seen_rows:
            self._covered.setdefault(row, set()).update(seen_columns)

    def rows(self) -> Iterator[_Row | None]:
        """The rows that print something; None for one that can be seen and prints nothing."""
        for number in range(self._top, self._top + len(self._values)):
            if number in self._look.hidden_rows:
                continue
            covered = frozenset(self._covered.get(number, ()))
            cells = tuple(self._cells(number, covered))
            yield _Row(number, cells, covered | self._look.hidden_columns) if cells else None

    def _cells(self, row: int, covered: frozenset[int]) -> Iterator[_Cell]:
        for column in range(self._left, self._left + self._width):
            origin = self._origins.get((row, column))
            if column in self._look.hidden_columns or (column in covered and origin is None):
                continue
            at = origin or (row, column)
            value = self._value(*at)
            text = "" if value == "" else _text_of(value, self._look.formats.get(at, ""))
            if text:
                said, struck = self._look.struck.get(at, (text, ""))
                struck = struck or ("" if said else text)  # all of it
                yield _Cell(
                    column, self._lasts.get((row, column), column), said.strip(), isinstance(value, str), struck
                )

    def _value(self, row: int, column: int) -> Value:
        row, column = row - self._top, column - self._left
        is_inside = 0 <= row < len(self._values) and 0 <= column < len(self._values[row])
        return self._values[row][column] if is_inside else ""


def _text_of(value: Value, code: str) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).upper()
    return format_number(value, code) if isinstance(value, (int, float)) else str(value)


def _blocks(rows: list[_Row | None]) -> Iterator[list[_Row]]:
    """Rows that belong together: a line alone, or the rows of a table."""
    block: list[_Row] = []
    for place, row in enumerate(rows):
        if row is not None and not _is_line(row, block, rows[place + 1 :]):
            block.append(row)
            continue
        if block:
            yield block
        block = []
        if row is not None:
            yield [row]
    if block:
        yield block


def _is_line(row: _Row, above: Sequence[_Row], below: list[_Row | None]) -> bool:
    """Whether the only text of a row is no cell of a table: it is as wide as the table, long, or begins the block."""
    if len(row.cells) > 1 or not row.cells[0].is_text:
        return False
    following = below[0] if below else None
    neighbours = [*above[-1:], *([following] if following and len(following.cells) > 1 else [])]
    if not above or not neighbours or len(row.cells[0].text) > _LONG:
        return True
    return row.last > row.first and any(row.last >= other.last for other in neighbours)


def _write_block(block: list[_Row], table: int) -> Iterator[Piece]:
    if len(block) == 1 and len(block[0].cells) == 1 and block[0].cells[0].is_text:
        span = Span(table=table, row=block[0].number + 1)
        for line in filter(None, map(str.strip, block[0].cells[0].text.split("\n"))):
            yield Piece("line", line, span, struck=block[0].cells[0].struck)
        return
    first, last = min(row.first for row in block), max(row.last for row in block)
    for row in block:
        span = Span(table=table, row=row.number + 1)
        cells = {cell.first: cell for cell in row.cells}
        behind = {column for cell in row.cells for column in range(cell.first + 1, min(cell.last, last) + 1)}
        for column in range(first, last + 1):
            if cell := cells.get(column):
                struck = join_cell_text((cell.struck,))
                yield Piece("cell", join_cell_text((cell.text,)), span, column - first, struck=struck)
            elif column not in behind and column not in row.covered:
                yield Piece("cell", "", span, column - first)
        yield Piece("row_end", "", span, last + 1 - first)
