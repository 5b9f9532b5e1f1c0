"""Raw extracted JSON that contradicts itself, or names what the form does not have, is refused with the reason."""

from typing import Any

import msgspec
import pytest

from contracts.form import form
from contracts.raw_json import CellState
from pipelines.validation.agreement import NULL_STATES
from pipelines.validation.chunks import Payload
from pipelines.validation.payloads import Accepted, Refused, validate
from tests.load.payloads import Json, claim_of, document_of, report_of

CELL = "applications.granted.natural_person"


def verdict_on(report: Json) -> Accepted | Refused:
    """What validation says of a document with this report alone."""
    return validate(Payload(msgspec.json.encode(document_of("a", 0, reports=[report])), "a.jsonl", 0))


def refusal_of(report: Json) -> tuple[str, str]:
    """Reason and detail of the refusal of a report."""
    verdict = verdict_on(report)
    assert isinstance(verdict, Refused)
    return verdict.reason, verdict.detail


def reading_of(cell: str, state: CellState) -> Json:
    """A reading without anything else."""
    return {"cell": cell, "state": state}


def circle_of(*names: str) -> list[Json]:
    """Claims of which each has the next one as its operand, the last one the first."""
    following = [*names[1:], names[0]]
    return [
        {**claim_of(7, name), "terms": [{"operand": f"claim.{other}"}]}
        for name, other in zip(names, following, strict=True)
    ]


@pytest.mark.parametrize("state", sorted(NULL_STATES | {"blank_proven"}))
def test_cell_without_a_figure_must_be_null(state: CellState) -> None:
    reason, detail = refusal_of({**report_of(7), "readings": [reading_of(CELL, state)]})
    assert reason == "claim_mismatch"
    assert CELL in detail


@pytest.mark.parametrize("state", sorted(NULL_STATES))
def test_cell_without_a_figure_may_be_null_or_absent(state: CellState) -> None:
    null, absent, rowless = report_of(7), report_of(7), report_of(7)
    null["tables"]["applications"]["cells"]["granted"]["natural_person"] = None
    del absent["tables"]["applications"]["cells"]["granted"]["natural_person"]
    del rowless["tables"]["applications"]["cells"]["granted"]
    for report in (null, absent, rowless):
        assert isinstance(verdict_on({**report, "readings": [reading_of(CELL, state)]}), Accepted)


@pytest.mark.parametrize(
    "cell",
    [
        *("applications", "applications.granted.no_such", "reviews_and_lawsuits.reviews.upheld", "no_such", ""),
        *("__class__.granted.total", "__struct_fields__.a.b", "applications.__class__.total"),
    ],
)
def test_reading_names_a_cell_of_the_reports_tables_or_a_table(cell: str) -> None:
    report = {**report_of(7), "readings": [reading_of(cell, "printed")]}
    if cell in form().tables:
        assert isinstance(verdict_on(report), Accepted)
        return
    reason, detail = refusal_of(report)
    assert reason == "schema_violation"
    assert "no cell of the report's tables" in detail


@pytest.mark.parametrize("row", ["applications", "applications.no_such", CELL, "granted"])
def test_spans_are_of_rows_of_the_form(row: str) -> None:
    known = {"applications.granted": {"line": 1}}
    assert isinstance(verdict_on({**report_of(7), "spans": known}), Accepted)
    reason, detail = refusal_of({**report_of(7), "spans": {**known, row: {"line": 2}}})
    assert reason == "schema_violation"
    assert f"{row}: no row" in detail


def test_indicator_is_declared_or_null() -> None:
    def report(indicator: str | None) -> dict[str, Any]:
        found = {"label": "label", "indicator": indicator, "period": "year", "value": 1, "unit": ""}
        return {**report_of(7), "legacy": {"indicators": [found]}}

    for known in (None, next(iter(form().indicators))):
        assert isinstance(verdict_on(report(known)), Accepted)
    assert refusal_of(report("no_such")) == (
        "schema_violation",
        "$.reports[0]: label: no_such is no declared indicator",
    )


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b", "c")])
def test_claims_in_a_circle_are_refused(names: tuple[str, ...]) -> None:
    reason, detail = refusal_of({**report_of(7), "claims": circle_of(*names)})
    assert reason == "claim_mismatch"
    assert "in a circle" in detail


def test_claims_may_refer_to_claims_before_and_after() -> None:
    a, b, c = circle_of("a", "b", "c")
    assert isinstance(verdict_on({**report_of(7), "claims": [a, b, {**c, **claim_of(7, "c")}]}), Accepted)
    assert isinstance(verdict_on({**report_of(7), "claims": [{**c, **claim_of(7, "c")}, b, a]}), Accepted)


@pytest.mark.parametrize("operand", ["__class__.granted.total", "__struct_fields__.a.b", "applications.__doc__.total"])
def test_an_operand_is_never_an_attribute_of_python(operand: str) -> None:
    reason, detail = refusal_of({**report_of(7), "claims": [{**claim_of(7), "terms": [{"operand": operand}]}]})
    assert reason == "claim_mismatch"
    assert operand in detail
