"""Text whose characters are lost: nothing but `?` and digits is no report, whatever the digits are."""

from collections.abc import Iterable

from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece

_LOST_SHARE = 0.3
_FEWEST = 8


def refuse_lost_text(pieces: Iterable[Piece]) -> None:
    """Refuse a document of which much is question marks or replacement characters.

    Raises:
        Unreadable: `undecodable`, with what was counted.
    """
    text = "".join(piece.text for piece in pieces)
    marks = text.count("?") + text.count("\ufffd")
    if marks < _FEWEST:
        return
    letters = sum(map(str.isalpha, text))
    if marks > (marks + letters) * _LOST_SHARE:
        detail = f"{marks} question marks or replacement characters stand beside {letters} letters"
        raise Unreadable("undecodable", detail)
