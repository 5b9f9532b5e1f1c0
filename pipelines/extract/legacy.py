"""Indicators of reports on 2008-2018: from their tables of indicators, else from their prose."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from msgspec import Struct

from contracts.claims import claim_rules
from contracts.form import form
from contracts.raw_json import Legacy, LegacyIndicator, Period, Span
from pipelines.extract.claims.figures import Statement
from pipelines.extract.claims.prose import Prose, fold_prose, read_prose, read_sentences
from pipelines.extract.claims.statements import StatementReader
from pipelines.extract.fold import fold
from pipelines.extract.pieces import Piece

_STATUTORY_ROWS = 4  # labels of table 三 from which on a report has the statutory form
_MOST_DIGITS = 15  # of a number that counts something
_TABLE_ROWS = 5  # indicators in rows from which on a report has a table of indicators
_BLANK = re.compile(r"\s+")
_REMARK = re.compile(r"[（(].*?[）)]")
_CHANNELS = {
    ("in_person",): "requests_in_person",
    ("fax",): "requests_fax",
    ("email",): "requests_email",
    ("online",): "requests_online",
    ("letter",): "requests_letter",
    ("letter", "fax"): "requests_letter_or_fax",
    ("other",): "requests_other_channel",
}
_REVIEW_RESULTS = {"review.upheld": "reviews_upheld", "review.corrected": "reviews_corrected"}


class _Found(Struct, frozen=True):
    """An indicator found in a table's line: its label's place and the digits of its columns."""

    indicator: str
    label: str
    unit: str
    columns: tuple[int | None, ...]
    start: int
    end: int


@cache
def _statutory_labels() -> tuple[str, ...]:
    version = next(iter(form().versions.values()))
    return tuple(_REMARK.sub("", row.zh) for row in version.tables["applications"].rows.values() if len(row.zh) > 6)


def has_statutory_table(text: str) -> bool:
    """Whether folded text prints the rows of the statutory table of applications."""
    compact = _BLANK.sub("", text)
    return sum(label in compact for label in _statutory_labels()) >= _STATUTORY_ROWS


@cache
def _labels() -> dict[str, str]:
    """All labels of indicators with their ids, the longest first."""
    pairs = [(label, entry.id) for entry in form().indicators.values() for label in (entry.zh, *entry.aliases)]
    return dict(sorted(pairs, key=lambda pair: len(pair[0]), reverse=True))


@cache
def _table_row() -> re.Pattern[str]:
    labels = "|".join(map(re.escape, _labels()))
    units = "|".join([*map(re.escape, claim_rules().counters), "元", "人次", "次", "人"])
    return re.compile(
        rf"(?P<label>{labels})[_( |\t]*(?P<unit>{units})[) |\t]*"
        r"(?P<first>\d+?)(?=\d[.、]\D|[^\d.]|$)(?:[ |\t]+(?P<second>\d+)(?![\d.、]))?"
    )


def _split_glued(digits: str) -> tuple[int | None, int | None]:
    """Year and cumulative value printed as one run of digits: known only if just one cut is possible."""
    if len(digits) > 2 * _MOST_DIGITS:
        return None, None
    cuts = [
        (int(digits[:cut]), int(digits[cut:]))
        for cut in range(1, len(digits))
        if _is_plain(digits[:cut]) and _is_plain(digits[cut:]) and int(digits[:cut]) <= int(digits[cut:])
    ]
    return cuts[0] if len(cuts) == 1 else (None, None)


def _count(digits: str) -> int | None:
    """The number that digits are, if it can count anything."""
    return int(digits) if len(digits) <= _MOST_DIGITS else None


def _is_plain(digits: str) -> bool:
    return digits == "0" or not digits.startswith("0")


def _rows_of_table(folded: str) -> Iterator[_Found]:
    is_two = "累计" in folded
    for match in _table_row().finditer(folded):
        first, second = match["first"], match["second"]
        columns = tuple(_count(digits) for digits in (first, second) if digits is not None)
        if second is None and is_two:
            columns = _split_glued(first)
        indicator = _labels()[match["label"]]
        yield _Found(indicator, match["label"], match["unit"], columns, match.start("first"), match.end())


def _table_indicators(prose: Prose) -> list[LegacyIndicator]:
    rows = list(_rows_of_table(prose.folded))
    if len(rows) < _TABLE_ROWS:
        return []
    periods: tuple[Period, ...] = ("year", "cumulative")
    return [
        LegacyIndicator(
            label=row.label,
            indicator=row.indicator,
            period=period,
            value=value,
            unit=form().indicators[row.indicator].unit,
            span=prose.span(row.start, row.end),
        )
        for row in rows
        for period, value in zip(periods, row.columns, strict=False)
    ]


def _indicator_of(statement: Statement) -> str | None:
    """The indicator that a statement of the prose gives, if the form of 2008-2018 has it."""
    if statement.kind == "channel":
        return _CHANNELS.get(statement.members)
    if statement.kind == "reply_part":
        return statement.members[0]
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


def _prose_indicators(prose: Prose, year: int) -> list[LegacyIndicator]:
    reader = StatementReader(year)
    for sentence in read_sentences(prose):
        reader.read(sentence)
    found: dict[str, LegacyIndicator] = {}
    unknown: list[LegacyIndicator] = []
    for statement in reader.statements:
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


def _text_of_rows(pieces: Sequence[Piece]) -> Prose:
    """All pieces, cells and lines, one after the other: what a table of indicators is read from."""
    starts: list[int] = []
    texts: list[str] = []
    position = 0
    for piece in pieces:
        starts.append(position)
        texts.append(piece.text + (" " if piece.kind == "cell" else "\n"))
        position += len(piece.text) + 1
    printed = "".join(texts)
    return Prose(fold_prose(printed), printed, starts, list(pieces))


def read_legacy(pieces: Sequence[Piece], year: int) -> Legacy | None:
    """The indicators of a report on 2008-2018, or None if it has the statutory tables or no indicator.

    A table of indicators goes before the prose. Labels are folded to Simplified characters; the span leads to
    what is printed. An indicator whose value cannot be told from its neighbour's is kept with value None.

    Args:
        pieces: the document in reading order.
        year: the report's year; figures that the prose dates otherwise are passed over.
    """
    rows = _text_of_rows(pieces)
    if has_statutory_table(rows.folded):
        return None
    indicators = _table_indicators(rows) or _prose_indicators(read_prose(pieces, ()), year)
    return Legacy(indicators=indicators) if indicators else None
