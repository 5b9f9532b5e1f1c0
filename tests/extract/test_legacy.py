"""Legacy indicators: from prose, from tables of indicators, and from runs of digits that may not be cut."""

from contracts.form import form
from contracts.raw_json import Span
from pipelines.extract.legacy import read_legacy
from pipelines.extract.pieces import Piece

PROSE = [
    "（二）依申请公开情况",
    "2016年共收到政府信息公开申请61件，其中网上申请40件，书信申请20件，当面申请1件。",
    "全年答复申请60件，其中属于已主动公开范围数12件，予以公开30件，不同意公开答复数8件，申请信息不存在数7件，移送档案馆3件。",
    "行政复议2件，均维持；未发生行政诉讼。",
]


def pieces_of(lines: list[str]) -> list[Piece]:
    """Lines of text as pieces."""
    return [Piece("line", line, Span(line=number, char_start=0)) for number, line in enumerate(lines, 1)]


def indicators_in(lines: list[str], year: int = 2016) -> dict[tuple[str | None, str], tuple[str, object]]:
    """Label and value by indicator and period."""
    legacy = read_legacy(pieces_of(lines), year)
    assert legacy is not None
    return {(entry.indicator, entry.period): (entry.label, entry.value) for entry in legacy.indicators}


def test_prose_gives_indicators_with_their_printed_labels() -> None:
    assert indicators_in(PROSE) == {
        ("requests_received", "year"): ("收到政府信息公开申请", 61),
        ("requests_online", "year"): ("网上申请", 40),
        ("requests_letter", "year"): ("书信申请", 20),
        ("requests_in_person", "year"): ("当面申请", 1),
        ("replies_total", "year"): ("答复申请", 60),
        ("replies_already_public", "year"): ("属于已主动公开范围数", 12),
        ("replies_granted", "year"): ("予以公开", 30),
        ("replies_denied", "year"): ("不同意公开答复数", 8),
        ("replies_not_existing", "year"): ("申请信息不存在数", 7),
        (None, "year"): ("移送档案馆", 3),
        ("reviews_total", "year"): ("行政复议", 2),
        ("reviews_upheld", "year"): ("维持", 2),
        ("lawsuits_total", "year"): ("行政诉讼", 0),
    }


def test_the_span_leads_to_the_number() -> None:
    legacy = read_legacy(pieces_of(PROSE), 2016)
    assert legacy is not None
    span = legacy.indicators[0].span
    assert span is not None
    assert span.line is not None
    assert PROSE[span.line - 1][span.char_start : span.char_end] == "61件"


TABLE = [
    ("主动公开信息数", "条", 612, 1534),
    ("受理依申请公开信息总数", "条", 8, 30),
    ("当面申请数", "条", 1, 4),
    ("网上申请数", "条", 7, 26),
    ("对申请的答复总数", "条", 8, 30),
    ("行政复议数", "件", 0, 2),
]


def test_a_table_of_indicators_in_one_line_or_in_cells() -> None:
    header = "指标名称 计量单位 2016年度 历年累计 "
    line = header + " ".join(" ".join(map(str, row)) for row in TABLE)
    cells = [
        Piece("cell" if position < 4 else "row_end", str(value), Span(line=number), position % 4)
        for number, row in enumerate((("指标名称", "计量单位", "2016年度", "历年累计"), *TABLE), 1)
        for position, value in enumerate((*row, ""))
    ]
    expected = {label: (year, cumulative) for label, _, year, cumulative in TABLE}
    for pieces in (pieces_of([line]), cells):
        legacy = read_legacy(pieces, 2016)
        assert legacy is not None
        values = [(entry.label, entry.period, entry.value) for entry in legacy.indicators]
        assert {label: year for label, period, year in values if period == "year"} == {
            label: year for label, (year, _) in expected.items()
        }
        assert [value for _, period, value in values if period == "cumulative"] == [c for _, c in expected.values()]


def test_glued_digits_are_cut_only_where_one_cut_is_possible() -> None:
    glued = "历年累计" + "".join(f"{label}{unit}{year}{cumulative}" for label, unit, year, cumulative in TABLE)
    found = indicators_in([glued])
    assert found["disclosures_total", "year"] == ("主动公开信息数", None)
    assert found["requests_in_person", "year"] == ("当面申请数", 1)
    assert found["reviews_total", "cumulative"] == ("行政复议数", 2)


def test_reports_with_the_statutory_tables_have_no_legacy_part() -> None:
    rows = form().versions["2021"].tables["applications"].rows.values()
    assert read_legacy(pieces_of([*PROSE, *(row.zh for row in rows)]), 2021) is None
    assert read_legacy(pieces_of(["没有数字的一段话。"]), 2016) is None
