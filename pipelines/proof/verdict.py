"""The verdict on a held table: whose error it is, as far as the printed page shows it."""

from typing import Literal

from msgspec import Struct

from pipelines.proof.equations import equations_of
from pipelines.proof.localise import Localisation
from pipelines.proof.printed import PrintedCell, SecondReading
from pipelines.proof.problem import Change, Explanation, Problem

Verdict = Literal["reporting_error", "extraction_error", "likely", "ambiguous", "not_assessed"]
_MOVED = frozenset(
    ("row_shifted", "column_shifted", "rows_shifted", "columns_shifted", "row_repeated", "number_split")
) | {"numbers_joined"}
_MOST_PLACES = 12


class Proof(Struct, frozen=True):
    """What is said of a held table: the verdict, the ranked explanations, and where the figures in question stand."""

    verdict: Verdict
    explanations: tuple[Explanation, ...]
    span: dict[str, PrintedCell]


def judge(problem: Problem, found: Localisation, again: SecondReading | None) -> Proof:
    """Weigh a localisation against the second reading of the document.

    Args:
        problem: the table's figures and the evidence on them.
        found: what explains the violated identities.
        again: the document read again, None if it is not at hand.
    """
    if again is not None:
        misread = _misread(problem, found, again)
        if misread is not None:
            return Proof("extraction_error", (misread, *found.explanations), _places((misread,), again))
    places = _places(found.explanations, again) if again is not None else {}
    if again is not None and _is_printed_so(problem, found, again):
        return Proof("reporting_error", found.explanations, places)
    if not found.explanations:
        return Proof("not_assessed", (), places)
    return Proof("likely" if found.is_unique else "ambiguous", found.explanations, places)


def disputed_cells(problem: Problem, found: Localisation) -> tuple[str, ...]:
    """The cells with a printed figure that are terms of a violated identity, or that an explanation would change."""
    equations = equations_of(problem.form_version, problem.table)
    wanted = {equations.identities.index(name) for name in found.identities}
    cells = [equations.cells[cell] for i in sorted(wanted) for cell, _ in equations.terms[i]]
    cells += [change.cell for each in found.explanations for change in each.cells]
    return tuple(dict.fromkeys(c for c in cells if problem.cells.get(c) is not None and c not in problem.decided))


def _misread(problem: Problem, found: Localisation, again: SecondReading) -> Explanation | None:
    """The second reading as an explanation, if it differs from the first and satisfies the violated identities."""
    reported = {cell: value for cell, value in problem.cells.items() if cell not in problem.decided}
    differing = {cell: again.cells.get(cell) for cell, value in reported.items() if value != again.cells.get(cell)}
    printed = ((cell, number) for cell, number in again.printed.items() if cell not in problem.decided)
    differing |= {cell: number for cell, number in printed if number != problem.cells.get(cell)}
    if not differing:
        return None
    equations = equations_of(problem.form_version, problem.table)
    values = equations.values({**problem.cells, **differing})
    if equations.violations(values) or any(
        equations.residual(equations.identities.index(name), values, {}) is None for name in found.identities
    ):
        return None
    changes = tuple(Change(cell, problem.cells.get(cell), new) for cell, new in differing.items())
    return Explanation(
        cells=changes, margin=0.0, cost=0.0, kind="read_again", digits=0.0, clears=found.identities, stays=()
    )


def _is_printed_so(problem: Problem, found: Localisation, again: SecondReading) -> bool:
    """Whether the page prints every figure of the violated identities just as it was read.

    In running text the digits are printed, but not the cell they belong to: there a fault of place stays open. Where
    the page's own figures stand in place of the decided ones and all identities hold, the decision is at fault.
    """
    disputed = disputed_cells(problem, found)
    equations = equations_of(problem.form_version, problem.table)
    own = problem.cells | {cell: again.cells.get(cell) for cell in problem.decided}
    if problem.decided and not equations.violations(equations.values(own)):
        return False
    if any(again.printed.get(cell) != problem.cells[cell] for cell in disputed):
        return False
    is_moved = bool(found.explanations) and found.explanations[0].kind in _MOVED
    return bool(disputed) and (not is_moved or again.in_grid.issuperset(disputed))


def _places(explanations: tuple[Explanation, ...], again: SecondReading) -> dict[str, PrintedCell]:
    """The places of the cells that the explanations change, the likeliest first, then of all others in question."""
    changed = [change.cell for each in explanations for change in each.cells]
    wanted = dict.fromkeys([*changed, *again.places])
    return {cell: again.places[cell] for cell in list(wanted)[:_MOST_PLACES] if cell in again.places}
