"""Explanations ranked by what they cost, each with what it clears, what stays, and the margin to the next."""

from collections.abc import Mapping

from pipelines.proof.digits import digit_distance
from pipelines.proof.equations import Changes, Equations, Values
from pipelines.proof.evidence import Evidence
from pipelines.proof.problem import Change, Explanation, Problem
from pipelines.proof.weights import cost_outside, explanation_cost, published

MOST_EXPLANATIONS = 30
Candidates = list[tuple[str, Changes]]
_Key = tuple[tuple[int, int], ...]


def rank(
    equations: Equations, problem: Problem, values: Values, violated: Mapping[int, int], candidates: Candidates
) -> tuple[Explanation, ...]:
    """The candidates as explanations, the cheapest first; of a tie the first in the form's order.

    Args:
        equations: the table's equations.
        problem: the table's figures and the evidence on them.
        values: the figures in the order of the cells.
        violated: the residuals by violated equation, which every candidate clears.
        candidates: kinds of faults with the new figures of the changed cells; the same change may come twice.
    """
    evidence = Evidence(problem)
    costs: dict[_Key, tuple[float, str]] = {}
    for kind, changes in candidates:
        new = {equations.cells[cell]: figure for cell, figure in changes.items()}
        cost = explanation_cost(equations, problem, values, kind, changes)
        cost += evidence.weigh(new)
        key = tuple(sorted(changes.items()))
        costs[key] = min(costs.get(key, (cost, kind)), (cost, kind))
    ranked = sorted((published(cost), key, kind) for key, (cost, kind) in costs.items())
    cleared = tuple(equations.identities[i] for i in violated)
    explanations = []
    for place, (cost, key, kind) in enumerate(ranked[:MOST_EXPLANATIONS]):
        new = {equations.cells[cell]: figure for cell, figure in key}
        following = ranked[place + 1][0] if place + 1 < len(ranked) else cost_outside(len(new))
        agreeing, against = evidence.judge(new)
        explanations.append(
            Explanation(
                cells=tuple(Change(name, problem.cells.get(name), figure) for name, figure in new.items()),
                margin=round(max(following - cost, 0.0), 2),
                cost=cost,
                kind=kind,
                digits=_digits(problem, new),
                clears=(*cleared, *agreeing),
                stays=against,
            )
        )
    return tuple(explanations)


def _digits(problem: Problem, new: Mapping[str, int]) -> float:
    """How far the new figures are from the old ones, over all changed cells that had one."""
    pairs = ((problem.cells.get(name), figure) for name, figure in new.items())
    return round(sum(digit_distance(old, figure) for old, figure in pairs if old is not None), 2)
