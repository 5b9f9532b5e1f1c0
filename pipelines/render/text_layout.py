"""Layouts of plain text: what pages look like once a table's lines are gone."""

from collections.abc import Callable, Iterator

from pipelines.render.grid import Grid, GridCell, GridRow
from pipelines.render.report import GLUED_LAYOUTS, Layout, Style

_LONGEST_VERTICAL = 8  # characters of a label that stands upright in its narrow cell
_LONGEST_ON_ONE_LINE = 14  # characters of a label that needs no second line
_FIGURES_TOGETHER = 3
TableWriter = Callable[[Grid, Style], list[str]]


def _printed(row: GridRow) -> tuple[GridCell, ...]:
    """The cells that start in a row, a stray one before them."""
    own = tuple(cell for cell in row.cells if not cell.is_continued)
    return (GridCell(row.stray), *own) if row.stray else own


def _shown(row: GridRow, style: Style) -> Iterator[GridCell]:
    """The cells of a row without the blank ones that the style leaves out."""
    return (cell for cell in _printed(row) if not (cell.is_blank and style.blank is None))


def _joined(cells: Iterator[GridCell] | list[GridCell]) -> str:
    return " ".join(text for cell in cells if (text := cell.text.replace("\n", " ")))


def write_pipes(grid: Grid, style: Style) -> list[str]:
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


def write_markdown(grid: Grid, style: Style) -> list[str]:
    """A Markdown table: `| a | b |`, merged cells go on as empty cells, a rule under the first row."""
    lines = [_markdown_row(row) for row in grid.rows]
    return ["", lines[0], "|" + "---|" * grid.width, *lines[1:], ""]


def _markdown_row(row: GridRow) -> str:
    cells = [GridCell(row.stray), *row.cells] if row.stray else row.cells
    texts = [text for cell in cells for text in (cell.text.replace("\n", " "), *[""] * (cell.colspan - 1))]
    return f"| {' | '.join(texts)} |"


def write_tabs(grid: Grid, style: Style) -> list[str]:
    """Each cell on its own line behind a tab, an empty line after each row; merged cells go on as empty cells."""
    lines: list[str] = [""]
    for row in grid.rows:
        texts = [cell.text for cell in row.cells]
        if row.stray:
            texts = [row.stray, *texts[1:]] if row.cells[0].is_continued else [row.stray, *texts]
        lines.extend(f"\t{text}" for text in texts)
        lines.append("")
    return [*lines, *[""] * (style.gap - 1)]


def write_lines(grid: Grid, style: Style) -> list[str]:
    """One cell a line and nothing else; a blank cell is an empty line, or left out."""
    return [cell.text for row in grid.rows for cell in _shown(row, style)]


def write_vertical(grid: Grid, style: Style) -> list[str]:
    """One cell a line; the labels of narrow cells over several rows stand upright, one character a line."""
    lines: list[str] = []
    for row in grid.rows:
        for cell in _shown(row, style):
            is_upright = cell.rowspan > 1 and len(cell.text) <= _LONGEST_VERTICAL
            lines.extend(cell.text.replace("\n", "") if is_upright else [cell.text])
    return lines


def write_rows(grid: Grid, style: Style) -> list[str]:
    """One row a line with blanks between its cells; what is blank leaves no trace."""
    return [_joined(_shown(row, style)) for row in grid.rows]


def write_label_lines(grid: Grid, style: Style) -> list[str]:
    """The labels of a row on lines of their own, its figures on the next line with blanks between them."""
    lines: list[str] = []
    for row in grid.rows:
        labels, figures = _parts(row, style)
        lines.extend(cell.text for cell in labels)
        lines.extend([_joined(figures)] if figures else [])
    return lines


def write_numbers_first(grid: Grid, style: Style) -> list[str]:
    """One row a line, but the figures of a label of two lines stand above it."""
    return _around(grid, style, 0)


def write_numbers_between(grid: Grid, style: Style) -> list[str]:
    """One row a line, but the figures of a label of two lines stand between them."""
    return _around(grid, style, 1)


def _around(grid: Grid, style: Style, place: int) -> list[str]:
    lines: list[str] = []
    for row in grid.rows:
        labels, figures = _parts(row, style)
        if not figures or not labels or len(labels[-1].text) <= _LONGEST_ON_ONE_LINE:
            lines.append(_joined([*labels, *figures]))
            continue
        half = (len(labels[-1].text) + 1) // 2 + 1
        label = [labels[-1].text[:half], labels[-1].text[half:]]
        lines.extend(cell.text for cell in labels[:-1])
        lines.extend([*label[:place], _joined(figures), *label[place:]])
    return lines


def write_glued(grid: Grid, style: Style) -> list[str]:
    """A whole table in one line with nothing between its cells."""
    return ["".join(cell.text.replace("\n", "") for row in grid.rows for cell in _shown(row, style))]


def write_part_glued(grid: Grid, style: Style) -> list[str]:
    """One row a line; of the blanks between its figures only the third is left."""
    lines: list[str] = []
    for row in grid.rows:
        labels, figures = _parts(row, style)
        groups = (figures[:_FIGURES_TOGETHER], figures[_FIGURES_TOGETHER:])
        texts = ("".join(cell.text for cell in group) for group in groups)
        lines.append(" ".join(filter(None, (_joined(labels), *texts))))
    return lines


def _parts(row: GridRow, style: Style) -> tuple[list[GridCell], list[GridCell]]:
    """The labels of a row, a stray cell before them, and its figures."""
    cells = list(_shown(row, style))
    first = next((place for place, cell in enumerate(cells) if cell.is_value), len(cells))
    return cells[:first], cells[first:]


TABLE_WRITERS: dict[Layout, TableWriter] = {
    "pipes": write_pipes,
    "tabs": write_tabs,
    "lines": write_lines,
    "rows": write_rows,
    "markdown": write_markdown,
    "vertical": write_vertical,
    "label_lines": write_label_lines,
    "numbers_first": write_numbers_first,
    "numbers_between": write_numbers_between,
    "glued": write_glued,
    "part_glued": write_part_glued,
}
# Layouts in which a blank cell may leave nothing behind.
WITHOUT_BORDERS: tuple[Layout, ...] = (
    "lines",
    "rows",
    "vertical",
    "label_lines",
    "numbers_first",
    "numbers_between",
    *GLUED_LAYOUTS,
)
