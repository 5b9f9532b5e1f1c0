"""Several reports in one file, and one report printed twice."""

from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts.form import form
from contracts.raw_json import RawDocument, Report
from pipelines.extract.document import extract_document
from pipelines.render.document import render
from pipelines.render.report import Layout, Section
from pipelines.validation.chunks import Payload
from pipelines.validation.payloads import Accepted, validate
from tests.accuracy.reports import Truth
from tests.extract.two_reports import join, two_truths, year_of

DOCUMENTS = sorted((Path(__file__).parents[2] / "samples" / "documents").glob("*"))
CAPTURED_AT = "2025-04-01T00:00:00Z"
JOINED: tuple[Layout, ...] = ("html", "pipes", "tabs", "lines", "markdown", "vertical")


def extract(content: bytes, name: str = "report") -> RawDocument:
    """Extract, and refuse what the load would refuse."""
    read = extract_document(content, name, CAPTURED_AT)
    verdict = validate(Payload(msgspec.json.encode(read), "test", 1))
    assert isinstance(verdict, Accepted), verdict
    return read


def cells(report: Report) -> dict[str, Any]:
    """All cells of all tables."""
    tables = msgspec.to_builtins(report.tables)
    return {
        f"{table}.{row}.{column}": value
        for table, content in tables.items()
        for row, columns in content["cells"].items()
        for column, value in columns.items()
    }


def printed(truth: Truth) -> dict[str, Any]:
    """All cells as they were rendered."""
    return {
        f"{table}.{row}.{column}": value
        for table, rows in truth.items()
        for row, columns in rows.items()
        for column, value in columns.items()
    }


@pytest.mark.parametrize("layout", JOINED)
def test_two_years_one_after_the_other_are_two_reports(layout: Layout) -> None:
    old, new = two_truths(layout)
    read = extract(
        join(render(year_of(old, 2021), layout, "simplified"), render(year_of(new, 2022), layout, "simplified"))
    )
    assert [report.year for report in read.reports] == [2021, 2022]
    assert [cells(report) for report in read.reports] == [printed(old), printed(new)]
    assert {report.authority.printed for report in read.reports} == {"某市某局"}


@pytest.mark.parametrize(("first", "second"), list(permutations(DOCUMENTS, 2)), ids=lambda path: path.stem)
def test_two_reports_in_one_file_are_read_as_each_alone(first: Path, second: Path) -> None:
    both = extract(first.read_bytes() + b"\n" + second.read_bytes()).reports
    alone = [extract(path.read_bytes()).reports[0] for path in (first, second)]
    assert [(report.year, report.authority, report.published) for report in both] == [
        (report.year, report.authority, report.published) for report in alone
    ]
    assert [report.tables for report in both] == [report.tables for report in alone]
    assert [[claim.value for claim in report.claims] for report in both] == [
        [claim.value for claim in report.claims] for report in alone
    ]


def test_two_bodies_on_one_year_are_two_reports() -> None:
    first, second = two_truths("bodies")
    parts = [
        render(year_of(truth, 2022, body), "pipes", "simplified")
        for truth, body in ((first, "甲市某局"), (second, "乙市某局"))
    ]
    read = extract(join(*parts))
    assert [report.authority.printed for report in read.reports] == ["甲市某局", "乙市某局"]
    assert [cells(report) for report in read.reports] == [printed(first), printed(second)]


def test_a_title_over_each_page_begins_no_report() -> None:
    truth, _ = two_truths("pages")
    content = render(year_of(truth, 2022), "pipes", "simplified").decode()
    lines = content.split("\n")
    place = next(place for place, line in enumerate(lines) if line.startswith("三、"))
    header = "某市某局2022年政府信息公开年报"
    paged = [*lines[:place], header, *lines[place : place + 20], header, *lines[place + 20 :]]
    (report,) = extract("\n".join(paged).encode()).reports
    assert cells(report) == printed(truth)


def test_plans_for_another_year_are_not_the_year_of_the_next_report() -> None:
    first, second = two_truths("plans")
    plan = Section(heading="六、其他", paragraphs=("2023年，本局将继续做好政府信息公开工作。",))
    old = msgspec.structs.replace(year_of(first, 2022), after=(plan,))
    bare = msgspec.structs.replace(year_of(second, 2021), title=())
    read = extract(join(render(old, "pipes", "simplified"), render(bare, "pipes", "simplified")))
    assert read.rejection is not None
    assert read.rejection.reason == "several_reports"


@pytest.mark.parametrize("layout", ["html", "pipes", "lines"])
def test_a_report_printed_twice_is_one_report(layout: Layout) -> None:
    truth, _ = two_truths("twice")
    whole = render(year_of(truth, 2022), layout, "simplified")
    attachment = msgspec.structs.replace(year_of(truth, 2022), title=(), before=(), after=())
    for second in (whole, render(attachment, layout, "simplified")):
        read = extract(join(whole, second))
        assert [report.year for report in read.reports] == [2022]
        assert cells(read.reports[0]) == printed(truth)
        assert read.reports[0].readings == []


def test_a_copy_that_differs_leaves_its_cells_open() -> None:
    truth, _ = two_truths("differing")
    changed: Truth = msgspec.json.decode(msgspec.json.encode(truth))
    row = changed["applications"]["granted"]
    row["total"] = int(row["total"] or 0) + 1
    parts = [render(year_of(figures, 2022), "pipes", "simplified") for figures in (truth, changed)]
    (report,) = extract(join(*parts)).reports
    expected = printed(truth)
    cell = "applications.granted.total"
    candidates = [expected[cell], row["total"]]
    assert cells(report) == {**expected, cell: None}
    assert [(reading.cell, reading.state, reading.candidates) for reading in report.readings] == [
        (cell, "ambiguous", candidates)
    ]


def test_reports_that_do_not_say_whose_they_are_are_refused() -> None:
    first, second = two_truths("nameless")
    bare = msgspec.structs.replace(year_of(second, 2022), title=(), before=(), after=())
    read = extract(join(render(year_of(first, 2022), "pipes", "simplified"), render(bare, "pipes", "simplified")))
    assert read.rejection is not None
    assert read.rejection.reason == "several_reports"


def test_links_to_other_years_are_no_reports() -> None:
    truth, _ = two_truths("links")
    links = tuple(f"某市某局{year}年政府信息公开工作年度报告" for year in (2019, 2020, 2021))
    report = msgspec.structs.replace(year_of(truth, 2022), after=(Section(heading="相关链接", paragraphs=links),))
    (read,) = extract(render(report, "html", "simplified")).reports
    assert read.year == 2022
    assert cells(read) == printed(truth)


def beside(years: tuple[str, str], first: Truth, second: Truth) -> bytes:
    """A page with table 三 of two years in columns side by side."""
    table = form().versions["2021"].tables["applications"]
    columns = "".join(f"<td>{column.zh}</td>" for column in table.columns.values())
    width = len(table.columns)
    heads = "".join(f"<td colspan='{width}'>{year}</td>" for year in years)
    rows = [
        f"<tr><td rowspan='2'>{table.column_stub}</td>{heads}</tr>",
        f"<tr>{columns}{columns}</tr>",
    ]
    for row in table.rows.values():
        figures = [figure for truth in (first, second) for figure in truth["applications"][row.id].values()]
        rows.append(f"<tr><td>{row.ordinal}{row.zh}</td>{''.join(f'<td>{figure}</td>' for figure in figures)}</tr>")
    title = f"<h1>某市某局2022年政府信息公开工作年度报告</h1><p>{table.ordinal}{table.heading['zh']}</p>"
    return f"<html><body>{title}<table>{''.join(rows)}</table></body></html>".encode()


def test_two_years_side_by_side_are_two_reports() -> None:
    new, old = two_truths("beside")
    read = extract(beside(("2022年", "2021年"), new, old))
    assert [report.year for report in read.reports] == [2022, 2021]
    expected = [
        {name: value for name, value in printed(truth).items() if name.startswith("app")} for truth in (new, old)
    ]
    assert [cells(report) for report in read.reports] == expected


def test_years_side_by_side_whose_columns_cannot_be_told_apart_are_refused() -> None:
    new, old = two_truths("beside")
    content = beside(("2022年", "2021年"), new, old).replace(b"colspan='7'", b"colspan='6'", 1)
    read = extract(content)
    assert read.rejection is not None
    assert read.rejection.reason == "several_reports"
