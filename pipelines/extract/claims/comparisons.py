"""Comparisons: the words of a change since last year, of last year's figure and of the difference between both."""

import re
from functools import cache

from contracts.claims import claim_rules
from pipelines.extract.claims.patterns import one_of
from pipelines.extract.claims.tokens import Token

PERCENT = r"(\d{1,3})(?:\.(\d{1,2}))?%"
_BEFORE = 24  # characters before a figure in which its words stand


@cache
def change() -> re.Pattern[str]:
    """A rise or a fall with its percentage; the group `rise` says which."""
    rules = claim_rules()
    return re.compile(rf"(?:(?P<rise>{one_of(rules.rises)})|{one_of(rules.falls)})(?:了|约)?{PERCENT}")


@cache
def _last_year() -> re.Pattern[str]:
    return re.compile(rf"(?:{one_of(claim_rules().last_year_words)}|(?P<year>20\d\d)年(?:度)?)[^\d,;。]{{0,12}}$")


@cache
def _carried() -> re.Pattern[str]:
    words = claim_rules().words
    return re.compile(one_of((*words["carry"], *words["unfinished"])))


def is_of_last_year(text: str, token: Token, year: int | None) -> bool:
    """Whether its words say that a figure is that of the year before `year`; what was carried over from it is not."""
    match = _last_year().search(text, max(0, token.start - _BEFORE), token.start)
    if match is None or _carried().search(match[0]):
        return False
    return match["year"] is None or int(match["year"]) + 1 == year


@cache
def _difference() -> re.Pattern[str]:
    rules = claim_rules()
    last_year = rf"(?:{one_of(rules.last_year_words)}|20\d\d年(?:度)?)[^\d,;。]{{0,8}}"
    more = rf"{one_of((*rules.rises, *rules.more))}|{last_year}(?:{one_of(rules.more_than_last_year)})"
    fewer = one_of((*rules.falls, *rules.fewer))
    counted = one_of((*rules.words["application"], *rules.words["application_weak"]))
    return re.compile(rf"(?:(?P<more>{more})|{fewer})了?(?:{counted})?$")


def is_more(text: str, token: Token) -> bool | None:
    """Whether a figure is by how much another rose (True) or fell (False); None if it is no difference."""
    match = _difference().search(text, max(0, token.start - _BEFORE), token.start)
    return None if match is None else match["more"] is not None
