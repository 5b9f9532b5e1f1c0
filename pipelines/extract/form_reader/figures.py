"""Figures: which printed texts are values of cells, and which values they are."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from contracts.form import Cell
from contracts.raw_json import Span

FigureKind = Literal["integer", "decimal", "mark", "blank", "glued"]
LARGEST_DIGITS = 15
COUNTED = "(?:[人件]次|[件条项宗个次人家份起例])"  # what a count can have behind it
_WHITE = " \t\r\n\xa0\u3000\u200b\ufeff"
_MARK = re.compile(r"[/\\\-–—―−]{1,3}|[无零]")  # noqa: RUF001 - the dashes that documents print
_AMOUNT = re.compile(
    r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*"
    rf"(?P<remark>(?:[亿万]?元|{COUNTED})?\s*(?:\(.*\))?)"
)
_LOST = "\ufffd"
_ILLEGIBLE = re.compile(rf"[\d.,+\-\s{_LOST}]+[亿万]?(?:元|{COUNTED})?")
_ZERO = frozenset("\u3007\u25cb\u25ef")
_IN_LINES = re.compile(r"[\d.,%+\-\s]+")
_APART = re.compile(r"[1-9]\d{0,2}(?: \d{3})+")
_IN_OTHER_SIGNS = re.compile(
    rf"\d[\d,.]*\s*(?:[*#^]+|\[\d+\]|[亿万](?:元|{COUNTED})?|[eE][+-]?\d+|/\d+|,\d{{1,2}}|,\d{{4,}})"
)
_MONEY = re.compile(r"(\d?)([亿万]?元)")
_FALL = re.compile(r"[减降负]")
_LESS = re.compile(rf"{COUNTED}?\s*\((?:减少?|下降|降低)\)")
_UNITS = {"cny_10k": "万元"}
_MINUS = str.maketrans("−－–—", "----")  # noqa: RUF001 - the dashes that documents print


class Figure(Struct, frozen=True):
    """One value as printed. `number` has neither separators nor a remark; `remark` is what follows it.

    `is_illegible`: a mark that was a number before its digits were damaged; `is_worded`: one that says it in words.
    `glued`: the digits of several cells with nothing between them, as a leading zero shows.
    """

    kind: FigureKind
    number: str = ""
    remark: str = ""
    is_illegible: bool = False
    is_worded: bool = False


class Slot(Struct, frozen=True):
    """One figure at its place; `kind` is the figure's, `column` that of a row of cells, else -1.

    `struck` is what is struck out beside it.
    """

    figure: Figure
    raw: str
    span: Span
    kind: FigureKind
    column: int = -1
    struck: str = ""

    @property
    def room(self) -> int:
        """How many figures it can be at most: as many as it has digits and marks, if it is glued."""
        if self.kind == "glued":
            return sum(character.isdigit() or _MARK.fullmatch(character) is not None for character in self.raw)
        return int(self.kind != "blank")

    @property
    def is_printed(self) -> bool:
        """Whether it is a number, be it one that cannot be read, so that it must not get lost."""
        return self.figure.is_illegible or self.kind in ("integer", "decimal", "glued")

    def fits(self, cell: Cell) -> bool:
        """Whether the figure can be a value of `cell`: no fraction in a count, no minus where there is none."""
        if self.kind == "glued":
            return False
        if self.kind in ("mark", "blank") or cell.type == "text":
            return True
        if cell.type == "decimal":
            return not self.figure.number.startswith("-") and self._has_unit_of(cell)
        return self.kind == "integer" and (cell.may_be_negative or not self.figure.number.startswith("-"))

    def _has_unit_of(self, cell: Cell) -> bool:
        """Whether no other unit of money stands behind the figure than the cell's, in brackets or not.

        One directly behind the figure counts; another number with a unit in brackets (`12(0.3万元)`) makes it unclear.
        """
        wanted = _UNITS.get(cell.unit)
        printed = _MONEY.findall(self.figure.remark)
        if wanted is None or not printed:
            return True
        is_behind = _MONEY.match(self.figure.remark) is not None
        return all(unit == wanted and not digit for digit, unit in (printed[:1] if is_behind else printed))

    def value_in(self, cell: Cell) -> int | str | None:
        """The value of `cell` if this is its figure; a digit is never changed.

        Where there can be a minus, `3(减)` is one; None if a remark speaks of a fall in other words.
        """
        if self.kind in ("mark", "blank", "glued"):
            return None
        if cell.type != "integer":
            return self.raw if cell.type == "text" else self.figure.number
        number = int(self.figure.number)
        if not cell.may_be_negative or number <= 0 or not _FALL.search(self.figure.remark):
            return number
        return -number if _LESS.fullmatch(self.figure.remark) else None


@lru_cache(maxsize=65536)
def parse_figure(text: str) -> Figure | None:
    """The figure that a text is, or None: an ordinal `3.`, a page number `- 3 -` or a date is none."""
    printed = unicodedata.normalize("NFKC", text).strip(_WHITE)
    if not printed:
        return Figure("blank")
    if _LOST in printed:
        return Figure("mark", is_illegible=True) if _ILLEGIBLE.fullmatch(printed) else None
    if _MARK.fullmatch(printed):
        return Figure("mark")
    found = _AMOUNT.fullmatch(printed.translate(_MINUS))
    if found is None:
        return None
    number = found["number"].replace(",", "").removeprefix("+")
    whole, _, fraction = number.removeprefix("-").partition(".")
    if len(fraction) > 6 or len(whole) > LARGEST_DIGITS:
        return None
    if whole.startswith("0") and whole != "0":
        return Figure("glued", number) if number == printed else None
    return Figure("decimal" if fraction else "integer", number, found["remark"].strip())


def parse_cell(text: str) -> Figure | None:
    """What the whole text of a cell of a grid is as a figure, if it is none by itself.

    Blanks may stand between its thousands: a cell is one place. A figure with a sign that says another number or leads
    elsewhere (`7*`, `1.2万`) is a mark that cannot be read, so that its place is kept and named; so are figures one
    below the other, which can be two numbers or a broken one. A round zero is a mark, as zero in words is; in a line of
    its own it can be a bullet.
    """
    normal = unicodedata.normalize("NFKC", text).strip(_WHITE)
    if normal in _ZERO:
        return Figure("mark")
    if "\n" in normal and _IN_LINES.fullmatch(normal.translate(_MINUS)):
        return Figure("mark", is_illegible=True)
    printed = " ".join(normal.split())
    if _APART.fullmatch(printed):
        return Figure("integer", printed.replace(" ", ""), "blanks between the thousands")
    return Figure("mark", is_illegible=True) if _IN_OTHER_SIGNS.fullmatch(printed) else None
