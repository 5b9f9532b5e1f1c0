"""Where each number of a document was printed: the document read again, with every figure traced to its characters.

The pieces of the document are numbered, each a line of its own, and read as ever; what was read then names the piece
and the characters of each figure, also where the format knows only the row of a table.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from contracts.claims import stated_figure
from contracts.raw_json import Claim, LegacyIndicator, Rejection, Report, Span
from pipelines.extract.document import LocatedReport, locate_reports
from pipelines.extract.errors import Unreadable
from pipelines.extract.messages import Answer, Task
from pipelines.extract.pieces import Piece, PieceKind
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.extract.readers.registry import read_pieces


class PrintedPiece(Struct, frozen=True):
    """A text as printed, its place, and the number of the printed line or row to which it belongs, from 0."""

    text: str
    span: Span
    line: int
    kind: PieceKind
    column: int


class Mark(Struct, frozen=True):
    """Characters `[start, end)` of the text of a piece."""

    piece: int
    start: int
    end: int


class TracedReport(Struct, frozen=True):
    """A report, and the places of its cells, rows, claims and indicators by their ids; mostly one mark each.

    Its own spans count the pieces and are of no use elsewhere.
    """

    report: Report
    places: dict[str, list[Mark]]


class TracedDocument(Struct, frozen=True):
    """A document's pieces in reading order, and its reports."""

    pieces: list[PrintedPiece]
    reports: list[TracedReport]


def trace_document(content: bytes, source_uri: str) -> TracedDocument:
    """Read a document and keep the place of every number.

    Raises:
        Unreadable: the document has no report that could be read.
    """
    pieces = read_pieces(content, detect_media_type(content, source_uri))
    numbered = [structs.replace(piece, span=_numbered(piece.span, at)) for at, piece in enumerate(pieces, start=1)]
    printed = _printed(pieces)
    found = locate_reports(numbered, source_uri)
    return TracedDocument(printed, [TracedReport(one.report, _places(one, printed)) for one in found])


def _numbered(span: Span, at: int) -> Span:
    """The number of a piece in place of its line; that a row is drawn stays known, because it is read otherwise."""
    return Span(line=at, char_start=0, table=span.table, row=span.row)


def trace_task(task: Task) -> Answer:
    """Trace one document; runs in a worker. The answer's line is a :class:`TracedDocument`.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        traced = trace_document(Path(task.path).read_bytes(), task.source_uri)
    except Unreadable as error:
        return Answer(rejection=Rejection(reason=error.reason, detail=error.detail))
    return Answer(line=msgspec.json.encode(traced))


def _printed(pieces: Sequence[Piece]) -> list[PrintedPiece]:
    printed: list[PrintedPiece] = []
    line, place = -1, None
    for piece in pieces:
        own = (piece.span.page, piece.span.line, piece.span.table, piece.span.row)
        if own != place or piece.kind == "line":
            line, place = line + 1, own
        printed.append(PrintedPiece(piece.printed or piece.text, piece.span, line, piece.kind, piece.column))
    return printed


def claim_name(claim: Claim) -> str:
    """What a claim is asked for by: `claim.c3`."""
    return f"claim.{claim.id}"


def indicator_name(entry: LegacyIndicator) -> str:
    """What an indicator is asked for by: `legacy.requests_received.year`."""
    return f"legacy.{entry.indicator}.{entry.period}"


def _places(found: LocatedReport, pieces: Sequence[PrintedPiece]) -> dict[str, list[Mark]]:
    """The places of a report by id; where a cell has both a figure and a reading, the reading says what was printed."""
    report = found.report
    spans: list[tuple[str, Span | None, str]] = [(cell, span, "") for cell, span in found.places.items()]
    spans += [(row, span, "") for row, span in report.spans.items()]
    spans += [(reading.cell, reading.span, reading.raw) for reading in report.readings]
    spans += [(claim_name(claim), claim.span, str(stated_figure(claim))) for claim in report.claims]
    entries = report.legacy.indicators if report.legacy else []
    spans += [(indicator_name(entry), entry.span, str(entry.value)) for entry in entries]
    return {name: _marks(span, raw, pieces) for name, span, raw in spans if span is not None}


def _marks(span: Span, raw: str, pieces: Sequence[PrintedPiece]) -> list[Mark]:
    """Where a figure was printed: within a sentence its digits, and all parts of one that was printed in several."""
    at = (span.line or 1) - 1
    text = pieces[at].text
    start = span.char_start or 0
    end = len(text) if span.char_end is None else span.char_end
    found = re.search(rf"(?<!\d){re.escape(raw)}(?!\d)", text[start:end]) if raw.isdigit() else None
    if found is not None:
        start, end = start + found.start(), start + found.end()
    marks = [Mark(at, start, end)]
    rest = _dense(raw).removeprefix(_dense(text[start:end]))
    for behind in range(at + 1, len(pieces) if len(rest) < len(_dense(raw)) else 0):
        part = _dense(pieces[behind].text)
        if part and not rest.startswith(part):
            break
        if part:
            marks.append(Mark(behind, 0, len(pieces[behind].text)))
            rest = rest.removeprefix(part)
    return marks


def _dense(text: str) -> str:
    return "".join(text.split())
