"""A scanner for a closed set of labels inside long text, whatever white space and punctuation breaks them."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from pipelines.extract.fold import fold, label_key

_KEPT = re.compile(r"[0-9A-Za-z一-鿿/]")


class FoundLabel(Struct, frozen=True):
    """One label of the set at the characters `start` to `end` (exclusive) of a text; `key` is its `label_key`."""

    start: int
    end: int
    key: str


class _Node(Struct):
    """What can follow the beginning of a key, and the key if it ends here."""

    following: "dict[str, _Node]" = {}
    key: str = ""


class LabelScanner:
    """Finds the labels of a table of keys: from left to right, the longest at each place, none over another."""

    def __init__(self, labels: Iterable[str]) -> None:
        """Take the labels as printed or as keys; both give the same scanner."""
        self._root = _Node()
        for key in filter(None, map(label_key, labels)):
            node = self._root
            for character in key:
                node = node.following.setdefault(character, _Node())
            node.key = key

    def scan(self, text: str) -> Iterator[FoundLabel]:
        """The labels in `text`, which may be of any length; positions are those of `text` itself."""
        folded = fold(text)
        places = [found.start() for found in _KEPT.finditer(folded)]
        compact = "".join(folded[place] for place in places)
        at = 0
        while at < len(compact):
            key = self._longest(compact, at)
            if key:
                yield FoundLabel(places[at], places[at + len(key) - 1] + 1, key)
            at += len(key) or 1

    def _longest(self, compact: str, at: int) -> str:
        node, longest = self._root, ""
        for place in range(at, len(compact)):
            following = node.following.get(compact[place])
            if following is None:
                break
            node = following
            longest = node.key or longest
        return longest
