"""The record of a table: cells, and a reading for every cell that was not plainly printed in its place."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from contracts.form import Cell
from contracts.raw_json import CellState, Leftover, Reading, Span
from pipelines.extract.form_reader.arbitration import Values, Verdict
from pipelines.extract.form_reader.figures import Slot
from pipelines.extract.form_reader.ledger import Rule, cells_of_rows, propagate, rules_of, touched_rules

Cells = dict[str, dict[str, int | str | None]]


class TableRecord(Struct):
    """One table as it goes into the raw extracted JSON; `places` says where the figure of a cell was printed."""

    cells: Cells
    readings: list[Reading]
    leftovers: list[Leftover]
    places: dict[str, Span]


class _Recorder:
    """Writes the verdicts on a table's units down, then what the identities force on blank cells."""

    def __init__(self, version: str, table: str) -> None:
        self._table = table
        self._rules = rules_of(version, table)
        self._rows = cells_of_rows(version, table)
        self._cells = {cell.id: cell for cells in self._rows.values() for cell in cells}
        self._values: Values = dict.fromkeys(self._cells)
        self._readings: dict[str, Reading] = {}
        self._leftovers: list[Slot] = []
        self._places: dict[str, Span] = {}

    def record(self, verdicts: Iterable[Verdict], aside: Iterable[Slot]) -> TableRecord:
        self._leftovers += aside
        for verdict in verdicts:
            self._take(verdict)
        for name, value in self._values.items():
            if value is None and name not in self._readings:
                self._note(self._cells[name], "missing")
        self._open_impossible_rows()
        self._prove_blanks()
        self._prove_resolved()
        leftovers = [Leftover(table=self._table, raw=slot.raw, span=slot.span) for slot in self._leftovers]
        cells: Cells = {
            row: {cell.column: self._values[cell.id] for cell in row_cells} for row, row_cells in self._rows.items()
        }
        readings = [self._readings[name] for name in self._values if name in self._readings]
        return TableRecord(cells, readings, leftovers, self._places)

    def _note(self, cell: Cell, state: CellState, slot: Slot | None = None, note: str = "") -> None:
        raw, span = (slot.raw, slot.span) if slot is not None else ("", None)
        note = "; ".join(filter(None, (note, *_struck_notes([slot]))))
        self._readings[cell.id] = Reading(cell=cell.id, state=state, raw=raw, span=span, note=note)

    def _take(self, verdict: Verdict) -> None:
        if verdict.is_open or not verdict.readings:
            self._take_open(verdict)
            return
        agreed = verdict.values
        if len(verdict.compared) == 1:
            for place, cell in enumerate(verdict.unit.cells):
                self._take_cell(verdict, place, cell, agreed[cell.id])
            self._leftovers += verdict.readings[0].strays
            return
        for place, cell in enumerate(verdict.unit.cells):
            slots = [reading.slots[place] for reading in verdict.readings]
            if any(_states(slot) != _states(slots[0]) for slot in slots) or any(
                slot is not None and slot.value_in(cell) != agreed[cell.id] for slot in slots
            ):
                self._note_ambiguous(cell, slots)
            else:
                self._take_cell(verdict, place, cell, agreed[cell.id])
        strays = {tuple(slot.raw for slot in reading.strays) for reading in verdict.readings}
        if len(strays) == 1:
            self._leftovers += verdict.readings[0].strays

    def _take_cell(self, verdict: Verdict, place: int, cell: Cell, value: int | str | None) -> None:
        slot = verdict.readings[0].slots[place]
        if slot is None or slot.kind in ("blank", "mark"):
            self._note(cell, _states(slot), slot)
            return
        if value is None:
            self._note(cell, "ambiguous", slot, slot.figure.remark)
            return
        self._values[cell.id] = value
        self._places[cell.id] = slot.span
        if cell.row in verdict.unit.placed:
            self._note(cell, "resolved", slot, "no label; the row is known by its place")
        elif len(verdict.compared) > 1 and _is_doubtful(verdict, place, cell, value):
            self._note(cell, "resolved", slot)
        elif slot.figure.remark or slot.struck:
            self._note(cell, "printed", slot, slot.figure.remark)

    def _take_open(self, verdict: Verdict) -> None:
        """No identity decides: every figure that the unit's structure allows for a cell is a candidate."""
        hypotheses = verdict.readings
        for place, cell in enumerate(verdict.unit.cells):
            slots = [hypothesis.slots[place] for hypothesis in hypotheses]
            if slots and all(slot is None or slot.kind in ("blank", "mark") for slot in slots):
                self._note(cell, _states(slots[0]), slots[0])
            else:
                self._note_ambiguous(cell, slots)
        if not hypotheses:
            self._leftovers += [slot for slot in verdict.unit.slots if slot.kind != "blank"]

    def _note_ambiguous(self, cell: Cell, slots: Sequence[Slot | None]) -> None:
        printed = [slot for slot in slots if slot is not None and slot.kind in ("integer", "decimal")]
        values = {value for slot in printed if (value := slot.value_in(cell)) is not None}
        span: Span | None = printed[0].span if len(values) == 1 else None
        candidates = sorted(values, key=lambda value: (str(type(value)), value))
        raw = next((slot.raw for slot in slots if slot is not None and slot.figure.is_illegible), "")
        note = "; ".join(_struck_notes(slots))
        self._readings[cell.id] = Reading(
            cell=cell.id, state="ambiguous", raw=raw, candidates=candidates, note=note, span=span
        )

    def _in_state(self, *states: CellState) -> list[Reading]:
        return [reading for reading in self._readings.values() if reading.state in states]

    def _open_impossible_rows(self) -> None:
        """No figure of a row is taken whose sum cannot hold whatever count stands in its blank cells.

        An identity with a blank term is not assessed, so that nothing else would speak against these figures.
        """
        for rule in self._rules:
            printed = [cell for cell in rule.weights if self._values[cell] is not None]
            is_row = len({self._cells[cell].row for cell in rule.weights}) == 1
            if is_row and len(printed) < len(rule.weights) and propagate([rule], self._values).violated:
                for cell in printed:
                    span = self._readings[cell].span if cell in self._readings else None
                    candidates = [value for value in [self._values[cell]] if value is not None]
                    note = "the row cannot add up, whatever stands in its blank cells"
                    self._readings[cell] = Reading(
                        cell=cell, state="ambiguous", candidates=candidates, note=note, span=span
                    )
                    self._values[cell] = None

    def _prove_blanks(self) -> None:
        """`blank_proven` for each blank cell that identities force whose other terms are printed or proven."""
        blank = {reading.cell for reading in self._in_state("blank")}
        if not blank:
            return
        known = [
            rule
            for rule in self._rules
            if all(self._values[cell] is not None or cell in blank for cell in rule.weights)
        ]
        proven = propagate(known, self._values)
        accepted = dict(proven.forced)
        while True:
            held = {name: self._held_rules(known, name, accepted) for name in accepted}
            refused = [
                name
                for name, (_, rule) in accepted.items()
                if rule not in held[name] or not proven.violated.isdisjoint(held[name])
            ]
            if not refused:
                break
            for name in refused:  # nothing is proven by the value of a blank cell that is not proven itself
                del accepted[name]
        for name, (value, rule) in accepted.items():
            reading = self._readings[name]
            reading.state, reading.value = "blank_proven", value
            reading.proof = [rule, *(other for other in held[name] if other != rule)]

    def _held_rules(self, rules: Iterable[Rule], name: str, forced: Mapping[str, tuple[int, str]]) -> list[str]:
        """The rules over a cell whose terms all have a value, printed or forced."""
        return [
            rule.id
            for rule in touched_rules(rules, [name])
            if all(self._values[cell] is not None or cell in forced for cell in rule.weights)
        ]

    def _prove_resolved(self) -> None:
        """The identities over a resolved cell that hold are its proof; without any it is printed, with a note."""
        proven = {reading.cell: reading.value for reading in self._in_state("blank_proven")}
        values: Values = {**self._values, **proven}
        for reading in self._in_state("resolved"):
            for rule in touched_rules(self._rules, [reading.cell]):
                terms = [(values[cell], weight) for cell, weight in rule.weights.items()]
                if sum(weight * value if isinstance(value, int) else 10**18 for value, weight in terms) == 0:
                    reading.proof.append(rule.id)
            if not reading.proof:
                reading.state = "printed"
                reading.note = reading.note or "its place follows from the other cells of the row"


def _is_doubtful(verdict: Verdict, place: int, cell: Cell, value: int | str | None) -> bool:
    """Whether some of the hypotheses that were judged give the cell another value."""
    others = (hypothesis.slots[place] for hypothesis in verdict.compared)
    return any(other is None or other.value_in(cell) != value for other in others)


def _struck_notes(slots: Sequence[Slot | None]) -> list[str]:
    """What is struck out beside figures, in words."""
    return list(dict.fromkeys(struck_note(slot) for slot in slots if slot is not None and slot.struck))


def struck_note(slot: Slot) -> str:
    """What is struck out beside a figure, in words."""
    return f"struck out: {slot.struck}"


def _states(slot: Slot | None) -> CellState:
    if slot is None:
        return "missing"
    if slot.figure.is_illegible:
        return "ambiguous"
    return "blank" if slot.kind == "blank" else "mark" if slot.kind == "mark" else "printed"


def record_table(version: str, table: str, verdicts: Iterable[Verdict], aside: Iterable[Slot]) -> TableRecord:
    """Cells, readings and leftovers of one table; `aside` are figures that no unit holds."""
    return _Recorder(version, table).record(verdicts, aside)
