"""Order: figures printed in the line above their label are put behind it."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from contracts.form import Table
from pipelines.extract.form_reader.tokens import Token

_FEWEST_FIGURES = 2  # a line of less is not known to be a row's
_PartKind = Literal["label", "figures", "both"]


class _Part(Struct, frozen=True):
    """Tokens `start` to `end` of one line: the label of a row, figures alone, or both (which never move)."""

    kind: _PartKind
    start: int
    end: int


def figures_behind_labels(tokens: Sequence[Token], table: Table) -> list[Token]:
    """The tokens of a block, in which every line of figures stands behind the line of its label.

    Figures stand above their labels if more labels have a line of figures before them than behind them, throughout.
    """
    parts = _parts(tokens, table)
    labels = [place for place, part in enumerate(parts) if part.kind == "label"]
    above = {place for place in labels if place and parts[place - 1].kind == "figures"}
    below = {place for place in labels if place + 1 < len(parts) and parts[place + 1].kind == "figures"}
    if len(above) <= len(below):
        return list(tokens)
    ordered = list(tokens)
    for place in above:
        figures, label = parts[place - 1], parts[place]
        between = tokens[figures.end : label.start]
        ordered[figures.start : label.end] = [
            *between,
            *tokens[label.start : label.end],
            *tokens[figures.start : figures.end],
        ]
    return ordered


def _is_same_line(first: Token, other: Token) -> bool:
    """Whether two tokens are of one piece, or of pieces that one line of text was taken apart into."""
    line, there = first.span, other.span
    same = line.line is not None and (line.page, line.line, line.table) == (there.page, there.line, there.table)
    return first.piece == other.piece or (same and not first.in_row and not other.in_row)


def _parts(tokens: Sequence[Token], table: Table) -> list[_Part]:
    parts: list[_Part] = []
    start = 0
    while start < len(tokens):
        end = start + 1
        while end < len(tokens) and _is_same_line(tokens[start], tokens[end]):
            end += 1
        line = tokens[start:end]
        has_label = any(match.row(table, bare=True) for token in line for match in token.matches)
        figures = sum(token.slot is not None and token.slot.kind != "blank" for token in line)
        if has_label or figures >= _FEWEST_FIGURES:
            kind: _PartKind = "both" if has_label and figures else "label" if has_label else "figures"
            parts.append(_Part(kind, start, end))
        start = end
    return parts
