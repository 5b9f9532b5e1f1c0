"""Assessment: which meaning of a figure agrees with the report's cells, and how near the others are."""

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz.distance import OSA

from contracts.claims import (
    category_rows,
    claim_rules,
    expand_terms,
    indicator_values,
    recompute_agreement,
    terms_value,
)
from contracts.raw_json import Claim, Legacy, Operand, Span
from pipelines.extract.claims.figures import Statement
from pipelines.extract.claims.prose import Prose

_GROUP = re.compile(r"\{(\w+)\}")
_AROUND = " 、和及\t"
_NO_CLAIMS: dict[str, int] = {}


class Figures(Struct):
    """What the claims are compared with: the tables' cells and the legacy indicators with their places."""

    cells: Mapping[str, int | None]
    indicators: Mapping[str, int | None]
    indicator_spans: Mapping[str, Span | None]


class Meaning(Struct):
    """One reading of a figure: its name, its operands and what they add up to."""

    name: str
    terms: list[Operand]
    value: int | None


def read_figures(cells: Mapping[str, int | None], legacy: Legacy | None) -> Figures:
    """The figures of a report; of several indicators of one kind the first counts."""
    indicators = legacy.indicators if legacy else []
    spans: dict[str, Span | None] = {}
    for entry in indicators:
        spans.setdefault(f"{entry.indicator}.{entry.period}", entry.span)
    return Figures(cells, indicator_values(indicators), spans)


def _members(statement: Statement, cells: Mapping[str, int | None]) -> tuple[str, ...]:
    """The statement's rows or columns, with a group of outcomes replaced by its rows in the table's version."""
    members: list[str] = []
    for member in statement.members:
        group = _GROUP.fullmatch(member)
        members.extend(category_rows(group[1], cells) if group else (member,))
    return tuple(members)


def _meanings(statement: Statement, span: Span | None, figures: Figures) -> list[Meaning]:
    kind = claim_rules().kinds[statement.kind]
    members = _members(statement, figures.cells)
    meanings: list[Meaning] = []
    for name, declared in kind.meanings.items():
        terms = expand_terms(declared, members, figures.cells)
        value = terms_value(terms, figures.cells, figures.indicators, _NO_CLAIMS)
        meanings.append(Meaning(name, terms, value))
    if all(meaning.value is None for meaning in meanings) and kind.legacy:
        meanings += _legacy_meaning(kind.legacy, span, figures)
    return meanings


def _legacy_meaning(indicator: str, span: Span | None, figures: Figures) -> list[Meaning]:
    """The indicator of the same name, unless it was read from this very figure."""
    name = f"{indicator}.year"
    value = figures.indicators.get(name)
    if value is None or figures.indicator_spans.get(name) == span:
        return []
    return [Meaning(f"legacy_{indicator}", [Operand(operand=f"legacy.{name}")], value)]


def _distance(stated: int, value: int | None) -> int:
    return 99 if value is None else OSA.distance(str(stated), str(value))


def _nearest(meanings: list[Meaning], stated: int) -> Meaning:
    """The meaning whose value has the fewest digits changed; the first declared of equals."""
    assessed = [meaning for meaning in meanings if meaning.value is not None]
    return min(assessed, key=lambda meaning: _distance(stated, meaning.value))


def _choose(meanings: list[Meaning], stated: int) -> Meaning | None:
    """The meaning that agrees; else the nearest; the first if none can be assessed."""
    if not meanings:
        return None
    for meaning in meanings:
        if meaning.value == stated:
            return meaning
    known = [meaning for meaning in meanings if meaning.value is not None]
    return _nearest(known, stated) if known else meanings[0]


def _describe(meaning: Meaning, stated: int) -> str:
    return f"{meaning.name} = {meaning.value} (distance {_distance(stated, meaning.value)})"


def _candidates(statement: Statement, meanings: list[Meaning], figures: Figures) -> list[str]:
    """All readings of a figure that agrees with none, and the cells declared near it, nearest first."""
    near = [Meaning(name, [], figures.cells.get(name)) for name in claim_rules().kinds[statement.kind].near]
    known = [meaning for meaning in [*meanings, *near] if meaning.value is not None]
    known.sort(key=lambda meaning: _distance(statement.value, meaning.value))
    return [_describe(meaning, statement.value) for meaning in known]


def is_a_part(statement: Statement, claim: Claim, figures: Figures) -> bool:
    """Whether a figure that agrees with nothing is less than what its kind names and may be only a part of that."""
    if not statement.may_be_part or claim.agrees is not False:
        return False
    return any(statement.value < (meaning.value or 0) for meaning in _meanings(statement, claim.span, figures))


def _read_rest(statement: Statement, agrees: bool | None) -> list[Statement]:
    """What else the rest of a list may be: all that it leaves, or classes that the form does not have.

    Where the list leaves nothing but the class of the others, it is that.
    """
    if agrees is not False or len(statement.rest) < 2:
        return []
    return [
        replace(statement, kind="outcomes_combined", members=statement.rest),
        replace(statement, kind="reply_part", members=()),
    ]


def assess_statement(claim_id: str, statement: Statement, prose: Prose, figures: Figures) -> tuple[Statement, Claim]:
    """A statement with its claim; the rest of a list is what agrees, and not assessed if nothing does."""
    claim = assess(claim_id, statement, prose, figures)
    for reading in _read_rest(statement, claim.agrees):
        claim = assess(claim_id, reading, prose, figures)
        if claim.agrees is not False:
            return reading, claim
    return statement, claim


def assess(claim_id: str, statement: Statement, prose: Prose, figures: Figures) -> Claim:
    """The claim of one statement: its chosen meaning, whether it agrees, and the candidates if it does not."""
    span = prose.span(statement.start, statement.end)
    meanings = _meanings(statement, span, figures)
    chosen = _choose(meanings, statement.value)
    terms = chosen.terms if chosen else []
    agrees = recompute_agreement(terms, statement.value, figures.cells, figures.indicators, _NO_CLAIMS)
    return Claim(
        id=claim_id,
        kind=statement.kind,
        terms=terms,
        value=statement.value,
        quote=prose.printed[slice(*statement.quote)].replace("\n", "").strip(_AROUND),
        agrees=agrees,
        meaning=chosen.name if chosen else "",
        candidates=_candidates(statement, meanings, figures) if agrees is False else [],
        span=span,
    )
