"""Word files (.docx) to pieces: paragraphs and tables in document order."""

import io
import zipfile
from collections.abc import Iterator

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from contracts.raw_json import Span
from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece

_CONTAINERS = frozenset({qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"), qn("w:smartTag")})
_PARAGRAPH, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_TEXT, _TAB, _BREAKS, _DELETED = qn("w:t"), qn("w:tab"), (qn("w:br"), qn("w:cr")), qn("w:del")
_MERGE, _VALUE, _GRID_SPAN = qn("w:vMerge"), qn("w:val"), qn("w:gridSpan")
_ROOM_BEFORE, _TAB_STOPS = qn("w:gridBefore"), qn("w:tabs")


def read_docx(content: bytes) -> list[Piece]:
    """The pieces of a Word file. A merged cell stands once, where it begins; `column` counts the table's grid.

    Raises:
        Unreadable: the file is damaged.
    """
    try:
        body = Document(io.BytesIO(content)).element.body
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise Unreadable("reader_error", f"not a readable Word file: {error}") from error
    pieces: list[Piece] = []
    lines = tables = 0
    for element in _blocks(body):
        if element.tag == _TABLE:
            tables += 1
            pieces.extend(_read_table(element, tables))
            continue
        for text in _paragraph_text(element).split("\n"):
            lines += 1
            stripped = text.strip()
            span = Span(line=lines, char_start=0, char_end=len(stripped))
            pieces.append(Piece("line", stripped, span))
    return pieces


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    for element in parent:
        if element.tag in (_PARAGRAPH, _TABLE):
            yield element
        elif element.tag in _CONTAINERS:
            yield from _blocks(element)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for element in table:
        if element.tag == _ROW:
            yield element
        elif element.tag in _CONTAINERS:
            yield from _rows(element)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for element in row:
        if element.tag == _CELL:
            yield element
        elif element.tag in _CONTAINERS:
            yield from _cells(element)


def _read_table(table: etree._Element, number: int) -> Iterator[Piece]:
    for row_number, row in enumerate(_rows(table), start=1):
        span = Span(table=number, row=row_number)
        before = next(row.iter(_ROOM_BEFORE), None)
        column = 0 if before is None else int(before.get(_VALUE, "0"))
        for cell in _cells(row):
            merge = next(cell.iter(_MERGE), None)
            if merge is None or merge.get(_VALUE) == "restart":
                yield Piece("cell", _cell_text(cell), span, column)
            grid_span = next(cell.iter(_GRID_SPAN), None)
            column += 1 if grid_span is None else int(grid_span.get(_VALUE, "1"))
        yield Piece("row_end", "", span, column)


def _cell_text(cell: etree._Element) -> str:
    return "".join(_paragraph_text(paragraph).strip() for paragraph in cell.iter(_PARAGRAPH)).replace("\n", "").strip()


def _paragraph_text(paragraph: etree._Element) -> str:
    parts: list[str] = []
    for element in paragraph.iter(_TEXT, _TAB, *_BREAKS):
        if any(parent.tag == _DELETED for parent in element.iterancestors()):
            continue
        if element.tag == _TEXT:
            parts.append(element.text or "")
        elif not any(parent.tag == _TAB_STOPS for parent in element.iterancestors()):
            parts.append("\n" if element.tag in _BREAKS else " ")
    return "".join(parts)
