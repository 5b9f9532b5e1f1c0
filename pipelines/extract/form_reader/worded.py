"""Worded cells: what stands in a figure's place and says a number in words that are no figure, as `约12` or `十二`."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import structs

from pipelines.extract.form_reader.figures import COUNTED, Figure, Slot
from pipelines.extract.form_reader.labels import is_numbered
from pipelines.extract.form_reader.tokens import Token

_LONGEST = 40  # characters of a cell that can be a figure with words around it
_FEWEST_BEFORE = 2  # figures before it in a row without label
_NUMERAL = re.compile(rf"[约共近计]?[零〇一二两三四五六七八九十百千万亿]+余?{COUNTED}?")
_NUMBERS = re.compile(r"[\d\s、,.;]+")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年度?")
_WORDED = Figure("mark", is_illegible=True, is_worded=True)


def mark_worded_cells(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, in which a worded cell behind the label of its row is a mark that cannot be read.

    So it keeps its place and is named. In a row without label it stands behind figures, and before one.
    """
    marked: list[Token] = []
    start = 0
    while start < len(tokens):
        end = start + 1
        while end < len(tokens) and tokens[end - 1].in_row and tokens[end].in_row:
            end += 1
        row = tokens[start:end]
        is_worded = row[0].in_row and any(token.kind == "text" for token in row)
        marked += _marked(row) if is_worded else row
        start = end
    return marked


def _marked(row: Sequence[Token]) -> Iterator[Token]:
    """The cells of one row."""
    is_figure = [token.slot is not None and token.slot.kind != "blank" for token in row]
    last = max((place for place, one in enumerate(is_figure) if one), default=-1)
    is_labelled, before = False, 0
    for place, token in enumerate(row):
        is_labelled |= any(label.kind == "row" for match in token.matches for label in match.labels)
        before += is_figure[place]
        is_between = before >= _FEWEST_BEFORE and place < last
        if token.kind == "text" and (is_labelled or is_between) and _says_number(token.text):
            slot = Slot(_WORDED, token.text, token.span, "mark", token.column)
            yield structs.replace(token, kind="slot", slot=slot)
        else:
            yield token


def _says_number(text: str) -> bool:
    """Whether a text has a number in it; an ordinal before other words is a label's, and a year counts nothing."""
    printed = unicodedata.normalize("NFKC", text).strip()
    if len(printed) > _LONGEST or _YEAR.fullmatch(printed):
        return False
    if _NUMERAL.fullmatch(printed) or _NUMBERS.fullmatch(printed):
        return True
    return not is_numbered(text) and any(character.isdecimal() for character in printed)
