"""The text of one cell that is printed in several parts."""

import re
from collections.abc import Iterable

_ZERO_WIDTH = "[\u200b\u200c\u200d\u2060\ufeff\xad]+"
_UNSEEN = re.compile(rf"(?<![0-9]){_ZERO_WIDTH}|{_ZERO_WIDTH}(?![0-9])")  # inside a number they stay: 1 and 2, or 12
_WHITE = re.compile(r"\s+")
_APART = re.compile(r"(?<=[0-9.,%+\-]) (?=[0-9.,%+\-])")
_BLANK = " "


def join_cell_text(parts: Iterable[str]) -> str:
    """The parts of a cell as one text: labels broken over lines are put together, two numbers are kept apart.

    White space and line breaks go, but for one blank between figures: `12` over `34` is not 1234.
    """
    text = _UNSEEN.sub("", _BLANK.join(parts))
    text = _WHITE.sub(_BLANK, text).strip()
    if _BLANK not in text:
        return text
    kept = {found.start() for found in _APART.finditer(text)}
    return "".join(one for place, one in enumerate(text) if one != _BLANK or place in kept)
