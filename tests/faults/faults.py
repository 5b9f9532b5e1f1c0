"""Faults that an identity can notice, each as it happens in reports: what it changes in one year's figures."""

from collections.abc import Callable
from random import Random
from typing import Literal

from msgspec import Struct

from tests.faults.figures import Body, Cells, Filing, counts, grid

APPLICATIONS, CASES, DISCLOSURES = "applications", "reviews_and_lawsuits", "proactive_disclosure"
Breaks = Literal["identities", "nothing", "completeness"]
Scene = Literal["body", "county", "department", "prefecture", "merger"]


class Impossible(Exception):  # noqa: N818 - no error: another body is tried
    """This body cannot have the fault: there is no number long enough, or all figures are alike."""


class Damage(Struct):
    """What a fault does: cells with other figures, other fields of the report, or a copy of another report.

    `instead` is printed in the place of the year's own figures; `further` are reports that should not be there: copies
    of the report, or the report under the name of another body.
    """

    cells: Cells = {}
    fields: dict[str, object] = {}
    instead: Cells | None = None
    further: list[Filing] = []


class Fault(Struct, frozen=True):
    """One fault: how it is put in, the table it is in, and whether an identity of the form can notice it.

    `scene` is what the body has around it; `rules` are those of the catalogue that look at such a fault.
    """

    name: str
    put: Callable[[Random, Body], Damage]
    table: str
    breaks: Breaks
    is_single: bool = False
    scene: Scene = "body"
    rules: tuple[str, ...] = ()


def _number(random: Random, body: Body, table: str, least: int = 0) -> tuple[str, int]:
    found = [
        (c, v) for row in grid(body.version, table) for c in row if isinstance(v := body.cells[c], int) and v >= least
    ]
    if not found:
        raise Impossible
    return random.choice(found)


def _one(table: str, least: int, change: Callable[[Random, str], str]) -> Callable[[Random, Body], Damage]:
    def put(random: Random, body: Body) -> Damage:
        cell, value = _number(random, body, table, least)
        changed = int(change(random, str(value)))
        if changed == value:
            raise Impossible
        return Damage({cell: changed})

    return put


def _misread(random: Random, digits: str) -> str:
    place = random.randrange(len(digits))
    others = [d for d in "0123456789" if d != digits[place] and (d != "0" or place or len(digits) == 1)]
    return digits[:place] + random.choice(others) + digits[place + 1 :]


def _transpose(random: Random, digits: str) -> str:
    place = random.randrange(len(digits) - 1)
    return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]


def _drop(random: Random, digits: str) -> str:
    place = random.randrange(len(digits))
    return digits[:place] + digits[place + 1 :]


def _double(random: Random, digits: str) -> str:
    place = random.randrange(len(digits))
    return digits[: place + 1] + digits[place:]


def _blank(table: str) -> Callable[[Random, Body], Damage]:
    return lambda random, body: Damage({_number(random, body, table)[0]: None})


def _null_total(random: Random, body: Body) -> Damage:
    return Damage({random.choice(grid(body.version, APPLICATIONS))[-1]: None})


def changed(body: Body, cells: Cells) -> Damage:
    """The damage of cells that really say something else."""
    differing = {cell: value for cell, value in cells.items() if value != body.cells[cell]}
    if not differing:
        raise Impossible
    return Damage(differing)


def _swap(random: Random, body: Body) -> Damage:
    rows = grid(body.version, APPLICATIONS)
    lines = [*rows, *(list(column) for column in zip(*rows, strict=True))]
    first, second = random.sample(random.choice([line for line in lines if len(set(counts(body.cells, line))) > 1]), 2)
    return changed(body, {first: body.cells[second], second: body.cells[first]})


def _shift_row(random: Random, body: Body) -> Damage:
    line = random.choice([row for row in grid(body.version, APPLICATIONS) if any(counts(body.cells, row))])
    return changed(body, dict(zip(line, [None, *counts(body.cells, line)[:-1]], strict=True)))


def _shift_column(random: Random, body: Body) -> Damage:
    columns = [list(column) for column in zip(*grid(body.version, APPLICATIONS), strict=True)]
    line = random.choice([column for column in columns if any(counts(body.cells, column))])
    first = random.randrange(len(line) - 1)
    return changed(body, dict(zip(line[first:], [0, *counts(body.cells, line)[first:-1]], strict=True)))


def _zero_row(random: Random, body: Body) -> Damage:
    line = random.choice([row for row in grid(body.version, APPLICATIONS) if any(counts(body.cells, row))])
    return changed(body, dict.fromkeys(line, 0))


def _drop_row(random: Random, body: Body) -> Damage:
    rows = grid(body.version, APPLICATIONS)
    first = random.randrange(len(rows) - 1)
    moved = {cell: body.cells[origin] for n in range(first, len(rows) - 1) for cell, origin in _over(rows, n)}
    return changed(body, moved | dict.fromkeys(rows[-1], 0))


def _over(rows: list[list[str]], place: int) -> list[tuple[str, str]]:
    return list(zip(rows[place], rows[place + 1], strict=True))


def _unit_of_row(random: Random, body: Body) -> Damage:
    line = random.choice([row for row in grid(body.version, APPLICATIONS) if any(counts(body.cells, row))])
    unit = 10 ** random.randrange(1, 5)
    return changed(body, {cell: value * unit for cell, value in zip(line, counts(body.cells, line), strict=True)})


def _bad_copy(random: Random, body: Body) -> Damage:
    damage = _one(APPLICATIONS, 1, _misread)(random, body)
    return Damage(damage.cells, further=[body.filing(body.cells, body.year)])


IDENTITY_FAULTS = (
    Fault("misread digit", _one(APPLICATIONS, 0, _misread), APPLICATIONS, "identities", is_single=True),
    Fault("transposition", _one(APPLICATIONS, 10, _transpose), APPLICATIONS, "identities", is_single=True),
    Fault("dropped digit", _one(APPLICATIONS, 10, _drop), APPLICATIONS, "identities", is_single=True),
    Fault("doubled digit", _one(APPLICATIONS, 1, _double), APPLICATIONS, "identities", is_single=True),
    Fault("blank cell", _blank(APPLICATIONS), APPLICATIONS, "completeness", rules=("applications_cells_printed",)),
    Fault("null total", _null_total, APPLICATIONS, "completeness", rules=("applications_cells_printed",)),
    Fault("misread digit beside a good copy", _bad_copy, APPLICATIONS, "identities", is_single=True),
    Fault("two cells swapped", _swap, APPLICATIONS, "identities"),
    Fault("shifted row", _shift_row, APPLICATIONS, "identities"),
    Fault("shifted column", _shift_column, APPLICATIONS, "identities"),
    Fault("row read as zeros", _zero_row, APPLICATIONS, "identities"),
    Fault("dropped row, the others moved up", _drop_row, APPLICATIONS, "identities"),
    Fault("wrong unit of a row", _unit_of_row, APPLICATIONS, "identities"),
    Fault("misread digit, table 四", _one(CASES, 0, _misread), CASES, "identities"),
    Fault("dropped digit, table 四", _one(CASES, 10, _drop), CASES, "identities"),
    Fault("blank cell, table 四", _blank(CASES), CASES, "completeness", rules=("cases_cells_printed",)),
    Fault("misread digit, table 二", _one(DISCLOSURES, 0, _misread), DISCLOSURES, "nothing"),
)
