"""Folding of lines that hold names: two characters stay as printed where the text is Simplified.

`乾` and `於` are the Traditional spelling of `干` and `于`, and in Simplified text characters of names: 乾潭镇, 於潜镇.
A line is taken for Simplified if nothing else in it is Traditional. The names of declared regions are spelt as they are
declared, in either script.
"""

import re
from functools import cache

from contracts.regions import regions
from pipelines.extract.fold import fold

_KEPT = re.compile("乾|(?<![关属位至由限基对])於")  # behind those `於` is the word, not a name
_EITHER = re.compile("[乾於]")
_CHINESE = re.compile("[一-鿿]")
_NOT_TOLD = frozenset("乾於覆")  # what folding changes in Simplified text too


@cache
def _declared() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of the folded names of regions in which folding changes or makes such a character, and the names."""
    both = re.compile("[乾於干于]")
    names = {fold(region.name_zh): region.name_zh for region in regions() if both.search(region.name_zh)}
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True))), names


def fold_line(printed: str) -> str:
    """`printed` folded, as long as it was; `乾` and `於` stay where they are characters of names."""
    folded = fold(printed)
    if not _EITHER.search(printed):
        return folded
    characters = list(folded)
    pairs = zip(printed, folded, strict=True)
    if all(a == b or a in _NOT_TOLD or not _CHINESE.match(a) for a, b in pairs):
        for kept in _KEPT.finditer(printed):
            characters[kept.start()] = kept[0]
    pattern, names = _declared()
    for match in pattern.finditer(folded):
        for place, declared in enumerate(names[match[0]], match.start()):
            if _EITHER.match(printed[place]):
                characters[place] = declared
    return "".join(characters)
