"""The ledger: a table's cells, and its identities where some cells are unknown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def propagate(rules: Sequence[Rule], values: Values) -> Propagation:
    """Force unknown cells step by step; counts are never negative.

    Args:
        rules: the identities to use.
        values: value by cell id; what is not there, None or text is unknown.
    """
    forced: dict[str, tuple[int, str]] = {}
    violated: set[str] = set()
    open_rules = list(rules)
    progress = True
    while progress:
        progress = False
        for rule in list(open_rules):
            rest, unknown = _sum(rule, values, forced)
            new = _forced(rule, rest, unknown)
            if new is None:
                violated.add(rule.id)
                open_rules.remove(rule)
            elif not unknown:
                open_rules.remove(rule)
            elif new:
                forced.update({cell: (value, rule.id) for cell, value in new.items()})
                open_rules.remove(rule)
                progress = True
    return Propagation(frozenset(violated), forced)


def combine(
    rules: Sequence[Rule], known: Values, choices: Sequence[Sequence[Values]], place: int = 0
) -> Iterator[tuple[int, ...]]:
    """The combinations of one choice each, by their numbers, under which no identity is violated.

    Args:
        rules: the identities.
        known: values that are in all combinations.
        choices: for each place the values of each choice, by cell id.
        place: the first place to choose for; those before are in `known`.
    """
    if place == len(choices):
        if not propagate(rules, known).violated:
            yield ()
        return
    touched = touched_rules(rules, choices[place][0])
    for number, chosen in enumerate(choices[place]):
        values = {**known, **chosen}
        if any(_forced(rule, *_sum(rule, values, {})) is None for rule in touched):
            continue
        for rest in combine(rules, values, choices, place + 1):
            yield (number, *rest)


def _sum(rule: Rule, values: Values, forced: Mapping[str, tuple[int, str]]) -> tuple[int, list[str]]:
    rest, unknown = 0, []
    for cell, weight in rule.weights.items():
        value = values.get(cell)
        if isinstance(value, int):
            rest += weight * value
        elif cell in forced:
            rest += weight * forced[cell][0]
        else:
            unknown.append(cell)
    return rest, unknown


def _forced(rule: Rule, rest: int, unknown: list[str]) -> dict[str, int] | None:
    """The values that a rule forces on its unknown cells; None if no counts can make the sum zero."""
    if not unknown:
        return {} if rest == 0 else None
    weights = {rule.weights[cell] for cell in unknown}
    if len(unknown) == 1:
        value, remainder = divmod(-rest, next(iter(weights)))
        return None if remainder or value < 0 else {unknown[0]: value}
    if all(weight > 0 for weight in weights) or all(weight < 0 for weight in weights):
        if rest == 0:
            return dict.fromkeys(unknown, 0)
        return None if rest * next(iter(weights)) > 0 else {}
    return {}
