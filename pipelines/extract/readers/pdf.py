"""PDF files with text to pieces: ruled tables row by row, everything else line by line, page after page.

Tables and lines are found by pdfplumber. A page number at the head or foot of a page is left out, so that a table
that goes on over pages is one sequence of rows. A file of scanned pages has no text; it is refused with that reason.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from contracts.raw_json import Span
from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.cell_text import join_cell_text

MOST_PAGES = 300
_PAGE_NUMBER = re.compile(r"[-–—－\s]*\d{1,4}[-–—－\s]*|第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?")


def read_pdf(content: bytes) -> Iterator[Piece]:
    """The pieces of a PDF. A merged cell stands once; `span.page` counts pages, `span.table` tables from 1.

    Raises:
        Unreadable: `encrypted`, `malformed`, `too_large` (too many pages), or `empty`: its pages are images.
    """
    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            if len(document.pages) > MOST_PAGES:
                raise Unreadable("too_large", f"{len(document.pages)} pages; at most {MOST_PAGES} are read")
            if not document.pages:
                raise Unreadable("malformed", "the PDF has no page")
            yield from _DocumentReader().read(document.pages)
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise Unreadable("encrypted", "the PDF opens with a password only") from error
        raise Unreadable("malformed", f"no readable PDF: {error}") from error
    except (PDFException, ValueError, TypeError, KeyError, IndexError, AssertionError, RecursionError) as error:
        raise Unreadable("malformed", f"no readable PDF: {type(error).__name__}: {error}") from error


class _DocumentReader:
    """Counts lines and tables over all pages."""

    def __init__(self) -> None:
        self._lines = 0
        self._tables = 0

    def read(self, pages: list[Page]) -> Iterator[Piece]:
        has_text = False
        for number, page in enumerate(pages, start=1):
            has_text |= bool(page.chars)
            yield from self._read_page(page, number)
            page.close()
        if not has_text:
            raise Unreadable("empty", f"{len(pages)} pages without text: a scan, which is not read")

    def _read_page(self, page: Page, number: int) -> Iterator[Piece]:
        """Lines and tables from top to bottom."""
        tables = page.find_tables()
        boxes = [table.bbox for table in tables]
        rest = page.filter(lambda item: not _is_inside(item, boxes)) if boxes else page
        lines = rest.extract_text_lines(return_chars=False)
        if lines and _PAGE_NUMBER.fullmatch(lines[-1]["text"].strip()):
            lines.pop()
        if lines and _PAGE_NUMBER.fullmatch(lines[0]["text"].strip()):
            lines.pop(0)
        blocks: list[tuple[float, Any]] = [(line["top"], line) for line in lines]
        blocks += [(table.bbox[1], table) for table in tables]
        for _, block in sorted(blocks, key=lambda entry: entry[0]):
            if isinstance(block, dict):
                yield self._line(block["text"], number)
            else:
                yield from self._table(block.extract(), number)

    def _line(self, text: str, page: int) -> Piece:
        self._lines += 1
        return Piece("line", text, Span(page=page, line=self._lines, char_start=0, char_end=len(text)))

    def _table(self, rows: list[list[str | None]], page: int) -> Iterator[Piece]:
        self._tables += 1
        for place, row in enumerate(rows, start=1):
            span = Span(page=page, table=self._tables, row=place)
            for column, text in enumerate(row):
                if text is not None:  # a part of a merged cell
                    yield Piece("cell", join_cell_text(text.split("\n")), span, column)
            yield Piece("row_end", "", span, len(row))


def _is_inside(item: dict[str, Any], boxes: list[tuple[float, float, float, float]]) -> bool:
    """Whether the middle of a character lies in one of the tables."""
    if item.get("object_type") != "char":
        return False
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)
