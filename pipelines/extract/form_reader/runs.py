"""Runs: the figures that follow one label of a row, and those that follow none."""

import re
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from contracts.form import form
from contracts.raw_json import Span
from pipelines.extract.form_reader.blocks import Block
from pipelines.extract.form_reader.figures import Figure, Slot
from pipelines.extract.form_reader.labels import Match
from pipelines.extract.form_reader.order import Ordered, figures_behind_labels
from pipelines.extract.form_reader.tokens import Token


class Run(Struct):
    """Figures in printed order. `row` is empty if no label of a row stands before them.

    `is_aside`: figures before the label of their row, or behind a label that was there before: no row's figures.
    `width`: the columns of the printed row, 0 if rows have no ends. `column`: that of the label's cell.
    """

    row: str
    span: Span
    slots: list[Slot]
    is_aside: bool = False
    width: int = 0
    column: int = -1

    @property
    def solid(self) -> list[Slot]:
        """The figures without the blank cells."""
        return [slot for slot in self.slots if slot.kind != "blank"]

    @property
    def room(self) -> int:
        """How many figures these can be at most, glued ones cut into single digits."""
        return sum(slot.room for slot in self.slots)

    @property
    def numbers(self) -> list[Slot]:
        """The figures that are numbers, also those that cannot be read."""
        return [slot for slot in self.slots if slot.is_printed]

    def drop_words(self, count: int) -> list[Slot]:
        """Take words with a number away that stand behind `count` cells, as a remark does."""
        dropped: list[Slot] = []
        while len(self.slots) > count and self.slots[-1].figure.is_worded:
            dropped.append(self.slots.pop())
        return dropped


class RunsRead(Struct, frozen=True):
    """The runs of a block in printed order, and the order of the labels of its rows."""

    runs: list[Run]
    row_labels: tuple[str, ...]
    in_rows: bool
    usual_width: int


class _RunReader:
    """Walks the tokens of a block; every figure ends up in exactly one run."""

    def __init__(self, block: Block) -> None:
        self._declared = form().versions[block.version].tables[block.table]
        self._is_side_by_side = self._declared.layout == "rows_side_by_side"
        self._in_rows = block.in_rows
        self._spaced = not block.in_rows and _is_spaced(block.tokens)
        self._ordered = figures_behind_labels(block.tokens, self._declared) if block.in_rows else Ordered(block.tokens)
        self._runs: list[Run] = []
        self._labels: list[str] = []
        self._run: Run | None = None
        self._row_start = 0

    def read(self) -> RunsRead:
        for index, token in enumerate(self._ordered.tokens):
            if token.kind == "labels":
                for match in token.matches:
                    self._take_label(match, token, self._has_figure_behind(index))
            elif token.slot is not None and token.piece in self._ordered.unclear:
                self._start("", token.span, is_aside=True).slots.append(token.slot)
            elif token.slot is not None:
                self._take_slot(token.slot)
            elif token.kind == "text" and _FIGURES_AND_MORE.match(token.text):
                self._run = None  # a row's figures with the next row's label: what follows is not the last label's
            elif token.kind == "row_end" or (token.kind == "empty_line" and self._in_rows):
                self._end_row(token.width)
            elif token.kind == "empty_line" and not self._spaced and self._run is not None:
                self._take_slot(Slot(_BLANK, "", token.span, "blank"))
        widths = Counter(run.width for run in self._runs if run.width and run.solid)
        usual = widths.most_common(1)[0][0] if widths else 0
        return RunsRead(self._runs, tuple(self._labels), self._in_rows, usual)

    def _has_figure_behind(self, index: int) -> bool:
        following = self._ordered.tokens[index + 1 : index + 2]
        return bool(following) and following[0].slot is not None

    def _take_label(self, match: Match, token: Token, has_figure: bool) -> None:
        row = self._row_of(match, has_figure)
        if not row:
            if not (self._is_side_by_side and self._is_waiting() and match.has_column(self._declared.id)):
                self._run = None
            return
        if self._in_rows and self._run is not None and not self._run.row:
            self._run.is_aside = True
        known = next((run for run in self._runs if run.row == row), None)
        if known is not None and known.slots:
            self._start("", token.span, is_aside=True)
            return
        if known is not None:
            self._runs.remove(known)
            self._labels.remove(row)
        self._labels.append(row)
        self._start(row, token.span).column = token.column

    def _is_waiting(self) -> bool:
        """Whether the last label of a row still has no figures."""
        return self._run is not None and bool(self._run.row) and not self._run.slots

    def _row_of(self, match: Match, has_figure: bool) -> str:
        """The row of this version that a label names; where a column or a group has its name, the place decides."""
        return match.row(self._declared, bare=not (self._labels and has_figure))

    def _take_slot(self, slot: Slot) -> None:
        if self._run is None:
            self._run = self._start("", slot.span)
        self._run.slots.append(slot)

    def _start(self, row: str, span: Span, *, is_aside: bool = False) -> Run:
        self._run = Run(row, span, [], is_aside)
        self._runs.append(self._run)
        return self._run

    def _end_row(self, width: int) -> None:
        for run in self._runs[self._row_start :]:
            run.width = width
        if self._is_waiting():
            return  # a label alone in its row: the figures follow
        self._run = None
        self._row_start = len(self._runs)


_BLANK = Figure("blank")
_FIGURES_AND_MORE = re.compile(r"\s*\d[\d,.]*\s+\d[\d,.\s]*\s\S*[一-鿿]")


def _is_spaced(tokens: Sequence[Token]) -> bool:
    """Whether empty lines only space the lines out: as many as there are figures."""
    empty = sum(token.kind == "empty_line" for token in tokens)
    return empty * 2 > sum(token.slot is not None for token in tokens)


def read_runs(block: Block) -> RunsRead:
    """The runs of a table's block."""
    return _RunReader(block).read()
