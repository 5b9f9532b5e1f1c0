"""Patterns of words: any of several, the longest first."""

import re
from collections.abc import Iterable


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
