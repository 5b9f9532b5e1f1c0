"""What is to be explained, and what explains it."""

from collections.abc import Mapping
from contextlib import suppress

from msgspec import Struct, field

from contracts.claims import operand_value
from contracts.raw_json import Operand

Cells = dict[str, int | None]


class SoftEquation(Struct, frozen=True):
    """Evidence from outside the table: `terms` should add up to `value`, as `source` says.

    `id` is a carry identity, `claim.<id>`, `copy.<document>.<cell>` or `decision.<id>`. `weight` is what it counts for
    when it speaks for or against an explanation; alternatives share an `id`, and one of them suffices.
    """

    id: str
    terms: tuple[Operand, ...]
    value: int
    weight: float = 1.0

    def holds(self, cells: Mapping[str, int | None]) -> bool | None:
        """Whether the figures agree with the evidence; None if one is missing."""
        total = 0
        for term in self.terms:
            value = operand_value(term.operand, cells, {}, {})
            if value is None:
                return None
            total += term.weight * value
        return total == self.value


class Problem(Struct, frozen=True):
    """One table of one report: its figures, and the evidence on them.

    The figures are those reported, but for the cells named in `decided`: these were corrected, so that the page does
    not print them. `doubtful` holds the candidates of cells that the extractor did not plainly read.
    """

    table: str
    form_version: str
    cells: Cells
    evidence: tuple[SoftEquation, ...] = ()
    doubtful: dict[str, tuple[int, ...]] = field(default_factory=dict)
    decided: tuple[str, ...] = ()


class Change(Struct, frozen=True):
    """What one cell says and what it would have to say."""

    cell: str
    old: int | None
    new: int | None


class Explanation(Struct, frozen=True, kw_only=True):
    """One way in which the table may have come to contradict itself.

    `kind` names the fault; `digits` is how far the new figures are from the old ones (edit distance). `margin` is how
    much dearer the next explanation is; where no other was found, how much dearer one outside the search is at least.
    `clears` names the identities and the evidence that hold after the change and did not before, `stays` the evidence
    that still does not.
    """

    cells: tuple[Change, ...]
    margin: float
    cost: float
    kind: str
    digits: float
    clears: tuple[str, ...]
    stays: tuple[str, ...]


def candidates_of(candidates: list[int | str]) -> tuple[int, ...]:
    """The whole numbers among the candidates of a reading."""
    numbers: list[int] = []
    for candidate in candidates:
        with suppress(ValueError):
            numbers.append(int(candidate))
    return tuple(numbers)
