"""OFD files: placed texts become rows and lines; no file leads out of its package or takes all memory."""

import io
import zipfile

import pytest

from pipelines.extract.document import extract_document
from pipelines.extract.readers.media_types import OFD, detect_media_type
from pipelines.extract.readers.registry import read_pieces
from pipelines.render.document import render
from tests.extract.test_readers import shape
from tests.extract.test_spreadsheets import drawn_report

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
ROOT = f"<ofd:OFD {NAMESPACE}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"


def page(*objects: str, before: str = "") -> str:
    return (
        f"<ofd:Page {NAMESPACE}>{before}<ofd:Content><ofd:Layer>{''.join(objects)}</ofd:Layer></ofd:Content></ofd:Page>"
    )


def text(x: float, y: float, printed: str, code: str = "", own: str = "") -> str:
    inner = f'<ofd:TextCode X="0" Y="3" {code}>{printed}</ofd:TextCode>'
    return f'<ofd:TextObject Boundary="{x} {y} 50 4" Size="3" {own}>{inner}</ofd:TextObject>'


def rectangle(x: float, y: float, width: float, height: float) -> str:
    path = f"M 0 0 L {width} 0 L {width} {height} L 0 {height} C"
    data = f"<ofd:AbbreviatedData>{path}</ofd:AbbreviatedData>"
    return f'<ofd:PathObject Boundary="{x} {y} {width} {height}">{data}</ofd:PathObject>'


def packed(*pages: str, templates: dict[str, str] | None = None, location: str = "Pages/Page_{}/Content.xml") -> bytes:
    """An OFD file with these pages and template pages."""
    listed = "".join(f'<ofd:Page BaseLoc="{location.format(n)}"/>' for n in range(len(pages)))
    known = "".join(f'<ofd:TemplatePage ID="{name}" BaseLoc="Tpls/{name}.xml"/>' for name in templates or {})
    parts = {
        "OFD.xml": ROOT,
        "Doc_0/Document.xml": f"<ofd:Document {NAMESPACE}><ofd:CommonData>{known}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        **{f"Doc_0/Pages/Page_{number}/Content.xml": content for number, content in enumerate(pages)},
        **{f"Doc_0/Tpls/{name}.xml": content for name, content in (templates or {}).items()},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def reason_of(content: bytes) -> str:
    document = extract_document(content, "report.ofd", "2024-03-01")
    assert document.rejection is not None
    return document.rejection.reason


def test_rows_are_what_lines_enclose_and_lines_what_stands_at_one_height() -> None:
    cells = [rectangle(10, 40, 20, 10), rectangle(30, 40, 20, 5), rectangle(30, 45, 20, 5)]
    texts = [text(32, 46, "34"), text(11, 40, "高"), text(32, 41, "1 2", 'DeltaX="g 2 4"'), text(11, 45, "格")]
    content = packed(page(text(40, 20, "右"), text(10, 20.4, "左"), *cells, *texts), page(text(10, 20, "第二面")))
    assert detect_media_type(content, "report.zip") == OFD
    pieces = read_pieces(content, OFD)
    assert shape(pieces) == [
        ("line", "左 右", 0),
        *(("cell", "高格", 0), ("cell", "1 2", 1), ("row_end", "", 2)),
        *(("cell", "34", 1), ("row_end", "", 2)),
        ("line", "第二面", 0),
    ]
    assert [piece.span.page for piece in pieces] == [1] * 6 + [2]
    assert (pieces[4].span.table, pieces[4].span.row) == (1, 2)


def test_characters_stand_where_their_steps_and_matrices_put_them() -> None:
    content = packed(
        page(
            text(10, 20, "ab", 'DeltaX="20"'),
            text(10, 30, "下上", 'DeltaY="g 1 -10"', 'CTM="1 0 0 1 40 0"'),
            text(10, 50, "不见", own='Visible="false"'),
        )
    )
    assert shape(read_pieces(content, OFD)) == [("line", "a b 上", 0), ("line", "下", 0)]


def test_templates_and_page_numbers() -> None:
    template = page(text(10, 10, "页眉"))
    used = '<ofd:Template TemplateID="T1"/>'
    content = packed(page(text(10, 50, "正文"), text(90, 280, "- 1 -"), before=used), templates={"T1": template})
    assert shape(read_pieces(content, OFD)) == [("line", "页眉", 0), ("line", "正文", 0)]


def test_a_report_in_an_ofd_file_is_read_as_a_report() -> None:
    document = extract_document(render(drawn_report(), "ofd", "traditional"), "report", "2024-03-01")
    assert document.rejection is None
    assert [(found.year, found.authority.printed) for found in document.reports] == [(2023, "某市某局")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed(page(rectangle(1, 1, 9, 9))), "empty"),
        (packed(page(text(1, 1, "1")), location="../../../../../etc/passwd{}"), "malformed"),
        (packed(page(text(1, 1, "1")), location="/etc/passwd{}"), "malformed"),
        (packed('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + page(text(1, 1, "&b;"))), "malformed"),
        (packed(page("<a>" * 100_000)), "too_large"),
        (packed(page(text(1, 1, "1" * 300_000))), "too_large"),
        (packed(page(*(rectangle(1, n, 9, 1) for n in range(9000)))), "too_large"),
        (packed(*[page(text(1, 1, "1"))] * 301), "too_large"),
        (packed(page(text(1, 1, "1")))[:300], "unsupported_media_type"),
        (packed(" " * (70 * 2**20)), "too_large"),
        (packed(), "empty"),
    ],
)
def test_hostile_files_are_refused(content: bytes, reason: str) -> None:
    assert reason_of(content) == reason


def test_endless_steps_are_not_taken() -> None:
    content = packed(page(text(10, 20, "ab", 'DeltaX="g 1000000000 5"')))
    assert shape(read_pieces(content, OFD)) == [("line", "a b", 0)]
