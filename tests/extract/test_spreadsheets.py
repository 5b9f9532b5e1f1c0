"""Spreadsheets: what a sheet prints becomes pieces; what is hidden does not; no file can take all memory."""

import io
import zipfile
from random import Random

import pytest
from openpyxl import Workbook

from pipelines.extract.document import extract_document
from pipelines.extract.readers.media_types import XLS, XLSX, detect_media_type
from pipelines.extract.readers.number_format import format_number
from pipelines.extract.readers.registry import read_pieces
from pipelines.render.document import render
from pipelines.render.report import RenderedReport, Style
from tests.accuracy.reports import random_figures, report_of, versions_of
from tests.extract.old_workbook import write_ole, write_xls
from tests.extract.test_readers import shape

SHEET = "xl/worksheets/sheet1.xml"
ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '


def saved(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def small_workbook() -> bytes:
    workbook = Workbook()
    workbook.active.append(["a", 1])
    workbook.active.append(["b", 2])
    return saved(workbook)


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    """The package with one part replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            target.writestr(member, text if member == name else source.read(member))
    return stream.getvalue()


def sheet(rows: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def drawn_report() -> RenderedReport:
    """A report on 2023 with figures drawn at random, always the same."""
    versions = versions_of("2021")
    return report_of(random_figures(Random(3), versions), versions, Style())  # noqa: S311 - a sample, no secret


def reason_of(content: bytes) -> str:
    document = extract_document(content, "report.xlsx", "2024-03-01")
    assert document.rejection is not None
    return document.rejection.reason


@pytest.mark.parametrize(
    ("value", "code", "printed"),
    [
        (12.0, "General", "12"),
        (2023.852, "", "2023.852"),
        (0.1 + 0.2, "", "0.3"),
        (2023.852, "0.00", "2023.85"),
        (2023.5, "0.00", "2023.50"),
        (12.0, "0.00", "12"),
        (1234567.0, "#,##0", "1,234,567"),
        (-3.0, "0;-0", "-3"),
        (-5.5, "0.00_);[Red]\\(0.00\\)", "(5.50)"),
        (12.5, '0.00"万元"', "12.50万元"),
        (0.5, "0%", "50%"),
        (12345.0, "#,##0,", "12"),
        (0.0, ACCOUNTING, "-"),
        (5.5, ACCOUNTING, "5.50"),
        (0.0, "0;-0;;@", ""),
        (44000.0, 'yyyy"年"m"月"', "44000"),
        (1e300, "0.00", "1" + "0" * 300),
    ],
)
def test_numbers_are_written_as_their_format_prints_them(value: float, code: str, printed: str) -> None:
    assert format_number(value, code) == printed


def test_a_sheet_is_read_as_it_prints() -> None:
    workbook = Workbook()
    page = workbook.active
    for row in (["标题"], ["名称", "件数", None, "金额"], ["甲", 7, None, 2023.852], ["乙", None, None, 5.5], [None]):
        page.append(row)
    page.append(["说明文字", 1, 2, 3])
    page.merge_cells("A1:D1")
    page.merge_cells("B2:C2")
    page.merge_cells("A3:A4")
    page["D4"].number_format = "0.00"
    page.row_dimensions[6].hidden = True
    hidden = workbook.create_sheet("hidden")
    hidden.append(["不印", 1])
    hidden.sheet_state = "hidden"
    second = workbook.create_sheet("second")
    second.append(["丙", 1, 9])
    second.column_dimensions["B"].hidden = True
    content = saved(workbook)
    assert detect_media_type(content, "report.pdf") == XLSX
    pieces = read_pieces(content, XLSX)
    assert shape(pieces) == [
        ("line", "标题", 0),
        *(("cell", "名称", 0), ("cell", "件数", 1), ("cell", "金额", 3), ("row_end", "", 4)),
        *(("cell", "甲", 0), ("cell", "7", 1), ("cell", "", 2), ("cell", "2023.852", 3), ("row_end", "", 4)),
        *(("cell", "", 1), ("cell", "", 2), ("cell", "5.50", 3), ("row_end", "", 4)),
        *(("cell", "丙", 0), ("cell", "9", 2), ("row_end", "", 3)),
    ]
    assert [(piece.span.table, piece.span.row) for piece in pieces if piece.kind != "cell"] == [
        *((1, 1), (1, 2), (1, 3), (1, 4)),
        (3, 1),
    ]


def test_a_merged_cell_is_seen_where_it_is_not_hidden() -> None:
    workbook = Workbook()
    page = workbook.active
    for row in (["甲", 1], [None, 2]):
        page.append(row)
    page.merge_cells("A1:A2")
    page.row_dimensions[1].hidden = True
    assert shape(read_pieces(saved(workbook), XLSX)) == [("cell", "甲", 0), ("cell", "2", 1), ("row_end", "", 2)]


def test_old_workbooks_are_read() -> None:
    content = write_xls([["标题", None, None], ["甲", 12.0, 2023.852], ["乙", None, "/"]], [(0, 0, 0, 2)])
    assert detect_media_type(content, "report.doc") == XLS
    assert shape(read_pieces(content, XLS)) == [
        ("line", "标题", 0),
        *(("cell", "甲", 0), ("cell", "12", 1), ("cell", "2023.852", 2), ("row_end", "", 3)),
        *(("cell", "乙", 0), ("cell", "", 1), ("cell", "/", 2), ("row_end", "", 3)),
    ]


def test_a_report_in_a_spreadsheet_is_read_as_a_report() -> None:
    document = extract_document(render(drawn_report(), "xlsx", "traditional"), "report", "2024-03-01")
    assert document.rejection is None
    assert [(found.year, found.authority.printed) for found in document.reports] == [(2023, "某市某局")]


@pytest.mark.parametrize(
    ("part", "text", "reason"),
    [
        (
            SHEET,
            sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
            "too_large",
        ),
        (
            SHEET,
            sheet("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_048_577))),
            "too_large",
        ),
        (
            SHEET,
            sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "1" * 2_000_000 + "</t></is></c></row>"),
            "too_large",
        ),
        (
            SHEET,
            b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>',
            "malformed",
        ),
        (SHEET, b"<worksheet><sheetData><row>", "malformed"),
        (SHEET, sheet("<a>" * 100_000), "malformed"),
        (SHEET, b" " * (70 * 2**20), "too_large"),
        ("xl/workbook.xml", b"<workbook/>", "empty"),
    ],
)
def test_hostile_sheets_are_refused(part: str, text: bytes, reason: str) -> None:
    assert reason_of(with_part(small_workbook(), part, text)) == reason


def test_damaged_workbooks_are_refused() -> None:
    whole = small_workbook()
    assert reason_of(whole[: len(whole) // 2]) in ("malformed", "undecodable", "unsupported_media_type")
    assert reason_of(write_ole({"Workbook": b"\x09\x08" + bytes(3000)})) in ("malformed", "empty")
    assert reason_of(write_ole({"EncryptedPackage": b"x" * 100})) == "encrypted"
