"""The text of one cell that is printed in several parts."""

import re
from collections.abc import Iterable

_ZERO_WIDTH = "[\u200b\u200c\u200d\u2060\ufeff\xad]+"
_UNSEEN = re.compile(rf"(?<![0-9]){_ZERO_WIDTH}|{_ZERO_WIDTH}(?![0-9])")  # inside a number they stay: 1 and 2, or 12
_WHITE = re.compile(r"\s+")
_APART = re.compile(r"(?<=[0-9.,%+\-])[ \n](?=[0-9.,%+\-])")
_BLANK, _BREAK = " ", "\n"


def join_cell_text(parts: Iterable[str]) -> str:
    """The parts of a cell, each on lines of its own, as one text: broken labels are put together, numbers kept apart.

    White space and line breaks go, but for one of them between figures: `12` over `345` is neither 12345 nor `12 345`.
    """
    text = _UNSEEN.sub("", _BREAK.join(parts))
    if _BREAK in text:
        lines = (_BLANK.join(line.split()) for line in text.split(_BREAK))
        text = _BREAK.join(filter(None, lines))
    else:
        text = _WHITE.sub(_BLANK, text).strip()
    if _BLANK not in text and _BREAK not in text:
        return text
    kept = {found.start() for found in _APART.finditer(text)}
    return "".join(one for place, one in enumerate(text) if one not in (_BLANK, _BREAK) or place in kept)
