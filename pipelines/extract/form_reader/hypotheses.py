"""Hypotheses: the ways in which the figures of a unit can fill its cells."""

from collections.abc import Iterator
from itertools import combinations
from math import comb

from msgspec import Struct

from contracts.form import Cell
from pipelines.extract.form_reader.figures import Slot
from pipelines.extract.form_reader.units import Unit

MOST_HYPOTHESES = 4000


class Hypothesis(Struct, frozen=True, dict=True):
    """One way: the slot of each cell, None for a lost figure; and the figures that are no cell's.

    Its values are asked for again and again: they are kept beside it.
    """

    slots: tuple[Slot | None, ...]
    strays: tuple[Slot, ...] = ()

    def values(self, cells: tuple[Cell, ...]) -> dict[str, int | str | None]:
        """The value of each cell under this hypothesis; `cells` are those of its unit."""
        kept: dict[str, int | str | None] | None = self.__dict__.get("kept")
        if kept is None:
            kept = self.__dict__["kept"] = {
                cell.id: slot.value_in(cell) if slot is not None else None
                for cell, slot in zip(cells, self.slots, strict=True)
            }
        return kept


def enumerate_hypotheses(unit: Unit) -> list[Hypothesis]:
    """All hypotheses of a unit that need no more faults than its count of figures demands.

    One for an `exact` unit. None at all if there are more than `MOST_HYPOTHESES`, or no figure fits.
    """
    if unit.positions == "unclear":
        return []
    if unit.positions == "exact":
        whole = Hypothesis(unit.slots)
        return [whole] if _fits(unit, whole.slots) else _open_hypotheses(unit)
    found = _open_hypotheses(unit)
    return found + enumerate_exchanges(unit) if unit.positions == "loose" else found


def _open_hypotheses(unit: Unit) -> list[Hypothesis]:
    """Lost figures at every place, or every choice of strays."""
    usable = [slot for slot in unit.slots if slot.kind != "blank" and any(slot.fits(cell) for cell in unit.cells)]
    useless = tuple(slot for slot in unit.slots if slot.kind != "blank" and not any(slot.fits(c) for c in unit.cells))
    count = len(unit.cells)
    if comb(max(count, len(usable)), min(count, len(usable))) > MOST_HYPOTHESES:
        return []
    return list(_distinct(unit, usable, useless))


def _distinct(unit: Unit, usable: list[Slot], useless: tuple[Slot, ...]) -> Iterator[Hypothesis]:
    count = len(unit.cells)
    for chosen in combinations(range(len(usable)), min(count, len(usable))):
        strays = tuple(slot for index, slot in enumerate(usable) if index not in chosen)
        for places in combinations(range(count), len(chosen)):
            slots = _fill(unit, [usable[index] for index in chosen], places)
            if _fits(unit, slots):
                yield Hypothesis(slots, (*strays, *useless))


def _fill(unit: Unit, figures: list[Slot], places: tuple[int, ...]) -> tuple[Slot | None, ...]:
    """The figures at their places; a blank cell printed between two figures stands where none of them does."""
    slots: list[Slot | None] = [None] * len(unit.cells)
    for figure, place in zip(figures, places, strict=True):
        slots[place] = figure
    if not any(slot.kind == "blank" for slot in unit.slots):
        return tuple(slots)
    bounds = [-1, *places, len(slots)]
    around = [None, *figures, None]
    for gap in range(len(bounds) - 1):
        blanks = _blanks_between(unit.slots, around[gap], around[gap + 1])
        for place, blank in zip(range(bounds[gap] + 1, bounds[gap + 1]), blanks, strict=False):
            slots[place] = blank
    return tuple(slots)


def _blanks_between(slots: tuple[Slot, ...], first: Slot | None, last: Slot | None) -> list[Slot]:
    start = next((index + 1 for index, slot in enumerate(slots) if slot is first), 0)
    end = next((index for index, slot in enumerate(slots) if slot is last), len(slots))
    return [slot for slot in slots[start:end] if slot.kind == "blank"]


def enumerate_exchanges(unit: Unit) -> list[Hypothesis]:
    """One stray and one lost figure in a row whose count is right; at one place only where a blank shows it."""
    figures = [slot for slot in unit.slots if slot.kind != "blank"]
    count = len(unit.cells)
    if len(figures) != count:
        return _open_hypotheses(unit)
    found: list[Hypothesis] = []
    for stray in range(count):
        rest = figures[:stray] + figures[stray + 1 :]
        for lost in range(count):
            places = tuple(place for place in range(count) if place != lost)
            slots = _fill(unit, rest, places)
            if (lost != stray or slots[lost] is not None) and _fits(unit, slots):
                found.append(Hypothesis(slots, (figures[stray],)))
    return found


def _fits(unit: Unit, slots: tuple[Slot | None, ...]) -> bool:
    return all(slot is None or slot.fits(cell) for slot, cell in zip(slots, unit.cells, strict=True))
