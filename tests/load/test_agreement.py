"""Proofs of readings, recomputed: true ones pass, and every way of being untrue is found."""

from typing import Any

import msgspec
import pytest

from contracts.evidence import evidence_problems
from contracts.raw_json import Report
from pipelines.validation.agreement import reading_problems
from tests.load.payloads import report_of

CELL = "applications.granted.natural_person"
ROW_PROOF = "applicants.granted"


def problems_of(blanks: list[str], *readings: dict[str, Any]) -> list[str]:
    """The problems of a report of 7 applications with some blank cells and these readings."""
    report = report_of(7)
    for cell in blanks:
        _, row, column = cell.split(".")
        report["tables"]["applications"]["cells"][row][column] = None
    report["readings"] = list(readings)
    return reading_problems(msgspec.convert(report, Report))


def proven(value: int | None, *proof: str, cell: str = CELL) -> dict[str, Any]:
    """A `blank_proven` reading."""
    return {"cell": cell, "state": "blank_proven", "value": value, "proof": list(proof)}


def resolved(*proof: str) -> dict[str, Any]:
    """A `resolved` reading of the cell."""
    return {"cell": CELL, "state": "resolved", "raw": "7", "proof": list(proof)}


def test_true_proofs_have_no_problem() -> None:
    assert problems_of([CELL], proven(7, ROW_PROOF)) == []
    assert problems_of([CELL], proven(7, ROW_PROOF, "outcomes.natural_person")) == []
    assert problems_of([], resolved(ROW_PROOF)) == []


def test_blanks_that_force_each_other_are_proven_step_by_step() -> None:
    total = "applications.granted.total"
    readings = [proven(7, ROW_PROOF), proven(7, "outcomes.total", cell=total)]
    assert problems_of([CELL, total], *readings) == []


def test_blank_counts_that_add_up_to_zero_are_zero() -> None:
    cells = [f"applications.carried_in.{column}" for column in ("natural_person", "other_organization")]
    assert problems_of(cells, *(proven(0, "applicants.carried_in", cell=cell) for cell in cells)) == []


@pytest.mark.parametrize(
    ("blanks", "reading", "told"),
    [
        ([CELL], proven(8, ROW_PROOF), "forces 7"),
        ([CELL], proven(None, ROW_PROOF), "forces 7"),
        ([], proven(7, ROW_PROOF), "not null"),
        ([CELL], proven(7), "no term in the cell"),
        ([CELL], proven(7, "applicants.carried_in"), "no term in the cell"),
        ([CELL], proven(7, "no.such"), "no identity"),
        ([CELL], proven(7, "carry.natural_person"), "another year"),
        ([CELL], proven(7, ROW_PROOF, cell="applications.granted.no_such"), "no cell"),
        ([CELL, "applications.granted.other_organization"], proven(7, ROW_PROOF), "forces None"),
        ([], resolved(), "no term in the cell"),
        (["applications.granted.total"], resolved(ROW_PROOF), "a term missing"),
    ],
)
def test_untrue_proofs_are_found(blanks: list[str], reading: dict[str, Any], told: str) -> None:
    (problem,) = problems_of(blanks, reading)
    assert told in problem


def test_a_second_reading_of_a_cell_hides_nothing() -> None:
    (problem,) = problems_of([CELL], proven(8, ROW_PROOF), proven(7, ROW_PROOF))
    assert "says 8" in problem


def test_a_resolved_reading_whose_identity_fails_is_found() -> None:
    report = report_of(7)
    report["tables"]["applications"]["cells"]["granted"]["natural_person"] = 8
    report["readings"] = [resolved(ROW_PROOF)]
    (problem,) = reading_problems(msgspec.convert(report, Report))
    assert "leaves 1" in problem


def evidence_of(**evidence: object) -> list[str]:
    """The problems of a report on 2022 of one body with one piece of evidence."""
    report = report_of(7) | {
        "authority": {"printed": "某市某局", "normalised": "某市某局"},
        "year": 2022,
        "region_code": "330100",
        "scope": "own",
        "evidence": [evidence],
    }
    return evidence_problems(msgspec.convert(report, Report))


@pytest.mark.parametrize(
    ("field", "value", "source", "agrees"),
    [
        ("year", "2022", "title", True),
        ("year", "2021", "period_sentence", False),
        ("year", "2023", "file_name", None),
        ("year", "2023", "title", False),
        ("published", "2023-01-05", "index_block", True),
        ("published", "2022-12-30", "index_block", False),
        ("authority", "某市某局", "title", True),
        ("authority", "某市某局办公室", "index_block", None),
        ("authority", "某市人民政府", "index_block", None),
        ("authority", "某县人民政府", "index_block", False),
        ("region_code", "330100", "name", True),
        ("scope", "consolidated", "text", False),
    ],
)
def test_evidence_says_whether_it_agrees(field: str, value: str, source: str, agrees: bool | None) -> None:
    assert evidence_of(field=field, value=value, source=source, agrees=agrees) == []
    wrong = agrees is not True
    (problem,) = evidence_of(field=field, value=value, source=source, agrees=wrong)
    assert f"agrees is {agrees}" in problem


def test_evidence_that_is_no_evidence_is_found() -> None:
    for field, value in (("year", "二零"), ("published", "2022"), ("region_code", "33"), ("scope", "unknown")):
        (problem,) = evidence_of(field=field, value=value, source="text", agrees=False)
        assert f"is no {field}" in problem
