"""Form → document → form: every layout, script and version survives cell by cell."""

from itertools import product
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from contracts.form import form
from pipelines.extract.form_reader import TablesRead, read_tables
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.extract.readers.registry import read_pieces
from pipelines.render.document import render
from pipelines.render.report import LAYOUTS, SCRIPTS, Layout, RenderedReport, Script, Style, Value
from tests.accuracy.reports import random_figures, report_of
from tests.balanced_forms import balanced_reports

VERSIONS = {
    "2021": dict.fromkeys(form().tables, "2021"),
    "2019": dict.fromkeys(form().tables, "2019"),
    "old_disclosures": {**dict.fromkeys(form().tables, "2021"), "proactive_disclosure": "2019"},
    "old_applications": {**dict.fromkeys(form().tables, "2021"), "applications": "2019"},
}
PLACED: tuple[Layout, ...] = ("html", "docx", "xlsx", "ofd", "tabs")  # layouts in which an empty cell keeps its place
BLANK_BETWEEN: tuple[Layout, ...] = ("rows", "label_lines", "numbers_first", "numbers_between")  # figures in a line
EXAMPLES = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
Figures = dict[tuple[str, str, str], Value]


def expected_figures(report: RenderedReport) -> Figures:
    """The printed value of every cell."""
    return {
        (name, row, column): value
        for name, table in report.tables.items()
        for row, cells in table.cells.items()
        for column, value in cells.items()
    }


def read_figures(
    report: RenderedReport, layout: Layout, script: Script, blank: str = " "
) -> tuple[TablesRead, Figures]:
    """Render and read: all of it, and the value of every cell; `blank` stands for each blank of a text."""
    content = render(report, layout, script)
    content = content if blank == " " else content.replace(b" ", blank.encode())
    read = read_tables(read_pieces(content, detect_media_type(content, "report")))
    found: Figures = {
        (name, row, column): value
        for name, table in read.tables.items()
        for row, cells in table["cells"].items()
        for column, value in cells.items()
    }
    return read, found


def check_round_trip(report: RenderedReport, layout: Layout, script: Script, blank: str = " ") -> None:
    """Every cell as it was printed, in the right version, and nothing left over."""
    read, found = read_figures(report, layout, script, blank)
    expected = expected_figures(report)
    wrong = {cell: (value, found.get(cell)) for cell, value in expected.items() if found.get(cell) != value}
    assert wrong == {}
    assert set(found) <= set(expected)
    versions = {name: table["form_version"] for name, table in read.tables.items() if is_told_apart(name)}
    assert versions == {name: table.form_version for name, table in report.tables.items() if is_told_apart(name)}
    assert [leftover.raw for leftover in read.leftovers] == []


def is_told_apart(table: str) -> bool:
    """Whether the versions of the form print a table differently, so that its version can be read off it."""
    first, *others = [form().versions[name].tables[table] for name in form().versions_with(table)]
    return any(other != first for other in others)


@pytest.mark.parametrize(("layout", "version"), list(product(LAYOUTS, VERSIONS)))
def test_full_tables_survive_in_every_script(layout: Layout, version: str) -> None:
    @EXAMPLES
    @given(balanced_reports(VERSIONS[version], blanks=0))
    def survives(report: RenderedReport) -> None:
        for script in SCRIPTS:
            check_round_trip(report, layout, script)

    survives()


@pytest.mark.parametrize(("layout", "blank"), list(product(BLANK_BETWEEN, ("\xa0", "\u2002", "\u2003", "\u3000"))))
def test_figures_in_a_line_are_told_apart_by_any_blank(layout: Layout, blank: str) -> None:
    @EXAMPLES
    @given(balanced_reports(VERSIONS["2021"], blanks=0), st.sampled_from(SCRIPTS))
    def survives(report: RenderedReport, script: Script) -> None:
        check_round_trip(report, layout, script, blank)

    survives()


@pytest.mark.parametrize(("layout", "version"), list(product(LAYOUTS, VERSIONS)))
def test_marks_survive_as_blanks(layout: Layout, version: str) -> None:
    @EXAMPLES
    @given(balanced_reports(VERSIONS[version], blanks=2, marks=("/", "-", "—")), st.sampled_from(SCRIPTS))
    def survives(report: RenderedReport, script: Script) -> None:
        check_round_trip(report, layout, script)

    survives()


@pytest.mark.parametrize(("layout", "version"), list(product(PLACED, VERSIONS)))
def test_empty_cells_survive_where_cells_have_places(layout: Layout, version: str) -> None:
    @EXAMPLES
    @given(balanced_reports(VERSIONS[version], blanks=2), st.sampled_from(SCRIPTS))
    def survives(report: RenderedReport, script: Script) -> None:
        assume(not is_shifted_line_too(report))
        check_round_trip(report, layout, script)

    survives()


def is_shifted_line_too(report: RenderedReport) -> bool:
    """Whether the line of table 四 is that of another balanced report, too, shifted by a cell, its last figure gone."""
    rows = [list(cells.values()) for cells in report.tables["reviews_and_lawsuits"].cells.values()]
    first, *figures = [value for row in rows for value in row]
    if first is not None or None in figures:
        return False
    width = len(rows[0])
    counts = [value for value in figures if isinstance(value, int)]
    whole = [counts[start : start + width] for start in range(0, len(counts) - width + 1, width)]
    return all(sum(parts) == total for *parts, total in whole)


def report_with_cases(figures: list[Value]) -> RenderedReport:
    """A report whose table 四 has these figures, in printed order."""
    versions = VERSIONS["2021"]
    truth = random_figures(Random(1), versions)  # noqa: S311 - a sample, no secret
    left = iter(figures)
    for row in truth["reviews_and_lawsuits"].values():
        row.update({column: next(left) for column in row})
    return report_of(truth, versions, Style(blank=""))


@pytest.mark.parametrize("layout", PLACED)
def test_an_empty_first_cell_of_table_four_hides_no_figure_behind_it(layout: Layout) -> None:
    report = report_with_cases([None, 2, 0, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    check_round_trip(report, layout, "simplified")
    read, _ = read_figures(report, layout, "simplified")
    cases = [reading for reading in read.readings if reading.cell.startswith("reviews_and_lawsuits.")]
    assert [(reading.cell, reading.state, reading.value) for reading in cases] == [
        ("reviews_and_lawsuits.review.upheld", "blank_proven", 1)
    ]


@pytest.mark.parametrize("layout", PLACED)
def test_a_line_of_table_four_that_may_be_shifted_is_open_where_that_makes_a_difference(layout: Layout) -> None:
    shifted = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2]
    printed: list[Value] = [None, *shifted[:-1]]  # balanced in its own places, too: the first cell may just be empty
    report = report_with_cases(printed)
    assert is_shifted_line_too(report)
    read, found = read_figures(report, layout, "simplified")
    cases = {cell: value for cell, value in found.items() if cell[0] == "reviews_and_lawsuits"}
    alike = [value if value == other else None for value, other in zip(printed, shifted, strict=True)]
    assert list(cases.values()) == alike
    states = {reading.cell: reading.state for reading in read.readings}
    assert {states[".".join(cell)] for cell, value in cases.items() if value is None} == {"ambiguous"}


def test_an_empty_column_before_the_labels_of_table_four_is_no_empty_first_cell() -> None:
    report = report_with_cases([0, 0, 0, 1, 1, *[0] * 10])
    before, table = render(report, "html", "simplified").decode().rsplit("<table", 1)
    rows, total, rest = table.rpartition('<td><p align="center">1</p></td>')  # lost with its cell
    content = f"{before}<table{rows.replace('<tr>', '<tr><td></td>')}{rest}".encode()
    read = read_tables(read_pieces(content, detect_media_type(content, "report")))
    first, *others = read.tables["reviews_and_lawsuits"]["cells"].values()
    assert total
    assert {first["pending"], first["total"]} == {None}
    assert [set(cells.values()) for cells in others] == [{0}, {0}]


@pytest.mark.parametrize("layout", PLACED)
def test_an_empty_cell_before_figures_below_their_labels_is_no_merged_label(layout: Layout) -> None:
    @EXAMPLES
    @given(balanced_reports(VERSIONS["2021"], blanks=0))
    def survives(report: RenderedReport) -> None:
        for row in report.tables["reviews_and_lawsuits"].cells.values():
            row.update(dict.fromkeys(row, 0))
        first = next(iter(report.tables["reviews_and_lawsuits"].cells.values()))
        first[next(iter(first))] = None
        check_round_trip(report, layout, "simplified")

    survives()


@pytest.mark.parametrize(("layout", "blank"), [("pipes", ""), ("lines", ""), ("lines", None)])
def test_what_is_not_printed_never_becomes_a_wrong_number(layout: Layout, blank: str | None) -> None:
    @EXAMPLES
    @given(balanced_reports(VERSIONS["2021"], blanks=2, marks=(blank,)), st.sampled_from(SCRIPTS))
    def survives(report: RenderedReport, script: Script) -> None:
        _, found = read_figures(report, layout, script)
        for name, table in report.tables.items():
            printed = {(name, row, c): value for row, cells in table.cells.items() for c, value in cells.items()}
            lost = {cell for cell, value in printed.items() if found.get(cell) != value}
            assert {cell for cell in lost if found.get(cell) is not None} == set()
            assert not lost or None in printed.values()

    survives()
