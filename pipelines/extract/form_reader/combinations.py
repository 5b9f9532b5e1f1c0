"""Combinations: one choice for each of several units, such that no identity over them is violated.

Every choice has its share of every sum counted once; on the way only these shares are added and taken away again.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipelines.extract.form_reader.ledger import Rule, Values, follow


class _Tally(NamedTuple):
    """A sum on the way: what is known of it, how many of its unknown cells add and how many take away, their weight."""

    rest: int
    positive: int
    negative: int
    weight: int

    @property
    def is_impossible(self) -> bool:
        """Whether no counts in the unknown cells can make the sum zero."""
        rest, positive, negative, weight = self
        if positive + negative == 1:
            value, remainder = divmod(-rest, weight)
            return remainder != 0 or value < 0
        if positive and negative:
            return False
        return rest > 0 if positive else rest < 0 if negative else rest != 0


_Shares = tuple[tuple[int, _Tally], ...]  # of one choice: the number of each rule that it is in, and what it adds


def combine(rules: Sequence[Rule], known: Values, choices: Sequence[Sequence[Values]]) -> Iterator[tuple[int, ...]]:
    """The combinations of one choice each, by their numbers, under which no identity is violated.

    Args:
        rules: the identities.
        known: values that are in all combinations.
        choices: for each place the values of each choice, by cell id; all choices of a place have the same cells,
            and no two places have one in common. A place without a choice has no combination.
    """
    if not all(choices):
        return iter(())
    combiner = _Combiner(rules, known, choices)
    return iter(()) if combiner.is_hopeless else combiner.combinations(0)


class _Combiner:
    """Chooses for one place after the other."""

    def __init__(self, rules: Sequence[Rule], known: Values, choices: Sequence[Sequence[Values]]) -> None:
        self._rules, self._known, self._choices = rules, known, choices
        self._place_of = {cell: place for place, options in enumerate(choices) for cell in options[0]}
        self._tallies = [self._start(rule) for rule in rules]
        own = [
            [(number, terms) for number, rule in enumerate(rules) if (terms := self._terms(rule, place))]
            for place in range(len(choices))
        ]
        self._shares = [[_share(own[place], choice) for choice in found] for place, found in enumerate(choices)]
        self._chosen: list[int] = []

    def _terms(self, rule: Rule, place: int) -> list[tuple[str, int]]:
        return [(cell, weight) for cell, weight in rule.weights.items() if self._place_of.get(cell) == place]

    @property
    def is_hopeless(self) -> bool:
        """Whether a sum that no choice changes cannot be zero."""
        touched = {number for options in self._shares for shares in options for number, _ in shares}
        return any(tally.is_impossible for number, tally in enumerate(self._tallies) if number not in touched)

    def _start(self, rule: Rule) -> _Tally:
        """A sum before anything is chosen."""
        values = [(self._value(cell), weight) for cell, weight in rule.weights.items()]
        unknown = [weight for value, weight in values if value is None]
        negative = sum(weight < 0 for weight in unknown)
        rest = sum(weight * value for value, weight in values if value is not None)
        return _Tally(rest, len(unknown) - negative, negative, sum(unknown))

    def _value(self, cell: str) -> int | None:
        """The value of a cell that no place chooses."""
        value = None if cell in self._place_of else self._known.get(cell)
        return value if isinstance(value, int) else None

    def combinations(self, place: int) -> Iterator[tuple[int, ...]]:
        """The combinations of the choices from `place` on with those already chosen."""
        if place == len(self._choices):
            if not self._is_violated():
                yield tuple(self._chosen)
            return
        for choice, shares in enumerate(self._shares[place]):
            before = [(number, self._tallies[number]) for number, _ in shares]
            if self._add(shares):
                self._chosen.append(choice)
                yield from self.combinations(place + 1)
                self._chosen.pop()
            for number, tally in before:
                self._tallies[number] = tally

    def _add(self, shares: _Shares) -> bool:
        """Add the shares of a choice; whether every sum of them can still be zero."""
        for number, added in shares:
            tally = self._tallies[number]
            self._tallies[number] = now = _Tally(
                tally.rest + added.rest,
                tally.positive + added.positive,
                tally.negative + added.negative,
                tally.weight + added.weight,
            )
            if now.is_impossible:
                return False
        return True

    def _is_violated(self) -> bool:
        """Whether sums contradict each other once everything is chosen; each alone can be zero."""
        waiting = [
            (rule.id, tally.rest, {cell: weight for cell, weight in rule.weights.items() if self._is_unknown(cell)})
            for rule, tally in zip(self._rules, self._tallies, strict=True)
            if tally.positive or tally.negative
        ]
        return bool(waiting) and bool(follow(waiting).violated)

    def _is_unknown(self, cell: str) -> bool:
        place = self._place_of.get(cell)
        value = self._known.get(cell) if place is None else self._choices[place][self._chosen[place]][cell]
        return not isinstance(value, int)


def _share(terms: Sequence[tuple[int, Sequence[tuple[str, int]]]], choice: Values) -> _Shares:
    """What a choice adds to each sum that has a term in its cells; a cell that it leaves unknown stays so."""
    shares: list[tuple[int, _Tally]] = []
    for number, own in terms:
        rest = positive = negative = total = 0
        for cell, weight in own:
            value = choice[cell]
            if isinstance(value, int):
                rest, total = rest + weight * value, total - weight
                if weight < 0:
                    negative -= 1
                else:
                    positive -= 1
        shares.append((number, _Tally(rest, positive, negative, total)))
    return tuple(shares)
