"""The Word layout: real tables with cells merged both ways, as in the official form."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as DocumentType
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml.etree import _Element

from pipelines.render.grid import Grid, GridCell
from pipelines.render.page import IndexRow, Page, Paragraph

_PACKED_AT = (2021, 9, 26, 0, 0, 0)  # a fixed time, so that the same report gives the same bytes


def write_docx(page: Page) -> bytes:
    """The page as one Word document; the same page gives the same bytes."""
    document: DocumentType = Document()
    for block in page.blocks:
        if isinstance(block, Paragraph):
            document.add_paragraph(block.text)
        elif isinstance(block, IndexRow):
            document.add_paragraph("  ".join(block.cells))
        else:
            _add_table(document, block)
            document.add_paragraph("")  # Word merges two tables that touch
    stream = BytesIO()
    document.save(stream)
    return _packed_again(stream)


def _add_table(document: DocumentType, grid: Grid) -> None:
    table = document.add_table(rows=0, cols=grid.width)
    for row in grid.rows:
        element = _element("w:tr")
        for cell in row.cells:
            element.append(_cell(cell))
        table._tbl.append(element)


def _cell(cell: GridCell) -> _Element:
    properties = _element("w:tcPr")
    if cell.colspan > 1:
        properties.append(_element("w:gridSpan", str(cell.colspan)))
    if cell.rowspan > 1:
        properties.append(_element("w:vMerge", "restart"))
    elif cell.is_continued:
        properties.append(_element("w:vMerge"))
    run = _element("w:r")
    for number, line in enumerate(cell.text.split("\n")):
        if number:
            run.append(_element("w:br"))
        text = _element("w:t")
        text.text = line
        run.append(text)
    paragraph = _element("w:p")
    paragraph.append(run)
    element = _element("w:tc")
    element.append(properties)
    element.append(paragraph)
    return element


def _element(tag: str, value: str = "") -> _Element:
    element = OxmlElement(tag)
    if value:
        element.set(qn("w:val"), value)
    return element


def _packed_again(stream: BytesIO) -> bytes:
    packed = BytesIO()
    with ZipFile(stream) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name, _PACKED_AT), source.read(name), ZIP_DEFLATED)
    return packed.getvalue()
