"""What a raw extracted JSON names must exist: cells, rows, indicators, and claims that can be worked out in some order.

All of it is looked up in sets made once from the form: this runs for every report of a load.
"""

from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter

from msgspec import UNSET

from contracts.form import form
from contracts.raw_json import Claim, Reading, Report

_CLAIM = "claim."


@cache
def _cell_ids(version: str) -> frozenset[str]:
    return frozenset(form().versions[version].cells)


@cache
def _table_ids() -> frozenset[str]:
    return frozenset(form().tables)


@cache
def _row_ids() -> frozenset[str]:
    return frozenset(f"{cell.table}.{cell.row}" for cell in form().cells.values())


@cache
def _indicator_ids() -> frozenset[str | None]:
    return frozenset([None, *form().indicators])


def version_of(report: Report, cell_id: str) -> str | None:
    """The version of the form that the table of a cell follows in a report; None if that has no such table or cell."""
    table_id = cell_id.partition(".")[0]
    table = getattr(report.tables, table_id, UNSET) if table_id in _table_ids() else UNSET
    if table is UNSET:
        return None
    version: str = type(table).__struct_config__.tag
    return version if cell_id in _cell_ids(version) else None


def _names_something(report: Report, reading: Reading) -> bool:
    """A heading's reading names its table, every other one a cell."""
    return reading.cell in _table_ids() or version_of(report, reading.cell) is not None


def _find_unknown(report: Report) -> Iterator[str]:
    for reading in report.readings:
        if not _names_something(report, reading):
            yield f"{reading.cell}: is no cell of the report's tables, and no table"
    if not report.spans.keys() <= _row_ids():
        unknown = sorted(report.spans.keys() - _row_ids())
        yield f"spans: {', '.join(unknown)}: no row of the form"
    for entry in report.legacy.indicators if report.legacy else ():
        if entry.indicator not in _indicator_ids():
            yield f"{entry.label}: {entry.indicator} is no declared indicator"


def unknown_names(report: Report) -> list[str]:
    """What a report's readings, spans and indicators name that the form does not have; empty if nothing."""
    return list(_find_unknown(report))


def circular_claims(claims: list[Claim]) -> list[str]:
    """The circle, if there is one, in which claims are each other's operands: nothing in it could be worked out."""
    graph: dict[str, set[str]] = {}
    for claim in claims:
        others = {
            term.operand.removeprefix(_CLAIM) for term in (*claim.terms, *claim.base) if term.operand.startswith(_CLAIM)
        }
        if others:
            graph.setdefault(claim.id, set()).update(others - {claim.id})
    if not graph:  # as nearly always; a sorter of nothing costs as much as the claims
        return []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [f"claims refer to each other in a circle: {', '.join(error.args[1])}"]
    return []
