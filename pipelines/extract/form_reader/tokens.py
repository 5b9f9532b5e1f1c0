"""Tokens: pieces as labels, figures and the rest, with labels that were broken over lines put together."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct, structs

from contracts.raw_json import Span
from pipelines.extract.form_reader.figures import COUNTED, LARGEST_DIGITS, Figure, Slot, parse_cell, parse_figure
from pipelines.extract.form_reader.labels import (
    LONGEST_LABEL,
    Match,
    is_label,
    is_numbered,
    match_header_part,
    match_labels,
    match_upright,
)
from pipelines.extract.pieces import Piece

TokenKind = Literal["labels", "slot", "row_end", "empty_line", "text"]
_MOST_FRAGMENTS = 4
_MOST_LINES = 7  # of a label and the figures of its row
_LONGEST_FIGURE = 40
_MOST_GLUED = 200  # digits of a whole table in one string
_ENDS_OF_FIGURES = frozenset("0123456789./-—–)）元件条项宗个次人家份起例\ufffd")
_LONGEST_UPRIGHT = 14  # characters of a label that stand on lines of their own
_BOOKMARK = re.compile(r"\[bookmark:[^\]]*\]\s*")
_PAGE_NUMBER = re.compile(r"[-–—－\s]*[-–—－]\s*\d{1,4}\s*[-–—－]+\s*|第\s*\d+\s*页.*")
_FIGURES_ONLY = re.compile(r"[-+\d][-+\d,，.\s/—]*")
_ONE = (  # a number with what may stand behind it, or a mark
    rf"(?:[-+−－–]?[\d\ufffd][\d\ufffd,，.]*(?:[亿万]?元|{COUNTED})?(?:[(（][^()（）\s]*[)）])?|[/—–-]{{1,2}})"  # noqa: RUF001
)
_BLANKS = frozenset(" \xa0\u2002\u2003\u3000")  # between the figures of a line
_NUMBER = re.compile(_ONE)
_WORD = re.compile(r"\S+")


class Token(Struct, frozen=True):
    """One or several pieces from `piece` to `end` (exclusive): labels, one figure, the end of a row, or other text.

    `matches` are the labels of a `labels` token. `in_row` says that the pieces are cells of a row, and `width`,
    at a `row_end`, how many columns the row had; `column` is that of a cell with labels.
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
    column: int = -1

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables to which the labels belong beyond doubt."""
        return _tables(self.matches) if self.matches else ()


@lru_cache(maxsize=4096)
def _tables(matches: tuple[Match, ...]) -> tuple[str, ...]:
    return tuple(match.table for match in matches if match.table)


def read_tokens(pieces: Sequence[Piece]) -> list[Token]:
    """All tokens of a document in reading order; page numbers and the like are left out."""
    pieces = [_without_bookmark(piece) if "[bookmark" in piece.text else piece for piece in pieces]
    tokens: list[Token] = []
    index = 0
    while index < len(pieces):
        token = _single_token(pieces[index], index)
        if token is not None:
            tokens.append(token)
            index += 1
            continue
        found = list(_tokens_at(pieces, index))
        tokens += found
        index = max([index + 1, *(token.end for token in found)])
    return tokens


def _without_bookmark(piece: Piece) -> Piece:
    """The piece without what a word processor printed of its bookmarks."""
    found = _BOOKMARK.match(piece.text)
    if found is None:
        return structs.replace(piece, text=_BOOKMARK.sub("", piece.text))
    start = (piece.span.char_start or 0) + found.end()
    span = structs.replace(piece.span, char_start=None if piece.span.char_start is None else start)
    return structs.replace(piece, text=_BOOKMARK.sub("", piece.text), span=span)


def _single_token(piece: Piece, index: int) -> Token | None:
    """The token of a piece that is an end of a row, an empty line or a figure; None if it is anything else."""
    if piece.kind == "row_end":
        return Token("row_end", index, index + 1, piece.span, width=piece.column)
    in_row = piece.kind == "cell"
    if not in_row and not piece.text:
        return Token("empty_line", index, index + 1, piece.span)
    slot = _slot(piece.text, piece.span, is_glued=piece.is_glued)
    if slot is None and in_row:
        figure = parse_cell(piece.text)
        slot = Slot(figure, piece.text, piece.span, figure.kind) if figure is not None else None
    if slot is None:
        return None
    if piece.printed or in_row or piece.struck:
        column = piece.column if in_row else -1
        slot = Slot(slot.figure, piece.printed or slot.raw, slot.span, slot.kind, column, piece.struck)
    return Token("slot", index, index + 1, piece.span, piece.text, slot=slot, in_row=in_row)


def _tokens_at(pieces: Sequence[Piece], index: int) -> Iterator[Token]:
    """The tokens of text that begins with a piece and is no figure alone."""
    piece = pieces[index]
    in_row = piece.kind == "cell"
    if len(piece.text) > LONGEST_LABEL + _LONGEST_FIGURE and not _FIGURES_ONLY.fullmatch(piece.text):
        yield Token("text", index, index + 1, piece.span, piece.text, in_row=in_row)
    elif not _PAGE_NUMBER.fullmatch(piece.text):
        yield from _text_tokens(pieces, index, in_row)


def _text_tokens(pieces: Sequence[Piece], index: int, in_row: bool) -> Iterator[Token]:
    piece = pieces[index]
    start = _start_of_numbers(piece.text)
    label = piece.text[:start].strip() if start < len(piece.text) else ""
    matches = match_labels(label) or _continued_matches(pieces, index, label) if label else ()
    if start < len(piece.text) and (matches or (not label and not _BLANKS.isdisjoint(piece.text))):
        if matches:
            yield Token("labels", index, index + 1, piece.span, label, matches=matches, in_row=in_row)
        yield from _row_of_figures(piece, start, index, in_row)
        return
    matches, end = _matches_from(pieces, index)
    spread = None if in_row or (end == index + 1 and matches) else _read_spread_label(pieces, index)
    if spread is not None and (not matches or spread.is_exact):
        yield Token("labels", index, spread.end, piece.span, piece.text, matches=spread.matches)
        yield from _figures_at(pieces, spread.figures)
        return
    matches = matches or match_header_part(piece.text)
    kind: TokenKind = "labels" if matches else "text"
    column = piece.column if in_row else -1
    yield Token(kind, index, end, piece.span, piece.text, matches=matches, in_row=in_row, column=column)


def _matches_from(pieces: Sequence[Piece], index: int) -> tuple[tuple[Match, ...], int]:
    """The labels that begin with a piece, and the end of the pieces that they are printed in."""
    text = pieces[index].text
    if len(text) == 1:
        matches, end = _upright_matches(pieces, index)
        if matches:
            return matches, end
    matches = match_labels(text)
    if matches and is_label(text):
        return matches, index + 1
    joined, end = _joined_matches(pieces, index, in_full=bool(matches))
    return (joined, end) if joined else (matches, index + 1)


def _row_of_figures(piece: Piece, start: int, index: int, in_row: bool) -> Iterator[Token]:
    """The figures at the end of a line, which is then a row of its own."""
    for found in re.finditer(r"\S+", piece.text[start:]):
        before = piece.span.char_start or 0
        first, last = (before + piece.place(start + place) for place in found.span())
        span = Span(line=piece.span.line, char_start=first, char_end=last)
        slot = _slot(found.group(), span)
        if slot is not None and piece.printed:
            slot = structs.replace(slot, raw=piece.printed[first - before : last - before])
        if slot is not None:
            yield Token("slot", index, index + 1, span, found.group(), slot=slot, in_row=True)
    if not in_row:
        yield Token("row_end", index, index + 1, piece.span)


def _slot(text: str, span: Span, *, is_glued: bool = False) -> Slot | None:
    is_long = LARGEST_DIGITS < len(text) <= _MOST_GLUED and text.isdecimal()
    if is_long or (is_glued and len(text) > 1):
        return Slot(Figure("glued", text), text, span, "glued")
    if len(text) > _LONGEST_FIGURE:
        return None
    figure = parse_figure(text)
    return None if figure is None else Slot(figure, text, span, figure.kind)


def _upright_matches(pieces: Sequence[Piece], index: int) -> tuple[tuple[Match, ...], int]:
    """The label whose characters stand on lines of their own, and the end of those lines."""
    end = index
    while end < len(pieces) and end - index < _LONGEST_UPRIGHT and len(pieces[end].text) == 1:
        if pieces[end].kind != "line" or _FIGURES_ONLY.fullmatch(pieces[end].text):
            break
        end += 1
    matches, length = match_upright("".join(piece.text for piece in pieces[index:end]))
    return matches, index + max(length, 1)


def _continued_matches(pieces: Sequence[Piece], index: int, label: str) -> tuple[Match, ...]:
    """The labels that began in the line before and end in this one, before its figures."""
    before = pieces[index - 1] if index else None
    if before is None or before.kind != "line" or pieces[index].kind != "line" or not before.text:
        return ()
    return match_labels(before.text + label) if len(before.text) + len(label) <= LONGEST_LABEL else ()


class _SpreadLabel(Struct, frozen=True):
    """A label in several lines, the line in which the figures of its row are, and the end of those lines."""

    matches: tuple[Match, ...]
    figures: int
    end: int
    is_exact: bool


def _read_spread_label(pieces: Sequence[Piece], index: int) -> _SpreadLabel | None:
    """The label of one row that begins in a line and goes on behind the row's figures, or on both sides of them.

    So a label of several lines is printed where the figures stand half way down its row.
    """
    label, figures = pieces[index].text, -1
    found: _SpreadLabel | None = None
    for end in range(index + 1, min(index + _MOST_LINES, len(pieces))):
        piece = pieces[end]
        if not _goes_on(piece):
            break
        start = _start_of_figures(piece.text)
        if start < len(piece.text):
            if figures >= 0:
                break
            figures = end
        label += piece.text[:start].strip()
        if len(label) > LONGEST_LABEL:
            break
        if figures >= 0 and start:
            matches = match_labels(label)
            if found is not None and _rows_of(matches) != _rows_of(found.matches):
                break
            if len(_rows_of(matches)) == 1:
                found = _SpreadLabel(matches, figures, end + 1, is_label(label))
                if found.is_exact:
                    break
    return found


def _goes_on(piece: Piece) -> bool:
    """Whether a line can be figures or the rest of a label; one with an ordinal begins the next label."""
    if piece.kind != "line" or not piece.text or match_labels(piece.text):
        return False
    return _start_of_figures(piece.text) == 0 or not is_numbered(piece.text)


def _rows_of(matches: tuple[Match, ...]) -> set[tuple[str, str]]:
    """Table and id of the rows among labels."""
    return {(label.table, label.id) for match in matches for label in match.labels if label.kind == "row"}


def _start_of_figures(text: str) -> int:
    """Where the figures at the end of a line begin; its length, if it has none."""
    return 0 if _FIGURES_ONLY.fullmatch(text) else _start_of_numbers(text)


def _start_of_numbers(text: str) -> int:
    """Where the words at the end of a text begin that are all figures; its length, if the last one is none."""
    start = len(text)
    for word in reversed(list(_WORD.finditer(text)) if text[-1] in _ENDS_OF_FIGURES else []):
        if not _NUMBER.fullmatch(word.group()):
            break
        start = word.start()
    return start


def _figures_at(pieces: Sequence[Piece], index: int) -> Iterator[Token]:
    """The figures of one line, behind what is a label's."""
    piece = pieces[index]
    single = _single_token(piece, index)
    if single is not None:
        yield single
    else:
        yield from _row_of_figures(piece, _start_of_figures(piece.text), index, in_row=False)


def _joined_matches(pieces: Sequence[Piece], index: int, *, in_full: bool) -> tuple[tuple[Match, ...], int]:
    """The labels of a text that goes on in the next pieces, and the end of those pieces.

    `in_full`: only one label to the letter, of which the text itself is known to be the greater part.
    """
    text = pieces[index].text
    for end in range(index + 1, min(index + _MOST_FRAGMENTS, len(pieces))):
        piece = pieces[end]
        if piece.kind == "row_end" or not piece.text or len(text) + len(piece.text) > LONGEST_LABEL:
            break
        if parse_figure(piece.text) is not None or _FIGURES_ONLY.fullmatch(piece.text):
            break
        text += piece.text
        matches = match_labels(text) if not in_full or is_label(text) else ()
        if matches:
            return matches, end + 1
    return (), index + 1
