"""Indicators of 2008-2018 that sentences state."""

import re
from functools import cache

from contracts.claims import claim_rules
from contracts.form import form
from contracts.raw_json import LegacyIndicator, Span
from pipelines.extract.claims.figures import Statement
from pipelines.extract.claims.prose import Prose, read_sentences
from pipelines.extract.claims.statements import StatementReader
from pipelines.extract.fold import fold

_BLANK = re.compile(r"\s+")
_CHANNELS = {
    ("in_person",): "requests_in_person",
    ("fax",): "requests_fax",
    ("email",): "requests_email",
    ("online",): "requests_online",
    ("letter",): "requests_letter",
    ("letter", "fax"): "requests_letter_or_fax",
    ("other",): "requests_other_channel",
}
_RECEIVED = ("received", "new_received")  # a part of these is another indicator's, if any
_REVIEW_RESULTS = {"review.upheld": "reviews_upheld", "review.corrected": "reviews_corrected"}


@cache
def _labels() -> dict[str, str]:
    """All labels of indicators with their ids, the longest first."""
    pairs = [(label, entry.id) for entry in form().indicators.values() for label in (entry.zh, *entry.aliases)]
    return dict(sorted(pairs, key=lambda pair: len(pair[0]), reverse=True))


def _indicator_of(statement: Statement) -> str | None:
    """The indicator that a statement of the prose gives, if the form of 2008-2018 has it."""
    if statement.kind == "channel":
        return _CHANNELS.get(statement.members)
    if statement.kind == "reply_part":
        return statement.members[0] if statement.members else None
    if statement.kind == "case_result":
        return _REVIEW_RESULTS.get(statement.members[0])
    return claim_rules().kinds[statement.kind].legacy or None


def _label_of(indicator: str, prose: Prose, statement: Statement) -> str:
    """The longest declared label that the clause prints; else the clause without its number."""
    first, last = statement.quote
    clause = _BLANK.sub("", prose.folded[first:last])
    for label, owner in _labels().items():
        if owner == indicator and label in clause:
            return label
    return _clause_without_number(prose, statement)


def _clause_without_number(prose: Prose, statement: Statement) -> str:
    first, last = statement.quote
    before, after = prose.printed[first : statement.start], prose.printed[statement.end : last]
    return _BLANK.sub("", fold(before + after)).strip("、和及,")


def _is_figure(indicator: str | None) -> bool:
    return indicator is not None and indicator in form().indicators


def read_prose_indicators(prose: Prose, year: int) -> list[LegacyIndicator]:
    """The indicators that sentences state, in reading order; figures that the prose dates otherwise are passed over."""
    reader = StatementReader(year)
    for sentence in read_sentences(prose):
        reader.read(sentence)
    found: dict[str, LegacyIndicator] = {}
    unknown: list[LegacyIndicator] = []
    for statement in reader.statements:
        if statement.may_be_part and statement.kind in _RECEIVED:
            unknown.append(_unknown_indicator(prose, statement))
            continue
        indicator = _indicator_of(statement)
        if indicator is None or not _is_figure(indicator) or indicator in found:
            continue
        found[indicator] = LegacyIndicator(
            label=_label_of(indicator, prose, statement),
            indicator=indicator,
            period="year",
            value=statement.value,
            unit=form().indicators[indicator].unit,
            span=prose.span(statement.start, statement.end),
        )
    for statement in reader.unnamed:
        unknown.append(_unknown_indicator(prose, statement))
    return sorted([*found.values(), *unknown], key=_place)


def _unknown_indicator(prose: Prose, statement: Statement) -> LegacyIndicator:
    return LegacyIndicator(
        label=_clause_without_number(prose, statement),
        indicator=None,
        period="year",
        value=statement.value,
        unit="application",
        span=prose.span(statement.start, statement.end),
    )


def _place(entry: LegacyIndicator) -> tuple[int, int]:
    span = entry.span or Span()
    return span.line or 0, span.char_start or 0
