"""How easily one number is taken for another: the edit distance of their digits, cheaper where digits look alike."""

from functools import lru_cache

_LOOKALIKES = ("06", "08", "09", "68", "69", "89", "17", "38", "56")
_ALIKE = frozenset(_LOOKALIKES) | frozenset(pair[::-1] for pair in _LOOKALIKES)
ALIKE, EDIT, DOUBLED = 0.6, 1.0, 0.8


def _substitution(a: str, b: str) -> float:
    return 0.0 if a == b else ALIKE if a + b in _ALIKE else EDIT


def _insertion(text: str, place: int) -> float:
    """The cost of a digit that is there once too often, less where it repeats the one before it."""
    return DOUBLED if place and text[place] == text[place - 1] else EDIT


@lru_cache(maxsize=65536)
def digit_distance(old: int, new: int) -> float:
    """The optimal string alignment distance of two numbers: digits lost, added, replaced, or two exchanged.

    >>> digit_distance(12147, 12417), digit_distance(38, 33), digit_distance(155, 15)
    (1.0, 0.6, 0.8)
    """
    a, b = str(old), str(new)
    before: list[float] = []
    last = [0.0]
    for j in range(len(b)):
        last.append(last[j] + _insertion(b, j))
    for i in range(len(a)):
        row = [last[0] + _insertion(a, i)]
        for j in range(len(b)):
            best = min(
                last[j + 1] + _insertion(a, i),
                row[j] + _insertion(b, j),
                last[j] + _substitution(a[i], b[j]),
            )
            if i and j and a[i] == b[j - 1] and a[i - 1] == b[j] and a[i] != b[j]:
                best = min(best, before[j - 1] + EDIT)
            row.append(best)
        before, last = last, row
    return last[-1]
