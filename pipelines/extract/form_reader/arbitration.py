"""Arbitration: the identities judge between the hypotheses of a table's units."""

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from msgspec import Struct

from pipelines.extract.form_reader.combinations import combine
from pipelines.extract.form_reader.glued_units import doubtful_splits, extra_hypotheses, has_glued, is_short, split_unit
from pipelines.extract.form_reader.hypotheses import Hypothesis, enumerate_exchanges, enumerate_hypotheses
from pipelines.extract.form_reader.ledger import Rule, propagate, rules_of, touched_rules
from pipelines.extract.form_reader.settlement import settle
from pipelines.extract.form_reader.units import Unit

_MOST_COMBINATIONS = 5000
_FEWEST_WITNESSES = 2  # identities that must speak against a regular row before another reading of it is tried
Values = dict[str, int | str | None]


class Verdict(Struct):
    """What was decided on a unit.

    `readings`: the hypotheses left; one means decided. `compared`: all that were judged, so that a cell on which
    these agree was never in doubt. `is_open`: the identities could not judge, or they contradict every hypothesis.
    `is_split`: the hypotheses are splits of glued figures.
    """

    unit: Unit
    readings: list[Hypothesis]
    compared: list[Hypothesis]
    is_open: bool = False
    is_split: bool = False

    @property
    def values(self) -> Values:
        """The values on which all readings agree; None where they differ or there is none."""
        if not self.readings:
            return {cell.id: None for cell in self.unit.cells}
        first, *others = [reading.values(self.unit.cells) for reading in self.readings]
        if not others:
            return first
        return {cell: value if all(other[cell] == value for other in others) else None for cell, value in first.items()}


def arbitrate(version: str, table: str, units: Sequence[Unit]) -> list[Verdict]:
    """The verdict on each unit, in the order of `units`."""
    return _Court(rules_of(version, table), units).judge()


class _Court:
    """Judges units that are out of order first, together; then regular ones that the identities contradict."""

    def __init__(self, rules: Sequence[Rule], units: Sequence[Unit]) -> None:
        self._rules = rules
        in_glued = any(has_glued(unit) for unit in units)
        self._verdicts = [_first_verdict(unit, in_glued=in_glued) for unit in units]

    def judge(self) -> list[Verdict]:
        contested = [verdict for verdict in self._verdicts if len(verdict.readings) > 1]
        judged = [verdict for verdict in contested if self._filter_by_own_rules(verdict)]
        self._settle_splits(judged)
        self._judge_together([verdict for verdict in judged if not verdict.is_split])
        if not contested:
            self._doubt_regular_units()
        self._question_blank_ends()
        self._question_splits()
        for verdict in self._verdicts:
            if verdict.unit.placed and len(verdict.readings) == 1:
                self._question_place(verdict)
        return self._verdicts

    def _filter_by_own_rules(self, verdict: Verdict) -> bool:
        """Keep the hypotheses that the identities within the unit allow; whether the rest can still be judged."""
        unit, own = verdict.unit, self._own_rules(verdict.unit)
        kept = [found for found in verdict.readings if not propagate(own, found.values(unit.cells)).violated]
        verdict.is_open = not kept or not touched_rules(self._rules, [cell.id for cell in unit.cells])
        if kept:
            verdict.readings = kept
        return not verdict.is_open

    def _own_rules(self, unit: Unit) -> list[Rule]:
        """The identities whose terms are all cells of the unit."""
        cells = {cell.id for cell in unit.cells}
        return [rule for rule in touched_rules(self._rules, cells) if cells.issuperset(rule.weights)]

    def _values_without(self, contested: Iterable[Verdict]) -> Values:
        left_out = {id(verdict) for verdict in contested}
        values: Values = {}
        for verdict in self._verdicts:
            if id(verdict) not in left_out:
                values.update(verdict.values)
        return values

    def _settle_splits(self, judged: Sequence[Verdict]) -> None:
        """Keep the splits that the identities over rows allow; rows that these cannot judge keep all their own do."""
        splits = [verdict for verdict in judged if verdict.is_split]
        choices = [[found.values(verdict.unit.cells) for found in verdict.readings] for verdict in splits]
        settled = settle(self._rules, self._values_without(judged), choices)
        for verdict, left in zip(splits, settled.left, strict=True):
            verdict.readings = [verdict.readings[place] for place in left]

    def _question_splits(self) -> None:
        """A split to which identities object is open if another, or one with a blank cell, has fewer against it."""
        splits = [verdict for verdict in self._verdicts if verdict.is_split and len(verdict.readings) == 1]
        for verdict in splits:
            fixed = self._values_without([verdict])
            rules = [_reduced(rule, fixed) for rule in touched_rules(self._rules, verdict.values)]
            objections = _objections(rules, verdict.readings[0], verdict.unit)
            others = doubtful_splits(verdict.unit) if objections else []
            if any(_objections(rules, other, verdict.unit) < objections for other in others):
                verdict.is_open = True
                verdict.readings = [*verdict.readings, *others]

    def _judge_together(self, contested: list[Verdict]) -> None:
        """Keep the combinations of hypotheses under which no identity is violated."""
        contested = sorted(contested, key=lambda verdict: len(verdict.readings))
        while prod(len(verdict.readings) for verdict in contested) > _MOST_COMBINATIONS:
            contested.pop()
        if not contested:
            return
        survivors = list(self._survivors(contested))
        for place, verdict in enumerate(contested):
            left = {id(combination[place]) for combination in survivors}
            verdict.is_open = not left
            if left:
                verdict.readings = [found for found in verdict.readings if id(found) in left]

    def _survivors(self, contested: Sequence[Verdict]) -> Iterator[tuple[Hypothesis, ...]]:
        """The combinations of the readings of contested units under which no identity is violated."""
        cells = [cell.id for verdict in contested for cell in verdict.unit.cells]
        fixed = self._values_without(contested)
        rules = [_reduced(rule, fixed) for rule in touched_rules(self._rules, cells)]
        choices = [[found.values(verdict.unit.cells) for found in verdict.readings] for verdict in contested]
        for places in combine(rules, {"": 1}, choices):
            yield tuple(verdict.readings[place] for verdict, place in zip(contested, places, strict=True))

    def _try(self, verdict: Verdict, others: list[Hypothesis]) -> list[Hypothesis]:
        """Of other readings of a unit those under which no identity is violated; the verdict is left as it is."""
        kept, verdict.readings = verdict.readings, others
        survivors = [reading for (reading,) in self._survivors([verdict])]
        verdict.readings = kept
        return survivors

    def _doubt_regular_units(self) -> None:
        """Other readings of a regular row, if several identities contradict it and all are content with those.

        A single one is enough to leave figures open that stand behind a blank cell: they may stand one cell further.
        """
        values = self._values_without(())
        violated = propagate(self._rules, values).violated
        if not violated:
            return
        is_single = len(violated) < _FEWEST_WITNESSES
        for verdict in [verdict for verdict in self._verdicts if not verdict.is_split and not _is_fixed(verdict.unit)]:
            cells = {cell.id for cell in verdict.unit.cells}
            own = {rule.id for rule in self._own_rules(verdict.unit)}
            touched = {rule.id for rule in touched_rules(self._rules, cells)}
            if (own & violated and len(touched & violated) >= _FEWEST_WITNESSES) or _has_blanks(
                verdict, violated, touched
            ):
                self._doubt(verdict, is_single=is_single)

    def _doubt(self, verdict: Verdict, *, is_single: bool) -> None:
        others = enumerate_exchanges(verdict.unit)
        survivors = [other for other in self._try(verdict, others) if not self._is_exchange(verdict, other)]
        if survivors:
            verdict.compared = [*verdict.readings, *others]
            verdict.readings = [*verdict.readings, *survivors] if is_single else survivors

    def _question_blank_ends(self) -> None:
        """A row that begins or ends with its one blank cell is open if all identities allow its figures elsewhere, too.

        A cell that is lost leaves the same, as does a blank one that pushes the others on: all of them, up to the end
        of the line, where no label stands before them. What no sum judges is as it was printed.
        """
        for verdict in self._verdicts:
            ends = [slot.kind == "blank" for slot in verdict.unit.slots]
            if len(verdict.readings) != 1 or verdict.is_split or sum(ends) != 1 or not (ends[0] or ends[-1]):
                continue
            if not self._own_rules(verdict.unit):
                continue
            others = enumerate_exchanges(verdict.unit)
            if ends[0] and verdict.unit.is_below_labels:
                others = [other for other in others if other.slots[-1] is None]
            printed, survivors = verdict.values, self._try(verdict, others)
            contrary = [other for other in survivors if _is_contrary(printed, other.values(verdict.unit.cells))]
            verdict.readings = [*verdict.readings, *contrary]
            verdict.compared = [*verdict.compared, *contrary]

    def _is_exchange(self, verdict: Verdict, reading: Hypothesis) -> bool:
        """Whether the lost figure would be the stray one: a mere exchange, which bodies do print."""
        values = {**self._values_without([verdict]), **reading.values(verdict.unit.cells)}
        forced = propagate(self._rules, values).forced
        lost = [cell.id for cell, slot in zip(verdict.unit.cells, reading.slots, strict=True) if slot is None]
        strays = [int(slot.figure.number) for slot in reading.strays if slot.kind == "integer"]
        return bool(lost) and [forced[cell][0] for cell in lost if cell in forced] == strays

    def _question_place(self, verdict: Verdict) -> None:
        """A row found by its place alone is left open if an identity objects to it."""
        cells = [cell.id for cell in verdict.unit.cells]
        violated = propagate(self._rules, self._values_without(())).violated
        if any(rule.id in violated for rule in touched_rules(self._rules, cells)):
            verdict.is_open = True


def _first_verdict(unit: Unit, *, in_glued: bool) -> Verdict:
    """The hypotheses of a unit before anything is judged; of glued figures those under which their own sums hold."""
    if has_glued(unit) or (in_glued and is_short(unit)):
        split = split_unit(unit)
        if split.kept or has_glued(unit):
            kept = split.kept or split.refuted
            return Verdict(unit, kept, [*split.kept, *split.refuted], is_open=not split.kept, is_split=True)
    found = enumerate_hypotheses(unit)
    found = found + extra_hypotheses(unit) if len(found) != 1 else found
    return Verdict(unit, found, found, is_open=not found)


def _objections(rules: Sequence[Rule], reading: Hypothesis, unit: Unit) -> int:
    """How many of the identities a reading of a unit violates."""
    return len(propagate(rules, {"": 1, **reading.values(unit.cells)}).violated)


def _is_contrary(values: Values, others: Values) -> bool:
    """Whether two readings give a cell two figures."""
    return any(value is not None and others[cell] not in (None, value) for cell, value in values.items())


def _is_fixed(unit: Unit) -> bool:
    """Whether figures fill all the cells of a row of a ruled table: what is wrong in it was printed so.

    A blank cell among them can be the sign of figures that stand one cell further.
    """
    return all(slot.span.table is not None and slot.kind != "blank" for slot in unit.slots)


def _has_blanks(verdict: Verdict, violated: frozenset[str], touched: set[str]) -> bool:
    return bool(touched & violated) and any(slot.kind == "blank" for slot in verdict.unit.slots)


def _reduced(rule: Rule, fixed: Values) -> Rule:
    """The rule with all known cells summed up in one term, the cell without a name that is always 1."""
    known = sum(weight * value for cell, weight in rule.weights.items() if isinstance(value := fixed.get(cell), int))
    unknown = {cell: weight for cell, weight in rule.weights.items() if not isinstance(fixed.get(cell), int)}
    return Rule(rule.id, {"": known, **unknown})
