"""Tables of indicators of 2008-2018: every declared table in every layout, unknown labels, blanks, runs of digits."""

from random import Random

import pytest

from contracts.form import form
from contracts.form_model import LegacyVariant
from contracts.raw_cells import Tables
from contracts.raw_json import Authority, Legacy, LegacyIndicator, Report, Span
from pipelines.extract.claims.sums import read_indicator_sums
from pipelines.extract.legacy import read_legacy
from pipelines.extract.pieces import Piece
from pipelines.validation.indicators import indicator_problems

VARIANTS = list(form().legacy_variants.values())
LAYOUTS = ("grid", "lines", "spaced", "glued")
Printed = list[tuple[str, str, list[str]]]
TWO = "指标名称 计量单位 2012年度 历年累计"
ONE = "统计指标 单位 统计数"


def figures_of(variant: LegacyVariant, chance: Random, columns: int) -> dict[int, list[int]]:
    """A figure for each row and column by the row's place, with the sums of the table kept."""
    figures = {
        place: sorted(chance.choice((0, 3, 40, 512)) for _ in range(columns)) for place in range(len(variant.rows))
    }
    places = {row.indicator: place for place, row in enumerate(variant.rows) if row.indicator}
    for _ in variant.sums:
        for relation in variant.relations.values():
            parts = [figures[places[part]] for part in relation.parts]
            figures[places[relation.total]] = [sum(part[column] for part in parts) for column in range(columns)]
    return figures


def rows_of(variant: LegacyVariant, figures: dict[int, list[int]]) -> Printed:
    """The rows as they are printed: label, unit, figures."""
    printed: Printed = []
    number = 0
    for place, row in enumerate(variant.rows):
        is_first = not place or variant.rows[place - 1].of != row.of
        number = (1 if is_first else number + 1) if row.of else 0
        label = f"{number}.{row.label}" if row.of else row.label
        printed.append((label, "条", [str(value) for value in figures[place]]))
    return printed


def pieces_of(rows: Printed, layout: str, header: str) -> list[Piece]:
    """A table in a layout, below its header."""
    if layout == "grid":
        lines = [header.split(" "), *([label, unit, *figures] for label, unit, figures in rows)]
        return [
            Piece(
                "row_end" if place == len(line) else "cell",
                "" if place == len(line) else line[place],
                Span(line=n),
                place,
            )
            for n, line in enumerate(lines)
            for place in range(len(line) + 1)
        ]
    cells = [part for label, unit, figures in rows for part in (label, unit, *figures)]
    if layout == "lines":
        texts = [*header.split(" "), *cells]
    elif layout == "spaced":
        texts = [f"{header} {' '.join(cells)}"]
    else:
        texts = [header.replace(" ", "") + "".join(cells)]
    return [Piece("line", text, Span(line=number, char_start=0)) for number, text in enumerate(texts, 1)]


def read(rows: Printed, layout: str, header: str = TWO, year: int = 2012) -> Legacy:
    """The indicators of a printed table."""
    legacy = read_legacy(pieces_of(rows, layout, header), year)
    assert legacy is not None
    return legacy


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.id)
def test_every_table_reads_back_or_says_what_it_may_be(variant: LegacyVariant, columns: int, layout: str) -> None:
    for number in range(3):
        figures = figures_of(variant, Random(f"{variant.id} {number}"), columns)  # noqa: S311 - a sample
        legacy = read(rows_of(variant, figures), layout, TWO if columns == 2 else ONE, variant.report_years["from"])
        assert legacy.variant == variant.id
        truth = {
            (row.label, row.indicator, period): figures[place][column]
            for place, row in enumerate(variant.rows)
            for column, period in enumerate(("year", "cumulative")[:columns])
        }
        found = {(entry.label, entry.indicator, entry.period): entry for entry in legacy.indicators}
        assert set(found) == set(truth)
        for key, entry in found.items():
            if entry.value is None:
                assert layout == "glued"
                assert entry.state == "ambiguous"
                assert str(truth[key]) in entry.candidates
            else:
                assert entry.value == truth[key], key
        report = Report(authority=Authority(printed=""), year=2012, tables=Tables(), legacy=legacy)
        assert indicator_problems(report) == []
        assert {claim.agrees for claim in read_indicator_sums(legacy, 1)} <= {True, None}


def test_runs_of_digits_are_cut_by_the_sums() -> None:
    rows = [
        ("主动公开信息数", "条", ["612", "1534"]),
        ("1.网站公开", "条", ["600", "1500"]),
        ("2.政府公报公开", "条", ["12", "34"]),
        ("受理依申请公开信息总数", "条", ["0", "0"]),
        ("1.当面申请数", "条", ["0", "0"]),
    ]
    found = {(entry.indicator, entry.period): entry for entry in read(rows, "glued").indicators}
    total = found["disclosures_total", "year"]
    assert (total.value, total.state, total.raw) == (612, "resolved", "6121534")
    assert total.proof == ["fujian_2008.disclosures_total.year"]
    assert found["disclosures_website", "cumulative"].value == 1500
    rows[2] = ("2.政府公报公开", "条", ["13", "34"])
    broken = {(entry.indicator, entry.period): entry for entry in read(rows, "glued").indicators}
    assert broken["disclosures_total", "year"].state == "ambiguous"
    assert broken["disclosures_total", "year"].candidates == ["6", "61", "612"]


@pytest.mark.parametrize("layout", ["grid", "spaced", "glued"])
def test_an_unknown_label_is_kept_and_a_longer_one_is_not_taken_for_a_known_one(layout: str) -> None:
    rows = [
        (label, unit, [figures[0]])
        for label, unit, figures in rows_of(VARIANTS[1], figures_of(VARIANTS[1], Random(1), 1))  # noqa: S311
    ]
    rows[7:7] = [("其中：未当面申请数", "件", ["7"]), ("馆际互借数", "件", ["9"])]
    found = [(entry.indicator, entry.label, entry.value) for entry in read(rows, layout, ONE).indicators]
    assert (None, "未当面申请数", 7) in found
    assert (None, "馆际互借数", 9) in found
    assert [value for indicator, label, value in found if label == "当面申请数" and indicator] == [int(rows[4][2][0])]


def test_blank_figures_stay_blank_in_their_column() -> None:
    rows = rows_of(VARIANTS[0], figures_of(VARIANTS[0], Random(2), 2))  # noqa: S311
    rows[4] = (rows[4][0], "条", ["", "31"])
    rows[5] = (rows[5][0], "条", ["/", "/"])
    found = {(entry.label, entry.period): entry for entry in read(rows, "grid").indicators}
    label = VARIANTS[0].rows[4].label
    assert (found[label, "year"].state, found[label, "cumulative"].value) == ("blank", 31)
    assert found[VARIANTS[0].rows[5].label, "year"].state == "blank"
    lines = {(entry.label, entry.period): entry for entry in read(rows, "lines").indicators}
    assert (lines[label, "year"].state, lines[label, "year"].candidates) == ("ambiguous", ["31"])


def test_two_columns_without_a_header_are_told_apart_by_nothing() -> None:
    rows = rows_of(VARIANTS[0], figures_of(VARIANTS[0], Random(3), 2))  # noqa: S311
    assert {entry.state for entry in read(rows, "grid", ONE).indicators} == {"ambiguous"}


def test_a_total_that_its_parts_do_not_give_is_a_finding() -> None:
    figures = figures_of(VARIANTS[2], Random(4), 1)  # noqa: S311
    place = next(n for n, row in enumerate(VARIANTS[2].rows) if row.indicator == "requests_received")
    figures[place][0] += 5
    claims = read_indicator_sums(read(rows_of(VARIANTS[2], figures), "grid", ONE), 1)
    assert [(claim.quote, claim.agrees) for claim in claims if claim.agrees is False] == [("收到申请数", False)]


def entry_of(**changes: object) -> LegacyIndicator:
    """An indicator cut from the run 46."""
    given = {"label": "甲", "indicator": "disclosures_gazette", "period": "year", "value": 4, "unit": "item"}
    return LegacyIndicator(**{**given, "state": "resolved", "raw": "46", **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (entry_of(state="ambiguous"), "ambiguous but not null"),
        (entry_of(state="blank"), "blank but not null"),
        (entry_of(value=6), "does not give 6"),
        (entry_of(value=None), "does not give None"),
        (entry_of(state="printed", proof=["x"]), "is not resolved"),
        (entry_of(proof=["no_such.disclosures_total.year"]), "is no sum"),
        (entry_of(proof=["fujian_2008.disclosures_total.cumulative"]), "is no sum"),
        (entry_of(proof=["fujian_2008.replies_total.year"]), "has no term"),
        (entry_of(proof=["fujian_2008.disclosures_total.year"]), "does not hold"),
    ],
)
def test_what_an_indicator_says_of_itself_is_recomputed(entry: LegacyIndicator, told: str) -> None:
    report = Report(authority=Authority(printed=""), year=2012, tables=Tables(), legacy=Legacy(indicators=[entry]))
    (problem,) = indicator_problems(report)
    assert told in problem
    unknown = Legacy(variant="no_such", indicators=[])
    report = Report(authority=Authority(printed=""), year=2012, tables=Tables(), legacy=unknown)
    assert indicator_problems(report) == ["legacy: no_such is no known table"]
