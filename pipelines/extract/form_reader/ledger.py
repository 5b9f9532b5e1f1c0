"""The ledger: a table's cells, and its identities where some cells are unknown."""

from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import Struct

from contracts.form import Cell, form

Values = Mapping[str, int | str | None]


class Rule(Struct, frozen=True):
    """One enforced identity within a report: weight by cell id; the weighted sum is zero."""

    id: str
    weights: dict[str, int]


class Propagation(Struct, frozen=True):
    """What follows from the identities: which are violated, and which values they force on unknown cells.

    `forced` keeps the value and the identity that forces it.
    """

    violated: frozenset[str]
    forced: dict[str, tuple[int, str]]


@cache
def rules_of(version: str, table: str) -> tuple[Rule, ...]:
    """The enforced identities of a table, in declared order."""
    identities = form().versions[version].identities_of(table, enforced=True)
    return tuple(
        Rule(identity.id, {term.cell.id: term.weight for term in identity.terms})
        for identity in identities
        if identity.within_report
    )


@cache
def cells_of_rows(version: str, table: str) -> dict[str, tuple[Cell, ...]]:
    """The cells of each row of a table, in printed order."""
    declared = form().versions[version].tables[table]
    rows: dict[str, list[Cell]] = {row: [] for row in declared.rows}
    for cell in declared.cells:
        rows[cell.row].append(cell)
    return {row: tuple(cells) for row, cells in rows.items()}


def touched_rules(rules: Iterable[Rule], cells: Iterable[str]) -> list[Rule]:
    """The rules with a term in one of the cells."""
    wanted = set(cells)
    return [rule for rule in rules if not wanted.isdisjoint(rule.weights)]


def propagate(rules: Iterable[Rule], values: Values) -> Propagation:
    """Force unknown cells step by step; counts are never negative.

    Args:
        rules: the identities to use.
        values: value by cell id; what is not there, None or text is unknown.
    """
    return follow((rule.id, *_sum(rule, values)) for rule in rules)


def follow(sums: Iterable[tuple[str, int, dict[str, int]]]) -> Propagation:
    """What follows from sums that have to be zero: each with its id, what is known of it, and its unknown cells."""
    forced: dict[str, tuple[int, str]] = {}
    violated: set[str] = set()
    waiting = list(sums)
    progress = True
    while progress:
        progress = False
        left: list[tuple[str, int, dict[str, int]]] = []
        for name, rest, unknown in waiting:
            if forced and not forced.keys().isdisjoint(unknown):
                rest += sum(weight * forced[cell][0] for cell, weight in unknown.items() if cell in forced)
                unknown = {cell: weight for cell, weight in unknown.items() if cell not in forced}
            new = _forced(rest, unknown)
            if new is None:
                violated.add(name)
            elif new:
                forced.update({cell: (value, name) for cell, value in new.items()})
                progress = True
            elif unknown:
                left.append((name, rest, unknown))
        waiting = left
    return Propagation(frozenset(violated), forced)


def _sum(rule: Rule, values: Values) -> tuple[int, dict[str, int]]:
    """What is known of a rule's sum, and the weights of its unknown cells."""
    rest = 0
    unknown: dict[str, int] = {}
    for cell, weight in rule.weights.items():
        value = values.get(cell)
        if isinstance(value, int):
            rest += weight * value
        else:
            unknown[cell] = weight
    return rest, unknown


def _forced(rest: int, unknown: Mapping[str, int]) -> dict[str, int] | None:
    """The values that a sum forces on its unknown cells; None if no counts can make it zero."""
    if not unknown:
        return {} if rest == 0 else None
    if len(unknown) == 1:
        ((cell, weight),) = unknown.items()
        value, remainder = divmod(-rest, weight)
        return None if remainder or value < 0 else {cell: value}
    least, most = min(unknown.values()), max(unknown.values())
    if least > 0 or most < 0:
        if rest == 0:
            return dict.fromkeys(unknown, 0)
        return None if (rest > 0) == (least > 0) else {}
    return {}
