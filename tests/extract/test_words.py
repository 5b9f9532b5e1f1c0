"""Words where figures belong: a number in words keeps its place, any other words are kept as what was printed."""

import pytest

from contracts.raw_json import Reading, Report
from pipelines.extract.document import extract_document
from tests.extract.test_odd_cells import HEADERS, measures, reading_of
from tests.extract.test_odd_prints import (
    CASES,
    CHANNELS,
    LAWSUITS,
    OVER,
    REVIEW,
    cases,
    cells,
    left,
    page,
    read,
    row_of,
)
from tests.extract.test_odd_prints import regulations as regulations_of

WORDS = ["见附件", "详见附件", "未统计"]
LINES = (
    "杭州市商务局2022年政府信息公开工作年度报告",
    "一、总体情况",
    "二、主动公开政府信息情况",
    "第二十条第（一）项",
    *("信息内容", *HEADERS),
    *("规章", "1", "2", "3"),
    *("行政规范性文件", "4", "5", "6"),
    "五、存在的主要问题及改进情况",
)


def lines_of(printed: str) -> str:
    """Every cell in a line of its own, with another second figure."""
    return "\n".join(printed if line == "2" else line for line in LINES)


def rows_of(printed: str) -> str:
    """Every row in a line of its own."""
    text = lines_of(printed)
    for row in (("信息内容", *HEADERS), ("规章", "1", printed, "3"), ("行政规范性文件", "4", "5", "6")):
        text = text.replace("\n".join(row), " ".join(row))
    return text


def read_lines(text: str) -> Report:
    document = extract_document(text.encode(), "report.txt", "2023-03-01T00:00:00Z")
    assert document.rejection is None, document.rejection
    return document.reports[0]


def regulations_in(report: Report) -> dict[str, Reading]:
    found = {one.cell.rpartition(".")[2]: one for one in report.readings if ".regulations." in one.cell}
    assert row_of(report, "proactive_disclosure", "normative_documents") == (4, 5, 6)
    return found


@pytest.mark.parametrize("layout", [lines_of, rows_of])
@pytest.mark.parametrize("printed", ["约12", "共12件", "12余件", "十二", "约十二件"])
def test_a_number_in_words_in_a_text_of_lines_keeps_its_place(layout: object, printed: str) -> None:
    assert callable(layout)
    report = read_lines(layout(printed))
    assert row_of(report, "proactive_disclosure", "regulations") == (1, None, 3)
    assert [(name, one.state, one.raw) for name, one in regulations_in(report).items()] == [
        ("repealed", "ambiguous", printed)
    ]
    assert left(report) == []


@pytest.mark.parametrize("printed", ["12页", "续表", "第2号", "1.十二"])
def test_other_words_between_lines_of_figures_are_no_number(printed: str) -> None:
    report = read_lines(lines_of(f"2\n{printed}"))
    assert row_of(report, "proactive_disclosure", "regulations") == (1, 2, 3)


@pytest.mark.parametrize("printed", WORDS)
def test_words_among_figures_are_left_over(printed: str) -> None:
    for report in (read_lines(lines_of(printed)), read(page(regulations_of(*HEADERS, first=(1, printed, 3))))):
        assert row_of(report, "proactive_disclosure", "regulations") == (None, None, None)
        assert [one.candidates for one in regulations_in(report).values()] == [[1], [1, 3], [3]]
        assert left(report) == [printed]


def test_a_line_whose_label_cannot_be_told_from_its_words_is_kept_whole() -> None:
    readings = regulations_in(read_lines(rows_of("见附件")))
    assert {(one.state, one.raw) for one in readings.values()} == {("missing", "规章 1 见附件 3")}


@pytest.mark.parametrize("row", ["行政规范性文件 4 见附件 6", "行政规范性文件 见附件"])
def test_so_is_the_last_line_of_a_table(row: str) -> None:
    report = read_lines(rows_of("2").replace("行政规范性文件 4 5 6", row))
    assert row_of(report, "proactive_disclosure", "regulations") == (1, 2, 3)
    readings = [one for one in report.readings if ".normative_documents." in one.cell]
    assert {(one.state, one.raw) for one in readings} == {("missing", row)}


@pytest.mark.parametrize("printed", WORDS)
def test_words_alone_are_the_raw_text_of_the_missing_cells(printed: str) -> None:
    found = reading_of(read(measures(printed)), "administrative_penalties.decisions")
    assert (found.state, found.raw, found.span is not None) == ("missing", printed, True)
    row = regulations_in(read(page(regulations_of(*HEADERS, first=(printed, printed, printed)))))
    assert {(one.state, one.raw) for one in row.values()} == {("missing", printed)}


def test_words_in_a_row_that_is_read_are_no_leftovers() -> None:
    report = read(page(regulations_of(*HEADERS, first=(1, 2, 3, "见附件"))))
    assert (row_of(report, "proactive_disclosure", "regulations"), left(report)) == ((1, 2, 3), [])


def test_words_below_labels_that_stand_side_by_side_are_kept() -> None:
    counts = (*CASES[:3], "见附件", *CASES[4:])
    table = cases(REVIEW + LAWSUITS, OVER + CHANNELS, stub="件数").replace(cells(CASES), cells(counts))
    report = read(page(regulations_of(*HEADERS), table))
    unread = [one for one in report.readings if one.cell.startswith("reviews_and_lawsuits") and one.state != "printed"]
    assert unread
    assert "见附件" in {*left(report), *(one.raw for one in unread)}
