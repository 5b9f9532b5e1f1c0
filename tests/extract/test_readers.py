"""Readers: bytes to pieces, and what is refused."""

import io

import pytest
from docx import Document

from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.media_types import DOCX, HTML, PDF, TEXT, detect_media_type
from pipelines.extract.readers.registry import read_pieces

ROW = [("cell", "a", 0), ("cell", "", 1), ("cell", "7", 2), ("row_end", "", 3)]
MERGED = """<html><head><style>p{}</style></head><body><nav>menu</nav><p>first<br>second</p><table>
<tr><td rowspan="2">tall</td><td colspan="2">wide</td></tr>
<tr><td>x&nbsp;</td><td><p>y</p><p>z</p></td></tr>
</table></body></html>"""


def shape(pieces: list[Piece]) -> list[tuple[str, str, int]]:
    """Kind, text and column."""
    return [(piece.kind, piece.text, piece.column) for piece in pieces]


@pytest.mark.parametrize("line", ["a | | 7 |", "| a |  | 7", "a||7", "\ta\t\t7", "a\t\t7"])
def test_rows_keep_their_empty_cells(line: str) -> None:
    assert shape(read_pieces(line.encode(), TEXT)) == ROW


def test_cells_behind_tabs_end_at_an_empty_line() -> None:
    pieces = read_pieces(b"\ta\n\tb\nc\n\t\n\n\td", TEXT)
    assert shape(pieces) == [
        ("cell", "a", 0),
        ("cell", "b", 1),
        ("line", "c", 0),
        ("cell", "", 2),
        ("line", "", 0),
        ("cell", "d", 0),
    ]


def test_a_rule_under_a_header_is_no_row() -> None:
    assert shape(read_pieces(b"| a |\n|---|\n| - |", TEXT)) == [
        ("cell", "a", 0),
        ("row_end", "", 1),
        ("cell", "-", 0),
        ("row_end", "", 1),
    ]


def test_spans_lead_to_the_characters() -> None:
    line = "ab |  12 | 3"
    for piece in read_pieces(f"\n{line}".encode(), TEXT)[1:4]:
        assert piece.span.line == 2
        assert line[piece.span.char_start : piece.span.char_end] == piece.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_apart(encoding: str) -> None:
    text = "各项工作按计划完成\n7 件\n"
    content = text.encode(encoding)
    assert detect_media_type(content, "report") == TEXT
    assert [piece.text for piece in read_pieces(content, TEXT)] == text.split("\n")


@pytest.mark.parametrize(
    ("content", "media_type", "reason"),
    [
        (b"", TEXT, "empty"),
        (b" \r\n\t", TEXT, "empty"),
        (b"?????? ?? 12 ???", TEXT, "undecodable"),
        ("\ufffd\ufffd\ufffd 12".encode(), TEXT, "undecodable"),
        (b"\xff\xff\xff\x80\x80", TEXT, "undecodable"),
        (b"<html><body></body></html>", HTML, "empty"),
        (b"PK\x03\x04", DOCX, "malformed"),
        (b"%PDF-1.7", PDF, "malformed"),
    ],
)
def test_what_has_no_text_is_refused(content: bytes, media_type: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_pieces(content, media_type)
    assert refused.value.reason == reason


def test_the_content_decides_what_a_document_is() -> None:
    assert detect_media_type(b"%PDF-1.4", "report.docx") == PDF
    assert detect_media_type(MERGED.encode(), "report.txt") == HTML
    assert detect_media_type("一、<b>".encode(), "report.html") == HTML
    assert detect_media_type(b"plain | text", "report.html") == TEXT


def test_merged_cells_of_a_page_stand_once_in_their_column() -> None:
    pieces = read_pieces(MERGED.encode(), HTML)
    assert shape(pieces) == [
        ("line", "first", 0),
        ("line", "second", 0),
        ("cell", "tall", 0),
        ("cell", "wide", 1),
        ("row_end", "", 3),
        ("cell", "x", 1),
        ("cell", "yz", 2),
        ("row_end", "", 3),
    ]
    assert (pieces[-2].span.table, pieces[-2].span.row) == (1, 2)


def test_merged_cells_of_a_word_file_stand_once_in_their_column() -> None:
    document = Document()
    document.add_paragraph("before")
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "tall"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
    table.cell(1, 1).text, table.cell(1, 2).text = "x", "y"
    document.add_paragraph("after")
    stream = io.BytesIO()
    document.save(stream)
    content = stream.getvalue()
    assert detect_media_type(content, "report") == DOCX
    assert shape(read_pieces(content, DOCX)) == [
        ("line", "before", 0),
        ("cell", "tall", 0),
        ("cell", "wide", 1),
        ("row_end", "", 3),
        ("cell", "x", 1),
        ("cell", "y", 2),
        ("row_end", "", 3),
        ("line", "after", 0),
    ]
