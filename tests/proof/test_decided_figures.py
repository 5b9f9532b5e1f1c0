"""Explanations of what was partly corrected: of the figures that count, which the page does not all print."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from contracts.decision_rows import decision_row
from contracts.decisions import Decision
from pipelines.proof import Problem, localise
from pipelines.proof.held import HeldTable, find_held
from pipelines.proof.printed import SecondReading
from pipelines.proof.verdict import judge
from tests.dbt.warehouse import Row, document_of, insert_row, ones, report_row
from tests.decisions.made import corrected, withdrawn
from tests.proof.tables import APPLICATIONS
from tests.proof.test_verdict import GRANTED, staged

SECRET = f"{APPLICATIONS}.denied_state_secret.natural_person"
CARRIED_OUT = f"{APPLICATIONS}.carried_out.natural_person"
VERSIONS = {APPLICATIONS: "2021"}
SUCCESSOR = "120116"  # three regions were merged into it, so that files came over in 2009


@contextmanager
def decided(tmp_path: Path, reports: list[Row], decisions: list[Decision]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with these reports, and decisions on them."""
    with staged(tmp_path, reports, []) as connection:
        for report in reports:
            insert_row(connection, "documents", document_of(report))
        for number, decision in enumerate(decisions, 1):
            insert_row(connection, "decisions", decision_row(number, decision))
        yield connection


def found(tmp_path: Path, reports: list[Row], decisions: list[Decision]) -> list[HeldTable]:
    with decided(tmp_path, reports, decisions) as connection:
        return find_held(connection)


def two_errors() -> Row:
    """A report with two cells of one column that are three and five too large."""
    return report_row(1, VERSIONS, ones("2021") | {GRANTED: 4, SECRET: 6})


def test_what_is_left_after_a_correction_is_explained(tmp_path: Path) -> None:
    report = two_errors()
    (held,) = found(tmp_path, [report], [corrected(1, 1, 4, report["document_sha256"], GRANTED)])
    assert (held.problem.cells[GRANTED], held.problem.cells[SECRET]) == (1, 6)
    assert held.problem.decided == (GRANTED,)
    assert [(e.id, e.holds(held.problem.cells)) for e in held.problem.evidence] == [(f"decision.d-{1:012x}", True)]
    (change,) = localise(held.problem).explanations[0].cells
    assert (change.cell, change.old, change.new) == (SECRET, 6, 1)


@pytest.mark.parametrize("reported", [3, 4])
def test_a_correction_of_another_figure_or_one_that_is_withdrawn_changes_nothing(tmp_path: Path, reported: int) -> None:
    report = two_errors()
    made: list[Decision] = [corrected(1, 1, reported, report["document_sha256"], GRANTED)]
    (held,) = found(tmp_path, [report], made if reported == 3 else [*made, withdrawn(2, 1)])
    assert (held.problem.cells[GRANTED], held.problem.decided) == (4, ())


def test_what_was_settled_is_explained_as_it_was_reported(tmp_path: Path) -> None:
    report = report_row(1, VERSIONS, ones("2021") | {GRANTED: 4})
    (held,) = found(tmp_path, [report], [corrected(1, 1, 4, report["document_sha256"], GRANTED)])
    assert (held.problem.cells[GRANTED], held.problem.decided) == (4, ())


def test_a_correction_that_makes_a_table_contradict_itself_is_explained(tmp_path: Path) -> None:
    report = report_row(1, VERSIONS, ones("2021"))
    (held,) = found(tmp_path, [report], [corrected(1, 9, 1, report["document_sha256"], GRANTED)])
    assert (held.problem.cells[GRANTED], held.problem.decided) == (9, (GRANTED,))
    found_wrong = localise(held.problem).explanations[0]
    assert found_wrong.stays == (f"decision.d-{1:012x}",)


def test_the_years_beside_and_other_copies_testify_as_they_were_decided(tmp_path: Path) -> None:
    before = report_row(1, VERSIONS, ones("2021") | {CARRIED_OUT: 8}, report_year=2021)
    copy = report_row(3, VERSIONS, ones("2021") | {GRANTED: 4})
    held_one = report_row(2, VERSIONS, ones("2021") | {GRANTED: 4})
    made = [
        corrected(1, 1, 8, before["document_sha256"], CARRIED_OUT),
        corrected(2, 1, 4, copy["document_sha256"], GRANTED),
    ]
    held = next(h for h in found(tmp_path, [before, held_one, copy], made) if h.report_key == held_one["report_key"])
    told = {e.id: (e.value, e.holds(held.problem.cells)) for e in held.problem.evidence}
    assert told["carry.natural_person"] == (1, True)
    assert told[f"copy.{copy['document_sha256'][:12]}.{GRANTED}"] == (1, False)


@pytest.mark.parametrize(("region", "year", "carries"), [(SUCCESSOR, 2009, 0), (SUCCESSOR, 2022, 14), (None, 2009, 14)])
def test_nothing_is_carried_over_a_merger(tmp_path: Path, region: str | None, year: int, carries: int) -> None:
    rows = [
        report_row(1, VERSIONS, ones("2021") | {GRANTED: 4}, report_year=year - 1, region_code=region),
        report_row(2, VERSIONS, ones("2021") | {GRANTED: 4}, report_year=year, region_code=region),
    ]
    names = [e.id for held in found(tmp_path, rows, []) for e in held.problem.evidence]
    assert len([name for name in names if name.startswith("carry.")]) == carries


def test_the_page_need_not_print_what_was_decided() -> None:
    problem = Problem(APPLICATIONS, "2021", ones("2021") | {GRANTED: 2, SECRET: 6}, decided=(GRANTED,))
    printed = {**ones("2021"), GRANTED: 4, SECRET: 6}
    places = {cell: value for cell, value in printed.items() if value is not None}
    again = SecondReading(printed, places, {}, frozenset(places))
    assert judge(problem, localise(problem), again).verdict == "reporting_error"
    undecided = Problem(APPLICATIONS, "2021", problem.cells)
    assert judge(undecided, localise(undecided), again).verdict != "reporting_error"


@pytest.mark.parametrize("reported", [1, 4])
def test_a_decision_against_a_page_that_adds_up_is_no_error_of_the_report(reported: int) -> None:
    printed = {**ones("2021"), GRANTED: 1}
    problem = Problem(APPLICATIONS, "2021", printed | {GRANTED: reported + 1}, decided=(GRANTED,))
    again = SecondReading(printed, {c: v for c, v in printed.items() if v is not None}, {}, frozenset(printed))
    assert judge(problem, localise(problem), again).verdict == "likely"
