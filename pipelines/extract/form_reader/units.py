"""Units: runs of figures with the cells they should fill, one row or several that hang together."""

from collections.abc import Iterable
from itertools import accumulate

from msgspec import Struct

from contracts.form import Cell, form
from contracts.raw_json import Span
from pipelines.extract.form_reader.blocks import Block
from pipelines.extract.form_reader.columns import read_column_orders
from pipelines.extract.form_reader.figures import Slot
from pipelines.extract.form_reader.ledger import cells_of_rows
from pipelines.extract.form_reader.runs import Run, RunsRead, read_runs
from pipelines.extract.form_reader.side_by_side import printed_order, read_bands, shared_runs

_RAGGED_SHARE = 4  # one row in so many may have figures in the columns of labels
_SLACK = 2  # figures by which a run may miss the length of a row that is found by its place alone


class Unit(Struct, frozen=True):
    """Cells in printed order and the figures that were printed for them.

    `placed`: rows whose label is not there and which their place decides. `positions`: `exact` if each place of the
    run is one cell, `loose` if blanks stand beside a full count of figures, `unclear` if the header does not say which
    figure stands in which column, `open` otherwise. `is_below_labels`: one line of cells from the column of the first
    label on, which stands above it; no cell of the line is left over from a label.
    """

    cells: tuple[Cell, ...]
    slots: tuple[Slot, ...]
    placed: tuple[str, ...]
    positions: str
    is_below_labels: bool = False


class UnitsRead(Struct, frozen=True):
    """The units of a block, the figures that belong to no row, and where each row was printed."""

    units: list[Unit]
    aside: list[Slot]
    spans: dict[str, Span]


class _UnitReader:
    """Gives each run its rows: by its label, by its place between labels, or as the only one that is left."""

    def __init__(self, block: Block, read: RunsRead) -> None:
        self._table = form().versions[block.version].tables[block.table]
        self._columns = read_column_orders(block)
        self._cells = {
            row: _in_order(cells, self._columns.orders.get(row))
            for row, cells in cells_of_rows(block.version, block.table).items()
        }
        self._read = read
        _drop_merged_cells(read.runs, is_side_by_side=self._table.layout == "rows_side_by_side")
        self._behind = [slot for run in read.runs if run.row for slot in run.drop_words(len(self._cells[run.row]))]
        self._order = list(self._cells)
        self._labelled = {run.row: run for run in read.runs if run.row and run.slots}
        self._missing = [row for row in self._order if row not in read.row_labels]
        self._rows: list[tuple[list[str], Run]] = [([run.row], run) for run in self._labelled.values()]
        self._loose = [run for run in read.runs if not run.row and run.solid and not run.is_aside]
        self._placed: set[str] = set()

    def read(self) -> UnitsRead:
        if self._table.layout == "rows_side_by_side" and self._take_side_by_side():
            self._loose.clear()
        else:
            self._place_runs_between_labels()
            if not self._read.in_rows:
                self._extend_runs()
            self._place_last_run()
        units = [self._unit(rows, run) for rows, run in self._rows]
        used = {id(slot) for unit in units for slot in unit.slots}
        aside = [slot for run in self._read.runs for slot in run.numbers if id(slot) not in used]
        return UnitsRead(units, [*aside, *self._behind], self._spans())

    def _spans(self) -> dict[str, Span]:
        spans = {run.row: run.span for run in self._read.runs if run.row}
        for rows, run in self._rows:
            for row in rows:
                spans.setdefault(row, run.span)
        return spans

    def _unit(self, rows: list[str], run: Run) -> Unit:
        cells = tuple(cell for row in rows for cell in self._cells[row])
        slots = tuple(run.slots)
        if not self._columns.unclear.isdisjoint(rows):
            return Unit(cells, slots, tuple(row for row in rows if row in self._placed), "unclear")
        if all(slot.kind == "blank" for slot in slots[len(cells) :]) and self._is_positional(run, len(cells)):
            slots = slots[: len(cells)]
            placed = tuple(row for row in rows if row in self._placed)
            return Unit(cells, slots, placed, "exact", is_below_labels=self._is_below_labels(slots))
        solid = len(run.solid)
        positions = "loose" if solid == len(cells) and solid != len(slots) else "open"
        if solid == len(cells) and not (run.row and self._read.in_rows) and self._are_together(rows, run):
            positions, slots = "exact", tuple(run.solid)
        return Unit(cells, slots, tuple(row for row in rows if row in self._placed), positions)

    def _is_positional(self, run: Run, count: int) -> bool:
        """Whether the first `count` places of the run are its cells, blank or not."""
        length, usual = len(run.slots), self._read.usual_width
        if length < count:
            return False
        if len(run.solid) == length:
            return True
        if not self._read.in_rows:
            return length == count and (run.slots[-1].kind != "blank" or not self._has_trailing_blanks())
        if not run.row and run.slots[0].kind == "blank":
            return length == count and not self._has_trailing_blanks()
        if self._has_padding() and run.slots[count - 1].kind == "blank" and run.solid:
            return False  # figures that were left out and cells that fill the row up look the same
        if run.width and usual:
            return run.width == usual or (length == count and run is self._read.runs[-1])
        return length == count and not self._has_trailing_blanks()

    def _is_below_labels(self, slots: tuple[Slot, ...]) -> bool:
        """Whether places stand in a line, each in a column of its own from that of the first label above them on."""
        first = min((run.column for run in self._read.runs if run.row), default=-1)
        is_below = self._table.layout == "rows_side_by_side" and first >= 0
        return is_below and all(slot.column == column for column, slot in enumerate(slots, start=first))

    def _are_together(self, rows: list[str], run: Run) -> bool:
        """Whether blank cells stand around the rows of a run only, as a label that is gone leaves them."""
        ends = list(accumulate(len(self._cells[row]) for row in rows))
        allowed = {ends[-1], *ends[:-1], *(() if run.row else (0,))}
        places = accumulate(slot.kind != "blank" for slot in run.slots)
        return all(place in allowed for place, slot in zip(places, run.slots, strict=True) if slot.kind == "blank")

    def _has_padding(self) -> bool:
        """Whether rows have more cells than the form gives them."""
        return self._table.layout == "rows_below" and any(
            len(run.slots) > len(self._cells[row]) for row, run in self._labelled.items()
        )

    def _has_trailing_blanks(self) -> bool:
        """Whether rows go on with empty cells behind a full count of figures, as merged cells leave them."""
        return any(
            len(run.solid) == len(self._cells[row]) and run.slots[-1].kind == "blank"
            for row, run in self._labelled.items()
        )

    def _take_side_by_side(self) -> bool:
        """All rows in one run; their order is that of their labels. Whether the table is printed so."""
        cells = sum(map(len, self._cells.values()))
        longest = max(self._read.runs, key=lambda run: (run.room, len(run.slots)), default=None)
        if longest is None:
            return False
        if bands := read_bands(self._read.runs, self._cells):
            self._rows = bands
            return True
        if max(longest.room, len(longest.slots)) <= cells // 2 and not self._is_behind_all_labels(longest):
            shared = set(map(id, shared_runs(self._read.runs)))
            self._rows = [(rows, run) for rows, run in self._rows if id(run) not in shared]
            return False
        printed = printed_order(self._read, self._order)
        rows = printed if set(printed) == set(self._order) else self._order
        self._rows = [(rows, longest)]
        return True

    def _is_behind_all_labels(self, run: Run) -> bool:
        """Whether the labels of all rows stand before the only figures."""
        others = [other for other in self._read.runs if other is not run]
        return set(self._read.row_labels) == set(self._order) and not any(other.solid for other in others)

    def _neighbours(self, run: Run) -> tuple[str, str]:
        """The labelled rows before and behind a run in print."""
        at = next(place for place, other in enumerate(self._read.runs) if other is run)
        named = [(place, other.row) for place, other in enumerate(self._read.runs) if other.row in self._labelled]
        before = [row for place, row in named if place < at]
        behind = [row for place, row in named if place > at]
        return (before[-1] if before else "", behind[0] if behind else "")

    def _bounds(self, before: str, behind: str) -> tuple[int, int]:
        """The places in the form of the rows before and behind a gap; beyond its ends where there is none."""
        first = self._order.index(before) if before else -1
        return first, self._order.index(behind) if behind else len(self._order)

    def _missing_between(self, before: str, behind: str) -> list[str]:
        """The rows not found yet that the form has between two rows; or beside one of them, if these changed places."""
        first, last = self._bounds(before, behind)
        if first < last:
            return [row for row in self._order[first + 1 : last] if row in self._missing]
        beside = (self._order[place] for place in (first + 1, last - 1) if 0 <= place < len(self._order))
        return [row for row in beside if row in self._missing]

    def _place_runs_between_labels(self) -> None:
        gaps: dict[tuple[str, str], list[Run]] = {}
        for run in self._loose:
            gaps.setdefault(self._neighbours(run), []).append(run)
        for (before, behind), runs in gaps.items():
            rows = self._missing_between(before, behind)
            if rows and not self._is_any_waiting(before, behind):
                self._place(rows, runs)

    def _is_any_waiting(self, before: str, behind: str) -> bool:
        """Whether the form has between two rows one whose label was found without figures: they may be any run's."""
        first, last = self._bounds(before, behind)
        return any(row in self._read.row_labels and row not in self._labelled for row in self._order[first + 1 : last])

    def _place(self, rows: list[str], runs: list[Run]) -> None:
        """Rows of one gap to its runs, one each; more runs than rows are one unit that is left open."""
        fitting = [run for run in runs if any(self._fits(row, run) for row in rows)]
        exact = [run for run in fitting if any(len(run.solid) == len(self._cells[row]) for row in rows)]
        chosen = exact if len(exact) == len(rows) else fitting
        if len(chosen) == len(rows):
            for row, run in zip(rows, chosen, strict=True):
                self._give([row], run)
        elif len(rows) == 1 and chosen:
            merged = Run("", chosen[0].span, [slot for run in chosen for slot in run.slots], width=chosen[0].width)
            self._give(rows, merged)
            self._loose = [run for run in self._loose if all(run is not other for other in chosen)]

    def _fits(self, row: str, run: Run) -> bool:
        count = len(self._cells[row])
        return len(run.solid) > 0 and abs(len(run.solid) - count) <= min(_SLACK, count)

    def _give(self, rows: list[str], run: Run) -> None:
        self._rows.append((rows, run))
        self._placed.update(rows)
        self._missing = [row for row in self._missing if row not in rows]
        self._loose = [other for other in self._loose if other is not run]

    def _extend_runs(self) -> None:
        """Runs that are too long hold the rows whose labels are not there behind their own.

        A single figure can be that of the row without label, too: then it is left open whose it is. So can glued ones,
        if their digits are enough for both rows.
        """
        for rows, run in self._rows:
            own = len(self._cells[rows[0]])
            is_glued = any(slot.kind == "glued" for slot in run.slots)
            extra = (run.room if is_glued else len(run.solid)) - own
            if not run.row or extra < 0:
                continue
            candidates = self._candidates_behind(run)
            lengths = [len(self._cells[row]) for row in candidates]
            if is_glued:
                added = sum(length <= extra for length in accumulate(lengths))
            else:
                added = 1 if extra == 0 and own == 1 and lengths[:1] == [1] else _best_extension(lengths, extra)
            self._placed.update(candidates[:added])
            self._missing = [row for row in self._missing if row not in candidates[:added]]
            rows.extend(candidates[:added])

    def _candidates_behind(self, run: Run) -> list[str]:
        """The rows without label that can stand behind a labelled run: by its place, or the last one."""
        between = self._missing_between(run.row, self._row_behind(run))
        is_long = len(self._missing) == 1 and len(self._cells[self._missing[0]]) > _SLACK * 2
        return between or (list(self._missing) if is_long else [])

    def _row_behind(self, run: Run) -> str:
        named = [other for other in self._read.runs if other.row in self._labelled]
        place = next(place for place, other in enumerate(named) if other is run)
        return named[place + 1].row if place + 1 < len(named) else ""

    def _place_last_run(self) -> None:
        """The one run that is left is the one row that is left, labels without figures counted."""
        if len(self._missing) == 1 and self._labelled.keys() == set(self._read.row_labels):
            fitting = [run for run in self._loose if self._fits(self._missing[0], run)]
            if len(fitting) == 1 and self._fits(self._missing[0], fitting[0]):
                self._give(list(self._missing), fitting[0])


def _in_order(cells: tuple[Cell, ...], columns: tuple[str, ...] | None) -> tuple[Cell, ...]:
    return cells if columns is None else tuple(sorted(cells, key=lambda cell: columns.index(cell.column)))


def _drop_merged_cells(runs: Iterable[Run], *, is_side_by_side: bool) -> None:
    """Take the empty cells away that merged labels leave before the figures of a true grid.

    In a true grid figures stand in columns behind those of all labels, but for a row whose cells are lost. Where rows
    stand side by side, their labels stand above a row of figures, whose first cells may be empty of themselves.
    """
    labelled = [run for run in runs if run.row]
    last = max((run.column for run in labelled), default=-1)
    ragged = sum(any(slot.column <= last for slot in run.solid) for run in labelled)
    if ragged * _RAGGED_SHARE > len(labelled):
        return
    for run in runs:
        if is_side_by_side and not run.row and any(slot.column <= last for slot in run.solid):
            continue
        while run.slots and run.slots[0].kind == "blank" and 0 <= run.slots[0].column <= last:
            del run.slots[0]


def _best_extension(lengths: Iterable[int], extra: int) -> int:
    """How many rows of these lengths come nearest to `extra` figures."""
    best, rest, nearest = 0, extra, extra
    for count, length in enumerate(lengths, start=1):
        rest -= length
        if abs(rest) < nearest:
            best, nearest = count, abs(rest)
    return best


def read_units(block: Block) -> UnitsRead:
    """The units of a table's block."""
    return _UnitReader(block, read_runs(block)).read()
