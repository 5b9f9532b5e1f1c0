"""Localisation: signature, elimination, structural faults, and the solver for what none of them explains."""

from collections.abc import Mapping
from itertools import islice, product

from msgspec import Struct

from pipelines.proof import solver
from pipelines.proof.equations import Changes, Equations, Values, equations_of
from pipelines.proof.problem import Explanation, Problem
from pipelines.proof.ranking import Candidates, rank
from pipelines.proof.signatures import find_few, find_single
from pipelines.proof.structures import find_structures
from pipelines.proof.weights import flag_weights, name_fault

TIE = 0.5  # explanations nearer to each other than this are a tie
SECONDS = 0.1
_MORE_CELLS = (3, 4)
_MOST_BY_SOLVER = 3
_MOST_COMBINATIONS = 1000


class Localisation(Struct, frozen=True):
    """The violated identities with their residuals, and what explains them, the likeliest first.

    `tried` says how far the search went: `signature`, `elimination`, `structures`, `solver`.
    """

    identities: tuple[str, ...]
    residuals: tuple[int, ...]
    explanations: tuple[Explanation, ...]
    tried: tuple[str, ...]

    @property
    def is_unique(self) -> bool:
        """Whether one explanation stands out from the next; a search cut short proves nothing alone."""
        if len(self.explanations) == 1 and "solver" not in self.tried:
            return True
        return bool(self.explanations) and self.explanations[0].margin >= TIE


def localise(problem: Problem, seconds: float = SECONDS) -> Localisation:
    """Explain the violated identities of one table.

    Args:
        problem: the table's figures and the evidence on them.
        seconds: the time that the solver may take, where it is needed.
    """
    equations = equations_of(problem.form_version, problem.table)
    values = equations.values(problem.cells)
    violated = equations.violations(values)
    if not violated:
        return Localisation((), (), (), ())
    parts = _components(equations, violated)
    searches = [_Search(equations, values, part, problem, seconds / len(parts)) for part in parts]
    found = [search.candidates() for search in searches]
    candidates = found[0] if len(found) == 1 else _combined(found)
    if len(parts) > 1:
        candidates += find_structures(equations, values, violated)
    return Localisation(
        tuple(equations.identities[i] for i in violated),
        tuple(violated.values()),
        rank(equations, problem, values, violated, candidates),
        tuple(dict.fromkeys(step for search in searches for step in search.tried)),
    )


def _components(equations: Equations, violated: Mapping[int, int]) -> list[dict[int, int]]:
    """The violated equations in groups that have no cell in common, not even by way of other equations."""
    left, parts = dict(violated), []
    while left:
        reached = {next(iter(left))}
        while True:
            cells = {cell for equation in reached for cell, _ in equations.terms[equation]}
            wider = equations.touched(cells)
            if wider == reached:
                break
            reached = wider
        parts.append({i: residual for i, residual in left.items() if i in reached})
        left = {i: residual for i, residual in left.items() if i not in reached}
    return parts


class _Search:
    """The search for what explains one group of violated equations; `tried` keeps how far it went."""

    def __init__(
        self, equations: Equations, values: Values, violated: dict[int, int], problem: Problem, seconds: float
    ) -> None:
        self._equations, self._values, self._violated = equations, values, violated
        self._problem, self._seconds = problem, seconds
        self._blind = equations.blind(values)
        self.tried: list[str] = []

    def candidates(self) -> Candidates:
        """What explains the group; a single cell that alone explains a table without gaps ends the search."""
        equations, values, violated, blind = self._equations, self._values, self._violated, self._blind
        self.tried.append("signature")
        found = self._named([{cell: new} for cell, new in find_single(equations, values, violated, blind).items()])
        if len(found) == 1 and not blind:
            return found
        if not found:
            self.tried.append("elimination")
            found = self._named(find_few(equations, values, violated, blind, 2))
        self.tried.append("structures")
        found += find_structures(equations, values, violated)
        for cells in _MORE_CELLS if not found else ():
            found = found or self._named(find_few(equations, values, violated, blind, cells))
        return found or self._solved()

    def _solved(self) -> Candidates:
        self.tried.append("solver")
        weights = flag_weights(self._equations, self._problem, self._values)
        solved = solver.search(
            self._equations, self._values, self._blind, weights, most=_MOST_BY_SOLVER, seconds=self._seconds
        )
        return self._named(solved)

    def _named(self, found: list[Changes]) -> Candidates:
        return [(name_fault(self._equations, self._values, changes), changes) for changes in found]


def _combined(found: list[Candidates]) -> Candidates:
    """One explanation of each group together; none if a group has none."""
    combined: Candidates = []
    for choice in islice(product(*found), _MOST_COMBINATIONS):
        changes = {cell: new for _, part in choice for cell, new in part.items()}
        kinds = {kind for kind, _ in choice}
        combined.append((kinds.pop() if len(kinds) == 1 else "several_misread", changes))
    return combined
