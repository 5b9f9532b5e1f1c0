"""What a clause counts in: the report's whole year and body, or only a part of them, or several years."""

import re
from functools import cache

from contracts.claims import claim_rules
from pipelines.extract.claims.patterns import one_of

_TO = r"[至到\-—–~―]+"
_YEAR = r"(?:20\d\d年|今年|当年|同年)?"
_END = rf"{_TO}{_YEAR}12月(?:31日|底|末)?"
_ALL_MONTHS = rf"(?<!\d)1(?:月(?:1日|份)?)?起?{_END}"
_END_OF_YEAR = r"(?<!\d)12月(?=31日|底|末)"
_LAST_MONTHS = rf"(?<!\d)(?!5月1日)(?:1[0-2]|[2-9])月?(?:\d{{1,2}}日)?起?{_END}"  # the first year began in May
_MONTH = r"(?<!\d)(?:1[0-2]|[1-9])月(?!1日)"  # the year begins on the first day of a month
_DATE = r"(?:年(?:度)?(?:\d{1,2}月(?:\d{1,2}日|底|末)?)?)"
_YEARS = rf"(?P<year>20\d\d){_DATE}?起?{_TO}(?!(?P=year))20\d\d{_DATE}"

_TO_OTHERS = re.compile(r"向(?!我|本|行政机关|各级行政机关)[^,;:。\d]{2,24}?(?:提出|提交|递交|申请)")


@cache
def _pattern() -> re.Pattern[str]:
    rules = claim_rules()
    until = rf"(?:{one_of(rules.until)}){_YEAR}12月"
    # a year that is printed is compared with the report's elsewhere
    since = rf"(?<!\d年){''.join(f'(?<!{word})' for word in rules.since_in_year)}{rules.since}"
    return re.compile(
        rf"(?:{_YEARS}|{_LAST_MONTHS}|{since})"
        rf"|(?P<whole>{one_of(rules.whole_year)}|{_ALL_MONTHS}|{_END_OF_YEAR}|{until})"
        rf"|(?P<part>{one_of((*rules.part_of_year, *rules.part_of_body))}|{_MONTH})"
    )


@cache
def _time() -> re.Pattern[str]:
    rules = claim_rules()
    return re.compile(one_of((*rules.rate_timely, *rules.out_of_time)))


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
        found = match["whole"] is None
    return found


def is_made_to_others(clause: str) -> bool:
    """Whether its words say to whom an application is made, without saying that it is the body itself."""
    return _TO_OTHERS.search(clause) is not None
