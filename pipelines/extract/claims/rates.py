"""Rates: the share of the applications that the prose says was decided or answered, without its figures.

A rate is compared with table 三: what was decided against what was to be decided, or against what was newly received.
Which applications a rate in time is of, and whether a whole hundred is of all or of those that were due, no table
says: such a rate is read and named, and not assessed.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from contracts.claims import claim_rules, expand_terms, recompute_claim, terms_value
from contracts.raw_json import Claim, Operand
from pipelines.extract.claims.patterns import one_of
from pipelines.extract.claims.prose import Prose

KIND = "rate"
_PART = "decided"
_BASES = ("new_and_carried_in", "new_received")
_ALL = 100
_BEFORE = 120  # characters before a rate in which its subject is named
_PARAGRAPH = "\n"


@cache
def _rate() -> re.Pattern[str]:
    rules = claim_rules()
    return re.compile(
        rf"(?P<timely>{one_of(rules.rate_timely)})?(?:{one_of(rules.rate_words)})率[^\d,，。;；%、率]{{0,6}}"
        r"(?P<whole>\d{1,3})(?:\.(?P<fraction>\d{1,2}))?\s*%"
    )


@cache
def _subject() -> re.Pattern[str]:
    rules = claim_rules()
    return re.compile(rf"(?P<own>{one_of(rules.rate_of_requests)})|{one_of(rules.rate_of_others)}")


def _is_of_requests(folded: str, start: int) -> bool:
    """Whether the last subject that the paragraph names before a rate is the applications."""
    first = max(folded.rfind(_PARAGRAPH, 0, start) + 1, start - _BEFORE)
    subjects = list(_subject().finditer(folded, first, start))
    return bool(subjects) and subjects[-1]["own"] is not None


def read_rates(prose: Prose, cells: Mapping[str, int | None], first_id: int) -> Iterator[Claim]:
    """The rates of the prose that are of applications, in reading order.

    Args:
        prose: the whole prose.
        cells: the integer cells of the report by cell id.
        first_id: the number of the first claim's id.
    """
    found = (match for match in _rate().finditer(prose.folded) if _is_of_requests(prose.folded, match.start()))
    for number, match in enumerate(found, start=first_id):
        fraction = match["fraction"] or ""
        claim = Claim(
            id=f"c{number}",
            kind=KIND,
            terms=[],
            value=int(match["whole"] + fraction),
            decimals=len(fraction),
            quote=prose.printed[match.start() : match.end()].replace("\n", "").strip(),
            agrees=None,
            meaning=KIND,
            span=prose.span(match.start(), match.end()),
        )
        if match["timely"] is None:
            _assess(claim, cells)
        yield claim


def _assess(claim: Claim, cells: Mapping[str, int | None]) -> None:
    """Compare a rate with the applications; which applications it is of stays open if it is of none of them."""
    meanings = claim_rules().kinds["handled"].meanings
    part = expand_terms(meanings[_PART], (), cells)
    bases = [expand_terms(meanings[name], (), cells) for name in _BASES]
    for base in bases:
        claim.terms, claim.base = part, base
        claim.agrees = recompute_claim(claim, cells, {}, {})
        if claim.agrees is not False:
            return
    claim.base = bases[0]
    claim.candidates = [_in_words(part, base, cells) for base in bases]
    if claim.value == _ALL * 10**claim.decimals:
        claim.terms, claim.base, claim.agrees = [], [], None


def _in_words(part: list[Operand], base: list[Operand], cells: Mapping[str, int | None]) -> str:
    decided, due = (terms_value(terms, cells, {}, {}) for terms in (part, base))
    share = f"{100 * (decided or 0) / due:.2f}" if due else "no"
    return f"{decided} of {due} = {share} %"
