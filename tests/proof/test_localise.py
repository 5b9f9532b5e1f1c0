"""Localisation: single errors exactly, structural faults by what they are, ties as ties, and never a figure changed."""

import time
from collections.abc import Iterator
from random import Random

import pytest

from contracts.form import form
from contracts.raw_json import Operand
from pipelines.proof import Localisation, Problem, SoftEquation, localise
from pipelines.proof import solver as solver_module
from pipelines.proof.digits import digit_distance
from pipelines.proof.equations import equations_of
from pipelines.proof.solver import largest_move, search, whole_changes
from tests.proof.tables import APPLICATIONS, CASES, Cells, balanced_tables, changed, table_of

VERSIONS = list(form().versions)


def best(found: Localisation) -> Cells:
    """The changes of the first explanation."""
    return {change.cell: change.new for change in found.explanations[0].cells}


def row(cells: Cells, name: str) -> list[str]:
    """The cells of a row in printed order."""
    return [cell for cell in cells if cell.split(".")[1] == name]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_error_in_any_cell_of_table_three_is_found_alone(version: str) -> None:
    (cells,) = balanced_tables(version, APPLICATIONS, 1)
    for cell, true in cells.items():
        for wrong in ((true or 0) + 1, (true or 0) * 10 + 3):
            found = localise(changed(cells, {cell: wrong}, version))
            assert [best(found), len(found.explanations), found.is_unique] == [{cell: true}, 1, True]
            assert found.tried == ("signature",)
            assert set(found.explanations[0].clears) == set(found.identities)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_error_in_any_balanced_table_is_found_and_no_figure_is_changed(version: str) -> None:
    random = Random(7)  # noqa: S311 - figures, not secrets
    for cells in balanced_tables(version, APPLICATIONS, 40):
        for cell in random.sample(list(cells), 5):
            wrong = random.choice([value for value in (0, 1, 10**7, (cells[cell] or 0) + 9) if value != cells[cell]])
            problem = changed(cells, {cell: wrong}, version)
            before = dict(problem.cells)
            assert best(localise(problem)) == {cell: cells[cell]}
            assert problem.cells == before


@pytest.mark.parametrize("version", VERSIONS)
def test_a_balanced_table_needs_no_explanation(version: str) -> None:
    for cells in balanced_tables(version, APPLICATIONS, 5):
        assert localise(changed(cells, {}, version)) == Localisation((), (), (), ())


def test_errors_in_several_cells_are_read_off_one_after_the_other() -> None:
    (cells,) = balanced_tables("2021", APPLICATIONS, 1)
    wrong = {f"{APPLICATIONS}.granted.natural_person": 7, f"{APPLICATIONS}.new_received.other_organization": 40}
    wrong |= {f"{APPLICATIONS}.denied_other_law.total": 91}
    found = localise(changed(cells, wrong))
    assert best(found) == {cell: cells[cell] for cell in wrong}
    assert found.explanations[0].kind == "several_misread"
    assert "solver" not in found.tried


def test_two_errors_of_equal_size_tie_and_evidence_breaks_the_tie() -> None:
    cells = _rebalanced(dict.fromkeys(next(balanced_tables("2021", APPLICATIONS, 1)), 55))
    first, second = f"{APPLICATIONS}.granted.natural_person", f"{APPLICATIONS}.unable_not_held.other_organization"
    wrong = {cell: (cells[cell] or 0) + 20 for cell in (first, second)}
    tie = localise(changed(cells, wrong))
    truth = {cell: cells[cell] for cell in wrong}
    assert truth in [{change.cell: change.new for change in each.cells} for each in tie.explanations]
    assert not tie.is_unique
    said = SoftEquation("claim.c1", (Operand(operand=first),), cells[first] or 0)
    decided = localise(Problem(APPLICATIONS, "2021", cells | wrong, (said,)))
    assert best(decided) == truth
    assert decided.is_unique
    assert "claim.c1" in decided.explanations[0].clears
    assert all("claim.c1" in each.stays for each in decided.explanations if first not in {c.cell for c in each.cells})


def _rebalanced(cells: Cells) -> Cells:
    """Totals and what was received put right after the parts were changed."""
    table = form().versions["2021"].tables[APPLICATIONS]
    figures = {(cell.row, cell.column): cells[cell.id] or 0 for cell in table.cells}
    outcomes = [name for name, declared in table.rows.items() if declared.is_outcome]
    parts = [column for column in table.columns if column != "total"]
    for part in parts:
        figures["outcome_total", part] = sum(figures[name, part] for name in outcomes)
        handled = figures["outcome_total", part] + figures["carried_out", part]
        figures["new_received", part] = handled - figures["carried_in", part]
    for name in table.rows:
        figures[name, "total"] = sum(figures[name, part] for part in parts)
    return {f"{APPLICATIONS}.{name}.{column}": value for (name, column), value in figures.items()}


def _structural_faults(cells: Cells) -> Iterator[tuple[str, Cells]]:
    received = row(cells, "new_received")
    figures = [cells[cell] or 0 for cell in received]
    yield "row_shifted", dict(zip(received, [None, *figures[:-1]], strict=True))
    yield "swapped", {received[0]: figures[1], received[1]: figures[0]}
    yield "unit", {cell: figure * 100 for cell, figure in zip(received, figures, strict=True)}
    split = [figures[0] // 10, figures[0] % 10, *figures[1:-1]]
    yield "number_split", dict(zip(received, split, strict=True))
    column = [cell for cell in cells if cell.endswith(".natural_person")]
    moved = [cells[cell] for cell in column]
    yield "column_shifted", dict(zip(column[6:], [0, *moved[6:-1]], strict=True))
    rows = list(form().versions["2021"].tables[APPLICATIONS].rows)
    lower = {cell: cells[above] for n in range(3, len(rows)) for cell, above in _pairs_of(cells, rows[n], rows[n - 1])}
    yield "rows_shifted", {cell: lower.get(cell, 0) for name in rows[2:] for cell in row(cells, name)}
    yield "row_lost", dict.fromkeys(row(cells, "granted"), 0)
    yield "totals_not_filled", {cell: 0 for cell in cells if cell.endswith(".total")}


def _pairs_of(cells: Cells, name: str, other: str) -> list[tuple[str, str]]:
    return list(zip(row(cells, name), row(cells, other), strict=True))


def test_structural_faults_are_undone_as_what_they_are() -> None:
    table = next(
        cells for cells in balanced_tables("2021", APPLICATIONS, 50) if (cells[row(cells, "granted")[0]] or 0) > 100
    )
    for kind, wrong in _structural_faults(table):
        found = localise(changed(table, wrong))
        truths = {cell: table[cell] for cell, value in wrong.items() if value != table[cell]}
        matching = [each for each in found.explanations if {c.cell: c.new for c in each.cells} == truths]
        assert [each.kind for each in matching] == [kind], (kind, found)


def test_table_four_names_every_cell_that_may_be_wrong() -> None:
    cells = table_of("2021", review=[3, 2, 1, 4, 16])
    found = localise(changed(cells, {}, table=CASES))
    named = {change.cell.split(".")[2]: change.new for each in found.explanations for change in each.cells}
    assert named == {"upheld": 9, "corrected": 8, "other_result": 7, "pending": 10, "total": 10}
    assert found.identities == ("cases.review",)
    assert found.residuals == (-6,)


def test_totals_left_at_zero_are_the_likeliest_in_table_four() -> None:
    cells = table_of("2021", review=[0, 10, 1, 0, 0], lawsuit_direct=[2, 0, 0, 1, 0])
    found = localise(changed(cells, {}, table=CASES))
    assert found.explanations[0].kind == "totals_not_filled"
    assert best(found) == {f"{CASES}.review.total": 11, f"{CASES}.lawsuit_direct.total": 3}


def test_a_missing_term_is_neither_zero_nor_violated() -> None:
    (cells,) = balanced_tables("2021", APPLICATIONS, 1)
    assert localise(changed(cells, {f"{APPLICATIONS}.granted.total": None})).identities == ()
    wrong = f"{APPLICATIONS}.new_received.natural_person"
    found = localise(changed(cells, {f"{APPLICATIONS}.granted.total": None, wrong: (cells[wrong] or 0) + 1}))
    assert best(found) == {wrong: cells[wrong]}


def test_the_solver_takes_whole_solutions_only() -> None:
    assert whole_changes([3, 4], [3.0, 5.000001], [0, 1]) == {1: 5}
    assert whole_changes([3, 4], [3.0, 4.5], [0, 1]) is None
    assert whole_changes([3, 4], [-1.0, 4.0], [0, 1]) is None


def test_the_solver_explains_what_nothing_simpler_does_and_bounds_each_table_for_itself() -> None:
    (cells,) = balanced_tables("2021", APPLICATIONS, 1)
    outcomes = [r.id for r in form().versions["2021"].tables[APPLICATIONS].rows.values() if r.is_outcome]
    wrong = {
        cell: (cells[cell] or 0) + 3 + 2 * n + 5 * m
        for n, name in enumerate(outcomes[:3])
        for m, cell in enumerate(row(cells, name)[:2])
    }
    equations = equations_of("2021", APPLICATIONS)
    values = equations.values(cells | wrong)
    assert largest_move(values) == 2 * max(value or 0 for value in values) + 50
    violated = equations.violations(values)
    found = search(equations, values, frozenset(), [1.0] * len(values), most=2, seconds=20)
    assert len(found) == 2
    assert found[0] != found[1]
    assert all(equations.settles(values, violated, changes) for changes in found)


def test_the_solver_stops_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    (cells,) = balanced_tables("2021", APPLICATIONS, 1)
    equations = equations_of("2021", APPLICATIONS)
    values = equations.values(cells | {next(iter(cells)): 999})
    given_seconds: list[float] = []

    def solve(_model: object, seconds: float) -> None:
        given_seconds.append(seconds)

    monkeypatch.setattr(solver_module._Model, "solve", solve)
    assert search(equations, values, frozenset(), [1.0] * len(values), most=3, seconds=5) == []
    assert 0 < given_seconds[0] <= 5
    assert search(equations, values, frozenset(), [1.0] * len(values), most=3, seconds=0) == []
    assert len(given_seconds) == 1
    clock = iter([0.0, 9.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    assert search(equations, values, frozenset(), [1.0] * len(values), most=3, seconds=5) == []
    assert len(given_seconds) == 1


def test_digits_that_look_alike_are_nearer() -> None:
    assert digit_distance(12147, 12417) == 1
    assert digit_distance(86, 89) < digit_distance(86, 81)
    assert digit_distance(155, 15) < digit_distance(154, 15)
    assert digit_distance(7, 7) == 0
