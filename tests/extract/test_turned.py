"""Table four with the results as rows and the channels as columns: read by its labels, else left over."""

import pytest

from contracts.raw_json import Report
from pipelines.extract.document import extract_document
from tests.extract.test_odd_prints import CASES, FIRST, FORM, RESULTS, cells, left, page, read, row_of

HEADING = "四、政府信息公开行政复议、行政诉讼情况"
HEADER = ("", "行政复议", "未经复议直接起诉", "复议后起诉")
ROWS = [HEADER, *((result, *CASES[place::5]) for place, result in enumerate(RESULTS))]
Rows = list[tuple[object, ...]]


def report_of(rows: Rows, header: str = "") -> Report:
    table = header + "".join(f"<tr>{cells(row)}</tr>" for row in rows)
    return read(page(FORM, f"<p>{HEADING}</p><table>{table}</table>"))


def cases_of(report: Report) -> list[tuple[object, ...]]:
    return [row_of(report, "reviews_and_lawsuits", row) for row in FIRST]


EXPECTED = [CASES[:5], CASES[5:10], CASES[10:]]
TWO_LINES = (
    f"<tr>{cells(('结果', '行政复议'), ' rowspan=2')}<td colspan=2>行政诉讼</td></tr><tr>{cells(HEADER[2:])}</tr>"
)


def exchanged(rows: Rows) -> Rows:
    return [(label, direct, after, review) for label, review, direct, after in rows]


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        (ROWS, ""),
        (ROWS[1:], TWO_LINES),
        ([HEADER, *reversed(ROWS[1:])], ""),
        (exchanged(ROWS), ""),
        ([("件数", *row) for row in ROWS], ""),
    ],
)
def test_every_figure_is_that_of_its_two_labels(rows: Rows, header: str) -> None:
    report = report_of(rows, header)
    assert (cases_of(report), left(report)) == (EXPECTED, [])


def test_a_turned_table_of_a_text_is_read_alike() -> None:
    lines = ["杭州市商务局2022年政府信息公开工作年度报告", "一、总体情况", HEADING]
    lines += [" | ".join(map(str, row)) for row in [("结果", *HEADER[1:]), *ROWS[1:]]]
    document = extract_document("\n".join(lines).encode(), "report.txt", "2023-03-01T00:00:00Z")
    (report,) = document.reports
    assert cases_of(report) == EXPECTED
    assert {span.line for name, span in report.spans.items() if name.startswith("reviews")} <= set(range(4, 10))


def test_a_blank_cell_and_a_mark_keep_their_places() -> None:
    rows = [list(row) for row in ROWS]
    rows[2][1], rows[3][3] = "", "/"
    report = report_of([tuple(row) for row in rows])
    assert cases_of(report) == [(1, None, 2, 0, 3), CASES[5:10], (0, 1, None, 0, 1)]
    states = {one.cell: one.state for one in report.readings if one.cell.startswith("reviews")}
    assert states == {
        "reviews_and_lawsuits.review.corrected": "blank_proven",
        "reviews_and_lawsuits.lawsuit_after_review.other_result": "mark",
    }


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[:5],  # a result is not there
        [HEADER, *ROWS[1:5], ROWS[4]],  # one stands twice
        [("", "行政复议", "行政诉讼", "复议后起诉"), *ROWS[1:]],  # a channel is not there
        [("", "行政复议", "行政复议", "复议后起诉"), *ROWS[1:]],
        [ROWS[0], ("结果维持", "见附件", 4, 0), *ROWS[2:]],
        [(*row, "" if place == 0 else 7) for place, row in enumerate(ROWS)],  # a column without a label
    ],
)
def test_without_all_labels_and_figures_nothing_is_read(rows: Rows) -> None:
    report = report_of(rows)
    read_figures = [value for row in cases_of(report) for value in row] if report.tables.reviews_and_lawsuits else []
    assert set(read_figures) <= {None}
    figures = sorted(str(value) for row in rows[1:] for value in row[1:] if isinstance(value, int))
    candidates = [str(one) for reading in report.readings for one in reading.candidates]
    assert sorted(left(report)) == figures or set(figures) <= {*left(report), *candidates}
