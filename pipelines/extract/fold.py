"""Folding of printed Chinese to one comparable spelling, character by character.

Folded text has as many characters as the original, so a position in one is a position in the other.
"""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

# Characters which OpenCC's t2s leaves although labels of the form use the other one.
_EXTRA = str.maketrans(
    {
        "覆": "复",
        "〔": "(",
        "〕": ")",
        "【": "(",
        "】": ")",
        "﹝": "(",
        "﹞": ")",
        "“": '"',
        "”": '"',
        "「": '"',
        "」": '"',
        "‘": '"',
        "’": '"',
    }
)
_NOT_LABEL = re.compile(r"[^0-9A-Za-z一-鿿/]+")


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _fold_character(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character)
    simple = _converter().convert(narrow if len(narrow) == 1 else character)
    return simple if len(simple) == 1 else character


class _Folding(dict[int, str]):
    """Folded characters by code point, filled as characters are met, so that `str.translate` folds at C speed."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _fold_character(chr(point)).translate(_EXTRA)
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Simplified characters, ASCII width and plain quotes; as long as `text`, so positions stay valid."""
    return text.translate(_FOLDING)


def label_key(text: str) -> str:
    """`text` folded and reduced to letters, digits, Chinese characters and `/`: what labels are compared by."""
    return _NOT_LABEL.sub("", fold(text))
