"""The seeded faults do what they say: they break an identity or they do not, and every trial is valid raw JSON."""

import msgspec
import pytest

from contracts.form import form
from contracts.identities import evaluate
from contracts.raw_json import RawDocument
from pipelines.proof import Problem, localise
from tests.faults.faults import FAULTS, Fault
from tests.faults.figures import synthetic_bodies
from tests.faults.trials import CLEAN, draw, make_trials

BY_BREAKS = {"identities": {"fail"}, "completeness": {"not_assessed"}, "nothing": set[str]()}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_breaks_what_it_says_and_is_named_where_it_can_be(fault: Fault) -> None:
    bodies = synthetic_bodies(seed=3)
    for number in range(3):
        body, damage = draw(fault, number, bodies, [], seed=3)
        cells = {
            cell: value if isinstance(value, int) else None
            for cell, value in ((damage.instead or body.cells) | damage.cells).items()
            if cell.startswith(f"{fault.table}.")
        }
        results = evaluate(form().versions[body.version], fault.table, cells).values()
        statuses = {status for _, status in results} - {"pass"}
        assert statuses >= BY_BREAKS[fault.breaks]
        assert fault.breaks == "identities" or "fail" not in statuses
        found = localise(Problem(fault.table, body.version, cells))
        if fault.is_single:
            ((change,),) = [each.cells for each in found.explanations]
            assert {change.cell: change.new} == {cell: body.cells[cell] for cell in damage.cells}


def test_trials_are_valid_and_the_same_for_the_same_seed() -> None:
    trials = list(make_trials(1, 2, []))
    assert [trial.fault for trial, _ in trials] == [CLEAN, *(fault.name for fault in FAULTS)]
    for trial, lines in trials:
        reports = [msgspec.convert(line, RawDocument).reports[0] for line in lines]
        assert {report.authority.normalised for report in reports} == {trial.body}
    assert [trial for trial, _ in make_trials(1, 2, [])] == [trial for trial, _ in trials]
