"""A page as a sequence of blocks, written in its script, before it takes the shape of a layout."""

from msgspec import Struct

from pipelines.render.grid import Grid


class Paragraph(Struct, frozen=True):
    """One paragraph, one heading or one line of the title."""

    text: str
    is_title: bool = False


class IndexRow(Struct, frozen=True):
    """One row of the index block that many sites print above a report: label, value, label, value."""

    cells: tuple[str, ...]


Block = Paragraph | IndexRow | Grid


class Page(Struct, frozen=True):
    """All blocks of a document in reading order."""

    title: str
    blocks: tuple[Block, ...]
