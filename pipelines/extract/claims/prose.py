"""Prose: the printed lines outside the tables as sentences, each with the way back to its printed place."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from msgspec import Struct

from contracts.claims import claim_rules
from contracts.raw_json import Span
from pipelines.extract.damage import as_printed
from pipelines.extract.fold import fold
from pipelines.extract.pieces import Piece

_WEAK_COUNTERS = ("个", "项", "部", "份")  # of anything: worth reading only beside a telling word
_WRAPPED = 20  # a line shorter than this ends its paragraph: a heading, a label, a title
_LONG = 200  # a piece of a table's block as long as this may hold prose that is glued to the table
_SENTENCE = re.compile(r"[^。!?\n]+")
_FULL_STOP = re.compile(r"[。!?;:]\s*$")
_HEADING = re.compile(r"\s*#*\s*(?:[（(]?[一二三四五六七八九十]{1,3}[)）、]|\(?\d{1,2}[)、.](?!\d))")
_NOISE = re.compile(r"\s+|\([a-zü\u00e0-\u01dc]{1,7}\)|\[bookmark:[^\]]*\]|(?<=\d),(?=\d{3}(?!\d))")
_BETWEEN_DIGITS = re.compile(r"\d\s+\d")


class Sentence(Struct):
    """One sentence: folded text without blanks, and the position in the whole prose of each character.

    `passed` is the sentence before it in the paragraph, if that states no figure.
    """

    text: str
    positions: list[int]
    paragraph: int
    passed: str


class Prose(Struct):
    """The prose of a document: folded and printed text of the same length, and where its pieces start."""

    folded: str
    printed: str
    starts: list[int]
    pieces: list[Piece]

    def span(self, start: int, end: int) -> Span:
        """The printed place of the characters from `start` to `end` of the prose."""
        index = bisect_right(self.starts, start) - 1
        piece = self.pieces[index]
        first = piece.place(start - self.starts[index])
        offset = piece.span.char_start or 0
        return Span(
            page=piece.span.page,
            line=piece.span.line,
            char_start=offset + first,
            char_end=offset + min(first + end - start, len(piece.printed or piece.text)),
            table=piece.span.table,
            row=piece.span.row,
        )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))


@cache
def _figure() -> re.Pattern[str]:
    """What every sentence with a figure of interest has: a number with its counter or after a word for a count."""
    rules = claim_rules()
    numerals = f"[十一二两三四五六七八九](?:{_any_of(rules.numeral_counters)})"
    return re.compile(rf"\d\s*(?:{_any_of(rules.counters)})|(?:{_any_of(rules.bare_before)})\s*\d|{numerals}")


@cache
def _quantifier() -> re.Pattern[str]:
    words = claim_rules().words
    return re.compile(_any_of([*words["none"], *words["all"], *words["already"]]))


@cache
def _telling() -> re.Pattern[str]:
    return re.compile(_any_of(claim_rules().telling))


def _is_of_interest(folded: str, start: int, end: int) -> bool:
    if _telling().search(folded, start, end):
        return bool(_quantifier().search(folded, start, end) or _figure().search(folded, start, end))
    found = _figure().search(folded, start, end)
    return found is not None and not found[0].endswith(_WEAK_COUNTERS)


@cache
def _vocabulary() -> tuple[tuple[str, str], ...]:
    return tuple(claim_rules().vocabulary.items())


def fold_prose(text: str) -> str:
    """`text` folded, with Taiwan vocabulary replaced; as long as `text`."""
    folded = fold(text)
    for word, replacement in _vocabulary():
        if word in folded:
            folded = folded.replace(word, replacement)
    return folded


def _is_prose(piece: Piece, in_block: bool) -> bool:
    if piece.kind == "row_end" or not piece.text or piece.text.isspace():
        return False
    if in_block:
        return len(piece.text) >= _LONG and "。" in piece.text
    return piece.kind == "line" or len(piece.text) > _WRAPPED


def _prose_pieces(pieces: Sequence[Piece], blocks: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    inside = {index for start, end in blocks for index in range(start, end)}
    for index, piece in enumerate(pieces):
        if _is_prose(piece, index in inside):
            yield piece


def _is_wrapped(folded: str, following: str) -> bool:
    """Whether a line goes on in the next one: long, without a full stop, and the next is no heading."""
    return len(folded) >= _WRAPPED and not _FULL_STOP.search(folded) and not _HEADING.match(following)


def read_prose(pieces: Sequence[Piece], blocks: Iterable[tuple[int, int]]) -> Prose:
    """The prose of a document: all lines outside of the tables' blocks; wrapped lines are joined."""
    chosen = [as_printed(piece) for piece in _prose_pieces(pieces, blocks)]
    folded = [fold_prose(piece.text) for piece in chosen]
    joined: list[str] = []
    printed: list[str] = []
    starts: list[int] = []
    position = 0
    for index, piece in enumerate(chosen):
        starts.append(position)
        wrapped = index + 1 < len(chosen) and _is_wrapped(folded[index], folded[index + 1])
        end = " " if wrapped else "\n"
        joined += [folded[index].replace("\n", " "), end]
        printed += [piece.printed or piece.text, end]
        position += len(piece.text) + 1
    return Prose("".join(joined), "".join(printed), starts, chosen)


def is_heading(text: str) -> bool:
    """Whether a sentence begins with the ordinal of a heading."""
    return _HEADING.match(text) is not None


def _cleaned(folded: str, start: int, end: int) -> tuple[str, list[int]]:
    text = folded[start:end]
    kept: list[str] = []
    positions: list[int] = []
    last = 0
    for noise in _NOISE.finditer(text):
        if noise[0].isspace() and _BETWEEN_DIGITS.match(text, noise.start() - 1):
            continue
        kept.append(text[last : noise.start()])
        positions.extend(range(start + last, start + noise.start()))
        last = noise.end()
    kept.append(text[last:])
    positions.extend(range(start + last, end))
    return "".join(kept), positions


def read_sentences(prose: Prose) -> Iterator[Sentence]:
    """The sentences that may state a figure or head a section, in reading order."""
    paragraph = 0
    after = 0
    passed = ""
    for match in _SENTENCE.finditer(prose.folded):
        start, end = match.span()
        starts_paragraph = start == 0 or "\n" in prose.folded[after:start]
        after = end
        if starts_paragraph:
            paragraph += 1
            passed = ""
        if _HEADING.match(match[0]) or _is_of_interest(prose.folded, start, end):
            text, positions = _cleaned(prose.folded, start, end)
            if text:
                yield Sentence(text, positions, paragraph, passed)
            passed = ""
        else:
            passed = match[0]
