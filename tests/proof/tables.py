"""Balanced tables of the form with figures as reports have them, drawn from a seed."""

from collections.abc import Iterator
from random import Random

from contracts.form import form
from pipelines.proof import Problem
from pipelines.render.synthetic_figures import FigureMaker, start_body

APPLICATIONS, CASES = "applications", "reviews_and_lawsuits"
Cells = dict[str, int | None]


def balanced_tables(version: str, table: str, count: int, seed: int = 1) -> Iterator[Cells]:
    """`count` tables by cell id that satisfy all identities and are not all zero."""
    random = Random(f"{version}:{seed}")  # noqa: S311 - figures, not secrets
    declared = form().versions[version]
    maker = FigureMaker(declared)
    while count:
        state = start_body(random, is_government=random.random() < 0.3)
        values = dict(zip(declared.cells, maker.make_year(random, state), strict=True))
        cells = {cell: value for cell, value in values.items() if cell.startswith(f"{table}.")}
        if any(cells.values()):
            yield {cell: value if isinstance(value, int) else None for cell, value in cells.items()}
            count -= 1


def changed(cells: Cells, changes: Cells, version: str = "2021", table: str = APPLICATIONS) -> Problem:
    """The problem of a table in which some cells say something else."""
    return Problem(table, version, cells | changes)


def table_of(version: str, **figures: list[int]) -> Cells:
    """Table 四 with the given rows, the others zero."""
    table = form().versions[version].tables[CASES]
    rows = {row: figures.get(row, [0] * len(table.columns)) for row in table.rows}
    return {f"{CASES}.{row}.{c}": v for row, values in rows.items() for c, v in zip(table.columns, values, strict=True)}
