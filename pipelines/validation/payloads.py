"""One payload -> a decoded document that keeps the contract, or the reason why not."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Literal

import msgspec
from msgspec import Struct

from contracts.claims import claim_problems
from contracts.evidence import evidence_problems
from contracts.raw_json import REJECTION_REASONS, RawDocument
from pipelines.validation.agreement import reading_problems
from pipelines.validation.chunks import Payload
from pipelines.validation.indicators import indicator_problems
from pipelines.validation.references import circular_claims, unknown_names

Refusal = Literal["invalid_json", "schema_violation", "claim_mismatch"]
_DECODER = msgspec.json.Decoder(RawDocument)
_UTC_LENGTH = len("2024-01-31T00:00:00+00:00")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Accepted(Struct):
    """A payload that keeps the contract; its document has reports, or says itself why it has none."""

    document: RawDocument
    payload_sha256: str
    captured_at: str


class Refused(Struct, frozen=True):
    """A payload that breaks the contract.

    `document_sha256` is the document it speaks of, if that much can be read, else the hash of the payload.
    """

    reason: Refusal
    detail: str
    payload_sha256: str
    document_sha256: str
    source_uri: str


class _SketchedInfo(Struct):
    sha256: str = ""
    source_uri: str = ""


class _Sketch(Struct):
    document: _SketchedInfo


_SKETCH_DECODER = msgspec.json.Decoder(_Sketch)


def utc_text(captured_at: str) -> str:
    """An ISO 8601 time as UTC; without a zone it is taken to be UTC.

    Raises:
        ValueError: there is no such day or time.
    """
    moment = datetime.fromisoformat(captured_at)
    if len(captured_at) == _UTC_LENGTH and captured_at.endswith("+00:00"):
        return captured_at
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat()


def _refuse(payload: Payload, reason: Refusal, detail: str) -> Refused:
    payload_sha256 = hashlib.sha256(payload.content).hexdigest()
    try:
        info = _SKETCH_DECODER.decode(payload.content).document
    except (ValueError, RecursionError):
        info = _SketchedInfo()
    known = _SHA256.fullmatch(info.sha256) is not None
    return Refused(
        reason,
        detail,
        payload_sha256,
        document_sha256=info.sha256 if known else payload_sha256,
        source_uri=info.source_uri or payload.origin,
    )


def _find_fault(document: RawDocument) -> tuple[Refusal, str] | None:
    """What the types cannot say: reasons and names that exist, and figures that agree with what is said of them."""
    if document.rejection is not None and document.rejection.reason not in REJECTION_REASONS:
        known = ", ".join(REJECTION_REASONS)
        return "schema_violation", f"$.rejection.reason `{document.rejection.reason}` is none of: {known}"
    for position, report in enumerate(document.reports):
        unknown = unknown_names(report)
        if unknown:
            return "schema_violation", f"$.reports[{position}]: {'; '.join(unknown)}"
        problems = [
            *evidence_problems(report),
            *reading_problems(report),
            *indicator_problems(report),
            *claim_problems(report),
            *circular_claims(report.claims),
        ]
        if problems:
            return "claim_mismatch", f"$.reports[{position}]: {'; '.join(problems)}"
    return None


def _is_json(content: bytes) -> bool:
    """Whether the whole of a payload is JSON: the first fault of its schema may come before a fault of its syntax."""
    try:
        msgspec.json.decode(content)
    except (ValueError, RecursionError):
        return False
    return True


def validate(payload: Payload) -> Accepted | Refused:
    """Decode one payload into :class:`RawDocument` and recompute what it says of itself."""
    try:
        document = _DECODER.decode(payload.content)
    except msgspec.ValidationError as error:
        return _refuse(payload, "schema_violation" if _is_json(payload.content) else "invalid_json", str(error))
    except (ValueError, RecursionError) as error:
        return _refuse(payload, "invalid_json", str(error) or type(error).__name__)
    try:
        captured_at = utc_text(document.document.captured_at)
    except (ValueError, OverflowError) as error:
        return _refuse(payload, "schema_violation", f"$.document.captured_at: {error}")
    fault = _find_fault(document)
    if fault is not None:
        return _refuse(payload, *fault)
    return Accepted(document, hashlib.sha256(payload.content).hexdigest(), captured_at)
