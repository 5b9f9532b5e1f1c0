"""The cells of a decoded report as flat lists, row after row, and which cell stands where in them.

Written as objects, cells are most of a line, and DuckDB looks up every name in every line. As lists they are a tenth
as long. A report has one list for each version of the form that its tables follow; a table of another version
is a stretch of nulls in it. Rows with a cell that is no integer go to lists of texts, whole.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import astuple

from contracts.form import Cell, form


class FlatCells(Struct, frozen=True):
    """The form version of each table, and by version the cells of rows of integers and of other rows."""

    form_versions: dict[str, str]
    integers: dict[str, list[int | None]]
    texts: dict[str, list[int | str | None]]


class _Rows(Struct, frozen=True):
    """Some rows of a table: how they are read from its cells, and as many nulls for each as it has cells."""

    read: Callable[[Any], tuple[Any, ...]]
    blanks: tuple[tuple[None, ...], ...]

    @property
    def missing(self) -> tuple[None, ...]:
        """The rows of a table that is not there."""
        return (None,) * len(self.blanks)


class _TableLayout(Struct, frozen=True):
    """The rows of one table of one version."""

    table: str
    integer_rows: _Rows
    text_rows: _Rows


def _rows(rows: list[tuple[str, list[Cell]]]) -> _Rows:
    names = [row for row, _ in rows]
    read = attrgetter(*names) if len(names) > 1 else lambda cells: tuple(getattr(cells, name) for name in names)
    return _Rows(read, tuple((None,) * len(cells) for _, cells in rows))


@cache
def _form_tables() -> tuple[str, ...]:
    return form().tables


def _rows_of(version: str, table: str) -> Iterator[tuple[str, list[Cell]]]:
    declared = form().versions[version].tables[table]
    for row in declared.rows:
        yield row, [cell for cell in declared.cells if cell.row == row]


def _is_integer_row(cells: list[Cell]) -> bool:
    return all(cell.type == "integer" for cell in cells)


@cache
def _layouts(version: str) -> tuple[_TableLayout, ...]:
    layouts: list[_TableLayout] = []
    for table in form().versions[version].tables:
        rows: dict[bool, list[tuple[str, list[Cell]]]] = {True: [], False: []}
        for row, cells in _rows_of(version, table):
            rows[_is_integer_row(cells)].append((row, cells))
        layouts.append(_TableLayout(table, _rows(rows[True]), _rows(rows[False])))
    return tuple(layouts)


def cells_in_order(version: str) -> tuple[list[Cell], list[Cell]]:
    """The cells of a version in the order of its list of integers and of its list of texts."""
    rows = [cells for table in form().versions[version].tables for _, cells in _rows_of(version, table)]
    return (
        [cell for cells in rows if _is_integer_row(cells) for cell in cells],
        [cell for cells in rows if not _is_integer_row(cells) for cell in cells],
    )


def _extend(flat: list[Any], cells: Any, rows: _Rows) -> None:  # noqa: ANN401 - a struct made from the form
    """Add a table's rows to a list; of a table that is not there (None) the blanks."""
    found = rows.read(cells) if cells is not None else rows.missing
    if all(found):
        flat.extend(chain.from_iterable(map(astuple, found)))
        return
    for row, blank in zip(found, rows.blanks, strict=True):
        flat.extend(blank if row is None else astuple(row))


def flatten_cells(tables: Any) -> FlatCells:  # noqa: ANN401 - a struct made from the form
    """The cells of a report's tables as flat lists."""
    present = {table: getattr(tables, table) for table in _form_tables()}
    versions = {
        table: type(content).__struct_config__.tag for table, content in present.items() if content is not UNSET
    }
    flat = FlatCells(versions, {}, {})
    for version in dict.fromkeys(versions.values()):
        integers = flat.integers[version] = []
        texts = flat.texts[version] = []
        for layout in _layouts(version):
            follows = versions.get(layout.table) == version
            cells = present[layout.table].cells if follows else None
            _extend(integers, cells, layout.integer_rows)
            _extend(texts, cells, layout.text_rows)
    return flat
