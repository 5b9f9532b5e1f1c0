"""Figures: which printed texts are values of cells, and which values they are."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from contracts.form import Cell
from contracts.raw_json import Span

FigureKind = Literal["integer", "decimal", "mark", "blank"]
LARGEST_DIGITS = 15
_WHITE = " \t\r\n\xa0\u3000\u200b\ufeff"
_MARK = re.compile(r"[/\\\-–—―−]{1,3}|无")  # noqa: RUF001 - the dashes that documents print
_AMOUNT = re.compile(
    r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?P<remark>(?:[亿万]?元|[件条项宗个次人家份])?\s*(?:\(.*\))?)"
)
_MINUS = str.maketrans("−－–—", "----")  # noqa: RUF001 - the dashes that documents print


class Figure(Struct, frozen=True):
    """One value as printed. `number` has neither separators nor a remark; `remark` is what follows it."""

    kind: FigureKind
    number: str = ""
    remark: str = ""


class Slot(Struct, frozen=True):
    """One figure at its place; `kind` is the figure's."""

    figure: Figure
    raw: str
    span: Span
    kind: FigureKind

    def fits(self, cell: Cell) -> bool:
        """Whether the figure can be a value of `cell`: no fraction in a count, no minus where there is none."""
        if self.kind in ("mark", "blank") or cell.type == "text":
            return True
        if cell.type == "decimal":
            return not self.figure.number.startswith("-")
        return self.kind == "integer" and (cell.may_be_negative or not self.figure.number.startswith("-"))

    def value_in(self, cell: Cell) -> int | str | None:
        """The value of `cell` if this is its figure; a digit is never changed."""
        if self.kind in ("mark", "blank"):
            return None
        if cell.type == "text":
            return self.raw
        return int(self.figure.number) if cell.type == "integer" else self.figure.number


@lru_cache(maxsize=65536)
def parse_figure(text: str) -> Figure | None:
    """The figure that a text is, or None: an ordinal `3.`, a page number `- 3 -` or a date is none."""
    printed = unicodedata.normalize("NFKC", text).strip(_WHITE)
    if not printed:
        return Figure("blank")
    if _MARK.fullmatch(printed):
        return Figure("mark")
    found = _AMOUNT.fullmatch(printed.translate(_MINUS))
    if found is None:
        return None
    number = found["number"].replace(",", "").removeprefix("+")
    whole, _, fraction = number.removeprefix("-").partition(".")
    if len(whole) > LARGEST_DIGITS or len(fraction) > 6:
        return None
    return Figure("decimal" if fraction else "integer", number, found["remark"].strip())
