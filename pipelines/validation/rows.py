"""Decoded documents as the lines of the raw tables."""

from collections.abc import Iterator

from contracts.raw_json import Claim, Legacy, LegacyIndicator, Operand, Report
from contracts.raw_tables import key_of, report_key
from pipelines.validation.cells import flatten_cells
from pipelines.validation.lines import ClaimLine, IndexLine, LegacyLine, Lineage, ReportLine, TermColumn
from pipelines.validation.payloads import Accepted, Refused


def refused_line(line: int, refused: Refused) -> IndexLine:
    """The index line of a payload that breaks the contract."""
    return IndexLine(
        line,
        key_of(refused.document_sha256),
        refused.document_sha256,
        refused.payload_sha256,
        accepted=False,
        status="rejected",
        reports=0,
        source_uri=refused.source_uri,
        reason=refused.reason,
        detail=refused.detail,
    )


def accepted_line(line: int, accepted: Accepted) -> IndexLine:
    """The index line of a payload that keeps the contract."""
    document, info = accepted.document, accepted.document.document
    rejection = document.rejection
    return IndexLine(
        line,
        key_of(info.sha256),
        info.sha256,
        accepted.payload_sha256,
        accepted=True,
        status="read" if rejection is None else "rejected",
        reports=len(document.reports),
        media_type=info.media_type,
        source_uri=info.source_uri,
        bytes=info.bytes,
        captured_at=accepted.captured_at,
        source_tier=info.source_tier,
        extractor_name=document.extractor.name,
        extractor_version=document.extractor.version,
        reason=None if rejection is None else rejection.reason,
        detail=None if rejection is None else rejection.detail,
    )


def _term_columns(terms: list[Operand]) -> list[TermColumn]:
    return [TermColumn(term.operand, term.weight) for term in terms]


def _claim_line(line: int, key: int, payload_sha256: str, claim: Claim) -> ClaimLine:
    return ClaimLine(
        line,
        key,
        payload_sha256,
        claim.id,
        claim.kind,
        claim.meaning or None,
        _term_columns(claim.terms),
        claim.value,
        _term_columns(claim.base) or None,
        claim.decimals,
        claim.quote,
        claim.agrees,
        claim.candidates or None,
        claim.span,
    )


def _legacy_lines(line: int, key: int, payload_sha256: str, legacy: Legacy) -> Iterator[LegacyLine]:
    for position, found in enumerate(legacy.indicators, start=1):
        yield _legacy_line((line, key, payload_sha256), position, found, legacy.variant)


def _legacy_line(keys: tuple[int, int, str], position: int, found: LegacyIndicator, variant: str | None) -> LegacyLine:
    return LegacyLine(
        *keys,
        position,
        found.label,
        found.indicator,
        found.period,
        found.value,
        found.unit,
        variant,
        found.state,
        found.candidates or None,
        found.proof or None,
        found.span,
    )


def _report_line(line: int, document_key: int, accepted: Accepted, ordinal: int, report: Report) -> ReportLine:
    info = accepted.document.document
    return ReportLine(
        line,
        report_key(info.sha256, ordinal),
        document_key,
        info.sha256,
        ordinal,
        accepted.payload_sha256,
        report.authority.printed,
        report.authority.normalised,
        report.year,
        report.period or None,
        report.published or None,
        report.region_code,
        report.scope,
        accepted.captured_at,
        info.source_tier,
        flatten_cells(report.tables),
        Lineage(report.spans, report.readings, report.leftovers, report.evidence),
    )


def report_lines(line: int, document_key: int, accepted: Accepted) -> Iterator[ReportLine | ClaimLine | LegacyLine]:
    """The lines of a document's reports, of their claims and of their legacy indicators."""
    payload_sha256 = accepted.payload_sha256
    for ordinal, report in enumerate(accepted.document.reports, start=1):
        row = _report_line(line, document_key, accepted, ordinal, report)
        yield row
        for claim in report.claims:
            yield _claim_line(line, row.report_key, payload_sha256, claim)
        if report.legacy is not None:
            yield from _legacy_lines(line, row.report_key, payload_sha256, report.legacy)
