"""Columns: the order in which a table's header names them, where that is not the form's."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from contracts.form import Table, form
from pipelines.extract.fold import fold
from pipelines.extract.form_reader.blocks import Block
from pipelines.extract.form_reader.tokens import Token

_UNIT_SIGNS = {"cny_10k": ("万元", "元")}  # what a header with the unit says, and the mark of any such unit


class ColumnOrders(Struct):
    """What headers say of the rows under them.

    `orders`: the columns of a row as printed, where they are not in the form's order. `unclear`: rows whose header
    contradicts the form without saying what stands where, or names another unit.
    """

    orders: dict[str, tuple[str, ...]]
    unclear: set[str]


class _Header(Struct):
    """The names of columns that stand together, and whether a name over several of them stands there, too.

    `printed`: the same with an empty name for what stands there and is no label. `has_unknown`: there is such a thing,
    as a damaged name over several columns is.
    """

    columns: list[str]
    printed: list[str]
    is_merged: bool = False
    has_unknown: bool = False
    wrong_units: set[str] = set()


def read_column_orders(block: Block) -> ColumnOrders:
    """The order of the columns of each row of a block, as its headers say."""
    table = form().versions[block.version].tables[block.table]
    if table.layout == "rows_side_by_side":
        return _side_by_side(table, block.tokens)
    found = ColumnOrders({}, set())
    for row, header in _headers_of_rows(table, block.tokens):
        order = _order_of(table, row, header)
        if order is None or header.wrong_units & set(table.columns_of(row)):
            found.unclear.add(row)
        elif order != table.columns_of(row):
            found.orders[row] = order
    return found


def _headers_of_rows(table: Table, tokens: Sequence[Token]) -> Iterator[tuple[str, _Header]]:
    """Each labelled row with the header over it."""
    header = _Header([], [])
    is_closed = False
    for index, token in enumerate(tokens):
        if token.kind == "text" and not is_closed:
            header.has_unknown = True
            header.printed.append("")
        for match in token.matches:
            column = _column_of(table, token, index, tokens, is_first=not is_closed)
            row = match.row(table, bare=True)
            if row and not column:
                is_closed = True
                yield row, header
                continue
            names = [label.id for label in match.labels if label.kind == "column" and label.table == table.id]
            is_over = any(label.kind == "group" and label.id in table.column_groups for label in match.labels)
            if (names or is_over) and is_closed:
                header, is_closed = _Header([], []), False
            header.is_merged |= is_over
            if len(names) == 1 and not match.ordinal:
                header.columns.append(names[0])
                header.printed.append(names[0])
                header.wrong_units |= _wrong_units(table, names[0], token)


def _column_of(table: Table, token: Token, index: int, tokens: Sequence[Token], *, is_first: bool) -> bool:
    """Whether a token of labels is part of a header: no figure stands behind it, or no row was there before."""
    following = tokens[index + 1] if index + 1 < len(tokens) else token
    is_named = any(match.has_column(table.id) and not match.ordinal for match in token.matches)
    return is_named and (is_first or following.slot is None)


def _wrong_units(table: Table, column: str, token: Token) -> set[str]:
    if column not in table.columns:
        return set()  # another version's column
    own, mark = _UNIT_SIGNS.get(table.columns[column].unit, ("", ""))
    text = fold(token.text)
    return {column} if mark and mark in text and own not in text else set()


def _order_of(table: Table, row: str, header: _Header) -> tuple[str, ...] | None:
    """The printed order of a row's columns; None if the header contradicts the form and does not say which it is."""
    wanted = table.columns_of(row)
    named = tuple(dict.fromkeys(column for column in header.columns if column in wanted))
    over = tuple(column for column in wanted if not table.columns[column].group)
    under = tuple(column for column in wanted if table.columns[column].group)
    if not header.is_merged and not _is_in_two_lines(named, wanted, under):
        return _complete(named, wanted) if _are_gaps_in_place(header.printed, named, wanted) else None
    if not header.is_merged and not header.has_unknown:
        return None
    printed_over = tuple(column for column in named if column in over)
    printed_under = _complete(tuple(column for column in named if column in under), under)
    if printed_under is None or not _is_in_order(printed_over, over):
        return None
    below = iter(printed_under)
    return tuple(next(below) if column in under else column for column in wanted)


def _is_in_two_lines(named: tuple[str, ...], wanted: tuple[str, ...], under: tuple[str, ...]) -> bool:
    """Whether columns stand in the order of the form's header of two lines: those without a group first."""
    is_under = [column in under for column in named]
    return any(is_under) and is_under == sorted(is_under) and not _is_in_order(named, wanted)


def _complete(named: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...] | None:
    if _is_in_order(named, wanted):
        return wanted
    return named if len(named) == len(wanted) else None


def _are_gaps_in_place(printed: Sequence[str], named: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether names that could not be read stand between the others where the form has the columns not named.

    So they do if nothing unknown stands there, or every column is named; what stands before the first name is the stub.
    """
    known = [column for column in printed if not column or column in named]
    first = next((place for place, column in enumerate(known) if column), len(known))
    found = _gaps_joined(known[first:])
    if "" not in found or len(named) == len(wanted):
        return True
    expected = _gaps_joined([column if column in named else "" for column in wanted])
    return found == (expected[1:] if expected[:1] == [""] else expected)


def _gaps_joined(columns: Sequence[str]) -> list[str]:
    return [column for place, column in enumerate(columns) if column or (place and columns[place - 1])]


def _is_in_order(named: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return named == tuple(column for column in wanted if column in named)


def _side_by_side(table: Table, tokens: Sequence[Token]) -> ColumnOrders:
    """The headers of rows that stand side by side, one after the other."""
    columns = tuple(table.columns)
    named = [
        next(label.id for label in match.labels if label.kind == "column" and label.table == table.id)
        if sum(label.kind == "column" and label.table == table.id for label in match.labels) == 1
        else ""
        for token in tokens
        for match in token.matches
        if match.has_column(table.id) and not match.ordinal
    ]
    rows = [row for token in tokens for match in token.matches if (row := match.row(table, bare=True))] or list(
        table.rows
    )
    found = ColumnOrders({}, set())
    if len(named) % len(columns):
        return found
    for row, start in zip(dict.fromkeys(rows), range(0, len(named), len(columns)), strict=False):
        order = tuple(named[start : start + len(columns)])
        if set(order) == set(columns):
            if order != columns:
                found.orders[row] = order
        elif not _is_in_order(tuple(column for column in order if column), columns):
            found.unclear.add(row)
    return found
