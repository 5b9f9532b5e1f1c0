"""The seeded faults do what they say: they break an identity or they do not, and every trial is valid raw JSON."""

import msgspec
import pytest

from contracts.form import form
from contracts.identities import evaluate
from contracts.raw_json import RawDocument
from contracts.raw_tables import report_key
from contracts.rules import rules
from pipelines.proof import Problem, localise
from tests.faults.faults import Fault
from tests.faults.figures import Cells
from tests.faults.rule_faults import FAULTS
from tests.faults.trials import CLEAN, CLEAN_SCENES, Bodies, draw, make_trials

BY_BREAKS = {"identities": {"fail"}, "completeness": {"not_assessed"}, "nothing": set[str]()}
SEED = 3


def statuses(version: str, table: str, cells: Cells) -> set[str]:
    figures = {cell: value if isinstance(value, int) else None for cell, value in cells.items() if table in cell}
    return {status for _, status in evaluate(form().versions[version], table, figures).values()} - {"pass"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_breaks_what_it_says_and_is_named_where_it_can_be(fault: Fault) -> None:
    bodies = Bodies(SEED, [])
    for number in range(3):
        body, damage = draw(fault, number, bodies, SEED)
        cells = (damage.instead or body.cells) | damage.cells
        broken = statuses(body.version, fault.table, cells)
        assert broken >= BY_BREAKS[fault.breaks]
        assert fault.breaks == "identities" or "fail" not in broken
        if fault.is_single:
            figures = {c: v if isinstance(v, int) else None for c, v in cells.items() if c.startswith(fault.table)}
            found = localise(Problem(fault.table, body.version, figures))
            ((change,),) = [each.cells for each in found.explanations]
            assert {change.cell: change.new} == {cell: body.cells[cell] for cell in damage.cells}


def test_faults_without_an_identity_name_rules_that_there_are() -> None:
    assert {rule for fault in FAULTS for rule in fault.rules} <= set(rules())


def test_the_neighbours_of_a_body_add_up() -> None:
    bodies = Bodies(SEED, [])
    for scene in CLEAN_SCENES:
        body = bodies.take(scene, is_real=False)
        filings = [body.filing(body.cells, body.year), *body.others]
        filings += [body.filing(body.before, body.year - 1)] if body.before else []
        for filing in filings:
            for table in ("applications", "reviews_and_lawsuits"):
                assert statuses(filing.version, table, filing.cells) == set()


def test_trials_are_valid_and_the_same_for_the_same_seed() -> None:
    trials = list(make_trials(1, SEED, []))
    assert [trial.fault for trial, _ in trials] == [CLEAN] * len(CLEAN_SCENES) + [fault.name for fault in FAULTS]
    keys: set[int] = set()
    for trial, lines in trials:
        documents = [msgspec.convert(line, RawDocument) for line in lines]
        own = {report_key(document.document.sha256, 1) for document in documents}
        assert own.issuperset(trial.keys)
        assert len(own) == len(documents)
        assert own.isdisjoint(keys)
        keys |= own
    assert [trial for trial, _ in make_trials(1, SEED, [])] == [trial for trial, _ in trials]
