"""Labels of the indicators of 2008-2018: which indicator a printed label names, given the total it stands under."""

import re
from functools import cache

from contracts.form import form
from contracts.form_model import LegacyRow, LegacyVariant
from pipelines.extract.fold import fold

_ORDINAL = re.compile(r"^(?:其中:?|[(]?[一二三四五六七八九十]{1,3}[)、.]|\(?\d{1,2}[)、.]|[①-⑳*·])+")
_REMARK = re.compile(r"\([^()]*\)")
_SUFFIX = re.compile(r"(?:数量|数)$")
_BLANK = re.compile(r"\s+")
_END = ":,。;"


def without_ordinal(text: str) -> str:
    """A printed label without its ordinal and the word for parts, folded and without blanks."""
    return _ORDINAL.sub("", _BLANK.sub("", fold(text))).strip(_END)


def label_key(text: str) -> str:
    """What labels are compared by: folded, without blanks, ordinals, remarks in brackets and the word for a count."""
    compact = _REMARK.sub("", without_ordinal(text)).strip(_END)
    return _SUFFIX.sub("", _ORDINAL.sub("", compact).replace("其它", "其他"))


@cache
def known_labels() -> dict[str, tuple[LegacyRow, ...]]:
    """All declared labels by their key, with the rows that they may stand for: those of the tables first."""
    rows = [row for variant in form().legacy_variants.values() for row in variant.rows]
    rows += [LegacyRow(label, entry.id) for entry in form().indicators.values() for label in (entry.zh, *entry.aliases)]
    known: dict[str, tuple[LegacyRow, ...]] = {}
    for row in rows:
        key = label_key(row.label)
        known[key] = (*known.get(key, ()), row)
    return known


def indicator_of(key: str, variant: LegacyVariant | None, seen: list[str]) -> str | None:
    """The indicator of a label, as the table that it stands in declares it, else any table.

    `seen` are the indicators printed above it, of which the last total tells parts apart. None for a label that is
    not declared, has no id, or names several indicators with nothing above it to choose by.
    """
    own = [row for row in variant.rows if label_key(row.label) == key] if variant else []
    rows = own or known_labels().get(key, ())
    named = list(dict.fromkeys(row.indicator for row in rows if row.indicator))
    if len(named) < 2:
        return named[0] if named else None
    totals = {row.of for row in rows if row.of}
    above = next((name for name in reversed(seen) if name in totals), None)
    under = list(dict.fromkeys(row.indicator for row in rows if row.indicator and row.of == above))
    return under[0] if above and len(under) == 1 else None
