"""Worded cells: what stands in a figure's place and says a number in words that are no figure, as `约12` or `十二`."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import structs

from pipelines.extract.form_reader.figures import COUNTED, Figure, Slot, parse_figure
from pipelines.extract.form_reader.labels import is_numbered, match_labels
from pipelines.extract.form_reader.tokens import Token

_LONGEST = 40  # characters of a cell that can be a figure with words around it
LONGEST_LINE = 110  # characters of a line with a label and the figures of its row
_FEWEST_BEFORE = 2  # figures before it in a row without label
_NUMERAL = re.compile(rf"[约共近计]?[零〇一二两三四五六七八九十百千万亿]+余?{COUNTED}?")
_IN_LINE = re.compile(rf"[约共近计]\d[\d,]*余?{COUNTED}?|\d[\d,]*余{COUNTED}?|(?=..){_NUMERAL.pattern}")
_NUMBERS = re.compile(r"[\d\s、,.;]+")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年度?")
_WORD = re.compile(r"\S+")
_WORDED = Figure("mark", is_illegible=True, is_worded=True)


def mark_worded_cells(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, in which a worded cell behind the label of its row is a mark that cannot be read.

    So it keeps its place and is named. In a row without label it stands behind figures, and before one; in lines, which
    may have other words between them, only what is nothing but a number in words is one.
    """
    marked: list[Token] = []
    start = 0
    while start < len(tokens):
        end = start + 1
        while end < len(tokens) and tokens[end - 1].in_row and tokens[end].in_row:
            end += 1
        row = tokens[start:end]
        if any(token.kind == "text" for token in row):
            following = tokens[end] if end < len(tokens) else None
            marked += _marked(row) if row[0].in_row else _marked_line(row[0], marked[-1:], following)
        else:
            marked += row
        start = end
    return marked


def _marked(row: Sequence[Token]) -> Iterator[Token]:
    """The cells of one row."""
    is_figure = [token.slot is not None and token.slot.kind != "blank" for token in row]
    last = max((place for place, one in enumerate(is_figure) if one), default=-1)
    is_labelled, before = False, 0
    for place, token in enumerate(row):
        is_labelled |= _names_row(token)
        before += is_figure[place]
        is_between = before >= _FEWEST_BEFORE and place < last
        if token.kind == "text" and (is_labelled or is_between) and _says_number(token.text):
            yield _as_mark(token, token.column)
        else:
            yield token


def _marked_line(line: Token, before: Sequence[Token], following: Token | None) -> Iterator[Token]:
    """A line that is no label and no figure: a number in words behind one of these, or a row of its own."""
    is_behind = any(_names_row(token) or token.slot is not None for token in before)
    is_before = following is not None and (following.slot is not None or following.kind == "labels")
    if is_behind and is_before and _IN_LINE.fullmatch(_normal(line.text)):
        yield _as_mark(line, -1)
    else:
        yield from _row_in(line) or (line,)


def _row_in(line: Token) -> list[Token]:
    """The label of a row and the figures behind it, one in words among them; nothing if a line is not made so."""
    words = list(_WORD.finditer(line.text)) if len(line.text) <= LONGEST_LINE else []
    first = len(words)
    while first and (_figure(words[first - 1][0]) or _IN_LINE.fullmatch(_normal(words[first - 1][0]))):
        first -= 1
    if not 0 < first < len(words):
        return []
    start = words[first].start()
    matches = match_labels(line.text[:start].strip())
    label = structs.replace(line, kind="labels", text=line.text[:start].strip(), matches=matches)
    if not _names_row(label):
        return []
    row = [label]
    for word in words[first:]:
        offset = line.span.char_start or 0
        span = structs.replace(line.span, char_start=offset + word.start(), char_end=offset + word.end())
        figure = _figure(word[0]) or _WORDED
        slot = Slot(figure, word[0], span, figure.kind)
        row.append(structs.replace(line, kind="slot", text=word[0], span=span, slot=slot, in_row=True))
    return [*row, structs.replace(line, kind="row_end", text="")]


def _figure(word: str) -> Figure | None:
    figure = parse_figure(word)
    return None if figure is None or figure.kind == "blank" else figure


def _as_mark(token: Token, column: int) -> Token:
    return structs.replace(token, kind="slot", slot=Slot(_WORDED, token.text, token.span, "mark", column))


def _names_row(token: Token) -> bool:
    return any(label.kind == "row" for match in token.matches for label in match.labels)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _says_number(text: str) -> bool:
    """Whether a text has a number in it; an ordinal before other words is a label's, and a year counts nothing."""
    printed = _normal(text)
    if len(printed) > _LONGEST or _YEAR.fullmatch(printed):
        return False
    if _NUMERAL.fullmatch(printed) or _NUMBERS.fullmatch(printed):
        return True
    return not is_numbered(text) and any(character.isdecimal() for character in printed)
