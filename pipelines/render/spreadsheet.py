"""The spreadsheet layout: one sheet with the whole report, cells merged both ways."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import accumulate
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pipelines.render.grid import Grid, GridCell
from pipelines.render.page import Block, IndexRow, Page

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PACKED_AT = (2021, 9, 26, 0, 0, 0)  # a fixed time, so that the same report gives the same bytes
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,9})(?:\.\d{0,4}[1-9])?")  # written as a spreadsheet prints it, unformatted
_PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
}


def write_xlsx(page: Page) -> bytes:
    """The page as one workbook; the same page gives the same bytes. Numbers are numbers, all else is text."""
    rows, merged = _Sheet(page).write()
    merges = f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>' if merged else ""
    sheet = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData>{merges}</worksheet>'
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(ZipInfo(name, _PACKED_AT), text, ZIP_DEFLATED)
    return packed.getvalue()


class _Sheet:
    """Writes the rows of a page one below the other."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._width = max((block.width for block in page.blocks if isinstance(block, Grid)), default=1)
        self._rows: list[str] = []
        self._merged: list[str] = []

    def write(self) -> tuple[list[str], list[str]]:
        for block in self._page.blocks:
            for cells in self._cells_of(block):
                self._add(cells)
        return self._rows, self._merged

    def _cells_of(self, block: Block) -> Iterator[tuple[GridCell, ...]]:
        if isinstance(block, Grid):
            yield from (row.cells for row in block.rows)
        elif isinstance(block, IndexRow):
            yield tuple(map(GridCell, block.cells))
        else:
            yield (GridCell(block.text, self._width),)

    def _add(self, cells: tuple[GridCell, ...]) -> None:
        number = len(self._rows) + 1
        starts = (0, *accumulate(cell.colspan for cell in cells))
        written: list[str] = []
        for cell, start in zip(cells, starts, strict=False):
            place = f"{_letters(start)}{number}"
            if not cell.is_continued and (cell.colspan > 1 or cell.rowspan > 1):
                last = f"{_letters(start + cell.colspan - 1)}{number + cell.rowspan - 1}"
                self._merged.append(f'<mergeCell ref="{place}:{last}"/>')
            if cell.text and not cell.is_continued:
                written.append(_cell(cell, place))
        self._rows.append(f'<row r="{number}">{"".join(written)}</row>')


def _cell(cell: GridCell, place: str) -> str:
    if cell.is_value and _NUMBER.fullmatch(cell.text):
        return f'<c r="{place}"><v>{cell.text}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell.text)}</t></is></c>'


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
