"""Scans: ruled lines, recognition where it is installed, marked as such; a clear rejection where it is not."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipelines.extract.document import extract_document
from pipelines.extract.errors import Unreadable
from pipelines.extract.readers import recognition, tools
from pipelines.extract.readers.media_types import JPEG, PDF, PNG, detect_media_type
from pipelines.extract.readers.page_image import find_rules, ink_box, open_picture
from pipelines.extract.readers.registry import read_pieces
from pipelines.extract.readers.ruled_tables import Box, find_ruled_tables
from pipelines.extract.readers.tools import list_tools
from pipelines.extract.version import EXTRACTOR_VERSION

FIGURES = [["0", "12", "345"], ["", "7", "90218"]]
FONT = next(f"{folder}/Vera.ttf" for folder in rl_config.TTFSearchPath if folder.endswith("reportlab/fonts"))


def drawn_table() -> Image.Image:
    """A page with a ruled table of two rows and three columns, and a line of text above it."""
    page = Image.new("L", (1200, 700), 255)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(FONT, 44)
    pen.text((120, 60), "REPORT 2023", font=font, fill=0)
    for row, y in enumerate((200, 320, 440)):
        pen.line((100, y, 1000, y), fill=0, width=4)
        for column, text in enumerate(FIGURES[row] if row < 2 else []):
            pen.text((140 + 300 * column, y + 36), text, font=font, fill=0)
    for x in (100, 400, 700, 1000):
        pen.line((x, 200, x, 440), fill=0, width=4)
    return page


def saved(page: Image.Image, kind: str) -> bytes:
    stream = io.BytesIO()
    page.save(stream, kind)
    return stream.getvalue()


def as_pdf(page: Image.Image) -> bytes:
    """A PDF of one page that is nothing but the picture."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(600, 350))
    canvas.drawImage(ImageReader(page), 0, 0, 600, 350)
    canvas.save()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("make", "media_type"),
    [(lambda page: saved(page, "JPEG"), JPEG), (as_pdf, PDF)],
)
def test_a_scan_is_read_cell_by_cell_or_refused_with_what_to_install(
    make: Callable[[Image.Image], bytes], media_type: str
) -> None:
    content = make(drawn_table())
    assert detect_media_type(content, "report.txt") == media_type
    assert detect_media_type(saved(drawn_table(), "PNG"), "report.txt") == PNG
    if "ocr" not in list_tools():
        with pytest.raises(Unreadable, match=r"missing_tool.*gongkai\[ocr\]"):
            read_pieces(content, media_type)
        return
    pieces = read_pieces(content, media_type)
    assert [piece.text for piece in pieces if piece.kind == "line"] == ["REPORT 2023"]
    rows = [[piece.text for piece in pieces if piece.kind == "cell" and piece.span.row == row] for row in (1, 2)]
    assert rows == FIGURES
    first = next(piece for piece in pieces if piece.text == "345")
    assert (first.span.page, first.span.table, first.span.row) == (1, 1, 1)
    assert first.span.box is not None
    assert np.abs(np.subtract(first.span.box, [583, 286, 833, 457])).max() <= 3


def test_what_was_recognised_says_so() -> None:
    document = extract_document(saved(drawn_table(), "PNG"), "report", "2024-03-01")
    assert document.rejection is not None
    if "ocr" in list_tools():
        assert document.rejection.reason == "no_report"
        assert document.extractor.version == f"{EXTRACTOR_VERSION}+{recognition.recogniser_version()}"
    else:
        assert document.rejection.reason == "missing_tool"
        assert document.extractor.version == EXTRACTOR_VERSION


def test_without_the_extra_a_scan_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "PACKAGE", "no_such_package")
    for content in (saved(drawn_table(), "PNG"), as_pdf(drawn_table())):
        document = extract_document(content, "report", "2024-03-01")
        assert document.rejection is not None
        assert document.rejection.reason == "missing_tool"
        assert "gongkai[ocr]" in document.rejection.detail


def test_what_is_not_recognised_with_certainty_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    class Doubtful:
        """Finds every text and is never sure of one."""

        boxes = np.array([[[140, 240], [170, 240], [170, 280], [140, 280]]])
        txts, scores = ("8",), (0.3,)

        def __call__(self, *_: object, **__: object) -> "Doubtful":
            return self

    monkeypatch.setattr(recognition, "_engine", Doubtful)
    monkeypatch.setattr(recognition, "is_installed", lambda: True)
    items, _ = recognition.recognise(np.asarray(drawn_table()))
    assert {item.text for item in items} == {"\ufffd"}
    assert len(items) == 5  # the box that was found, and the ink of the other four cells


def test_ruled_lines_make_cells_and_strokes_do_not() -> None:
    page = np.asarray(drawn_table())
    (table,) = find_ruled_tables(find_rules(page), 6)
    assert [len(row) for row in table.rows] == [3, 3]
    assert ink_box(page, table.rows[1][0][1], 6) is None
    ink = ink_box(page, table.rows[0][1][1], 5)
    assert ink is not None
    assert Box(440, 236, 560, 290).holds((ink.left + ink.right) / 2, (ink.top + ink.bottom) / 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (saved(drawn_table(), "PNG")[:200], "malformed"),
        (saved(Image.new("1", (20_000, 4_000)), "PNG"), "too_large"),
        (b"\x89PNG\r\n\x1a\n", "malformed"),
    ],
)
def test_hostile_pictures_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        open_picture(content)
    assert refused.value.reason == reason
