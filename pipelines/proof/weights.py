"""What an explanation costs: the likelier a fault, the less. A unit is about the cost of one wrong digit."""

from pipelines.proof.digits import ALIKE, digit_distance
from pipelines.proof.equations import Changes, Equations, Values
from pipelines.proof.problem import Problem

_CELL = 1.0  # a cell is wrong at all
_BLANK_CELL = 0.4  # nothing was printed in it
_FARTHEST = 3.0  # numbers that have nothing in common are not told apart any further
_TOTAL = 0.3  # authorities mostly add up correctly
_CANDIDATE, _DOUBTFUL = -0.6, -0.2  # the extractor was in doubt itself
_NEAREST = 0.1
_MOVED, _MOST_MOVED = 0.05, 2.0  # of two faults the one that moves fewer figures
_STRUCTURES = {
    "swapped": 1.8,
    "swapped_far": 2.4,
    "totals_not_filled": 1.4,
    "number_split": 1.6,
    "numbers_joined": 1.6,
    "unit": 1.6,
    "row_shifted": 1.8,
    "column_shifted": 2.2,
    "row_lost": 2.2,
    "row_repeated": 2.2,
    "rows_shifted": 2.6,
    "columns_shifted": 2.4,
}


def cell_cost(equations: Equations, problem: Problem, cell: int, old: int | None, new: int) -> float:
    """What it costs that one cell is wrong and should say something else."""
    cost = _BLANK_CELL if old is None else _CELL + min(digit_distance(old, new), _FARTHEST)
    if equations.is_total[cell]:
        cost += _TOTAL
    candidates = problem.doubtful.get(equations.cells[cell])
    if candidates is not None:
        cost += _CANDIDATE if new in candidates else _DOUBTFUL
    return cost


def name_fault(equations: Equations, values: Values, changes: Changes) -> str:
    """The kind of fault of one or a few changed cells: `swapped` if two have each other's figure."""
    if len(changes) == 1:
        return "blank" if values[next(iter(changes))] is None else "misread"
    if len(changes) == 2:
        (first, new), (second, other) = changes.items()
        if values[first] == other and values[second] == new:
            lines = (*equations.rows, *equations.columns)
            near = any(first in line and second in line for line in lines)
            return "swapped" if near else "swapped_far"
    return "several_misread"


def explanation_cost(equations: Equations, problem: Problem, values: Values, kind: str, changes: Changes) -> float:
    """The cost of an explanation before any evidence from outside the table."""
    structure = _STRUCTURES.get(kind)
    if structure is not None:
        return structure + min(_MOVED * len(changes), _MOST_MOVED)
    return sum(cell_cost(equations, problem, cell, values[cell], new) for cell, new in changes.items())


def published(cost: float) -> float:
    """A cost as it is published: never nothing, and without false precision."""
    return round(max(cost, _NEAREST), 2)


def cost_outside(cells: int) -> float:
    """The least that an explanation outside a search for so many cells can cost: there one cell more is wrong.

    Two errors never have the signature of one, so that next to a single cell an explanation has three.
    """
    return (max(cells, 2) + 1) * (_CELL + ALIKE)


def flag_weights(equations: Equations, problem: Problem, values: Values) -> list[float]:
    """What the change of each cell costs where its new figure is not known yet, for the solver."""
    against = dict.fromkeys(equations.cells, 0.0)
    for equation in problem.evidence:
        holds = equation.holds(problem.cells)
        for term in equation.terms:
            if holds is not None and term.operand in against:
                against[term.operand] += equation.weight / 2 if holds else -equation.weight / 2
    weights = []
    for cell, name in enumerate(equations.cells):
        cost = _CELL + 1.0 + against[name] + (_TOTAL if equations.is_total[cell] else 0.0)
        cost += _DOUBTFUL if name in problem.doubtful else 0.0
        weights.append(max(cost, _CELL / 2) if values[cell] is not None else _BLANK_CELL)
    return weights
