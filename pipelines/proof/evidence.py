"""Evidence from outside a table weighed for and against the changes of an explanation."""

from collections import defaultdict
from collections.abc import Mapping

from pipelines.proof.problem import Problem, SoftEquation


class Evidence:
    """The evidence on one table: alternatives under one id, found by the cells that they are about."""

    def __init__(self, problem: Problem) -> None:
        """Judge all evidence on the figures as reported."""
        self._cells = problem.cells
        self._alternatives: dict[str, list[SoftEquation]] = defaultdict(list)
        self._about: dict[str, set[str]] = defaultdict(set)
        for equation in problem.evidence:
            self._alternatives[equation.id].append(equation)
            for term in equation.terms:
                self._about[term.operand].add(equation.id)
        self._before = {name: self._holds(name, problem.cells) for name in self._alternatives}

    def _holds(self, name: str, cells: Mapping[str, int | None]) -> bool | None:
        found = [holds for each in self._alternatives[name] if (holds := each.holds(cells)) is not None]
        return any(found) if found else None

    def _turned(self, new: Mapping[str, int]) -> dict[str, bool]:
        """What holds after a change and did not before, and the other way round."""
        names = {name for cell in new for name in self._about.get(cell, ())}
        changed = {**self._cells, **new} if names else {}
        after = {name: self._holds(name, changed) for name in sorted(names)}
        return {
            name: holds
            for name, holds in after.items()
            if holds is not None and self._before[name] is not None and holds is not self._before[name]
        }

    def weigh(self, new: Mapping[str, int]) -> float:
        """What the evidence adds to the cost of a change: less if it then agrees, more if it agreed before."""
        return sum(
            (-1 if holds else 1) * max(each.weight for each in self._alternatives[name])
            for name, holds in self._turned(new).items()
        )

    def judge(self, new: Mapping[str, int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The evidence that agrees after a change and did not before, and all that does not agree after it."""
        turned = self._turned(new)
        after = {**self._before, **turned}
        agreeing = tuple(name for name, holds in turned.items() if holds)
        return agreeing, tuple(name for name, holds in after.items() if holds is False)
