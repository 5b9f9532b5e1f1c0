"""Order: figures printed in the line above their label are put behind it; where nothing tells, they are set aside."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from contracts.form import Table
from pipelines.extract.form_reader.tokens import Token

_FEWEST_FIGURES = 2  # a line of less is not known to be a row's
_PartKind = Literal["label", "figures", "both"]


class _Part(Struct, frozen=True):
    """Tokens `start` to `end` of one line: the label of a row, figures alone, or both (which never move).

    `count`: the figures, or the columns of the label's row; where rows stand side by side, of all rows that the line
    names. `row`: the first row that is named, if one is.
    """

    kind: _PartKind
    start: int
    end: int
    count: int
    row: str = ""


class Ordered(Struct, frozen=True):
    """The tokens of a block, in which every line of figures stands behind the line of its label.

    `unclear`: the pieces of lines of figures of which nothing tells whether their label stands above or below them.
    """

    tokens: Sequence[Token]
    unclear: frozenset[int] = frozenset()


def figures_behind_labels(tokens: Sequence[Token], table: Table) -> Ordered:
    """Put figures that stand above their labels behind them.

    They do if more labels have before them a line of as many figures as their row has columns than have it behind
    them; where no label has either, if more have any line of figures before them. As many of both tell nothing.
    """
    every = _parts(tokens, table)
    before, behind = (sum(map(_fits, every, other)) for other in ([None, *every], [*every[1:], None]))
    if before < behind:
        return Ordered(tokens)
    if before == behind > 0:
        return Ordered(tokens, _beside_labels(tokens, every))
    parts = [part for part in every if part.kind != "figures" or part.count >= _FEWEST_FIGURES]
    labels = [place for place, part in enumerate(parts) if part.kind == "label"]
    above = {place for place in labels if place and parts[place - 1].kind == "figures"}
    below = sum(one.kind == "label" and other.kind == "figures" for one, other in pairwise(every))
    if before == behind and len(above) <= below:
        return Ordered(tokens)
    ordered = list(tokens)
    for place in above:
        figures, label = parts[place - 1], parts[place]
        between = tokens[figures.end : label.start]
        ordered[figures.start : label.end] = [
            *between,
            *tokens[label.start : label.end],
            *tokens[figures.start : figures.end],
        ]
    return Ordered(ordered)


def _beside_labels(tokens: Sequence[Token], parts: Sequence[_Part]) -> frozenset[int]:
    """The pieces of the lines of figures above or below a label that stands in a line of its own."""
    pairs = ((one, other) for first, second in pairwise(parts) for one, other in ((first, second), (second, first)))
    return frozenset(
        token.piece
        for label, figures in pairs
        if label.kind == "label" and figures.kind == "figures"
        for token in tokens[figures.start : figures.end]
    )


def _fits(label: _Part, figures: _Part | None) -> bool:
    """Whether a line of figures can be the row of a label."""
    return label.kind == "label" and figures is not None and figures.kind == "figures" and figures.count == label.count


def _is_same_line(first: Token, other: Token) -> bool:
    """Whether two tokens are of one row, of one piece, or of pieces that one line of text was taken apart into."""
    if first.piece == other.piece or (first.in_row and other.in_row):
        return True
    line, there = first.span, other.span
    same = line.line is not None and (line.page, line.line, line.table) == (there.page, there.line, there.table)
    return same and not first.in_row and not other.in_row


def _parts(tokens: Sequence[Token], table: Table) -> list[_Part]:
    """The lines with labels or figures, without labels that are printed again with their figures."""
    parts: list[_Part] = []
    start = 0
    while start < len(tokens):
        end = start + 1
        while end < len(tokens) and _is_same_line(tokens[end - 1], tokens[end]):
            end += 1
        line = tokens[start:end]
        named = list(dict.fromkeys(row for t in line for match in t.matches if (row := match.row(table, bare=True))))
        row = named[0] if named else ""
        figures = sum(token.slot is not None and token.slot.kind != "blank" for token in line)
        if row or figures:
            kind: _PartKind = "both" if row and figures else "label" if row else "figures"
            beside = named if table.layout == "rows_side_by_side" else named[:1]
            columns = sum(len(table.columns_of(name)) for name in beside)
            parts.append(_Part(kind, start, end, columns if kind == "label" else figures, row))
        start = end
    complete = {part.row for part in parts if part.kind == "both"}
    return [part for part in parts if part.kind != "label" or part.row not in complete]
