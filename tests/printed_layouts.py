"""All layouts of printed documents: those of the project's renderer, and drawn PDF files.

`pdf` has ruled tables, `pdf_plain` no line at all. In both a figure stands in the middle of its row, so that a label
of several lines and its figures are on different lines; they run over several pages with a number at each foot, and a
row is cut where a page ends.
"""

from typing import Literal, get_args

from pipelines.render import report
from pipelines.render.document import write_page
from pipelines.render.page import Page
from pipelines.render.report import Style
from tests.drawn_pdf import draw_page

Drawn = Literal["pdf", "pdf_plain"]
Layout = report.Layout | Drawn

DRAWN: tuple[Drawn, ...] = get_args(Drawn)
LAYOUTS: tuple[Layout, ...] = (*report.LAYOUTS, *DRAWN)
GLUED_LAYOUTS: tuple[Layout, ...] = report.GLUED_LAYOUTS


def write_printed(page: Page, layout: Layout, style: Style, *, is_packed: bool = True) -> bytes:
    """The document of a page in one layout; the streams of a PDF are compressed if it is packed."""
    if layout == "pdf" or layout == "pdf_plain":
        return draw_page(page, is_ruled=layout == "pdf", is_packed=is_packed, is_typeset=True)
    return write_page(page, layout, style)
