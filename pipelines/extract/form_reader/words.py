"""Words in the place of figures, as `见附件`, and what is struck out: no figures, and kept as what is printed there."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from contracts.form import Table
from contracts.raw_json import Leftover, Reading
from pipelines.extract.form_reader.blocks import LONGEST_WORDS, Block
from pipelines.extract.form_reader.labels import Match, is_label, match_labels
from pipelines.extract.form_reader.record import struck_note
from pipelines.extract.form_reader.tokens import Token
from pipelines.extract.form_reader.worded import LONGEST_LINE

_UNREAD = ("missing", "ambiguous")
_STOP = "。"


def keep_words(block: Block, table: Table, readings: Sequence[Reading], behind: Iterable[Token]) -> list[Leftover]:
    """What a row prints beside its label and its figures, if some of its cells were not read.

    It is the `raw` of the row's missing cells; left over where none is missing, so that nobody can say whose it is.
    `behind` are the tokens behind the block: its last row is there if its label was not told from its figures.
    """
    left: list[Leftover] = []
    for row, words in _words_of_rows(block, table, behind).items():
        unread = [one for one in readings if one.state in _UNREAD and (not row or one.cell.split(".")[1] == row)]
        missing = [one for one in unread if one.state == "missing" and not one.raw]
        for reading in missing:
            reading.raw = " ".join(dict.fromkeys(token.text for token in words))
            reading.span = words[0].span
        if unread and not missing:
            left += [Leftover(table=table.id, raw=token.text, span=token.span) for token in words]
    return left


def _words_of_rows(block: Block, table: Table, behind: Iterable[Token]) -> dict[str, list[Token]]:
    """The words behind the label of each row; behind no label where the labels of all rows stand above."""
    found: dict[str, list[Token]] = {}
    is_side_by_side = table.layout == "rows_side_by_side"
    row = ""
    for token in (*block.tokens, *takewhile(lambda line: _row_in(line, table), behind)):
        if token.kind in ("labels", "row_end"):
            row = _row_of(token.matches, table)
        elif line := _row_in(token, table):
            found.setdefault(line, []).append(token)
        elif token.kind == "text" and len(token.text) <= LONGEST_WORDS and (is_side_by_side or row):
            found.setdefault("" if is_side_by_side else row, []).append(token)
    return found


def _row_of(matches: Sequence[Match], table: Table) -> str:
    return next((name for match in reversed(matches) if (name := match.row(table, bare=True))), "")


def _row_in(token: Token, table: Table) -> str:
    """The row whose label a line begins with that could not be told from what stands behind it."""
    label, _, rest = token.text.partition(" ")
    is_line = (
        token.kind == "text"
        and not token.in_row
        and bool(rest)
        and len(token.text) <= LONGEST_LINE
        and _STOP not in rest
    )
    return _row_of(match_labels(label), table) if is_line and is_label(label) else ""


def keep_struck(block: Block, table: Table, readings: Sequence[Reading]) -> list[Leftover]:
    """What is struck out in the place of a figure and in no note on a cell, as in a row that is struck out whole."""
    slots = [token.slot for token in block.tokens if token.slot is not None and token.slot.struck]
    unnoted = [slot for slot in slots if not any(struck_note(slot) in reading.note for reading in readings)]
    return [Leftover(table=table.id, raw=slot.struck, span=slot.span) for slot in unnoted]
