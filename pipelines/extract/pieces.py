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
    `is_glued`: figures that were taken out of text without separators, so that they can be those of several cells.
    `printed`: what stands there, if it was damaged and `text` is what can be read of it; `offsets` are then the
    places in `printed` of the characters of `text`, if some were left out.
    `struck`: what is struck out there, which `text` leaves out.
    `is_link`: a line that is a link to another page from its first character to its last.
    """

    kind: PieceKind
    text: str
    span: Span
    column: int = 0
    is_glued: bool = False
    printed: str = ""
    offsets: tuple[int, ...] = ()
    struck: str = ""
    is_link: bool = False

    def place(self, index: int) -> int:
        """The place in what is printed of a character of `text`, or of its end."""
        if not self.offsets:
            return index
        return self.offsets[index] if index < len(self.offsets) else self.offsets[-1] + 1
