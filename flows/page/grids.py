"""A table of a report drawn as the form prints it, with what its findings say of each cell."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from contracts.form import Identity, Table, form
from contracts.form_model import Row


class GridCell(Struct, frozen=True):
    """One cell: what was reported, whether a violated identity holds it, and the values that explanations give it.

    `is_absent` marks a place at which the form has no cell.
    """

    value: str
    is_absent: bool = False
    violated: int = 0
    candidates: tuple[str, ...] = ()


class GridRow(Struct, frozen=True):
    """One row with its labels; `is_violated` if an identity over the row fails."""

    zh: str
    en: str
    group: str
    is_violated: bool
    cells: tuple[GridCell, ...]


class GridColumn(Struct, frozen=True):
    """One column with its labels; `is_violated` if an identity over the column fails."""

    zh: str
    en: str
    is_violated: bool


class Grid(Struct, frozen=True):
    """A table of one report."""

    zh: str
    en: str
    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]


def draw_grid(
    form_version: str,
    table_id: str,
    figures: Mapping[str, object],
    violated: Iterable[str],
    candidates: Mapping[str, Sequence[str]],
) -> Grid:
    """Draw a table of one report.

    Args:
        form_version: the version that the table follows.
        table_id: the table.
        figures: value by cell id, None where nothing was reported.
        violated: ids of the violated identities.
        candidates: the values that explanations give a cell, by cell id.

    Raises:
        KeyError: the form has no such version or table.
    """
    version = form().versions[form_version]
    table = version.tables[table_id]
    failing = [version.identities[name] for name in violated if name in version.identities]
    terms = [{term.cell.id for term in identity.terms if term.year_offset == 0} for identity in failing]
    members = {identity.id.partition(".")[2] for identity in failing}
    return Grid(
        zh=f"{table.ordinal}{table.heading['zh']}",
        en=table.heading["en"],
        columns=tuple(
            GridColumn(column.zh, column.en, column.id in members and _is_over(failing, column.id, "column"))
            for column in table.columns.values()
        ),
        rows=tuple(
            GridRow(
                zh=f"{row.ordinal}{row.zh}",
                en=row.en,
                group=table.groups[row.group].zh if row.group else "",
                is_violated=row.id in members and _is_over(failing, row.id, "row"),
                cells=_cells(table, row, figures, terms, candidates),
            )
            for row in table.rows.values()
        ),
    )


def _is_over(failing: Iterable[Identity], member: str, part: str) -> bool:
    """Whether one of the identities adds up this row or this column."""
    return any(
        identity.id.partition(".")[2] == member and all(getattr(term.cell, part) == member for term in identity.terms)
        for identity in failing
    )


def _cells(
    table: Table,
    row: Row,
    figures: Mapping[str, object],
    terms: Sequence[set[str]],
    candidates: Mapping[str, Sequence[str]],
) -> tuple[GridCell, ...]:
    having = set(table.columns_of(row.id))
    cells = []
    for column in table.columns:
        name = f"{table.id}.{row.id}.{column}"
        value = figures.get(name)
        cells.append(
            GridCell(
                value="" if value is None else str(value),
                is_absent=column not in having,
                violated=sum(name in names for names in terms),
                candidates=tuple(candidates.get(name, ())),
            )
        )
    return tuple(cells)
