"""Whether a piece of evidence agrees with what a report says of itself: one rule for the extractor and the load."""

import re
from itertools import takewhile

from contracts.raw_json import EvidenceField, EvidenceSource, Report

_SHAPES: dict[EvidenceField, re.Pattern[str]] = {
    "authority": re.compile(r"(?s).+"),
    "year": re.compile(r"\d{4}"),
    "period": re.compile(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d"),
    "published": re.compile(r"\d{4}-\d\d-\d\d"),
    "region_code": re.compile(r"\d{6}"),
    "scope": re.compile(r"own|consolidated"),
}
_PLACE_ENDS = frozenset("省市区县旗州盟")


def _agrees_on_authority(value: str, normalised: str | None) -> bool | None:
    """Two names of one place may be one body's and its office's, which is no disagreement: None."""
    if normalised is None:
        return None
    if value == normalised:
        return True
    shared = [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(value, normalised, strict=False))]
    is_part = len(shared) == min(len(value), len(normalised))
    return None if is_part or not _PLACE_ENDS.isdisjoint(shared) else False


def _agrees_on_year(value: str, year: int, source: EvidenceSource) -> bool | None:
    if source in ("file_name", "url") and int(value) == year + 1:
        return None  # a file may be named after the year in which it was published
    return int(value) == year


def _covers(above: str, below: str) -> bool:
    """Whether a region is the other or above it: a code's pairs of digits are province, prefecture and county."""
    return below.startswith(above.removesuffix("00").removesuffix("00"))


def _agrees_on_region(value: str, region_code: str | None, source: EvidenceSource) -> bool | None:
    """A county's report may stand on its city's site, and the other way round: None."""
    if source != "url" or value == region_code:
        return value == region_code
    if region_code is None or _covers(value, region_code) or _covers(region_code, value):
        return None
    return False


def evidence_agrees(
    field: EvidenceField,
    value: str,
    source: EvidenceSource,
    *,
    normalised: str | None,
    year: int,
    period: str,
    region_code: str | None,
    scope: str,
) -> bool | None:
    """Whether `value`, found at `source`, agrees with the report's own field; None if it says too little.

    Args:
        field: what the evidence is about.
        value: a body's name, a year, a period, a date `YYYY-MM-DD` of publication, a region code or a scope.
        source: where it was found.
        normalised: the report's body.
        year: the report's year; a report is published in the year after.
        period: the report's period.
        region_code: the report's region.
        scope: the report's scope.
    """
    if field == "authority":
        return _agrees_on_authority(value, normalised)
    if field == "year":
        return _agrees_on_year(value, year, source)
    if field == "published":
        return int(value[:4]) == year + 1
    if field == "period":
        return value == period
    return _agrees_on_region(value, region_code, source) if field == "region_code" else value == scope


def evidence_problems(report: Report) -> list[str]:
    """What is not true of a report's evidence; empty if nothing: values that are none, and agreements that differ."""
    problems: list[str] = []
    for evidence in report.evidence:
        if not _SHAPES[evidence.field].fullmatch(evidence.value):
            problems.append(f"evidence: {evidence.value!r} is no {evidence.field}")
            continue
        agrees = evidence_agrees(
            evidence.field,
            evidence.value,
            evidence.source,
            normalised=report.authority.normalised,
            year=report.year,
            period=report.period,
            region_code=report.region_code,
            scope=report.scope,
        )
        if agrees != evidence.agrees:
            problems.append(f"evidence: {evidence.field} {evidence.value} of the {evidence.source}: agrees is {agrees}")
    return problems
