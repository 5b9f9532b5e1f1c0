"""The renderer: structure of each layout, scripts, flaws; and the sample documents are current."""

import re
from io import BytesIO
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import html
from openpyxl import load_workbook

from contracts.form import form
from pipelines.render.document import render
from pipelines.render.grid import build_grid
from pipelines.render.report import LAYOUTS, SCRIPTS, Flaws, Layout, RenderedReport, Script, Style, TableFigures, Value
from pipelines.render.sample_source import SampleSource, SourceTable, read_sources
from pipelines.render.samples import SAMPLES, build_documents, list_differences, write_files
from pipelines.render.script import write_in_script

VERSIONS = tuple(form().versions)


def numbered_report(version: str, style: Style | None = None, flaws: Flaws | None = None) -> RenderedReport:
    """A report in which every cell holds another number, so that no two can be confused."""
    tables = {}
    for name, table in form().versions[version].tables.items():
        numbers = {cell.id: str(1000 + place) for place, cell in enumerate(table.cells)}
        cells: dict[str, dict[str, Value]] = {
            row: {column: numbers[f"{name}.{row}.{column}"] for column in table.columns_of(row)} for row in table.rows
        }
        tables[name] = TableFigures(form_version=version, cells=cells)
    return RenderedReport(authority="某市", year=2022, tables=tables, style=style or Style(), flaws=flaws or Flaws())


def printed_text(content: bytes, layout: Layout) -> str:
    """All text of a rendered document."""
    if layout == "html":
        return "".join(str(text) for text in html.fromstring(content.decode()).itertext())
    if layout == "docx":
        document = Document(BytesIO(content))
        cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
        return "\n".join((*(paragraph.text for paragraph in document.paragraphs), *cells))
    if layout == "xlsx":
        sheet = load_workbook(BytesIO(content)).active
        return "\n".join(str(value) for row in sheet.values for value in row if value is not None)
    if layout == "ofd":
        with ZipFile(BytesIO(content)) as package:
            pages = [package.read(name).decode() for name in package.namelist() if name.endswith("Content.xml")]
        return "\n".join(re.findall(r"<ofd:TextCode[^>]*>([^<]*)", "".join(pages)))
    return content.decode()


@pytest.mark.parametrize(("layout", "version"), list(product(LAYOUTS, VERSIONS)))
def test_every_figure_is_printed(layout: Layout, version: str) -> None:
    report = numbered_report(version)
    text = printed_text(render(report, layout, "simplified"), layout)
    figures = [value for t in report.tables.values() for row in t.cells.values() for value in row.values()]
    assert len(figures) > 150
    assert [figure for figure in figures if str(figure) not in text] == []


@pytest.mark.parametrize(("layout", "script"), list(product(LAYOUTS, SCRIPTS)))
def test_same_report_gives_same_bytes(layout: Layout, script: Script) -> None:
    report = numbered_report("2021")
    assert render(report, layout, script) == render(report, layout, script)


@pytest.mark.parametrize("version", VERSIONS)
def test_spans_of_every_row_fill_the_width(version: str) -> None:
    report = numbered_report(version)
    for name, figures in report.tables.items():
        grid = build_grid(form().versions[version].tables[name], figures, Style(), {}, {})
        assert {sum(cell.colspan for cell in row.cells) for row in grid.rows} == {grid.width}


@pytest.mark.parametrize("version", VERSIONS)
def test_row_spans_match_their_continued_cells(version: str) -> None:
    table = form().versions[version].tables["applications"]
    grid = build_grid(table, numbered_report(version).tables["applications"], Style(), {}, {})
    merged = sum(cell.rowspan - 1 for row in grid.rows for cell in row.cells)
    continued = sum(cell.is_continued for row in grid.rows for cell in row.cells)
    assert merged == continued > 30


def test_word_repeats_merged_labels_over_their_rows() -> None:
    document = Document(BytesIO(render(numbered_report("2021"), "docx", "simplified")))
    applications = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    table = form().versions["2021"].tables["applications"]
    assert len(applications) == len(table.rows) + 3
    labels = [row[0] for row in applications]
    assert labels.count(table.groups["results"].ordinal + table.groups["results"].zh) == len(table.rows) - 3


def test_broken_and_truncated_headers() -> None:
    narrow = form().versions["2021"].tables["reviews_and_lawsuits"].columns["pending"].zh
    whole = render(numbered_report("2021"), "lines", "simplified").decode()
    broken = render(numbered_report("2021", Style(headers="broken")), "lines", "simplified").decode()
    truncated = render(numbered_report("2021", Style(headers="truncated")), "pipes", "simplified").decode()
    assert whole.count(f"\n{narrow}\n") == 3
    assert broken.count(f"\n{narrow[:2]}\n{narrow[2:]}\n") == 3
    assert truncated.count(f"| {narrow[:2]} |") == 3


def test_blanks_are_printed_as_the_style_says() -> None:
    table = form().versions["2021"].tables["reviews_and_lawsuits"]
    empty = {"reviews_and_lawsuits": TableFigures(form_version="2021", cells={})}
    report = RenderedReport(authority="某市", year=2022, tables=empty, style=Style(blank="／"))
    assert render(report, "pipes", "simplified").decode().count("／ |") == len(table.cells)
    left_out = RenderedReport(authority="某市", year=2022, tables=empty, style=Style(blank=None))
    assert "\n\n" not in render(left_out, "lines", "simplified").decode()
    with pytest.raises(ValueError, match="cannot leave blank cells out"):
        render(left_out, "pipes", "simplified")


def test_strays_stand_at_the_start_of_their_row_and_nowhere_in_merged_layouts() -> None:
    report = numbered_report("2021", flaws=Flaws(strays={"applications.denied_other_law": "91.61"}))
    label = form().versions["2021"].tables["applications"].rows["denied_other_law"]
    tabs = render(report, "tabs", "simplified").decode()
    assert f"\n\t91.61\n\t\n\t{label.ordinal}{label.zh}\n" in tabs
    with pytest.raises(ValueError, match="stray"):
        render(report, "html", "simplified")


def test_scripts_differ_as_real_pages_do() -> None:
    text = "行政规范性文件、只计这一情形、行政强制、行政复议"
    assert write_in_script(text, "simplified") == text
    assert write_in_script(text, "over_converted") == "行政規範性文件、隻計這一情形、行政強製、行政複議"
    assert write_in_script(text, "taiwan").startswith("行政規範性檔案")
    assert write_in_script(text, "traditional") == "行政規範性文件、只計這一情形、行政強制、行政複議"


def test_sample_documents_are_current() -> None:
    documents = build_documents()
    assert len(documents) == 5
    assert list_differences(documents, SAMPLES / "documents") == []


def test_check_sees_outdated_missing_and_excess_files(tmp_path: Path) -> None:
    files = {tmp_path / "a.txt": b"a", tmp_path / "b.txt": b"b"}
    write_files(files, tmp_path)
    assert list_differences(files, tmp_path) == []
    (tmp_path / "a.txt").write_bytes(b"other")
    (tmp_path / "b.txt").unlink()
    (tmp_path / "c.txt").write_bytes(b"")
    assert list_differences(files, tmp_path) == ["c.txt is in excess", "a.txt is outdated", "b.txt is missing"]
    write_files(files, tmp_path)
    assert list_differences(files, tmp_path) == []


def test_a_source_with_a_short_row_is_refused() -> None:
    table = SourceTable(form_version="2021", rows={"granted": [1, 2, 3]})
    source = SampleSource(
        layout="pipes", script="simplified", authority="某市", year=2022, tables={"applications": table}
    )
    with pytest.raises(ValueError, match=r"applications\.granted has 3 values for 7 columns"):
        source.figures()


def test_a_folder_without_sources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sources(tmp_path)
