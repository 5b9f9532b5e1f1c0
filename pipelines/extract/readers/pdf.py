"""PDF files to pieces: ruled tables row by row, everything else line by line, page after page.

Characters and lines are found by pdfplumber. A page number at the head or foot of a page is left out, so that a table
that goes on over pages is one sequence of rows. A page that is nothing but a picture is recognised.
"""

import io
from collections.abc import Iterator

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.bounds import take_bounded
from pipelines.extract.readers.cut_rows import join_cut_rows
from pipelines.extract.readers.page_layout import Item, PageWriter
from pipelines.extract.readers.recognition import require_recognition
from pipelines.extract.readers.ruled_tables import Edge
from pipelines.extract.readers.scan import MOST_PAGES as MOST_SCANNED
from pipelines.extract.readers.scan import recognise_page, render_page
from pipelines.extract.readers.tools import is_installed

MOST_PAGES = 300
_MOST_CHARACTERS = 200_000  # of one page
_TOLERANCE = 3.0  # points
_SCANNED_SHARE = 0.5  # of a page: a larger picture is the page itself


def read_pdf(content: bytes) -> list[Piece]:
    """The pieces of a PDF. A merged cell stands once; `span.page` counts pages, `span.table` tables from 1.

    A row that a page break cut in two is one row.

    Raises:
        Unreadable: `encrypted`, `malformed`, `too_large` (too many pages), `empty`, or
            `missing_tool` for scans that nothing can
            recognise.
    """
    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            if len(document.pages) > MOST_PAGES:
                raise Unreadable("too_large", f"{len(document.pages)} pages; at most {MOST_PAGES} are read")
            if not document.pages:
                raise Unreadable("malformed", "the PDF has no page")
            return join_cut_rows(take_bounded(_read_pages(content, document.pages)))
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise Unreadable("encrypted", "the PDF opens with a password only") from error
        raise Unreadable("malformed", f"no readable PDF: {error}") from error
    except (
        PDFException,
        MalformedPDFException,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AssertionError,
        RecursionError,
    ) as error:
        raise Unreadable("malformed", f"no readable PDF: {type(error).__name__}: {error}") from error


def _read_pages(content: bytes, pages: list[Page]) -> Iterator[Piece]:
    writer = PageWriter()
    has_text = any(page.chars for page in pages)
    scanned = 0
    for number, page in enumerate(pages, start=1):
        if page.chars or not _is_scanned(page):
            yield from writer.write(_items(page), _edges(page), number, _TOLERANCE)
        elif is_installed() or not has_text:
            scanned += 1
            yield from _recognise(content, writer, number, scanned)
        page.close()
    if not has_text and not scanned:
        raise Unreadable("empty", f"{len(pages)} pages without text and pictures")


def _is_scanned(page: Page) -> bool:
    area = sum((image["x1"] - image["x0"]) * (image["bottom"] - image["top"]) for image in page.images)
    return bool(area >= _SCANNED_SHARE * page.width * page.height)


def _recognise(content: bytes, writer: PageWriter, number: int, scanned: int) -> Iterator[Piece]:
    require_recognition(f"page {number} has no text")
    if scanned > MOST_SCANNED:
        raise Unreadable("too_large", f"more than {MOST_SCANNED} scanned pages; each takes some ten seconds")
    document = pypdfium2.PdfDocument(content)
    try:
        yield from recognise_page(render_page(document, number), writer, number)
    finally:
        document.close()


def _items(page: Page) -> list[Item]:
    if len(page.chars) > _MOST_CHARACTERS:
        raise Unreadable("too_large", f"more than {_MOST_CHARACTERS:,} characters on one page")
    return [Item(char["text"], char["x0"], char["top"], char["x1"], char["bottom"]) for char in page.chars]


def _edges(page: Page) -> list[Edge]:
    return [
        Edge(True, edge["top"], edge["x0"], edge["x1"])
        if edge["orientation"] == "h"
        else Edge(False, edge["x0"], edge["top"], edge["bottom"])
        for edge in page.edges
    ]
