"""Faults of reading and of typing that move many figures at once, enumerated and tested against the identities.

A line of cells (a row or a column) may have lost a figure or gained one, so that those behind it stand one place off;
a number may have been split over two cells or two joined in one; whole rows or columns may stand one place off; a row
may be lost, a unit wrong, totals left at zero. A lost figure is what the identities force: an identity spent on that
proves nothing, and a hypothesis needs one more. Totals at zero are their own evidence.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipelines.proof.equations import Changes, Equations, Values

_UNITS = (10, 100, 1000, 10_000)
_TOTALS = "totals_not_filled"
Line = tuple[int, ...]


class Hypothesis(NamedTuple):
    """What the cells said before the fault; `unknown` cells are still to be forced. `kind` names the fault."""

    kind: str
    changes: Changes
    unknown: tuple[int, ...] = ()


def find_structures(equations: Equations, values: Values, violated: dict[int, int]) -> list[tuple[str, Changes]]:
    """The structural faults that explain every violated equation, each with the cells that it changes."""
    found: dict[tuple[tuple[int, int], ...], tuple[str, Changes]] = {}
    for hypothesis in _hypotheses(equations, values, violated):
        changes = dict(hypothesis.changes)
        if equations.refuted(values, violated, changes, hypothesis.unknown):
            continue
        if hypothesis.unknown and not equations.solve_unknown(values, changes, hypothesis.unknown):
            continue
        spent = 0 if hypothesis.kind == _TOTALS else len(hypothesis.unknown)
        spare = len(equations.touched(changes)) - spent
        changes = {cell: new for cell, new in changes.items() if new != values[cell]}
        if spare > 0 and changes and equations.settles(values, violated, changes):
            found.setdefault(tuple(sorted(changes.items())), (hypothesis.kind, changes))
    return list(found.values())


def _hypotheses(equations: Equations, values: Values, violated: dict[int, int]) -> Iterator[Hypothesis]:
    wanted = set(violated)
    for line in equations.rows:
        if equations.touched(line) >= wanted:
            yield from _line_faults("row", line, values)
            yield from _wrong_unit(line, values)
    for line in equations.columns:
        if equations.touched(line) >= wanted:
            yield from _line_faults("column", line, values)
    yield from _lost_rows(equations, values, wanted)
    yield from _moved_lines("rows", equations.rows, values)
    yield from _moved_lines("columns", equations.columns, values)
    yield from _totals_not_filled(equations, values)


def _line_faults(kind: str, line: Line, values: Values) -> Iterator[Hypothesis]:
    """Within one row or column: a figure too many, one too few, one split over two cells, or two joined in one."""
    figures = [values[cell] for cell in line]
    last = len(line) - 1
    for place in range(last):
        yield _placed(f"{kind}_shifted", line, [*figures[:place], *figures[place + 1 :]], (last,))
        lost = [*figures[:place], None, *figures[place:last]]
        yield _placed(f"{kind}_shifted", line, lost, (place,))
        if kind == "row":
            yield from _joints(line, figures, place)


def _joints(line: Line, figures: Sequence[int | None], place: int) -> Iterator[Hypothesis]:
    here, behind = figures[place], figures[place + 1]
    last = len(line) - 1
    if here and behind is not None:
        joined = [*figures[:place], int(f"{here}{behind}"), *figures[place + 2 :]]
        yield _placed("number_split", line, joined, (last,))
    digits = "" if here is None else str(here)
    for cut in range(1, len(digits)):
        left, right = digits[:cut], digits[cut:]
        if right == "0" or not right.startswith("0"):
            parts = [*figures[:place], int(left), int(right), *figures[place + 1 : last]]
            yield _placed("numbers_joined", line, parts, ())


def _placed(kind: str, line: Line, figures: Sequence[int | None], unknown: tuple[int, ...]) -> Hypothesis:
    """Figures laid over the cells of a line; what is missing in the middle of them is unknown too."""
    changes: Changes = {}
    open_cells = [line[place] for place in unknown]
    for cell, figure in zip(line, figures, strict=False):
        if figure is None:
            open_cells.append(cell)
        else:
            changes[cell] = figure
    return Hypothesis(kind, changes, tuple(dict.fromkeys(open_cells)))


def _wrong_unit(line: Line, values: Values) -> Iterator[Hypothesis]:
    """All figures of a row in another unit: ten to the k-th times too large or too small."""
    known = {cell: figure for cell in line if (figure := values[cell])}
    for unit in _UNITS if known else ():
        yield Hypothesis("unit", {cell: figure * unit for cell, figure in known.items()})
        if all(figure % unit == 0 for figure in known.values()):
            yield Hypothesis("unit", {cell: figure // unit for cell, figure in known.items()})


def _lost_rows(equations: Equations, values: Values, wanted: set[int]) -> Iterator[Hypothesis]:
    """A row that is blank, zero or a copy of its neighbour, while the columns force other figures."""
    figures = [tuple(values[cell] for cell in line) for line in equations.rows]
    for place, line in enumerate(equations.rows):
        neighbours = figures[max(place - 1, 0) : place] + figures[place + 1 : place + 2]
        if not equations.touched(line) >= wanted:
            continue
        if not any(figures[place]):
            yield Hypothesis("row_lost", {}, line)
        elif figures[place] in neighbours:
            yield Hypothesis("row_repeated", {}, line)


def _moved_lines(kind: str, lines: Sequence[Line], values: Values) -> Iterator[Hypothesis]:
    """Whole rows or columns from some place on that stand one place off; the one at the end of them was lost."""
    if len(lines) < 2 or len({len(line) for line in lines}) > 1:
        return
    last = len(lines) - 1
    for first in range(last):
        yield _moved(f"{kind}_shifted", lines, values, range(first, last), 1, lines[last])
        yield _moved(f"{kind}_shifted", lines, values, range(first + 1, last + 1), -1, lines[first])


def _moved(kind: str, lines: Sequence[Line], values: Values, places: range, source: int, unknown: Line) -> Hypothesis:
    changes: Changes = {}
    missing = list(unknown)
    for place in places:
        for cell, origin in zip(lines[place], lines[place + source], strict=True):
            figure = values[origin]
            if figure is None:
                missing.append(cell)
            else:
                changes[cell] = figure
    return Hypothesis(kind, changes, tuple(missing))


def _totals_not_filled(equations: Equations, values: Values) -> Iterator[Hypothesis]:
    """Totals at zero or blank over parts that are not: of one line, and all of them."""
    empty = tuple(cell for cell, is_total in enumerate(equations.is_total) if is_total and not values[cell])
    for line in (*equations.rows, *equations.columns, tuple(range(len(values)))):
        totals = tuple(cell for cell in empty if cell in line)
        if len(totals) > 1:
            yield Hypothesis(_TOTALS, {}, totals)
