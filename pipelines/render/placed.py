"""A page as texts and lines in their places, over as many sheets of paper as it takes: what PDF and OFD files hold."""

from collections.abc import Iterator
from itertools import accumulate

from msgspec import Struct, structs

from pipelines.render.grid import Grid, GridCell, GridRow
from pipelines.render.page import IndexRow, Page, Paragraph

WIDTH, HEIGHT = 297.0, 210.0  # millimetres: A4 across, so that every figure has room on one line
_MARGIN = 15.0
_SIZE = 3.5  # of the text; that of tables is smaller
_SMALL = 2.8
_LEADING = 1.3
_PADDING = 1.0
_WIDE = 0x2E80  # from here on a character is as wide as it is high


class Text(Struct, frozen=True):
    """A text on one line; `y` is its base line, from the top of the sheet."""

    x: float
    y: float
    size: float
    text: str


class Rule(Struct, frozen=True):
    """A straight line from one point to another."""

    x0: float
    y0: float
    x1: float
    y1: float


class Sheet(Struct):
    """One sheet of paper, its page number at its foot."""

    texts: list[Text]
    rules: list[Rule]


def place(page: Page, *, is_centred: bool = False, is_cut: bool = False) -> list[Sheet]:
    """The sheets of a page: tables are ruled, and what is merged over a break is closed and goes on.

    Args:
        page: what is printed.
        is_centred: whether a figure stands half way down its row, and not on the first line of it.
        is_cut: whether a row of several lines is cut where a sheet ends, and not put on the next one whole.
    """
    placer = _Placer(is_centred=is_centred, is_cut=is_cut)
    for block in page.blocks:
        if isinstance(block, Grid):
            placer.add_table(block)
        elif isinstance(block, IndexRow):
            placer.add_paragraph("  ".join(block.cells))
        elif isinstance(block, Paragraph):
            placer.add_paragraph(block.text)
    return placer.sheets


def _width_of(text: str, size: float) -> float:
    return sum(size if ord(one) >= _WIDE else size / 2 for one in text)


def _wrapped(text: str, width: float, size: float) -> Iterator[str]:
    for line in text.split("\n"):
        start, used = 0, 0.0
        for place_, one in enumerate(line):
            own = _width_of(one, size)
            if used + own > width and place_ > start:
                yield line[start:place_]
                start, used = place_, 0.0
            used += own
        yield line[start:]


def _lines_of(cell: GridCell, unit: float) -> list[str]:
    """The lines that a cell's text takes."""
    return [cell.text] if cell.is_value else list(_wrapped(cell.text, cell.colspan * unit - 2 * _PADDING, _SMALL))


def _height_of(lines: int) -> float:
    """The height of a row with so many lines."""
    return lines * _SMALL * _LEADING + 2 * _PADDING


def _starts(row: GridRow) -> Iterator[tuple[int, GridCell]]:
    """The cells of a row with the column of the grid in which each starts."""
    yield from zip([0, *accumulate(cell.colspan for cell in row.cells)], row.cells, strict=False)


class _Placer:
    """Fills sheets from top to bottom."""

    def __init__(self, *, is_centred: bool, is_cut: bool) -> None:
        self.sheets: list[Sheet] = []
        self._is_centred, self._is_cut = is_centred, is_cut
        self._y = 0.0
        self._turn()

    def _turn(self) -> None:
        number = len(self.sheets) + 1
        self.sheets.append(Sheet([Text(WIDTH / 2, HEIGHT - 8, _SMALL, f"- {number} -")], []))
        self._y = _MARGIN

    def add_paragraph(self, text: str) -> None:
        for line in _wrapped(text, WIDTH - 2 * _MARGIN, _SIZE):
            if self._y + _SIZE * _LEADING > HEIGHT - _MARGIN:
                self._turn()
            self._y += _SIZE * _LEADING
            self.sheets[-1].texts.append(Text(_MARGIN, self._y, _SIZE, line))
        self._y += _SIZE

    def add_table(self, grid: Grid) -> None:
        unit = (WIDTH - 2 * _MARGIN) / grid.width
        going: dict[int, GridCell] = {}  # column -> the merged cell that goes on there
        left: dict[int, int] = {}
        for row in grid.rows:
            if self._y + _height_of(self._lines(row, unit)) > HEIGHT - _MARGIN:
                *upper, row = self._cut(row, unit)
                for part in upper:
                    for start in [start for start, cell in _starts(part) if cell.is_continued]:
                        left[start] += 1
                    self._add_row(part, unit, going, left)
                self._close(going, unit)
                self._turn()
            self._add_row(row, unit, going, left)
        self._y += _SIZE

    def _lines(self, row: GridRow, unit: float) -> int:
        return max([1, *(len(_lines_of(cell, unit)) for cell in row.cells if cell.rowspan == 1)])

    def _cut(self, row: GridRow, unit: float) -> list[GridRow]:
        """The part of a row that this sheet has room for, and the rest; the row alone, if it is not cut."""
        lines = self._lines(row, unit)
        room = int((HEIGHT - _MARGIN - self._y - 2 * _PADDING) / (_SMALL * _LEADING))
        if not self._is_cut or not 0 < room < lines or any(cell.rowspan > 1 for cell in row.cells):
            return [row]
        middle = lines // 2 if self._is_centred else 0
        upper, lower = list(row.cells), list(row.cells)
        for number, cell in enumerate(row.cells):
            above, below = cell.text, ""
            if not cell.is_value:
                printed = _lines_of(cell, unit)
                above, below = "\n".join(printed[:room]), "\n".join(printed[room:])
            elif middle >= room:
                above, below = below, above
            upper[number], lower[number] = structs.replace(cell, text=above), structs.replace(cell, text=below)
        return [GridRow(tuple(upper)), GridRow(tuple(lower))]

    def _add_row(self, row: GridRow, unit: float, going: dict[int, GridCell], left: dict[int, int]) -> None:
        height = _height_of(self._lines(row, unit))
        sheet, top, bottom = self.sheets[-1], self._y, self._y + height
        for start, cell in _starts(row):
            x0, x1 = _MARGIN + start * unit, _MARGIN + (start + cell.colspan) * unit
            sheet.rules += [Rule(x0, top, x0, bottom), Rule(x1, top, x1, bottom)]
            if not cell.is_continued:
                sheet.rules.append(Rule(x0, top, x1, top))
                sheet.texts += self._texts(cell, x0 + _PADDING, x1 - x0 - 2 * _PADDING, height)
                going[start], left[start] = cell, cell.rowspan
            elif self._y == _MARGIN:
                sheet.rules.append(Rule(x0, top, x1, top))
            left[start] -= 1
            if not left[start]:
                sheet.rules.append(Rule(x0, bottom, x1, bottom))
                del going[start]
        self._y = bottom

    def _close(self, going: dict[int, GridCell], unit: float) -> None:
        """The lower border of the merged cells that go on behind a break."""
        for start, cell in going.items():
            x0 = _MARGIN + start * unit
            self.sheets[-1].rules.append(Rule(x0, self._y, x0 + cell.colspan * unit, self._y))

    def _texts(self, cell: GridCell, x: float, width: float, height: float) -> Iterator[Text]:
        lines = [cell.text] if cell.is_value else _wrapped(cell.text, width, _SMALL)
        spare = height - 2 * _PADDING - _SMALL * _LEADING if cell.is_value and self._is_centred else 0.0
        for number, line in enumerate(lines, start=1):
            if line:
                y = self._y + _PADDING + spare / 2 + number * _SMALL * _LEADING - 0.2 * _SMALL
                yield Text(x, y, _SMALL, line)
