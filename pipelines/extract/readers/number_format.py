"""Numbers of spreadsheets as their cells print them: the subset of Excel's number formats that figures need."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from msgspec import Struct

_UNSHOWN = re.compile(r"\[[^\]]*\]|_.|\*.")  # colours, conditions, locales; the width of a character; a fill
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"[#0?,]*[#0?][#0?,]*(?:\.([#0?]*))?")
_PLAIN = re.compile(r"[\s()+\-/¥￥$€:—–]*")  # characters that stand for themselves without quotes
_MOST_DECIMALS = 15
_GENERAL_DIGITS = 15  # significant digits that a spreadsheet keeps
_LARGEST = 1e15
_PRIVATE = 0xE000  # literals stand as private characters while the digits are searched for


class _Section(Struct, frozen=True):
    """One section of a format: what stands before and behind the digits; `decimals` None if it has no digits."""

    before: str
    behind: str
    decimals: int | None
    required: int = 0
    prints_zero: bool = True
    is_grouped: bool = False
    scale: int = 0


def format_number(value: float, code: str = "") -> str:
    """A number as its cell prints it; in the general format if the cell has none, or one for dates and the like.

    A whole number is printed without a fraction, whatever its format: `12.00` is 12.

    Args:
        value: the number that the cell holds.
        code: the cell's number format, such as `0.00` or `#,##0"件"`.
    """
    number = Decimal(f"{value:.{_GENERAL_DIGITS}g}")
    section, is_signed = _section_for(number, code)
    if section is None or not abs(value) < _LARGEST:
        return _general(number)
    sign = "-" if is_signed and number < 0 else ""
    if section.decimals is None:
        return sign + section.before
    return f"{sign}{section.before}{_digits(abs(number), section)}{section.behind}".strip()


def _general(number: Decimal) -> str:
    if not number.is_finite():
        return str(number)
    return f"{number.normalize():f}" if number else "0"


def _digits(number: Decimal, section: _Section) -> str:
    decimals = section.decimals or 0
    scaled = number.scaleb(section.scale)
    rounded = scaled.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    printed = f"{rounded:,f}" if section.is_grouped else f"{rounded:f}"
    whole, _, fraction = printed.partition(".")
    if not section.prints_zero and whole == "0":
        whole = ""
    kept = fraction[: section.required] + fraction[section.required :].rstrip("0")
    return whole if not kept or rounded == rounded.to_integral_value() else f"{whole}.{kept}"


def _section_for(number: Decimal, code: str) -> tuple[_Section | None, bool]:
    """The section of a format that prints a number, and whether a minus stands before it."""
    sections = _sections(code)
    if not sections:
        return None, True
    if number < 0 and len(sections) > 1:
        return sections[1], False
    if number == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    """The sections of a format; none if one of them is not for plain numbers."""
    if not code or code.lower() == "general":
        return ()
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] if found[1] is not None else found[2])
        return chr(_PRIVATE + len(literals) - 1)

    masked = _UNSHOWN.sub("", _LITERAL.sub(keep, code[:1000]))
    sections = [_section(part, literals) for part in masked.split(";")[:3]]
    return tuple(section for section in sections if section is not None) if None not in sections else ()


def _section(text: str, literals: list[str]) -> _Section | None:
    found = _DIGITS.search(text)
    before, behind = (text[: found.start()], text[found.end() :]) if found else (text, "")
    percent = behind.startswith("%") or behind.endswith("%")
    if percent:
        behind = behind.strip("%") + "%"
    shown = [_restored(part, literals) for part in (before, behind.rstrip("%"))]
    if None in shown:
        return None
    prefix, suffix = (part or "" for part in shown)
    if found is None:
        return _Section(prefix.strip(), "", None)
    pattern = found[0].partition(".")[0]
    thousands = len(pattern) - len(pattern.rstrip(","))
    fraction = found[1] or ""
    if len(fraction) > _MOST_DECIMALS:
        return None
    return _Section(
        before=prefix.lstrip(),
        behind=suffix.rstrip() + ("%" if percent else ""),
        decimals=len(fraction),
        required=fraction.count("0"),
        prints_zero="0" in pattern,
        is_grouped="," in pattern.rstrip(","),
        scale=(2 if percent else 0) - 3 * thousands,
    )


def _restored(text: str, literals: list[str]) -> str | None:
    """Text around the digits with its literals; None if something in it is a code of its own (dates, fractions)."""
    parts: list[str] = []
    for one in text:
        place = ord(one) - _PRIVATE
        if 0 <= place < len(literals):
            parts.append(literals[place])
        elif _PLAIN.fullmatch(one) or one > "\u2fff":
            parts.append(one)
        else:
            return None
    return "".join(parts)
