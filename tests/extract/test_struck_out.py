"""What is struck out, by whatever means, is no part of a figure and stays beside it as evidence."""

import io

import pytest
from docx import Document
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from contracts.raw_json import RawDocument
from pipelines.extract.document import extract_document
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.docx import read_docx
from pipelines.extract.readers.html import read_html
from pipelines.extract.readers.media_types import XLSX
from pipelines.extract.readers.registry import read_pieces
from tests.extract.test_odd_cells import HEADERS, measures, penalties_of, reading_of
from tests.extract.test_odd_prints import left, page, read, regulations, row_of
from tests.extract.test_spreadsheets import saved

SHEET = """<style>
    /* .kept { text-decoration: line-through } */
    .gone, td.out { color: red; text-decoration: line-through }
    @media screen { #old { TEXT-DECORATION-LINE: underline line-through; } }
    .again { text-decoration: line-through } .again { text-decoration: none }
    .menu .item { text-decoration: line-through }
</style>"""


@pytest.mark.parametrize(
    "printed",
    [
        '<i class="gone">99</i>128',
        '<p class="red gone">99</p><p>128</p>',
        '<span id="old">99</span>128',
        "<del>99</del>128",
        '<span style="text-decoration: line-through">99</span>128',
    ],
)
def test_what_is_struck_out_is_a_note_on_the_figure(printed: str) -> None:
    report = read(SHEET + measures(printed))
    found = reading_of(report, "administrative_penalties.decisions")
    assert (penalties_of(report), found.state, found.raw, found.note) == (128, "printed", "128", "struck out: 99")


@pytest.mark.parametrize(
    "printed",
    [
        *(f'<i class="{name}">12</i>8' for name in ("kept", "out", "item", "again")),
        '<i class="gone" style="text-decoration: none">12</i>8',
    ],
)
def test_what_no_rule_strikes_out_is_read(printed: str) -> None:
    assert penalties_of(read(SHEET + measures(printed))) == 128


@pytest.mark.parametrize("cell", ['<td class="out">2</td>', "<td><s>2</s></td>", "<td><s>2</s>/</td>"])
def test_a_cell_that_is_struck_out_whole_says_so(cell: str) -> None:
    table = regulations(*HEADERS).replace("<td>2</td>", cell)
    report = read(page(table, before=SHEET))
    assert row_of(report, "proactive_disclosure", "regulations") == (1, None, 3)
    assert reading_of(report, "regulations.repealed").note == "struck out: 2"


def test_a_row_that_is_struck_out_whole_is_left_over() -> None:
    row = '<tr style="text-decoration: line-through"><td>规章'
    report = read(page(regulations(*HEADERS).replace("<tr><td>规章", row)))
    assert row_of(report, "proactive_disclosure", "regulations") == (None, None, None)
    assert row_of(report, "proactive_disclosure", "normative_documents") == (4, 5, 6)
    assert {"1", "2", "3"} <= set(left(report))


def test_what_is_struck_out_beside_an_open_figure_is_named() -> None:
    report = read(page(regulations(*HEADERS, first=(1, "<s>99</s>7*", 3))))
    found = reading_of(report, "regulations.repealed")
    assert (found.state, found.raw, found.note) == ("ambiguous", "7*", "struck out: 99")


def extract(content: bytes, name: str) -> RawDocument:
    return extract_document(content, name, "2023-03-01T00:00:00Z")


def test_the_document_says_what_was_left_out_of_its_text() -> None:
    html = page(regulations(*HEADERS), "<p>收到申请<s>99</s>12件。</p>")
    assert extract(html.encode(), "page.html").document.repairs == ["struck-out text left out in 1 places"]
    (first, second) = read_html("<p><s>收到申请</s></p><p>共<s>99</s>12件</p><p>其中</p>".encode())
    assert (first.text, first.struck, second.struck) == ("共12件", "收到申请 99", "")


def cells_of(content: bytes) -> list[tuple[str, str]]:
    pieces: list[Piece] = read_pieces(content, XLSX)
    return [(piece.text, piece.struck) for piece in pieces if piece.kind == "cell"]


def test_struck_out_cells_and_parts_of_cells_of_a_sheet() -> None:
    workbook = Workbook()
    sheet = workbook.active
    out, kept = InlineFont(strike=True), InlineFont(b=True)
    sheet.append(["规章", 99, 1234.5, "99件"])
    sheet.append(["数", CellRichText(TextBlock(out, "99"), TextBlock(kept, "128")), CellRichText("9", "8"), 7])
    sheet.append(["数", CellRichText("99", TextBlock(kept, "128")), 6, 5])
    for place in ("B1", "C1", "D1", "B3"):
        sheet[place].font = Font(strike=True)
    sheet["C1"].number_format = "#,##0.00"
    sheet["D2"].font = Font(strike=False, bold=True)
    assert cells_of(saved(workbook)) == [
        *(("规章", ""), ("", "99"), ("", "1,234.50"), ("", "99件")),
        *(("数", ""), ("128", "99"), ("98", ""), ("7", "")),
        *(("数", ""), ("128", "99"), ("6", ""), ("5", "")),
    ]


@pytest.mark.parametrize("mark", ["strike", "double_strike"])
def test_struck_out_runs_of_a_word_file(mark: str) -> None:
    document = Document()
    paragraph = document.add_paragraph("收到")
    setattr(paragraph.add_run("99").font, mark, True)
    cell = document.add_table(rows=1, cols=2).cell(0, 0).paragraphs[0]
    setattr(cell.add_run("9").font, mark, True)
    cell.add_run("12")
    stream = io.BytesIO()
    document.save(stream)
    found = [(piece.text, piece.struck) for piece in read_docx(stream.getvalue()) if piece.kind != "row_end"]
    assert found[:3] == [("收到", "99"), ("12", "9"), ("", "")]
