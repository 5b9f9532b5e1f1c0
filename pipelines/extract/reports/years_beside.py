"""Two years in one table: columns for each year side by side under a row of headers that names the years."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipelines.extract.errors import Unreadable
from pipelines.extract.fold import fold
from pipelines.extract.form_reader.labels import match_labels
from pipelines.extract.pieces import Piece

_YEAR = re.compile(r"(20[0-4]\d)年?度?")
_FEWEST_COLUMNS = 3


class YearColumns(Struct, frozen=True):
    """A document with the columns of one year only."""

    year: int
    pieces: list[Piece]


class _Grid(Struct, frozen=True):
    """The cells [start, end) under a row that names two years, and the first column of each."""

    start: int
    end: int
    columns: dict[int, int]


def split_years_beside(pieces: Sequence[Piece]) -> list[YearColumns]:
    """One document for each year, if tables of the form have columns of two years; else none.

    The latest year keeps the text around the tables, which says nothing of the columns.

    Raises:
        Unreadable: `several_reports`, if the columns of the years cannot be told apart.
    """
    grids = list(_grids(pieces))
    years = sorted({year for grid in grids for year in grid.columns}, reverse=True)
    if not years:
        return []
    if len(years) != 2:
        raise Unreadable("several_reports", f"columns of {', '.join(map(str, years))} stand side by side")
    return [YearColumns(year, list(_of_year(pieces, grids, year, keeps_text=year == years[0]))) for year in years]


def _grids(pieces: Sequence[Piece]) -> Iterator[_Grid]:
    start = 0
    while start < len(pieces):
        end = start
        while end < len(pieces) and pieces[end].kind != "line":
            end += 1
        columns = _year_columns(pieces[start:end])
        if columns and _has_row_labels(pieces[start:end]):
            _check_width(pieces[start:end], columns)
            yield _Grid(start, end, columns)
        start = max(end, start + 1)


def _year_columns(cells: Sequence[Piece]) -> dict[int, int]:
    """The first column of each year, by the first row that has cells with two different years and no more."""
    found: dict[int, int] = {}
    for piece in cells:
        if piece.kind == "row_end":
            if len(found) > 1:
                return found
            found = {}
        elif "20" in piece.text and (year := _YEAR.fullmatch(fold(piece.text).replace(" ", ""))):
            found.setdefault(int(year[1]), piece.column)
    return {}


def _has_row_labels(cells: Sequence[Piece]) -> bool:
    texts = (piece.text for piece in cells if piece.text)
    return any(label.kind == "row" for text in texts for match in match_labels(text) for label in match.labels)


def _check_width(cells: Sequence[Piece], columns: dict[int, int]) -> None:
    """Only a grid with as many columns for each year tells which figures are whose."""
    first, *others = sorted(columns.values())
    widths = {piece.column for piece in cells if piece.kind == "row_end"}
    width = others[0] - first
    if width < _FEWEST_COLUMNS or max(widths) != first + width * len(columns):
        years = " and ".join(map(str, columns))
        raise Unreadable("several_reports", f"figures of {years} stand side by side and cannot be told apart")


def _of_year(pieces: Sequence[Piece], grids: Sequence[_Grid], year: int, *, keeps_text: bool) -> Iterator[Piece]:
    place = 0
    for grid in grids:
        if keeps_text:
            yield from pieces[place : grid.start]
        first, own = min(grid.columns.values()), grid.columns.get(year)
        width = abs(max(grid.columns.values()) - first)
        for piece in pieces[grid.start : grid.end]:
            is_shared = piece.column < first or piece.kind == "row_end"
            if is_shared or (own is not None and own <= piece.column < own + width):
                yield piece
        place = grid.end
    if keeps_text:
        yield from pieces[place:]
