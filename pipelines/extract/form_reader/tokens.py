"""Tokens: pieces as labels, figures and the rest, with labels that were broken over lines put together."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from contracts.raw_json import Span
from pipelines.extract.form_reader.figures import Slot, parse_figure
from pipelines.extract.form_reader.labels import LONGEST_LABEL, Match, match_header_part, match_labels
from pipelines.extract.pieces import Piece

TokenKind = Literal["labels", "slot", "row_end", "empty_line", "text"]
_MOST_FRAGMENTS = 4
_LONGEST_FIGURE = 40
_PAGE_NUMBER = re.compile(r"[-–—－\s]*[-–—－]\s*\d{1,4}\s*[-–—－]+\s*|第\s*\d+\s*页.*|\[bookmark:.*\]")
_NUMBERS_AT_END = re.compile(r"(?:^|(?<=\s))[-+\d][\d,.]*(?:\s+(?:[-+\d][\d,.]*|[/—-]))*\s*$")


class Token(Struct, frozen=True):
    """One or several pieces from `piece` to `end` (exclusive): labels, one figure, the end of a row, or other text.

    `matches` are the labels of a `labels` token. `in_row` says that the pieces are cells of a row, and `width`,
    at a `row_end`, how many columns the row had.
    """

    kind: TokenKind
    piece: int
    end: int
    span: Span
    text: str = ""
    matches: tuple[Match, ...] = ()
    slot: Slot | None = None
    in_row: bool = False
    width: int = 0

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables to which the labels belong beyond doubt."""
        return _tables(self.matches) if self.matches else ()


@lru_cache(maxsize=4096)
def _tables(matches: tuple[Match, ...]) -> tuple[str, ...]:
    return tuple(match.table for match in matches if match.table)


def read_tokens(pieces: Sequence[Piece]) -> list[Token]:
    """All tokens of a document in reading order; page numbers and the like are left out."""
    tokens: list[Token] = []
    index = 0
    while index < len(pieces):
        found = list(_tokens_at(pieces, index))
        tokens += found
        index = max([index + 1, *(token.end for token in found)])
    return tokens


def _tokens_at(pieces: Sequence[Piece], index: int) -> Iterator[Token]:
    piece = pieces[index]
    end, in_row = index + 1, piece.kind == "cell"
    if piece.kind == "row_end":
        yield Token("row_end", index, end, piece.span, width=piece.column)
    elif piece.kind == "line" and not piece.text:
        yield Token("empty_line", index, end, piece.span)
    elif (slot := _slot(piece.text, piece.span)) is not None:
        yield Token("slot", index, end, piece.span, piece.text, slot=slot, in_row=in_row)
    elif len(piece.text) > LONGEST_LABEL + _LONGEST_FIGURE:
        yield Token("text", index, end, piece.span, piece.text, in_row=in_row)
    elif not _PAGE_NUMBER.fullmatch(piece.text):
        yield from _text_tokens(pieces, index, in_row)


def _text_tokens(pieces: Sequence[Piece], index: int, in_row: bool) -> Iterator[Token]:
    piece = pieces[index]
    matches, end = match_labels(piece.text), index + 1
    if not matches:
        matches, end = _joined_matches(pieces, index)
    if not matches:
        matches, end = match_header_part(piece.text), index + 1
    if matches:
        yield Token("labels", index, end, piece.span, piece.text, matches=matches, in_row=in_row)
        return
    figures = _NUMBERS_AT_END.search(piece.text)
    label = piece.text[: figures.start()].strip() if figures else ""
    matches = match_labels(label)
    if figures is None or (label and not matches) or (not label and " " not in piece.text):
        yield Token("text", index, end, piece.span, piece.text, in_row=in_row)
        return
    if matches:
        yield Token("labels", index, end, piece.span, label, matches=matches, in_row=in_row)
    yield from _row_of_figures(piece, figures.start(), index, in_row)


def _row_of_figures(piece: Piece, start: int, index: int, in_row: bool) -> Iterator[Token]:
    """The figures at the end of a line, which is then a row of its own."""
    for found in re.finditer(r"\S+", piece.text[start:]):
        first = (piece.span.char_start or 0) + start + found.start()
        span = Span(line=piece.span.line, char_start=first, char_end=first + len(found.group()))
        slot = _slot(found.group(), span)
        if slot is not None:
            yield Token("slot", index, index + 1, span, found.group(), slot=slot, in_row=True)
    if not in_row:
        yield Token("row_end", index, index + 1, piece.span)


def _slot(text: str, span: Span) -> Slot | None:
    if len(text) > _LONGEST_FIGURE:
        return None
    figure = parse_figure(text)
    return None if figure is None else Slot(figure, text, span, figure.kind)


def _joined_matches(pieces: Sequence[Piece], index: int) -> tuple[tuple[Match, ...], int]:
    """The labels of a text that goes on in the next pieces, and the end of those pieces."""
    text = pieces[index].text
    for end in range(index + 1, min(index + _MOST_FRAGMENTS, len(pieces))):
        piece = pieces[end]
        if piece.kind == "row_end" or not piece.text or len(text) + len(piece.text) > LONGEST_LABEL:
            break
        if parse_figure(piece.text) is not None:
            break
        text += piece.text
        matches = match_labels(text)
        if matches:
            return matches, end + 1
    return (), index + 1
