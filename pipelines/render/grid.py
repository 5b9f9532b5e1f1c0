"""The three tables of the form as grids of merged cells, in the structure of the official Word file."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from contracts.form import Column, Group, Row, Table
from pipelines.render.report import HeaderStyle, Style, TableFigures, Value

NARROW_LABEL = 4  # characters of the labels that the official form breaks over two lines


class GridCell(Struct, frozen=True):
    """One cell: a label, or the place of a value (`is_value`).

    `is_continued` is the part of a vertically merged cell below its first row; `is_blank` has no value.
    """

    text: str
    colspan: int = 1
    rowspan: int = 1
    is_continued: bool = False
    is_blank: bool = False
    is_value: bool = False


class GridRow(Struct, frozen=True):
    """One row of a grid, continued cells included. `id` is the row of the form, if it is one; `stray` a flaw."""

    cells: tuple[GridCell, ...]
    id: str = ""
    stray: str = ""


class Grid(Struct, frozen=True):
    """A table of `width` columns; the column spans of each row add up to `width`."""

    width: int
    rows: tuple[GridRow, ...]


class _Writer:
    """Writes cells of one table in one style."""

    def __init__(self, table: Table, figures: TableFigures, style: Style, remarks: dict[str, str]) -> None:
        self.table = table
        self._cells = figures.cells
        self._style = style
        self._remarks = remarks

    def header(self, column: Column, *, is_narrow: bool) -> str:
        remark = self._remarks.get(f"{self.table.id}.{column.id}", "")
        headers = self._style.headers if is_narrow else "whole"
        if headers == "truncated" and self.table.layout == "rows_below":
            headers = "broken"  # pages cut off the headers of the widest table only
        return _broken(column.zh, headers) + remark

    def values(self, row: str) -> Iterator[Value]:
        printed = self._cells.get(row, {})
        return (printed.get(column) for column in self.table.columns_of(row))

    def value(self, value: Value, colspan: int = 1) -> GridCell:
        if value is None:
            return GridCell(self._style.blank or "", colspan, is_blank=True, is_value=True)
        return GridCell(str(value), colspan, is_value=True)


def _broken(label: str, headers: HeaderStyle) -> str:
    if headers == "whole" or len(label) != NARROW_LABEL:
        return label
    half = NARROW_LABEL // 2
    return label[:half] if headers == "truncated" else f"{label[:half]}\n{label[half:]}"


def _label(item: Row | Group) -> str:
    return item.ordinal + item.zh


def _spread(count: int, width: int) -> Iterator[int]:
    """`count` column spans over `width` columns, the last one taking what is left."""
    base = width // count
    return (base if place < count - 1 else width - base * (count - 1) for place in range(count))


def _rows_by_group(table: Table) -> Iterator[tuple[Group, list[Row]]]:
    for group in table.groups.values():
        yield group, [row for row in table.rows.values() if row.group == group.id]


def _disclosure_grid(writer: _Writer) -> Grid:
    """Table 二: one block for each item of article 20, each with its own column headers."""
    table = writer.table
    blocks = list(_rows_by_group(table))
    values = max(len(row.columns) for _, rows in blocks for row in rows)
    lines: list[GridRow] = []
    for group, rows in blocks:
        lines.append(GridRow((GridCell(group.zh, values + 1),)))
        columns = [table.columns[name] for name in rows[0].columns]
        spans = list(_spread(len(columns), values))
        headers = [
            GridCell(writer.header(column, is_narrow=False), span) for column, span in zip(columns, spans, strict=True)
        ]
        lines.append(GridRow((GridCell(table.stub), *headers)))
        for row in rows:
            cells = [writer.value(value, span) for value, span in zip(writer.values(row.id), spans, strict=True)]
            lines.append(GridRow((GridCell(row.zh), *cells), row.id))
    return Grid(values + 1, tuple(lines))


def _path(table: Table, row: Row) -> tuple[Group, ...]:
    """The groups over a row, outermost first."""
    groups: tuple[Group, ...] = ()
    name = row.group
    while name:
        groups = (table.groups[name], *groups)
        name = table.groups[name].parent
    return groups


def _applicant_headers(writer: _Writer, label_width: int) -> Iterator[GridRow]:
    table = writer.table
    columns = list(table.columns.values())
    yield GridRow((GridCell(table.stub, label_width, 3), GridCell(table.column_stub, len(columns))))
    continued = GridCell("", label_width, is_continued=True)
    second, third, seen = [continued], [continued], set[str]()
    for column in columns:
        if not column.group:
            second.append(GridCell(column.zh, rowspan=2))
            third.append(GridCell("", is_continued=True))
            continue
        third.append(GridCell(writer.header(column, is_narrow=True)))
        if column.group not in seen:
            seen.add(column.group)
            members = sum(other.group == column.group for other in columns)
            second.append(GridCell(table.column_groups[column.group].zh, members))
    yield GridRow(tuple(second))
    yield GridRow(tuple(third))


def _applications_grid(writer: _Writer) -> Grid:
    """Table 三: three header rows, and up to three label columns merged over the rows of a group."""
    table = writer.table
    paths = {row.id: _path(table, row) for row in table.rows.values()}
    depth = max(map(len, paths.values())) + 1
    members = {group: sum(any(g.id == group for g in path) for path in paths.values()) for group in table.groups}
    lines = list(_applicant_headers(writer, depth))
    seen: set[str] = set()
    for row in table.rows.values():
        labels: list[GridCell] = []
        for group in paths[row.id]:
            is_first = group.id not in seen
            seen.add(group.id)
            first = GridCell(_label(group), rowspan=members[group.id])
            labels.append(first if is_first else GridCell("", is_continued=True))
        labels.append(GridCell(_label(row), depth - len(labels)))
        lines.append(GridRow((*labels, *map(writer.value, writer.values(row.id))), row.id))
    return Grid(depth + len(table.columns), tuple(lines))


def _side_by_side_grid(writer: _Writer) -> Grid:
    """Table 四: the rows of the form stand side by side under three header rows; one row of figures."""
    table = writer.table
    columns = list(table.columns.values())
    each = len(columns)
    first: list[GridCell] = []
    second: list[GridCell] = []
    third: list[GridCell] = []
    seen: set[str] = set()
    for row in table.rows.values():
        if not row.group:
            first.append(GridCell(row.zh, each))
            # The very first header is printed in one piece even where the others are broken.
            names = [writer.header(c, is_narrow=bool(second or place)) for place, c in enumerate(columns)]
            second.extend(GridCell(name, rowspan=2) for name in names)
            third.extend(GridCell("", is_continued=True) for _ in columns)
            continue
        if row.group not in seen:
            seen.add(row.group)
            members = sum(other.group == row.group for other in table.rows.values())
            first.append(GridCell(table.groups[row.group].zh, each * members))
        second.append(GridCell(row.zh, each))
        third.extend(GridCell(writer.header(column, is_narrow=True)) for column in columns)
    values = tuple(writer.value(value) for row in table.rows for value in writer.values(row))
    headers = (GridRow(tuple(cells)) for cells in (first, second, third))
    return Grid(each * len(table.rows), (*headers, GridRow(values)))


def build_grid(
    table: Table, figures: TableFigures, style: Style, remarks: dict[str, str], strays: dict[str, str]
) -> Grid:
    """The printed grid of one table of the form, in simplified characters.

    Args:
        table: the table in the version that is printed.
        figures: its values; what they do not name is blank.
        style: how headers and blanks are printed.
        remarks: text after the label of a column, by `table.column`.
        strays: a number of no cell at the start of a row, by `table.row`.
    """
    writer = _Writer(table, figures, style, remarks)
    if table.layout == "rows_side_by_side":
        grid = _side_by_side_grid(writer)
    elif table.column_groups:
        grid = _applications_grid(writer)
    else:
        grid = _disclosure_grid(writer)
    return Grid(grid.width, tuple(_with_strays(grid.rows, table.id, strays)))


def _with_strays(rows: Iterable[GridRow], table: str, strays: dict[str, str]) -> Iterator[GridRow]:
    for row in rows:
        yield GridRow(row.cells, row.id, strays.get(f"{table}.{row.id}", ""))
