"""What a rendered document says and how it looks: the input of :func:`pipelines.render.document.render`."""

from typing import Literal, get_args

from msgspec import Struct

Layout = Literal[
    "html",
    "docx",
    "xlsx",
    "ofd",
    "pipes",
    "tabs",
    "lines",
    "rows",
    "markdown",
    "vertical",
    "label_lines",
    "numbers_first",
    "numbers_between",
    "glued",
    "part_glued",
]
Script = Literal["simplified", "traditional", "over_converted", "taiwan"]
HeaderStyle = Literal["whole", "broken", "truncated"]
Punctuation = Literal["full", "half"]
Value = int | str | None

# Layouts that run cells together, so that not every cell can be read back.
GLUED_LAYOUTS: tuple[Layout, ...] = ("glued", "part_glued")
FILE_LAYOUTS: tuple[Layout, ...] = ("html", "docx", "xlsx", "ofd")  # those that keep merged cells
LAYOUTS: tuple[Layout, ...] = tuple(layout for layout in get_args(Layout) if layout not in GLUED_LAYOUTS)
SCRIPTS: tuple[Script, ...] = get_args(Script)


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all parts: unknown fields are an error."""


class Style(_Part, frozen=True, kw_only=True):
    """How a document looks.

    `headers`: narrow column headers in one piece, broken over two lines as in the official Word file, or cut off
    after the break. `punctuation`: brackets, commas and colons in full or in ASCII width. `blank`: what is printed
    where a cell is None; `None` leaves the cell out (only where cells have no borders). `gap`: empty lines after a
    table (in `tabs`).
    """

    headers: HeaderStyle = "whole"
    punctuation: Punctuation = "full"
    blank: str | None = ""
    gap: int = 3


class Section(_Part, frozen=True, kw_only=True):
    """A section of prose: its heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...] = ()


class TableFigures(_Part, frozen=True, kw_only=True):
    """The figures of one table as in raw extracted JSON: `{row: {column: value}}` in one version of the form."""

    form_version: str
    cells: dict[str, dict[str, Value]]


class Flaws(_Part, frozen=True, kw_only=True):
    """What a document prints otherwise than the form does.

    `ordinals`: another ordinal before a table's heading, by table. `remarks`: text after the label of a column, by
    `table.column`. `strays`: a number of no cell at the start of a row of the text layouts, by `table.row`.
    """

    ordinals: dict[str, str] = {}
    remarks: dict[str, str] = {}
    strays: dict[str, str] = {}


class RenderedReport(_Part, frozen=True, kw_only=True):
    """One report to render. `index`: rows of label and value above it; `before` and `after`: prose around the tables.

    A report of 2008-2018 has no tables, only prose. All texts are in simplified characters and full width.
    """

    authority: str
    year: int
    index: tuple[tuple[str, ...], ...] = ()
    title: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    before: tuple[Section, ...] = ()
    tables: dict[str, TableFigures] = {}
    after: tuple[Section, ...] = ()
    footer: tuple[str, ...] = ()
    style: Style = Style()
    flaws: Flaws = Flaws()
