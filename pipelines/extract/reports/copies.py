"""Copies: a report that one document prints twice is one report; where the copies differ, neither is believed."""

from collections.abc import Iterator

from contracts.raw_json import Reading
from pipelines.extract.errors import Unreadable
from pipelines.extract.form_reader import TablesRead
from pipelines.extract.form_reader.ledger import rules_of

_MOST_DIFFERENT = 0.25
Value = int | str | None


def merge_copies(first: TablesRead, second: TablesRead) -> None:
    """Take the tables that only the second copy has, and give up the cells in which the two differ.

    A cell that differs becomes null, with the reading `ambiguous` and the figures of both as candidates; proofs that
    need such a cell are withdrawn.

    Raises:
        Unreadable: `several_reports`, if the two differ so much that they are no copies.
    """
    for table, content in second.tables.items():
        if table not in first.tables:
            _take(first, second, table)
            continue
        own = first.tables[table]["cells"]
        differing = list(_differing(own, content["cells"]))
        count = sum(len(cells) for cells in own.values())
        if len(differing) > count * _MOST_DIFFERENT:
            detail = f"table {table} is printed twice and {len(differing)} of {count} cells differ"
            raise Unreadable("several_reports", detail)
        if differing:
            _give_up(first, second, table, differing)


def _take(first: TablesRead, second: TablesRead, table: str) -> None:
    first.tables[table] = second.tables[table]
    first.readings += [reading for reading in second.readings if _table_of(reading.cell) == table]
    first.leftovers += [leftover for leftover in second.leftovers if leftover.table == table]
    first.spans.update({row: span for row, span in second.spans.items() if _table_of(row) == table})
    first.places.update({cell: span for cell, span in second.places.items() if _table_of(cell) == table})


def _table_of(name: str) -> str:
    return name.partition(".")[0]


def _differing(own: dict[str, dict[str, Value]], other: dict[str, dict[str, Value]]) -> Iterator[tuple[str, str]]:
    """Row and column of each cell that two tables do not share with the same value."""
    for row, cells in own.items():
        for column, value in cells.items():
            if row not in other or column not in other[row] or other[row][column] != value:
                yield row, column
    for row, cells in other.items():
        yield from ((row, column) for column in cells if row not in own)


def _give_up(first: TablesRead, second: TablesRead, table: str, differing: list[tuple[str, str]]) -> None:
    own, other = first.tables[table]["cells"], second.tables[table]["cells"]
    if own.keys() != other.keys():
        raise Unreadable("several_reports", f"table {table} is printed twice, in two versions of the form")
    given_up: dict[str, Reading] = {}
    for row, column in differing:
        cell = f"{table}.{row}.{column}"
        values = [value for value in (own[row][column], other[row][column]) if value is not None]
        note = "printed twice, differently" if len(values) > 1 else "printed twice, once without this figure"
        given_up[cell] = Reading(
            cell=cell, state="ambiguous", candidates=values, note=note, span=first.spans.get(f"{table}.{row}")
        )
        own[row][column] = None
    kept = [reading for reading in first.readings if reading.cell not in given_up]
    first.readings[:] = [*(_without_proofs(first, table, reading) for reading in kept), *given_up.values()]


def _without_proofs(read: TablesRead, table: str, reading: Reading) -> Reading:
    """A reading of a table that lost cells: nothing is proven by an identity that has no value for a term."""
    if _table_of(reading.cell) != table or reading.state not in ("blank_proven", "resolved"):
        return reading
    if reading.state == "blank_proven":
        return Reading(cell=reading.cell, state="blank", raw=reading.raw, span=reading.span, note=reading.note)
    rules = {rule.id: rule for rule in rules_of(read.tables[table]["form_version"], table)}
    whole = [name for name in reading.proof if all(_value(read, cell) is not None for cell in rules[name].weights)]
    reading.proof = whole
    if not whole:
        reading.state = "printed"
        reading.note = reading.note or "its place follows from the other cells of the row"
    return reading


def _value(read: TablesRead, cell: str) -> Value:
    table, row, column = cell.split(".")
    value: Value = read.tables[table]["cells"][row][column]
    return value
