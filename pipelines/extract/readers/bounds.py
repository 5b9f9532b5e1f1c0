"""How much a document may hold before it is refused, whatever its format."""

from collections.abc import Iterable

from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece

MOST_PIECES = 200_000
LONGEST_TEXT = 1_000_000  # characters of one piece


def take_bounded(pieces: Iterable[Piece]) -> list[Piece]:
    """All pieces of a reader, which is stopped as soon as there are too many.

    Raises:
        Unreadable: `too_large`.
    """
    taken: list[Piece] = []
    for piece in pieces:
        if len(taken) >= MOST_PIECES:
            raise Unreadable("too_large", f"more than {MOST_PIECES:,} lines and cells")
        if len(piece.text) > LONGEST_TEXT:
            raise Unreadable("too_large", f"a line or cell of more than {LONGEST_TEXT:,} characters")
        taken.append(piece)
    return taken
