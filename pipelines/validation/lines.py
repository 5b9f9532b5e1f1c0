"""The lines that validation hands to DuckDB: one small file format per raw table, all keyed by `line`.

`line` numbers a payload over the whole batch: its chunk's number times 2^32, plus its place in the chunk.
A payload goes on as it was decoded, not as it was written, so that what was checked is what is loaded.
"""

from typing import Literal

from msgspec import Struct

from contracts.raw_json import Evidence, Leftover, Reading, Span
from pipelines.validation.cells import FlatCells

LINES_PER_CHUNK = 2**32


class IndexLine(Struct, frozen=True):
    """One payload of the batch. `accepted` is false for a payload that breaks the contract of raw extracted JSON."""

    line: int
    document_key: int
    document_sha256: str
    payload_sha256: str
    accepted: bool
    status: Literal["read", "rejected"]
    reports: int
    media_type: str | None = None
    source_uri: str | None = None
    bytes: int | None = None
    captured_at: str | None = None
    source_tier: int | None = None
    extractor_name: str | None = None
    extractor_version: str | None = None
    reason: str | None = None
    detail: str | None = None


class PayloadLine(Struct, frozen=True):
    """The text of a rejected payload; bytes that are no UTF-8 are replaced."""

    line: int
    payload: str


class Lineage(Struct, frozen=True):
    """Where a report's figures were printed and what says whose they are: one JSON column of `raw.reports`."""

    spans: dict[str, Span]
    readings: list[Reading]
    leftovers: list[Leftover]
    evidence: list[Evidence]


class ReportLine(Struct, frozen=True):
    """One report with its keys; its cells are flat lists (:mod:`pipelines.validation.cells`)."""

    line: int
    report_key: int
    document_key: int
    document_sha256: str
    ordinal: int
    payload_sha256: str
    authority_printed: str
    authority_normalised: str | None
    report_year: int
    period: str | None
    published: str | None
    region_code: str | None
    scope: str
    captured_at: str
    source_tier: int
    cells: FlatCells
    lineage: Lineage


class TermColumn(Struct, frozen=True):
    """One term of a claim with its weight written out."""

    operand: str
    weight: int


class ClaimLine(Struct, frozen=True):
    """One claim of one report."""

    line: int
    report_key: int
    payload_sha256: str
    claim_id: str
    kind: str
    meaning: str | None
    terms: list[TermColumn]
    value: int
    base: list[TermColumn] | None
    decimals: int
    quote: str
    agrees: bool | None
    candidates: list[str] | None
    span: Span | None


class LegacyLine(Struct, frozen=True):
    """One indicator of one report on 2008-2018; `position` counts from 1 within the report."""

    line: int
    report_key: int
    payload_sha256: str
    position: int
    label: str
    indicator: str | None
    period: str
    value: int | str | None
    unit: str
    variant: str | None
    state: str
    candidates: list[str] | None
    proof: list[str] | None
    span: Span | None
