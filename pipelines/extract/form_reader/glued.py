"""Glued text: a table whose cells stand in one line with nothing between them, taken apart into pieces.

Only a stretch that is a table beyond doubt is taken apart: labels of the form one behind the other with figures
right behind the labels of rows. Prose names the same labels, but with words or punctuation in between.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise, takewhile
from typing import Literal

from msgspec import Struct, structs

from contracts.form import form
from pipelines.extract.fold import fold, label_key
from pipelines.extract.form_reader.figures import LARGEST_DIGITS, parse_figure
from pipelines.extract.form_reader.glued_scan import FoundLabel, LabelScanner
from pipelines.extract.form_reader.labels import LONGEST_LABEL, Label, labels_by_key, match_labels
from pipelines.extract.pieces import Piece

_FIGURE_BEHIND_TEXT = re.compile(r"([一-鿿]{2})[^一-鿿\d]{0,3}\d")
_PUNCTUATION = re.compile(r"[,，。;；:：、]")
_ORDINAL = r"(?:\(\s*(?:[一二三四五六七八九十]{1,3}|\d)\s*\)|[一二三四五六七八九十]{1,3}\s*[、.,:]|\d\s*[、.,:])\s*"
_BEFORE_LABEL = re.compile(rf"(?:{_ORDINAL}|[(\"]\s*)+$")
_BEHIND_LABEL = re.compile(r"(?:\s*[)\"])*")
_MINUS = "-−–—"  # noqa: RUF001 - the dashes that documents print
_RUN = re.compile(rf"(?:\s|\d|[.,](?=\d)|[{_MINUS}/]|(?<=\d)[亿万]?元)+")
_FIGURE = re.compile(rf"[{_MINUS}]?\d[\d,]*(?:\.\d+)?(?:[亿万]?元)?|[{_MINUS}]+|/")
_ORDINAL_BEHIND = re.compile(r"\s*[、.]")
_WORD = re.compile(r"[^\d/]+")
_DIGITS = re.compile(r"\s*\d[\d\s]*")
_FEWEST_ROWS = 3  # rows with figures right behind them by which a table is known within other text
_FEWEST_HEADERS = 8  # labels one behind the other by which a table of rows side by side is known
_FEWEST_DIGITS = 5
PartKind = Literal["label", "figures", "text"]


class _Part(Struct, frozen=True):
    """Characters `start` to `end` of a text: a label of the form, figures, or text that is neither."""

    kind: PartKind
    start: int
    end: int
    labels: tuple[Label, ...] = ()


def take_apart(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with every glued table taken apart into labels and figures of exact spans.

    What is not glued comes back as it is. Figures that can be those of several cells are `is_glued`.
    """
    found: list[Piece] = []
    behind_labels = False
    for piece in pieces:
        is_plain = not piece.text or (piece.text.isdecimal() and not behind_labels)
        parts = [] if is_plain else _parts_of(piece.text, behind_labels=behind_labels)
        found.extend(_pieces_of(piece, parts) if parts else (piece,))
        behind_labels = bool(parts) and parts[-1].kind == "label"
    return found


def _parts_of(text: str, *, behind_labels: bool) -> list[_Part]:
    """The parts of a text with a glued table; none if it has none."""
    if behind_labels and _DIGITS.fullmatch(text):
        return [_Part("figures", 0, len(text))]
    if not _has_figure_behind_label(text) and not _may_be_labels(text):
        return []
    if _is_row_with_blanks(text):
        return []
    folded = fold(text)
    stretches = [stretch for stretch in _stretches(folded) if _is_table(folded, stretch)]
    return list(_with_text_between(folded, [part for stretch in stretches for part in stretch])) if stretches else []


def _is_row_with_blanks(text: str) -> bool:
    """Whether a text is labels, then figures with blanks between them that show no sign of being glued."""
    words = text.split()
    figures = list(takewhile(_is_plain_figure, reversed(words)))
    label = " ".join(words[: len(words) - len(figures)])
    return bool(figures) and len(label) <= LONGEST_LABEL and bool(match_labels(label))


def _is_plain_figure(word: str) -> bool:
    figure = parse_figure(word) if len(word) <= LARGEST_DIGITS else None
    return figure is not None and figure.kind != "glued"


@cache
def _endings() -> frozenset[str]:
    """The last two characters of all labels: text without any is passed over fast."""
    return frozenset(key[-2:] for key in labels_by_key())


def _has_figure_behind_label(text: str) -> bool:
    return any(fold(found[1]) in _endings() for found in _FIGURE_BEHIND_TEXT.finditer(text))


def _may_be_labels(text: str) -> bool:
    """Whether a text that ends as a label does may be several labels and nothing else."""
    return fold(text[-2:]) in _endings() and not _PUNCTUATION.search(text) and not match_labels(text)


@cache
def _scanner() -> LabelScanner:
    return LabelScanner(labels_by_key())


class _PartReader:
    """Walks from label to label; what stands between two of them is figures, a misspelt label or other text."""

    def __init__(self, folded: str) -> None:
        self._text = folded
        self._at = 0
        self._is_known = False  # whether the last part is a label or figures

    def read(self) -> Iterator[_Part]:
        for found in _scanner().scan(self._text):
            start = self._start(found)
            yield from self._between(start)
            self._at = max(start, self._at)
            yield self._label(_BEHIND_LABEL.match(self._text, found.end).end(), labels_by_key()[found.key])  # type: ignore[union-attr]
            yield from self._figures(len(self._text))
        yield from self._between(len(self._text))

    def _start(self, found: FoundLabel) -> int:
        """Where a label starts with its ordinal and its opening brackets."""
        before = _BEFORE_LABEL.search(self._text[: found.start], max(self._at, found.start - 12))
        return before.start() if before else found.start

    def _label(self, end: int, labels: tuple[Label, ...]) -> _Part:
        part = _Part("label", self._at, end, labels)
        self._at, self._is_known = end, True
        return part

    def _figures(self, limit: int) -> Iterator[_Part]:
        """The figures right here; a digit with a point or a comma behind it is the next label's ordinal."""
        run = _RUN.match(self._text, self._at, limit)
        if run is None:
            return
        end = run.end()
        if self._text[end - 1].isdigit() and _ORDINAL_BEHIND.match(self._text, end):
            end -= 1
        if _FIGURE.search(self._text, self._at, end):
            yield _Part("figures", self._at, end)
            self._at, self._is_known = end, True

    def _between(self, limit: int) -> Iterator[_Part]:
        while self._at < limit:
            word = _WORD.match(self._text, self._at, limit) or _RUN.match(self._text, self._at, limit)
            end = word.end() if word else limit
            printed = self._text[self._at : end]
            matches = match_labels(_BEFORE_LABEL.sub("", printed).strip(" .、")) if self._is_known else ()
            if matches and label_key(printed):
                yield self._label(end, tuple(label for match in matches for label in match.labels))
                yield from self._figures(limit)
            elif printed.strip():
                yield _Part("text", self._at, limit)
                self._at, self._is_known = limit, False
            else:
                self._at = end


def _stretches(folded: str) -> Iterator[list[_Part]]:
    """Labels and figures with nothing but white space between them."""
    stretch: list[_Part] = []
    for part in _PartReader(folded).read():
        if part.kind != "text":
            stretch.append(part)
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _is_table(folded: str, stretch: Sequence[_Part]) -> bool:
    """Whether a stretch is a table of the form, or one row of it that is a line of its own."""
    rows: dict[str, set[str]] = {}
    for label, figures in pairwise(stretch):
        if label.kind == "label" and figures.kind == "figures":
            for row in (one for one in label.labels if one.kind == "row"):
                rows.setdefault(row.table, set()).add(row.id)
    if any(len(ids) >= _FEWEST_ROWS for ids in rows.values()) or _is_side_by_side(folded, stretch):
        return True
    is_whole = not folded[: stretch[0].start].strip() and not folded[stretch[-1].end :].strip()
    if not is_whole or len(stretch) == 1:
        return False
    return not (len(stretch) == 2 and folded[stretch[1].start].isspace()) and (bool(rows) or _are_labels(stretch))


def _are_labels(stretch: Sequence[_Part]) -> bool:
    return all(part.kind == "label" for part in stretch)


def _is_side_by_side(folded: str, stretch: Sequence[_Part]) -> bool:
    """Whether the figures stand behind the labels of all rows and columns of a table."""
    tables = {
        table.id
        for version in form().versions.values()
        for table in version.tables.values()
        if table.layout != "rows_below"
    }
    labels = 0
    for part in stretch:
        if part.kind == "label":
            labels = labels + 1 if any(label.table in tables for label in part.labels) else 0
        elif labels >= _FEWEST_HEADERS:
            return sum(character.isdigit() for character in folded[part.start : part.end]) >= _FEWEST_DIGITS
        else:
            labels = 0
    return False


def _with_text_between(folded: str, parts: Sequence[_Part]) -> Iterator[_Part]:
    at = 0
    for part in (*parts, _Part("text", len(folded), len(folded))):
        if folded[at : part.start].strip():
            yield _Part("text", at, part.start)
        if part.kind != "text":
            yield part
        at = part.end


def _pieces_of(piece: Piece, parts: Sequence[_Part]) -> Iterator[Piece]:
    for part in parts:
        if part.kind != "figures":
            yield _cut(piece, part.start, part.end)
            continue
        for found in _FIGURE.finditer(fold(piece.text), part.start, part.end):
            yield _cut(piece, found.start(), found.end(), is_glued=True)


def _cut(piece: Piece, start: int, end: int, *, is_glued: bool = False) -> Piece:
    """Characters `start` to `end` of a piece, without the white space around them."""
    start += len(piece.text[start:end]) - len(piece.text[start:end].lstrip())
    text, span = piece.text[start:end].strip(), piece.span
    first, last = piece.place(start), piece.place(start + len(text))
    if span.char_start is not None:
        span = structs.replace(span, char_start=span.char_start + first, char_end=span.char_start + last)
    return structs.replace(
        piece,
        text=text,
        span=span,
        is_glued=is_glued,
        printed=piece.printed[first:last],
        offsets=tuple(place - first for place in piece.offsets[start : start + len(text)]),
    )
