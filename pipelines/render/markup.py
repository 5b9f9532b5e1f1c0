"""The HTML layout: tables with rowspan and colspan, as most government sites publish them."""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from pipelines.render.grid import Grid, GridCell
from pipelines.render.page import Block, IndexRow, Page, Paragraph


def write_html(page: Page) -> bytes:
    """The page as one UTF-8 HTML document."""
    body = "\n".join(_markup(page.blocks))
    return (
        f'<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n<title>{escape(page.title)}</title>\n'
        f"</head>\n<body>\n{body}\n</body>\n</html>\n"
    ).encode()


def _markup(blocks: tuple[Block, ...]) -> Iterator[str]:
    for kind, group in groupby(blocks, type):
        members = list(group)
        if kind is IndexRow:
            rows = "".join(_index_row(block) for block in members if isinstance(block, IndexRow))
            yield f"<table>{rows}</table>"
            continue
        for block in members:
            if isinstance(block, Paragraph):
                tag = "h1" if block.is_title else "p"
                yield f"<{tag}>{_text(block.text)}</{tag}>"
            elif isinstance(block, Grid):
                yield _table(block)


def _text(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br />")


def _index_row(row: IndexRow) -> str:
    cells = "".join(f"<td>{_text(cell)}</td>" for cell in row.cells)
    return f"<tr>{cells}</tr>"


def _table(grid: Grid) -> str:
    rows = "\n".join(
        f"<tr>{''.join(_cell(cell) for cell in row.cells if not cell.is_continued)}</tr>" for row in grid.rows
    )
    return f'<table align="center" border="1" cellspacing="0">\n<tbody>\n{rows}\n</tbody>\n</table>'


def _cell(cell: GridCell) -> str:
    colspan = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    rowspan = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    return f'<td{colspan}{rowspan}><p align="center">{_text(cell.text) or "&nbsp;"}</p></td>'
