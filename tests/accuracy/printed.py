"""A printed document that can be damaged: its blocks, the cells of its tables and where each figure stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import msgspec

from contracts.form import Table, form
from pipelines.render.grid import Grid, GridCell, GridRow
from pipelines.render.page import Page, Paragraph
from tests.accuracy.reports import Truth
from tests.printed_layouts import Layout


@dataclass(eq=False)
class Line:
    """One row of a table. `names` are the ids of the cells of its values, in their order."""

    table: str
    cells: list[GridCell]
    names: list[str] = field(default_factory=list)

    @property
    def places(self) -> list[int]:
        """The places of the value cells."""
        return [place for place, cell in enumerate(self.cells) if cell.is_value]

    @property
    def labels(self) -> list[int]:
        """The places of the printed labels."""
        return [place for place, cell in enumerate(self.cells) if not cell.is_value and cell.text.strip()]

    def write(self, place: int, text: str) -> None:
        """Print another text in a cell."""
        self.cells[place] = msgspec.structs.replace(self.cells[place], text=text)


class Impossible(Exception):  # noqa: N818 - a draw that failed, no error
    """A fault that cannot be put into this document."""


@dataclass(eq=False)
class Printed:
    """One document before it is written. `erased` collects the cells whose value is no longer in print."""

    page: Page
    truth: Truth
    versions: dict[str, str]
    layout: Layout
    chance: Random
    lines: dict[str, list[Line]] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    headings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay the rows of every table open."""
        grids = [block for block in self.page.blocks if isinstance(block, Grid)]
        for name, grid in zip(self.truth, grids, strict=True):
            self.lines[name] = [_line(self.table(name), row) for row in grid.rows]

    def table(self, name: str) -> Table:
        """A table as its version declares it."""
        return form().versions[self.versions[name]].tables[name]

    def value(self, name: str) -> str:
        """What was printed for a cell."""
        table, row, column = name.split(".")
        return str(self.truth[table][row][column])

    def without_value(self, name: str) -> None:
        """Say that a cell has no value in its unit any more."""
        table, row, column = name.split(".")
        self.truth[table][row][column] = None
        self.erased.add(name)

    def filled(self, *tables: str, at_least: int = 1) -> list[Line]:
        """The rows with so many values at least, of some tables or of all."""
        return [line for name in tables or self.lines for line in self.lines[name] if len(line.names) >= at_least]

    def pick(self, lines: list[Line], wanted: Callable[[Line], bool] = lambda line: True) -> Line:
        """One row at random.

        Raises:
            Impossible: there is none.
        """
        found = [line for line in lines if wanted(line)]
        if not found:
            raise Impossible
        return self.chance.choice(found)

    def figures(self, *tables: str) -> Iterator[tuple[Line, int, str]]:
        """All values: their row, their place and the cell's id."""
        for line in self.filled(*tables):
            yield from ((line, place, name) for place, name in zip(line.places, line.names, strict=True))

    def pick_figure(self, *tables: str, wanted: Callable[[str], bool] = lambda text: True) -> tuple[Line, int, str]:
        """One value at random whose text is wanted.

        Raises:
            Impossible: there is none.
        """
        found = [(line, place, name) for line, place, name in self.figures(*tables) if wanted(line.cells[place].text)]
        if not found:
            raise Impossible
        return self.chance.choice(found)

    def headers(self, name: str) -> list[Line]:
        """The rows of a table that hold no value."""
        return [line for line in self.lines[name] if not line.names]

    def damaged_page(self) -> Page:
        """The page as it stands now."""
        tables, headings = iter(self.lines.values()), iter(self.lines)
        blocks = list(self.page.blocks)
        for place, block in enumerate(blocks):
            if isinstance(block, Grid):
                rows = tuple(GridRow(tuple(line.cells)) for line in next(tables))
                blocks[place] = Grid(block.width, rows)
                heading = self.headings.get(next(headings))
                before = blocks[place - 1]
                if heading is not None and isinstance(before, Paragraph):
                    blocks[place - 1] = Paragraph(heading)
        return Page(self.page.title, tuple(blocks))

    def heading(self, name: str) -> str:
        """The printed heading of a table."""
        place = list(self.lines).index(name)
        grids = [at for at, block in enumerate(self.page.blocks) if isinstance(block, Grid)]
        before = self.page.blocks[grids[place] - 1]
        assert isinstance(before, Paragraph)
        return before.text


def _line(table: Table, row: GridRow) -> Line:
    line = Line(table.id, list(row.cells))
    rows = [row.id] if row.id else list(table.rows)
    if line.places:
        line.names = [f"{table.id}.{name}.{column}" for name in rows for column in table.columns_of(name)]
    return line
