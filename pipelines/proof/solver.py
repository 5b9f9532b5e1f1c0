"""The fewest and likeliest changes of cells by mixed-integer optimisation, for what no simpler fault explains.

Minimise the weights of the changed cells such that all equations hold (HiGHS through SciPy). Only the flags "changed"
are integer, which is some hundred times faster; that the corrected figures come out whole is verified, and what does
not is dropped. How far a figure may move is bounded per table: a bound of many digits would cost the precision.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.proof.equations import Changes, Equations, Values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WHOLE = 1e-4
_BOUND_FACTOR, _BOUND_MARGIN = 2, 50


def largest_move(values: Values) -> int:
    """The bound on the change of a cell, from the table's largest figure."""
    return _BOUND_FACTOR * max((value for value in values if value is not None), default=0) + _BOUND_MARGIN


def whole_changes(values: Values, solution: Sequence[float], known: Sequence[int]) -> Changes | None:
    """The changes of a relaxed solution, None if a figure of it is no natural number.

    Args:
        values: the figures as they are.
        solution: the corrected figures of the `known` cells.
        known: the cells that have a figure.
    """
    changes: Changes = {}
    for cell, figure in zip(known, solution, strict=True):
        rounded = round(figure)
        if abs(figure - rounded) > _WHOLE or rounded < 0:
            return None
        if rounded != values[cell]:
            changes[cell] = rounded
    return changes


class _Model:
    """The programme of one table: a corrected figure and a flag for each known cell."""

    def __init__(self, equations: Equations, values: Values, blind: frozenset[int], weights: Sequence[float]) -> None:
        import numpy as np
        from scipy.sparse import coo_array, eye_array, hstack

        self.known = [cell for cell, value in enumerate(values) if value is not None]
        self.size = len(self.known)
        place = {cell: number for number, cell in enumerate(self.known)}
        rows = [i for i in range(len(equations.terms)) if i not in blind]
        triples = [(w, n, place[c]) for n, i in enumerate(rows) for c, w in equations.terms[i]]
        data, row, column = zip(*triples, strict=True)
        self.figures = np.array([values[cell] for cell in self.known], dtype=float)
        self.sums = coo_array((data, (row, column)), shape=(len(rows), 2 * self.size)).tocsr()
        self.move = float(largest_move(values))
        unit = eye_array(self.size)
        self.moves_up = hstack([unit, -self.move * unit]).tocsr()
        self.moves_down = hstack([unit, self.move * unit]).tocsr()
        self.cost = np.concatenate([np.zeros(self.size), np.array([weights[cell] for cell in self.known])])
        self.cuts: list[NDArray[np.float64]] = []

    def solve(self, seconds: float) -> "NDArray[np.float64] | None":
        """The best solution under the cuts so far, None if there is none in the time."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        constraints = [
            LinearConstraint(self.sums, 0, 0),
            LinearConstraint(self.moves_up, -np.inf, self.figures),
            LinearConstraint(self.moves_down, self.figures, np.inf),
        ]
        constraints += [LinearConstraint(cut, -np.inf, cut.sum() - 1) for cut in self.cuts]
        upper = np.concatenate([self.figures + self.move, np.ones(self.size)])
        integrality = np.concatenate([np.zeros(self.size), np.ones(self.size)])
        result = milp(
            self.cost,
            integrality=integrality,
            bounds=Bounds(0, upper),
            constraints=constraints,
            options={"time_limit": seconds},
        )
        return None if result.x is None else np.asarray(result.x, dtype=float)

    def cut(self, flags: "NDArray[np.bool_]") -> None:
        """Rule a set of changed cells out, and all that contain it."""
        import numpy as np

        self.cuts.append(np.concatenate([np.zeros(self.size), flags.astype(float)]))


def search(
    equations: Equations,
    values: Values,
    blind: frozenset[int],
    weights: Sequence[float],
    *,
    most: int,
    seconds: float,
) -> list[Changes]:
    """Up to `most` sets of changes after which all equations hold, the cheapest first, in at most so many seconds.

    Args:
        equations: the table's equations.
        values: the figures in the order of the cells.
        blind: the equations with a missing term, which are left out.
        weights: what the change of each cell costs.
        most: how many to look for.
        seconds: the time for all of them.
    """
    deadline = time.monotonic() + seconds
    model = _Model(equations, values, blind, weights)
    found: list[Changes] = []
    while len(found) < most and (left := deadline - time.monotonic()) > 0:
        solution = model.solve(left)
        if solution is None:
            break
        flags = solution[model.size :] > 0.5
        if not flags.any():
            break
        model.cut(flags)
        changes = whole_changes(values, solution[: model.size].tolist(), model.known)
        if changes and equations.settles(values, equations.violations(values), changes):
            found.append(changes)
        elif len(model.cuts) > 2 * most:
            break
    return found
