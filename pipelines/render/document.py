"""Render a report of the statutory form to a document, as real bodies publish them."""

from collections.abc import Callable

import msgspec

from contracts.form import Table, form
from pipelines.render.fixed_layout import write_ofd
from pipelines.render.grid import Grid, GridRow, build_grid
from pipelines.render.markup import write_html
from pipelines.render.page import Block, IndexRow, Page, Paragraph
from pipelines.render.report import FILE_LAYOUTS, Layout, RenderedReport, Script, Style
from pipelines.render.script import write_half_width, write_in_script
from pipelines.render.spreadsheet import write_xlsx
from pipelines.render.text_layout import TABLE_WRITERS, WITHOUT_BORDERS, write_piped_row
from pipelines.render.word import write_docx

Write = Callable[[str], str]


def render(report: RenderedReport, layout: Layout, script: Script) -> bytes:
    """The document that prints `report`.

    Args:
        report: texts and figures in simplified characters, with the style and the flaws of the page.
        layout: `html`, `docx`, `xlsx` and `ofd` keep merged cells; the others are UTF-8 text.
        script: the script of all texts, labels of the form included.

    Raises:
        KeyError: the report names a table or a version that the form does not have.
        ValueError: strays or left-out blanks are wanted of a layout which cannot print them.
    """
    _refuse_impossible(report, layout)
    return write_page(build_page(report, script), layout, report.style)


def build_page(report: RenderedReport, script: Script) -> Page:
    """The blocks of `report`, written in `script`.

    Raises:
        KeyError: the report names a table or a version that the form does not have.
    """

    def write(text: str) -> str:
        converted = write_in_script(text, script)
        return write_half_width(converted) if report.style.punctuation == "half" else converted

    return Page(write("".join(report.title) or f"{report.authority}{report.year}"), tuple(_blocks(report, write)))


def write_page(page: Page, layout: Layout, style: Style) -> bytes:
    """The document of a page in one layout."""
    if layout == "html":
        return write_html(page)
    if layout == "docx":
        return write_docx(page)
    if layout == "xlsx":
        return write_xlsx(page)
    if layout == "ofd":
        return write_ofd(page)
    return _write_text(page, layout, style)


def _refuse_impossible(report: RenderedReport, layout: Layout) -> None:
    if report.flaws.strays and layout in FILE_LAYOUTS:
        raise ValueError(f"layout {layout} has no place for stray cells; use pipes, tabs or lines")
    if report.style.blank is None and layout not in WITHOUT_BORDERS:
        raise ValueError(f"layout {layout} cannot leave blank cells out; use lines, or print them as empty text")


def _heading(report: RenderedReport, table: Table) -> str:
    return report.flaws.ordinals.get(table.id, table.ordinal) + table.heading["zh"]


def _blocks(report: RenderedReport, write: Write) -> list[Block]:
    blocks: list[Block] = [IndexRow(tuple(map(write, row))) for row in report.index]
    blocks.extend(Paragraph(write(text), is_title=True) for text in report.title)
    blocks.extend(Paragraph(write(text)) for text in report.opening)
    for section in report.before:
        blocks.extend(Paragraph(write(text)) for text in (section.heading, *section.paragraphs))
    for name, figures in report.tables.items():
        table = form().versions[figures.form_version].tables[name]
        grid = build_grid(table, figures, report.style, report.flaws.remarks, report.flaws.strays)
        blocks.extend((Paragraph(write(_heading(report, table))), _written(grid, write)))
    for section in report.after:
        blocks.extend(Paragraph(write(text)) for text in (section.heading, *section.paragraphs))
    blocks.extend(Paragraph(write(text)) for text in report.footer)
    return blocks


def _written(grid: Grid, write: Write) -> Grid:
    rows = (
        GridRow(tuple(msgspec.structs.replace(cell, text=write(cell.text)) for cell in row.cells), row.id, row.stray)
        for row in grid.rows
    )
    return Grid(grid.width, tuple(rows))


def _write_text(page: Page, layout: Layout, style: Style) -> bytes:
    index_width = max((len(block.cells) for block in page.blocks if isinstance(block, IndexRow)), default=0)
    lines: list[str] = []
    for block in page.blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, IndexRow):
            cells = [cell for cell in block.cells if cell]
            lines.append(write_piped_row(cells, index_width - len(cells)))
        else:
            lines.extend(TABLE_WRITERS[layout](block, style))
    return ("\n".join(lines) + "\n").encode()
