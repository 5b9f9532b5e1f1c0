"""Reports as drawn PDF files, the partner of the round trip: ruled tables over several pages, a number on each page."""

import io
from itertools import groupby

from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.render.document import build_page
from pipelines.render.page import Page
from pipelines.render.placed import HEIGHT, WIDTH, Sheet, place
from pipelines.render.report import RenderedReport, Script

SONG, LATIN = "STSong-Light", "Courier"  # the standard fonts: nothing is embedded
WIDE = 0x2E80


def draw_pdf(report: RenderedReport, script: Script) -> bytes:
    """The PDF that prints `report`; the same report gives the same bytes."""
    return draw_page(build_page(report, script))


def draw_page(page: Page, *, is_ruled: bool = True, is_packed: bool = True, is_typeset: bool = False) -> bytes:
    """The PDF of a page on as many sheets as it takes.

    Args:
        page: what is printed.
        is_ruled: whether tables have lines.
        is_packed: whether the streams are compressed.
        is_typeset: whether rows are as word processors set them: figures half way down, and cut where a sheet ends.
    """
    registerFont(UnicodeCIDFont(SONG))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(WIDTH * mm, HEIGHT * mm), invariant=1, pageCompression=int(is_packed))
    for sheet in place(page, is_centred=is_typeset, is_cut=is_typeset):
        _draw(canvas, sheet, is_ruled=is_ruled)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _draw(canvas: Canvas, sheet: Sheet, *, is_ruled: bool) -> None:
    for text in sheet.texts:
        x = text.x
        for is_wide, run in groupby(text.text, key=lambda one: ord(one) >= WIDE):
            printed = "".join(run)
            canvas.setFont(SONG if is_wide else LATIN, text.size * mm * (1 if is_wide else 0.83))
            canvas.drawString(x * mm, (HEIGHT - text.y) * mm, printed)
            x += len(printed) * text.size * (1 if is_wide else 0.5)
    for rule in sheet.rules if is_ruled else ():
        canvas.line(rule.x0 * mm, (HEIGHT - rule.y0) * mm, rule.x1 * mm, (HEIGHT - rule.y1) * mm)
