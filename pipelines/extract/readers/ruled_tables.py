"""Ruled tables of a page: the cells that its lines enclose, merged ones as one cell."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from msgspec import Struct

from pipelines.extract.errors import Unreadable

_MOST_EDGES = 20_000
_MOST_PLACES = 250_000


class Edge(Struct, frozen=True):
    """A straight line: `at` is its y if it is horizontal, else its x; it goes from `start` to `end` on the other."""

    is_horizontal: bool
    at: float
    start: float
    end: float


class Box(Struct, frozen=True):
    """A rectangle; y counts from the top of the page."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


class RuledTable(Struct, frozen=True):
    """A table: its rows from top to bottom, each with the cells that begin in it and the column they begin in."""

    box: Box
    width: int
    rows: tuple[tuple[tuple[int, Box], ...], ...]


def find_ruled_tables(edges: Sequence[Edge], tolerance: float) -> list[RuledTable]:
    """The tables of a page from top to bottom; a rectangle alone is none.

    Args:
        edges: all straight lines of the page.
        tolerance: how far apart two lines are that are meant as one, and how short of another one a line may end.

    Raises:
        Unreadable: `too_large`, if there are more lines than any table has.
    """
    if len(edges) > _MOST_EDGES:
        raise Unreadable("too_large", f"{len(edges):,} lines on one page; at most {_MOST_EDGES:,} are read")
    joined = [*_join(edges, True, tolerance), *_join(edges, False, tolerance)]
    tables = [_table(group, tolerance) for group in _groups(joined, tolerance)]
    return sorted((table for table in tables if table is not None), key=lambda table: table.box.top)


def _join(edges: Iterable[Edge], is_horizontal: bool, tolerance: float) -> list[Edge]:
    """The edges of one direction, those on one line put together where they touch."""
    joined: list[Edge] = []
    chosen = sorted((edge for edge in edges if edge.is_horizontal is is_horizontal), key=lambda edge: edge.at)
    for line in _clusters(chosen, tolerance):
        at = sum(edge.at for edge in line) / len(line)
        start, end = None, 0.0
        for edge in sorted(line, key=lambda edge: edge.start):
            if start is None or edge.start > end + tolerance:
                if start is not None:
                    joined.append(Edge(is_horizontal, at, start, end))
                start, end = edge.start, edge.end
            end = max(end, edge.end)
        if start is not None:
            joined.append(Edge(is_horizontal, at, start, end))
    return [edge for edge in joined if edge.end - edge.start > tolerance]


def _clusters(edges: Sequence[Edge], tolerance: float) -> Iterable[list[Edge]]:
    number, last = 0, float("-inf")
    numbers: list[int] = []
    for edge in edges:
        number += edge.at - last > tolerance
        last = edge.at
        numbers.append(number)
    for _, group in groupby(zip(numbers, edges, strict=True), key=lambda pair: pair[0]):
        yield [edge for _, edge in group]


def _groups(edges: Sequence[Edge], tolerance: float) -> Iterable[list[Edge]]:
    """Edges that cross or touch each other, directly or through others."""
    upright = [edge for edge in edges if not edge.is_horizontal]
    flat = [edge for edge in edges if edge.is_horizontal]
    owner = list(range(len(upright) + len(flat)))

    def root(place: int) -> int:
        while owner[place] != place:
            owner[place] = owner[owner[place]]
            place = owner[place]
        return place

    for number, line in enumerate(flat, start=len(upright)):
        for place, edge in enumerate(upright):
            is_over = edge.start - tolerance <= line.at <= edge.end + tolerance
            if is_over and line.start - tolerance <= edge.at <= line.end + tolerance:
                owner[root(place)] = root(number)
    groups: dict[int, list[Edge]] = {}
    for place, edge in enumerate([*upright, *flat]):
        groups.setdefault(root(place), []).append(edge)
    return groups.values()


class _Lattice:
    """The places between all lines of a table, and which of them have a line between them."""

    def __init__(self, edges: Sequence[Edge], tolerance: float) -> None:
        self.xs = sorted({edge.at for edge in edges if not edge.is_horizontal})
        self.ys = sorted({edge.at for edge in edges if edge.is_horizontal})
        if len(self.xs) * len(self.ys) > _MOST_PLACES:
            raise Unreadable("too_large", f"a table of {len(self.xs):,} by {len(self.ys):,} lines")
        self._right: set[tuple[int, int]] = set()  # column, row: a line stands at the left of the place
        self._above: set[tuple[int, int]] = set()
        for edge in edges:
            across, along = (self.ys, self.xs) if edge.is_horizontal else (self.xs, self.ys)
            at = bisect_left(across, edge.at)
            for place, (start, end) in enumerate(pairwise(along)):
                if edge.start - tolerance <= start and end <= edge.end + tolerance:
                    (self._above if edge.is_horizontal else self._right).add(
                        (place, at) if edge.is_horizontal else (at, place)
                    )

    def cell(self, column: int, row: int) -> tuple[int, int] | None:
        """The column and the row behind the cell that begins at a place; None if no line encloses it."""
        if (column, row) not in self._right or (column, row) not in self._above:
            return None
        right, below = column + 1, row + 1
        while (right, row) not in self._right:
            right += 1
            if right >= len(self.xs):
                return None
        while (column, below) not in self._above:
            below += 1
            if below >= len(self.ys):
                return None
        return right, below


def _table(edges: Sequence[Edge], tolerance: float) -> RuledTable | None:
    lattice = _Lattice(edges, tolerance)
    xs, ys = lattice.xs, lattice.ys
    taken: set[tuple[int, int]] = set()
    rows: list[tuple[tuple[int, Box], ...]] = []
    for row in range(len(ys) - 1):
        cells: list[tuple[int, Box]] = []
        for column in range(len(xs) - 1):
            end = None if (column, row) in taken else lattice.cell(column, row)
            if end is None:
                continue
            taken |= {(c, r) for c in range(column, end[0]) for r in range(row, end[1])}
            cells.append((column, Box(xs[column], ys[row], xs[end[0]], ys[end[1]])))
        if cells:
            rows.append(tuple(cells))
    if sum(map(len, rows)) < 2:
        return None
    return RuledTable(Box(xs[0], ys[0], xs[-1], ys[-1]), len(xs) - 1, tuple(rows))
