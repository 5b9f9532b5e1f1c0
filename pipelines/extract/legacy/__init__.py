"""Indicators of reports on 2008-2018: from their tables of indicators, else from their prose."""

import re
from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from contracts.form import form
from contracts.raw_json import IndicatorState, Legacy, LegacyIndicator, Period, Span
from pipelines.extract.claims.prose import Prose, fold_prose, read_prose
from pipelines.extract.legacy.cuts import Run, choose_variant, possible_cuts, settle_runs
from pipelines.extract.legacy.labels import indicator_of, label_key
from pipelines.extract.legacy.prose import read_prose_indicators
from pipelines.extract.legacy.table import IndicatorTable, Row, read_table
from pipelines.extract.pieces import Piece

__all__ = ["read_legacy"]

_STATUTORY_ROWS = 4  # labels of table 三 from which on a report has the statutory form
_MOST_DIGITS = 15  # of a number that counts something
_PERIODS: tuple[Period, ...] = ("year", "cumulative")
_BLANK = re.compile(r"\s+")
_REMARK = re.compile(r"[（(].*?[）)]")
_FRACTION = 6  # digits behind the point that a figure may have


@cache
def _statutory_labels() -> tuple[str, ...]:
    version = next(iter(form().versions.values()))
    return tuple(_REMARK.sub("", row.zh) for row in version.tables["applications"].rows.values() if len(row.zh) > 6)


def _has_statutory_table(text: str) -> bool:
    """Whether folded text prints the rows of the statutory table of applications."""
    compact = _BLANK.sub("", text)
    return sum(label in compact for label in _statutory_labels()) >= _STATUTORY_ROWS


@cache
def _label_keys() -> dict[str, str]:
    return {row.label: label_key(row.label) for variant in form().legacy_variants.values() for row in variant.rows}


def _value(digits: str) -> int | str | None:
    """The figure that digits are: an integer, or a decimal exactly as printed; None if it can count nothing."""
    whole, _, fraction = digits.partition(".")
    if not whole or len(whole) > _MOST_DIGITS or len(fraction) > _FRACTION:
        return None
    return digits if fraction else int(whole)


def _runs_of(table: IndicatorTable) -> dict[int, Run]:
    """The runs of digits of a table of two columns by row, settled by nothing yet."""
    if table.columns == 1:
        return {}
    return {
        place: Run(row.figures[0].digits, possible_cuts(row.figures[0].digits))
        for place, row in enumerate(table.rows)
        if row.is_run and row.figures[0].digits and not row.is_unsure
    }


class _Said(Struct):
    """What is known of one figure: its state and value, or what it may be."""

    state: IndicatorState
    value: int | str | None = None
    raw: str = ""
    candidates: list[str] = []
    proof: list[str] = []


def _entry(row: Row, indicator: str | None, period: Period, span: Span, said: _Said) -> LegacyIndicator:
    return LegacyIndicator(
        label=row.label,
        indicator=indicator,
        period=period,
        unit=form().indicators[indicator].unit if indicator else row.unit,
        span=span,
        **{name: getattr(said, name) for name in said.__struct_fields__},
    )


def _cut_entries(row: Row, indicator: str | None, run: Run, prose: Prose) -> list[LegacyIndicator]:
    """Both columns of a run of digits: its only cut, or the cuts that are possible."""
    span = prose.span(row.figures[0].start, row.figures[0].end)
    entries: list[LegacyIndicator] = []
    for column, period in enumerate(_PERIODS):
        values = list(dict.fromkeys(str(cut[column]) for cut in run.cuts))
        if len(run.cuts) == 1:
            proof = [f"{relation}.{period}" for relation in run.proof]
            said = _Said("resolved", run.cuts[0][column], run.digits, proof=proof)
        else:
            said = _Said("ambiguous", raw=run.digits, candidates=values or [run.digits])
        entries.append(_entry(row, indicator, period, span, said))
    return entries


def _say(digits: str) -> _Said:
    value = _value(digits)
    if value is not None:
        return _Said("printed", value)
    return _Said("ambiguous", raw=digits, candidates=[digits]) if digits else _Said("blank")


def _plain_entries(row: Row, indicator: str | None, columns: int, prose: Prose) -> list[LegacyIndicator]:
    """The figures of a row in its columns; more or fewer of them than columns cannot be told apart."""
    figures = row.figures
    if not figures:
        return []
    if len(figures) == columns and not row.is_unsure:
        return [
            _entry(row, indicator, period, prose.span(figure.start, figure.end), _say(figure.digits))
            for period, figure in zip(_PERIODS, figures, strict=False)
        ]
    printed = [figure.digits for figure in figures if figure.digits]
    possible = [printed[0][:end] for end in range(len(printed[0]), 0, -1)][:3] if row.is_unsure else printed
    said = _Said("ambiguous", raw=" ".join(printed), candidates=possible) if printed else _Said("blank")
    return [_entry(row, indicator, "year", prose.span(figures[0].start, figures[0].end), said)]


def _read_indicators(table: IndicatorTable, prose: Prose, year: int) -> Legacy:
    """The indicators of a table, each row that has figures or a unit in printed order."""
    keys = {row.key for row in table.rows if row.is_known}
    variant = choose_variant(form().legacy_variants, keys, _label_keys(), year)
    declared = form().legacy_variants.get(variant or "")
    seen: list[str] = []
    indicators: list[str | None] = []
    for row in table.rows:
        indicators.append(indicator_of(row.key, declared, seen))
        seen += [name for name in indicators[-1:] if name]
    runs = _runs_of(table)
    if declared is not None:
        named = {name: runs[place] for place, name in reversed(list(enumerate(indicators))) if name and place in runs}
        settle_runs(named, list(declared.relations.values()))
    entries: list[LegacyIndicator] = []
    for place, (row, indicator) in enumerate(zip(table.rows, indicators, strict=True)):
        if place in runs:
            entries += _cut_entries(row, indicator, runs[place], prose)
        else:
            entries += _plain_entries(row, indicator, table.columns, prose)
    return Legacy(variant=variant, indicators=entries)


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
    what is printed. A label that no table declares is kept without an indicator; a figure that cannot be told from
    its neighbour's is kept with value None and with the values that are possible.

    Args:
        pieces: the document in reading order.
        year: the report's year; figures that the prose dates otherwise are passed over.
    """
    rows = _text_of_rows(pieces)
    if _has_statutory_table(rows.folded):
        return None
    table = read_table(rows)
    if table is not None:
        return _read_indicators(table, rows, year)
    indicators = read_prose_indicators(read_prose(pieces, ()), year)
    return Legacy(indicators=indicators) if indicators else None
