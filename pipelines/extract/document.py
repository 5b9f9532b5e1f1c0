"""One document to raw extracted JSON: readers, form reader and prose put together."""

import hashlib

import msgspec

from contracts.raw_json import (
    DocumentInfo,
    ExtractorInfo,
    RawDocument,
    Rejection,
    Report,
    Tables,
    cells_of,
)
from pipelines.extract.authority import read_identity
from pipelines.extract.claims import read_claims
from pipelines.extract.errors import Unreadable
from pipelines.extract.form_reader import read_tables
from pipelines.extract.legacy import read_legacy
from pipelines.extract.readers import detect_media_type, read_pieces

EXTRACTOR_NAME = "gongkai"
EXTRACTOR_VERSION = "1.0.0"


def extract_document(content: bytes, source_uri: str, captured_at: str) -> RawDocument:
    """The raw extracted JSON of one document: its report, or the reason why there is none.

    Args:
        content: the bytes of the document.
        source_uri: where it came from.
        captured_at: when, as an ISO 8601 time.

    Returns:
        A document with one report or with a rejection; a bad document never raises.
    """
    media_type = detect_media_type(content, source_uri)
    reports: list[Report] = []
    rejection: Rejection | None = None
    try:
        reports.append(read_report(content, media_type, source_uri))
    except Unreadable as error:
        rejection = Rejection(reason=error.reason, detail=error.detail)
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
        ),
        extractor=ExtractorInfo(name=EXTRACTOR_NAME, version=EXTRACTOR_VERSION),
        reports=reports,
        rejection=rejection,
    )


def read_report(content: bytes, media_type: str, source_uri: str) -> Report:
    """The report that a document holds.

    Raises:
        Unreadable: the document has no text, no table and no indicator of the form, or no year, or holds two reports.
    """
    pieces = read_pieces(content, media_type)
    identity = read_identity(pieces, source_uri)
    read = read_tables(pieces)
    legacy = None if read.tables or identity.year is None else read_legacy(pieces, identity.year)
    if not read.tables and legacy is None:
        raise Unreadable("no_report", "no table and no indicator of the form was found")
    if identity.year is None:
        raise Unreadable("no_report", "the document does not say which year it reports on")
    report = Report(
        authority=identity.authority,
        year=identity.year,
        scope=identity.scope,
        period=identity.period,
        published=identity.published,
        region_code=identity.region_code,
        tables=msgspec.convert(read.tables, Tables),
        readings=read.readings,
        spans=read.spans,
        leftovers=read.leftovers,
        legacy=legacy,
    )
    report.claims = read_claims(pieces, read.blocks, cells_of(report), legacy, identity.year)
    return report
