"""What a clause counts in: the report's whole year and body, or only a part of them, or several years."""

import re
from collections.abc import Iterable
from functools import cache

from contracts.claims import claim_rules

_EARLIER_MONTH = r"(?<!\d)(?:1[01]|[1-9])月(?!1日)"  # the year begins on the first day of a month
_LAST_MONTH = r"(?<!\d)12月"


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _pattern() -> re.Pattern[str]:
    rules = claim_rules()
    return re.compile(
        rf"(?P<whole>{_any_of(rules.whole_year)}|{_LAST_MONTH})"
        rf"|(?P<part>{_any_of((*rules.part_of_year, *rules.part_of_body))}|{_EARLIER_MONTH})"
    )


@cache
def _time() -> re.Pattern[str]:
    rules = claim_rules()
    return re.compile(_any_of((*rules.rate_timely, *rules.out_of_time)))


def says_when(text: str) -> bool:
    """Whether words say in what time something was done: then what was done at another time may not be counted."""
    return _time().search(text) is not None


def counts_a_part(clause: str, *, before: bool) -> bool:
    """Whether a clause counts in a part of the year or the body, or in several years.

    Args:
        clause: its folded text.
        before: whether the clause before it did, which holds until another word.
    """
    found = before
    for match in _pattern().finditer(clause):
        found = match["part"] is not None
    return found
