"""Turned tables: the form prints their rows side by side, a document its columns as rows; put as the form has them.

Every figure stands where the label of its column and that of its row meet; where any label is not there, or stands
twice, nothing is turned.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import takewhile

from msgspec import structs

from contracts.form import Table, form
from pipelines.extract.form_reader.labels import Label
from pipelines.extract.form_reader.tokens import Token

_MOST_HEADERS = 3  # rows above the figures in which the labels of the form's rows stand
_SIDE_BY_SIDE = "rows_side_by_side"
Row = Sequence[Token]


def turn_tables(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, with the labels and figures of each turned table in the order of the form's layout."""
    turned: list[Token] = []
    rows = list(_rows(tokens))
    place = 0
    while place < len(rows):
        found = next((found for table in _tables() if (found := _turned(rows, place, table))), None)
        if found is None:
            turned += rows[place]
            place += 1
        else:
            added, place = found
            turned += added
    return turned


@cache
def _tables() -> tuple[Table, ...]:
    """The tables whose rows stand side by side, in one version: the others label them alike."""
    found = (form().versions[form().versions_with(name)[0]].tables[name] for name in form().tables)
    return tuple(table for table in found if table.layout == _SIDE_BY_SIDE)


def _rows(tokens: Sequence[Token]) -> Iterator[Row]:
    """The rows of cells with their ends; each other token alone."""
    row: list[Token] = []
    for token in tokens:
        row.append(token)
        if not token.in_row or token.kind == "row_end":
            yield row
            row = []
    yield row


def _turned(rows: Sequence[Row], first: int, table: Table) -> tuple[list[Token], int] | None:
    """The turned table that begins with a row, and the place of the row behind it."""
    if not _named(rows[first], table):
        return None
    headers = list(takewhile(lambda row: not _result(row, table), rows[first : first + _MOST_HEADERS]))
    below = rows[first + len(headers) :][: len(table.columns)]
    results = [_result(row, table) for row in below]
    named = [one for row in headers for one in _named(row, table)]
    columns = {token.column: name for name, token in named}
    is_whole = sorted(columns.values()) == sorted(table.rows) and len(named) == len(columns)
    if not is_whole or sorted(results) != sorted(table.columns):
        return None
    figures = [found for row in below if (found := _figures(row, columns)) is not None]
    is_over = any(token.slot is not None and token.slot.is_printed for row in headers for token in row)
    if is_over or len(figures) != len(below):
        return None
    labels = {token.column: token for _, token in named}
    return list(_printed(labels, below, figures, table)), first + len(headers) + len(below)


def _named(row: Row, table: Table) -> list[tuple[str, Token]]:
    """The form's rows that cells name, each by itself, with their cells."""
    cells = [(token, token.matches[0].row(table, bare=True)) for token in row if len(token.matches) == 1]
    return [(name, token) for token, name in cells if name and token.column >= 0]


def _result(row: Row, table: Table) -> str:
    """The form's column that the only label in a row that the table has names."""
    labelled = [token for token in row if _labels(token, table)]
    names = {label.id for token in labelled for label in _labels(token, table) if label.kind == "column"}
    return names.pop() if len(labelled) == len(names) == 1 else ""


def _labels(token: Token, table: Table) -> list[Label]:
    return [label for match in token.matches for label in match.labels if label.table == table.id]


def _figures(row: Row, columns: Mapping[int, str]) -> dict[int, Token] | None:
    """The figure in each of the columns; None if one is not there, or a figure stands elsewhere."""
    found = {token.slot.column: token for token in row if token.slot is not None and token.slot.column in columns}
    others = (token for token in row if token.slot is not None and token.slot.column not in columns)
    is_lost = any(token.slot is not None and token.slot.is_printed for token in others)
    return None if is_lost or found.keys() != columns.keys() else found


def _printed(
    labels: Mapping[int, Token], rows: Sequence[Row], figures: Sequence[Mapping[int, Token]], table: Table
) -> Iterator[Token]:
    """Labels of the form's rows, under each of them the labels of its columns, and a line of all figures below."""
    order = sorted(labels)
    for place, column in enumerate(order):
        yield structs.replace(labels[column], column=place * len(rows))
    results = [next(token for token in row if _labels(token, table)) for row in rows]
    yield from (structs.replace(token, column=column) for column, token in enumerate(results * len(order)))
    yield structs.replace(rows[0][-1], width=len(rows) * len(order))
    line = [row[column] for column in order for row in figures]
    for place, token in enumerate(line):
        if token.slot is not None:
            yield structs.replace(token, slot=structs.replace(token.slot, column=place))
    yield structs.replace(rows[-1][-1], width=len(line))
