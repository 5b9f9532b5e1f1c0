"""Pieces: what every reader of a format turns a document into, in reading order."""

from typing import Literal

from msgspec import Struct

from contracts.raw_json import Span

PieceKind = Literal["line", "cell", "row_end"]


class Piece(Struct, frozen=True):
    """One printed line or one cell of a row.

    `line`: a line of text that stands alone. `cell`: one cell of a row of a table (pipes, tabs, HTML, DOCX),
    also when it is empty. `row_end`: the end of such a row, with empty text. `column` counts the cells of a row
    from 0. `span` is the place of `text` in the document; `char_start` is the position of its first character.
    """

    kind: PieceKind
    text: str
    span: Span
    column: int = 0
