"""Settlement: which of several readings of several rows the identities over rows allow together.

An identity that no combination satisfies is broken in print (or a row of it was read wrong): it judges nothing, and
rows that differ in it are not decided by the others either, so that no reading is forced to mend a broken sum.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from pipelines.extract.form_reader.ledger import Rule

_MOST_SUMS = 20_000
_MOST_COMBINATIONS = 2_000
_MOST_STEPS = 50_000
Choice = Mapping[str, int | str | None]


class Settled(Struct, frozen=True):
    """The choices that are left of each unit, and the units that no identity could judge without contradiction."""

    left: list[list[int]]
    barred: frozenset[int]


class _Judge(Struct, frozen=True):
    """One identity: what is known of its sum, and what each choice of each unit adds to it."""

    known: int
    added: dict[int, list[int]]


class _TooMany(Exception):  # noqa: N818 - an outcome of the search
    pass


def settle(rules: Iterable[Rule], fixed: Choice, units: Sequence[Sequence[Choice]]) -> Settled:
    """The choices of each unit that stand in some combination under which every judging identity holds.

    Args:
        rules: the identities.
        fixed: values by cell id that are not in doubt.
        units: for each unit its choices, each with values by cell id.

    Returns:
        For each unit the places of its choices that are left: all of them if the unit is barred.
    """
    wanted = list(rules)
    barred: set[int] = set()
    while True:
        free = {unit: list(range(len(choices))) for unit, choices in enumerate(units) if unit not in barred}
        judges = [judge for rule in wanted if (judge := _judge(rule, fixed, units, barred)) is not None]
        contradicted = _narrow(judges, free) or _combine(judges, free)
        if not contradicted:
            left = [free.get(unit, list(range(len(choices)))) for unit, choices in enumerate(units)]
            return Settled(left, frozenset(barred))
        barred |= contradicted


def _judge(rule: Rule, fixed: Choice, units: Sequence[Sequence[Choice]], barred: set[int]) -> _Judge | None:
    """What an identity has to say; None if a term is not known or no choice makes a difference."""
    rest = dict(rule.weights)
    known = rest.pop("", 0)
    added: dict[int, list[int]] = {}
    for unit, choices in enumerate(units):
        cells = [cell for cell in rest if cell in choices[0]]
        sums = [_sum(rule, choice, cells) for choice in choices]
        if not cells:
            continue
        if any(one is None for one in sums) or (unit in barred and len(set(sums)) > 1):
            return None
        added[unit] = [one for one in sums if one is not None]
        for cell in cells:
            del rest[cell]
    outside = _sum(rule, fixed, list(rest))
    if outside is None:
        return None
    known += outside
    for unit in [unit for unit, sums in added.items() if len(set(sums)) == 1]:
        known += added.pop(unit)[0]
    return _Judge(known, added) if added else None


def _sum(rule: Rule, values: Choice, cells: Sequence[str]) -> int | None:
    total = 0
    for cell in cells:
        value = values.get(cell)
        if not isinstance(value, int):
            return None
        total += rule.weights[cell] * value
    return total


def _narrow(judges: Sequence[_Judge], free: dict[int, list[int]]) -> set[int]:
    """Take away choices that an identity rules out, until nothing changes; the units of one that rules out all."""
    changed = True
    while changed:
        changed = False
        for judge in judges:
            left = {unit: _supported(judge, unit, free) for unit in judge.added}
            if any(not choices for choices in left.values()):
                return set(judge.added)
            for unit, choices in left.items():
                if len(choices) < len(free[unit]):
                    free[unit], changed = choices, True
    return set()


def _supported(judge: _Judge, unit: int, free: Mapping[int, list[int]]) -> list[int]:
    """The choices of a unit for which the other units of an identity have choices that make its sum zero."""
    sums = {judge.known}
    for other, added in judge.added.items():
        if other != unit:
            ways = {added[choice] for choice in free[other]}
            if len(sums) * len(ways) > _MOST_SUMS:
                return free[unit]
            sums = {one + way for one in sums for way in ways}
    return [choice for choice in free[unit] if -judge.added[unit][choice] in sums]


def _combine(judges: Sequence[_Judge], free: dict[int, list[int]]) -> set[int]:
    """Keep the choices of combinations that satisfy all identities at once; the units of which none does.

    Units that share no identity are combined apart. Where there are too many combinations, what is left stays.
    """
    for group in _groups(judges):
        shared = [judge for judge in judges if not group.isdisjoint(judge.added)]
        order = sorted(group, key=lambda unit: len(free[unit]))
        try:
            found = list(_Combiner(shared, free).combinations(order, {}))
        except _TooMany:
            continue
        if not found:
            return group
        for unit in order:
            free[unit] = sorted({combination[unit] for combination in found})
    return set()


def _groups(judges: Sequence[_Judge]) -> list[set[int]]:
    """Units that share identities, directly or through others."""
    groups: list[set[int]] = []
    for judge in judges:
        joined = set(judge.added)
        for group in [group for group in groups if not group.isdisjoint(joined)]:
            joined |= group
            groups.remove(group)
        groups.append(joined)
    return groups


class _Combiner:
    """Tries the choices unit by unit; an identity is asked as soon as all its units are chosen."""

    def __init__(self, judges: Sequence[_Judge], free: Mapping[int, list[int]]) -> None:
        self._judges, self._free = judges, free
        self._steps = self._found = 0

    def combinations(self, order: Sequence[int], chosen: dict[int, int]) -> Iterator[dict[int, int]]:
        """All combinations of choices of the units in `order` that go with those already chosen."""
        self._steps += 1
        if not order:
            self._found += 1
            yield dict(chosen)
        if self._steps > _MOST_STEPS or self._found > _MOST_COMBINATIONS:
            raise _TooMany
        for choice in self._free[order[0]] if order else ():
            chosen[order[0]] = choice
            if self._allows(order[0], chosen):
                yield from self.combinations(order[1:], chosen)
            del chosen[order[0]]

    def _allows(self, unit: int, chosen: Mapping[int, int]) -> bool:
        return all(
            judge.known + sum(added[chosen[other]] for other, added in judge.added.items()) == 0
            for judge in self._judges
            if unit in judge.added and judge.added.keys() <= chosen.keys()
        )
