"""Rows that stand side by side: their printed order, and the lines that they are printed in."""

from collections.abc import Iterator, Mapping, Sequence

from contracts.form import Cell
from pipelines.extract.form_reader.runs import Run, RunsRead


def printed_order(read: RunsRead, rows: Sequence[str]) -> list[str]:
    """The labels of rows as the figures below them stand: by their columns in a grid, else as they were read.

    Args:
        read: the runs of the block.
        rows: all rows of the table.
    """
    columns = {run.row: run.column for run in read.runs if run.row}
    is_in_grid = set(columns) == set(rows) and min(columns.values()) >= 0
    if is_in_grid and len(set(columns.values())) == len(columns):
        return sorted(columns, key=columns.__getitem__)
    return list(read.row_labels)


def read_bands(runs: Sequence[Run], cells: Mapping[str, Sequence[Cell]]) -> list[tuple[list[str], Run]]:
    """The rows in several lines of figures, if the table is printed so; else nothing.

    Each line stands under the labels of as many rows as it has figures, and all rows have one.

    Args:
        runs: the runs of the block in printed order; labels without figures are empty runs.
        cells: the cells of each row of the table.
    """
    bands = list(_below_labels(runs))
    if any(not len(run.solid) == len(run.slots) == sum(len(cells[row]) for row in named) for named, run in bands):
        return []
    is_whole = [row for named, _ in bands for row in named] == [run.row for run in runs if run.row]
    is_complete = {row for named, _ in bands for row in named} == set(cells)
    return bands if is_whole and is_complete and 1 < len(bands) < len(cells) else []


def shared_runs(runs: Sequence[Run]) -> list[Run]:
    """The lines of figures under the labels of several rows: they are not those of the last label alone."""
    return [run for named, run in _below_labels(runs) if len(named) > 1]


def _below_labels(runs: Sequence[Run]) -> Iterator[tuple[list[str], Run]]:
    """Each run with figures, and the labels that stand between it and the one before."""
    named: list[str] = []
    for run in runs:
        named += [run.row] if run.row else []
        if run.slots:
            yield named, run
            named = []
