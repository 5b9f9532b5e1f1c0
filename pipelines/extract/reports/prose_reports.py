"""Reports without a table of the form: which prose is a report, and which only speaks of one."""

import re
from collections.abc import Sequence

from contracts.raw_json import Legacy
from pipelines.extract.fold import fold
from pipelines.extract.pieces import Piece

_SECTIONS = "一二三四五六七八九"
_SECTION = re.compile(rf"(?<!第)([{_SECTIONS}])、")
_PERIOD = re.compile(r"20[0-4]\d年1月1日.{0,12}12月31日")
_FEWEST_INDICATORS = 5
_BLANK = re.compile(r"\s+")


def is_prose_report(pieces: Sequence[Piece], legacy: Legacy) -> bool:
    """Whether prose with indicators is a report: in sections, on a period that it names, or with many indicators.

    News, notices and laws state a figure or two, in no such order.
    """
    if sum(entry.value is not None for entry in legacy.indicators) >= _FEWEST_INDICATORS:
        return True
    text = _BLANK.sub("", fold("\n".join(piece.text for piece in pieces)))
    sections = {found[1] for found in _SECTION.finditer(text)}
    return {_SECTIONS[0], _SECTIONS[1]} <= sections or _PERIOD.search(text) is not None
