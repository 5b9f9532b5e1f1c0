"""Layouts of plain text: what pages look like once a table's lines are gone."""

from collections.abc import Iterator

from pipelines.render.grid import Grid, GridCell, GridRow


def _printed(row: GridRow) -> tuple[GridCell, ...]:
    """The cells that start in a row, a stray one before them."""
    own = tuple(cell for cell in row.cells if not cell.is_continued)
    return (GridCell(row.stray), *own) if row.stray else own


def write_pipes(grid: Grid) -> list[str]:
    """One line for each row: `a | b | c |`, then a `|` for each column that merged cells took; not in the last row."""
    lines: list[str] = []
    for number, row in enumerate(grid.rows, start=1):
        cells = [cell.text.replace("\n", " ") for cell in _printed(row)]
        missing = 0 if number == len(grid.rows) else grid.width - len(cells)
        lines.append(write_piped_row(cells, missing))
    return lines


def write_piped_row(cells: list[str], missing: int = 0) -> str:
    """One piped row with `missing` empty cells at its end."""
    row = " ".join(f"{cell} |" if cell else "|" for cell in cells)
    return f"{row} {'|' * missing}" if missing > 0 else row


def write_tabs(grid: Grid) -> list[str]:
    """Each cell on its own line behind a tab, an empty line after each row; merged cells go on as empty cells."""
    lines: list[str] = []
    for row in grid.rows:
        texts = [cell.text for cell in row.cells]
        if row.stray:
            texts = [row.stray, *texts[1:]] if row.cells[0].is_continued else [row.stray, *texts]
        lines.extend(f"\t{text}" for text in texts)
        lines.append("")
    return lines


def write_lines(grid: Grid, *, leave_out_blanks: bool = False) -> list[str]:
    """One cell a line and nothing else; a blank cell is an empty line, or left out."""
    return list(_lines(grid, leave_out_blanks))


def _lines(grid: Grid, leave_out_blanks: bool) -> Iterator[str]:
    for row in grid.rows:
        for cell in _printed(row):
            if not (cell.is_blank and leave_out_blanks):
                yield cell.text
