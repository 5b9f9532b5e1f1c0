"""Segments of a sentence: at most one number each, with the words before and after it that belong to it."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from msgspec import Struct

from contracts.claims import claim_rules
from pipelines.extract.claims.tokens import COUNT, PLAIN, Token

_CLAUSE = re.compile(r"(?:[^,:;()\"]|(?<=[^中]):(?=\d+[^\d、.]))+")
_NUMBERS = (COUNT, PLAIN)


class Segment(Struct):
    """A part of a clause with at most one number; `start` and `end` are those of the whole clause or its part."""

    start: int
    end: int
    before: list[Token]
    number: Token | None
    after: list[Token]

    @property
    def tokens(self) -> list[Token]:
        """All words of the segment in order."""
        return self.before + self.after

    @property
    def kinds(self) -> set[str]:
        """The classes of the segment's words."""
        return {token.kind for token in self.tokens}


@cache
def _joint() -> re.Pattern[str]:
    joints = sorted(claim_rules().joints, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, joints)))


def joints_between(text: str, start: int, end: int, tokens: list[Token]) -> list[tuple[int, int]]:
    """The joints of a list within a part of the sentence, except those inside a word of the lexicon."""
    inside = [(token.start, token.end) for token in tokens if token.kind not in _NUMBERS]
    return [
        joint.span()
        for joint in _joint().finditer(text, start, end)
        if not any(first < joint.end() and joint.start() < last for first, last in inside)
    ]


def _segment(tokens: list[Token], start: int, end: int) -> Segment:
    inside = [token for token in tokens if token.start >= start and token.end <= end]
    number = next((token for token in inside if token.kind == COUNT), None)
    words = [token for token in inside if token.kind not in _NUMBERS]
    if number is None:
        return Segment(start, end, words, None, [])
    before = [token for token in words if token.end <= number.start]
    return Segment(start, end, before, number, [token for token in words if token.start >= number.end])


def split_items(text: str, start: int, end: int, tokens: list[Token]) -> list[Segment]:
    """A part of the sentence cut at every joint."""
    cuts = [start, *(end for _, end in joints_between(text, start, end, tokens)), end]
    return [_segment(tokens, first, last) for first, last in pairwise(cuts)]


def _cut_between(text: str, tokens: list[Token], pair: tuple[Token, Token], *, number_first: bool) -> int:
    left, right = pair
    joints = joints_between(text, left.end, right.start, tokens)
    if joints:
        return joints[-1 if number_first else 0][1]
    return right.start if number_first else left.end


def _split_at_numbers(text: str, tokens: list[Token], numbers: list[Token], start: int, end: int) -> list[Segment]:
    """A clause with several numbers, cut between them; its first word or number says which comes first."""
    words = [token for token in tokens if token.kind not in (*_NUMBERS, "among", "all", "together", "already")]
    number_first = not any(start <= token.start < numbers[0].start for token in words)
    cuts = [start]
    for pair in pairwise(numbers):
        cuts.append(_cut_between(text, tokens, pair, number_first=number_first))
    cuts.append(end)
    return [_segment(tokens, first, last) for first, last in pairwise(cuts)]


def _is_interleaved(tokens: list[Token], numbers: list[Token]) -> bool:
    """Whether words stand between all the numbers of a clause, so that each number has its own."""
    words = [token for token in tokens if token.kind not in _NUMBERS]
    return len(numbers) > 1 and all(
        any(left.end <= word.start < right.start for word in words) for left, right in pairwise(numbers)
    )


def _paired(text: str, tokens: list[Token], clause: tuple[int, int], marker: Token) -> list[Segment]:
    """`A、B 分别为 m、n`: as many items as numbers, one number each; otherwise nothing can be said."""
    start, end = clause
    numbers = [token for token in tokens if token.kind in _NUMBERS and marker.end <= token.start < end]
    labels = split_items(text, start, marker.start, tokens)
    labels = [item for item in labels if item.tokens]
    if not labels and numbers:
        labels = [item for item in split_items(text, marker.end, numbers[0].start, tokens) if item.tokens]
    if len(labels) != len(numbers) or not numbers or numbers[-1].kind != COUNT:
        return []
    return [Segment(start, end, item.before, number, []) for item, number in zip(labels, numbers, strict=True)]


def _each(text: str, tokens: list[Token], number: Token, start: int, end: int) -> list[Segment]:
    """`A、B 各 n`: the same number for each item."""
    items = split_items(text, start, number.start, tokens)
    return [Segment(item.start, end, item.before, number, []) for item in items if item.tokens]


def _split_clause(text: str, tokens: list[Token], start: int, end: int) -> list[Segment]:
    inside = [token for token in tokens if start <= token.start < end]
    numbers = [token for token in inside if token.kind == COUNT]
    marker = next((token for token in inside if token.kind == "respectively"), None)
    if marker is not None and numbers and not _is_interleaved(inside, numbers):
        return _paired(text, inside, (start, end), marker)
    segments = (
        _split_at_numbers(text, inside, numbers, start, end) if len(numbers) > 1 else [_segment(inside, start, end)]
    )
    result: list[Segment] = []
    for part in segments:
        is_each = part.number is not None and any(
            token.kind == "each" and token.end == part.number.start for token in part.before
        )
        result += _each(text, inside, part.number, part.start, part.end) if is_each and part.number else [part]
    return result


def read_segments(text: str, tokens: list[Token]) -> Iterator[Segment]:
    """The segments of a sentence in order."""
    for clause in _CLAUSE.finditer(text):
        yield from _split_clause(text, tokens, clause.start(), clause.end())
