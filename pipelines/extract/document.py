"""One document to raw extracted JSON: readers, form reader and prose put together."""

import hashlib
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from contracts.raw_cells import Tables
from contracts.raw_json import (
    DocumentInfo,
    ExtractorInfo,
    RawDocument,
    Rejection,
    Report,
    Span,
    cells_of,
)
from pipelines.archive import DEFAULT_TIER
from pipelines.extract.authority import ReportIdentity, read_identity
from pipelines.extract.claims import read_claims
from pipelines.extract.damage import list_repairs
from pipelines.extract.errors import Unreadable
from pipelines.extract.form_reader import TablesRead, read_tables
from pipelines.extract.legacy import read_legacy
from pipelines.extract.pieces import Piece
from pipelines.extract.readers import HTML, TEXT, UNKNOWN, detect_media_type, read_pieces
from pipelines.extract.readers.encoding import find_encoding_repair
from pipelines.extract.readers.recognition import recogniser_version
from pipelines.extract.reports import Segment, is_prose_report, merge_copies, split_by_tables, split_reports

EXTRACTOR_NAME = "gongkai"
EXTRACTOR_VERSION = "1.2.3"


def extract_document(content: bytes, source_uri: str, captured_at: str, source_tier: int = DEFAULT_TIER) -> RawDocument:
    """The raw extracted JSON of one document: its reports, or the reason why there is none.

    Args:
        content: the bytes of the document.
        source_uri: where it came from.
        captured_at: when, as an ISO 8601 time.
        source_tier: how near the source is to the body, 0 being the body itself.

    Returns:
        A document with reports or with a rejection; a bad document never raises.
    """
    media_type = UNKNOWN
    pieces: list[Piece] = []
    reports: list[Report] = []
    repairs: list[str] = []
    rejection: Rejection | None = None
    try:
        media_type = detect_media_type(content, source_uri)
        pieces = read_pieces(content, media_type)
        repairs = _list_repairs(content, media_type, pieces)
        reports += read_reports(pieces, source_uri)
    except Unreadable as error:
        rejection = Rejection(reason=error.reason, detail=error.detail)
    except MemoryError:
        raise  # the limit of a worker process, which says so
    except Exception as error:  # one document must not end a run over millions; the reason is kept
        rejection = Rejection(reason="reader_error", detail=f"{type(error).__name__}: {error}")
    return RawDocument(
        schema="gongkai.report/1",
        document=DocumentInfo(
            sha256=hashlib.sha256(content).hexdigest(),
            media_type=media_type,
            source_uri=source_uri,
            bytes=len(content),
            captured_at=captured_at,
            repairs=repairs,
            source_tier=source_tier,
        ),
        extractor=ExtractorInfo(name=EXTRACTOR_NAME, version=_version_for(pieces)),
        reports=reports,
        rejection=rejection,
    )


def _version_for(pieces: Sequence[Piece]) -> str:
    """The extractor's version, and behind it that of what recognised the text, if it was not in the document."""
    is_recognised = any(piece.span.box is not None for piece in pieces)
    return f"{EXTRACTOR_VERSION}+{recogniser_version()}" if is_recognised else EXTRACTOR_VERSION


def _list_repairs(content: bytes, media_type: str, pieces: Sequence[Piece]) -> list[str]:
    """What was put right in the text of a document, or left out of it."""
    encoding = find_encoding_repair(content) if media_type in (TEXT, HTML) else ""
    return [*([encoding] if encoding else []), *list_repairs(pieces)]


class LocatedReport(Struct):
    """A report, and where the figure of each cell was printed that has one."""

    report: Report
    places: dict[str, Span]


class _Part(Struct):
    """A segment of a document with its tables and with what it says of itself."""

    pieces: Sequence[Piece]
    tables: TablesRead
    identity: ReportIdentity


def read_reports(pieces: Sequence[Piece], source_uri: str) -> list[Report]:
    """The reports that a document holds, in reading order; a report that is printed twice counts once.

    Args:
        pieces: the document in reading order.
        source_uri: where it came from; its file name gives a year only to a single report.

    Raises:
        Unreadable: the document has no table and no indicator of the form, or does not say of each report which year
            it is on, or prints tables that cannot be told apart.
    """
    return [found.report for found in locate_reports(pieces, source_uri)]


def locate_reports(pieces: Sequence[Piece], source_uri: str) -> list[LocatedReport]:
    """The reports as :func:`read_reports` gives them, with the places of their figures.

    Raises:
        Unreadable: as there.
    """
    read = [found for segment in split_reports(pieces) for found in _read_segment(segment)]
    parts: list[_Part] = []
    for segment, tables in read:
        identity = read_identity(segment.pieces, source_uri if len(read) == 1 else "")
        if segment.year is not None:
            identity = msgspec.structs.replace(identity, year=segment.year, period="")
        _add_part(parts, _Part(segment.pieces, tables, identity))
    if len(read) > 1:
        _share_identity(parts, source_uri)
    return [LocatedReport(_read_report(part), part.tables.places) for part in parts]


def _read_segment(segment: Segment) -> Iterator[tuple[Segment, TablesRead]]:
    """A segment with its tables; several, if tables are printed twice in it."""
    try:
        tables = read_tables(segment.pieces)
    except Unreadable:
        segments = split_by_tables(segment)
        if len(segments) < 2:
            raise
        yield from ((part, read_tables(part.pieces)) for part in segments)
    else:
        yield segment, tables


def _add_part(parts: list[_Part], part: _Part) -> None:
    """A part that says no other year and no other body than one before is a copy of it."""
    own = part.identity
    for other in reversed(parts):
        is_same_year = own.year is None or own.year == other.identity.year
        if is_same_year and _is_same_body(own, other.identity):
            merge_copies(other.tables, part.tables)
            return
    parts.append(part)


def _is_same_body(own: ReportIdentity, other: ReportIdentity) -> bool:
    names = [identity.authority.normalised or identity.authority.printed for identity in (own, other)]
    return not all(names) or names[0] == names[1]


def _share_identity(parts: list[_Part], source_uri: str) -> None:
    """What one part says for all: the body, and the file's name if there is one report only.

    Raises:
        Unreadable: `several_reports`, if one of several reports does not say its year.
    """
    if len(parts) == 1:
        if parts[0].identity.year is None:
            parts[0].identity = read_identity(parts[0].pieces, source_uri)
        return
    if any(part.identity.year is None for part in parts):
        raise Unreadable("several_reports", "one of several reports does not say which year it is on")
    named = [part.identity for part in parts if part.identity.authority.printed]
    names = {identity.authority.normalised or identity.authority.printed for identity in named}
    for part in parts:
        if len(names) == 1 and not part.identity.authority.printed:
            body = {name: getattr(named[0], name) for name in ("authority", "region_code", "scope")}
            part.identity = msgspec.structs.replace(part.identity, **body)


def _read_report(part: _Part) -> Report:
    """The report of one part of a document.

    Raises:
        Unreadable: `no_report`, if there is no table and no indicator of the form, or no year.
    """
    identity, read = part.identity, part.tables
    legacy = None if read.tables or identity.year is None else read_legacy(part.pieces, identity.year)
    if not read.tables and legacy is None:
        raise Unreadable("no_report", "no table and no indicator of the form was found")
    if legacy is not None and not is_prose_report(part.pieces, legacy):
        raise Unreadable("no_report", "the text states a figure or two and is no report: no sections, no period")
    if identity.year is None:
        raise Unreadable("no_report", "the document does not say which year it reports on")
    report = Report(
        authority=identity.authority,
        year=identity.year,
        scope=identity.scope,
        period=identity.period,
        published=identity.published,
        region_code=identity.region_code,
        evidence=identity.evidence,
        tables=msgspec.convert(read.tables, Tables),
        readings=read.readings,
        spans=read.spans,
        leftovers=read.leftovers,
        legacy=legacy,
    )
    report.claims = read_claims(part.pieces, read.blocks, cells_of(report), legacy, identity.year)
    return report
