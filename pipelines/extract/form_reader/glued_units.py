"""Units whose figures are glued: the splits into their cells, and numbers that white space cut in two."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations, groupby
from typing import NamedTuple

from msgspec import structs

from contracts.form import Cell, form
from pipelines.extract.form_reader.figures import Slot, parse_figure
from pipelines.extract.form_reader.hypotheses import Hypothesis
from pipelines.extract.form_reader.ledger import rules_of
from pipelines.extract.form_reader.splits import (
    ATOM,
    PATTERNS,
    RowShape,
    Split,
    Splitting,
    Tape,
    TooManySplits,
)
from pipelines.extract.form_reader.units import Unit

_MOST_JOINED = 2
_MOST_PLACED = 4  # rows without labels whose figures may be glued to those of the row before
_MINUS = str.maketrans("−－–—", "----")  # noqa: RUF001 - the dashes that documents print


class SplitUnit(NamedTuple):
    """The hypotheses that are left of a unit by its own sums, and others that these rule out.

    No hypothesis at all: there are too many, or none.
    """

    kept: list[Hypothesis]
    refuted: list[Hypothesis]


def has_glued(unit: Unit) -> bool:
    """Whether some of the unit's figures were printed with nothing between them."""
    return any(slot.kind == "glued" for slot in unit.slots)


def is_short(unit: Unit) -> bool:
    """Whether there are fewer figures than cells, blank ones counted."""
    return 0 < len(unit.slots) < len(unit.cells)


def split_unit(unit: Unit) -> SplitUnit:
    """The splits of a unit's figures into its cells.

    Where no sum tells that a cell was left blank, figures that could be those of fewer cells are left open. Rows that
    only their place decides can be lost with their labels.
    """
    try:
        choices = list(_lost_rows(unit))
        kept = [found for lost in choices for found in _splits(unit, lost)]
        if not kept:
            return SplitUnit([], [found for lost in choices for found in _splits(unit, lost, is_summed=False)])
        if not any(_shape(row).is_sum for row in _rows(unit.cells)):
            return SplitUnit([*_splits(unit), *_with_lost(unit, range(1, len(unit.cells)))], [])
        return SplitUnit(kept, [other for lost in choices for other in _others(unit, kept, lost)])
    except TooManySplits:
        return SplitUnit([], [])


def doubtful_splits(unit: Unit) -> list[Hypothesis]:
    """All splits of a unit whatever its sums say, and those with one cell left blank."""
    try:
        return [*_splits(unit, is_summed=False), *_with_lost(unit, (1,))]
    except TooManySplits:
        return []


def _lost_rows(unit: Unit) -> Iterator[tuple[int, ...]]:
    """The cells that are lost if none, some or all of the rows are that only their place decides.

    Raises:
        TooManySplits: these rows are more than `_MOST_PLACED`.
    """
    rows = [row for row in unit.placed if row != unit.cells[0].row]
    if len(rows) > _MOST_PLACED:
        raise TooManySplits
    for count in range(len(rows) + 1):
        for lost in combinations(rows, count):
            yield tuple(place for place, cell in enumerate(unit.cells) if cell.row in lost)


def _splits(unit: Unit, lost: Sequence[int] = (), *, is_summed: bool = True) -> Iterator[Hypothesis]:
    """The splits into the cells that are not lost."""
    slots, splitting = _splitting(unit, lost)
    for split in splitting.all() if is_summed else splitting.unsummed():
        yield _hypothesis(slots, split, lost)


def _with_lost(unit: Unit, counts: Iterable[int]) -> Iterator[Hypothesis]:
    for count in counts:
        for lost in combinations(range(len(unit.cells)), count):
            yield from _splits(unit, lost)


def _others(unit: Unit, kept: Sequence[Hypothesis], lost: Sequence[int]) -> list[Hypothesis]:
    """Splits that a sum rules out, at least one for each cell to which they give another figure."""
    slots, splitting = _splitting(unit, lost)
    others = (_hypothesis(slots, other, lost) for split in splitting.all()[:1] for other in splitting.others(split))
    return [other for other in others if other not in kept]


def _splitting(unit: Unit, lost: Sequence[int]) -> tuple[list[Slot], Splitting]:
    """The figures of a unit, and their splits into the cells that are not lost."""
    slots = _solid(unit)
    cells = [cell for place, cell in enumerate(unit.cells) if place not in lost]
    return slots, Splitting(_tape(slots), [_shape(row) for row in _rows(cells)])


def _solid(unit: Unit) -> list[Slot]:
    return [slot for slot in unit.slots if slot.kind != "blank"]


def extra_hypotheses(unit: Unit) -> list[Hypothesis]:
    """Splits of a unit that has too few figures, and joins of one that has too many; its sums are not asked."""
    slots = _solid(unit)
    if len(slots) > len(unit.cells):
        return list(_joins(unit, slots))
    return split_unit(unit).kept if is_short(unit) else []


def _rows(cells: Sequence[Cell]) -> Iterator[tuple[Cell, ...]]:
    for _, row in groupby(cells, key=lambda cell: cell.row):
        yield tuple(row)


@cache
def _shape(cells: tuple[Cell, ...]) -> RowShape:
    """The patterns of a row, and whether an identity makes its last cell the sum of the others."""
    *parts, last = (cell.id for cell in cells)
    weights = {**dict.fromkeys(parts, 1), last: -1}
    versions = form().versions_with(cells[0].table)
    is_sum = any(rule.weights == weights for version in versions for rule in rules_of(version, cells[0].table))
    kinds = ("signed" if cell.may_be_negative else cell.type for cell in cells)
    return RowShape(tuple(kinds), is_sum)


def _printed(slot: Slot) -> str:
    text = slot.figure.number if slot.kind == "glued" else slot.raw
    return unicodedata.normalize("NFKC", text).strip().translate(_MINUS)


def _on_tape(slot: Slot) -> str:
    """What stands on the tape for a slot: what was printed, or an atom if it cannot be cut."""
    printed = _printed(slot)
    is_plain = slot.kind in ("integer", "decimal", "glued") and all(c.isdigit() or c in "-./" for c in printed)
    return printed if is_plain or (slot.kind == "glued" and printed.endswith("元")) else ATOM


def _tape(slots: Sequence[Slot]) -> Tape:
    text, cuts, atoms = "", set[int](), dict[int, int]()
    for slot in slots:
        printed = _on_tape(slot)
        if printed == ATOM:
            atoms[len(text)] = int(slot.figure.number) if slot.kind == "integer" else 0
        text += printed
        cuts.add(len(text))
    return Tape(text, frozenset(cuts), atoms)


def _hypothesis(slots: Sequence[Slot], split: Split, lost: Sequence[int] = ()) -> Hypothesis:
    """The slots of a split, each with the place of its own digits, and None for lost cells."""
    found: list[Slot | None] = []
    starts: list[tuple[int, Slot]] = []
    at = 0
    for slot in slots:
        starts.append((at, slot))
        at += len(_on_tape(slot))
    for start, end in zip((0, *split), split, strict=False):
        first, slot = next(entry for entry in reversed(starts) if entry[0] <= start)
        found.append(_part(slot, start - first, end - first))
    for place in lost:
        found.insert(place, None)
    return Hypothesis(tuple(found))


def _part(slot: Slot, start: int, end: int) -> Slot:
    """Characters `start` to `end` of a slot as a slot of their own."""
    text, span = _printed(slot), slot.span
    figure = parse_figure(text[start:end])
    if _on_tape(slot) == ATOM or figure is None or (len(text) == end - start and slot.kind != "glued"):
        return slot
    if span.char_start is not None and len(slot.raw) == len(text):
        first = span.char_start + start
        span = structs.replace(span, char_start=first, char_end=first + end - start)
    return structs.replace(slot, figure=figure, raw=text[start:end], span=span, kind=figure.kind)


def _joins(unit: Unit, slots: Sequence[Slot]) -> Iterator[Hypothesis]:
    """Neighbouring figures as one number that white space cut in two."""
    extra = len(slots) - len(unit.cells)
    if extra > _MOST_JOINED:
        return
    for joined in combinations(range(len(slots) - 1), extra):
        found: list[Slot] = []
        for place, slot in enumerate(slots):
            whole = _joined(found[-1], slot) if place - 1 in joined else slot
            if whole is None:
                break
            found[-1:] = [whole] if place - 1 in joined else [*found[-1:], whole]
        else:
            if all(slot.fits(cell) for slot, cell in zip(found, unit.cells, strict=True)):
                yield Hypothesis(tuple(found))


def _joined(first: Slot, second: Slot) -> Slot | None:
    """Two numbers as one; None if that is no number."""
    number = first.figure.number + second.figure.number
    is_count = first.kind == second.kind == "integer" and not first.figure.remark
    if not is_count or not PATTERNS["integer"].fullmatch(number):
        return None
    figure = structs.replace(second.figure, number=number)
    span = first.span
    if first.span.line == second.span.line and first.span.row == second.span.row:
        span = structs.replace(first.span, char_end=second.span.char_end)
    return structs.replace(first, figure=figure, raw=f"{first.raw} {second.raw}", span=span)
