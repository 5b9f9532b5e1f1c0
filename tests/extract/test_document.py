"""One document to raw extracted JSON: always a report or a reason, never an exception, always the same."""

from pathlib import Path

import msgspec
import pytest

from contracts.raw_json import REJECTION_REASONS, RawDocument
from pipelines.extract import document as extraction
from pipelines.extract.document import extract_document
from pipelines.extract.version import EXTRACTOR_VERSION

DOCUMENTS = sorted((Path(__file__).parents[2] / "samples" / "documents").glob("*"))
# The end of a directory of one entry, of 46 bytes, behind 4 others; the entry wants a version that nobody has.
END_OF_ZIP = b"PK\x05\x06" + bytes(4) + b"\x01\x00\x01\x00" + b"\x2e\x00\x00\x00\x04\x00\x00\x00" + bytes(2)
CAPTURED_AT = "2025-04-01T00:00:00Z"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_keeps_the_schema_and_is_read_the_same_twice(path: Path) -> None:
    first, second = (extract_document(path.read_bytes(), path.name, CAPTURED_AT) for _ in range(2))
    encoded = msgspec.json.encode(first)
    assert msgspec.json.decode(encoded, type=RawDocument) == first
    assert msgspec.json.encode(second) == encoded
    assert first.rejection is None
    assert first.document.bytes == path.stat().st_size
    assert first.extractor.version == EXTRACTOR_VERSION


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\x00\x00\x00\x00", "empty"),
        (b"????? ??? 12 ?????", "undecodable"),
        (b"\xff\xfe\x00", "undecodable"),
        (b"%PDF-1.7", "malformed"),
        (b"PK\x03\x04" + b"PK\x01\x02\x14\x03\x94\x00" + bytes(38) + END_OF_ZIP, "unsupported_media_type"),
        (b"PK\x03\x04 broken", "unsupported_media_type"),
        (b"<html><body><script>load()</script><p>loading</p></body></html>", "no_report"),
        ("各项工作按计划完成。".encode(), "no_report"),
    ],
)
def test_a_bad_document_gives_a_reason(content: bytes, reason: str) -> None:
    read = extract_document(content, "report", CAPTURED_AT)
    assert read.reports == []
    assert read.rejection is not None
    assert read.rejection.reason == reason
    assert reason in REJECTION_REASONS


def test_a_fault_of_the_program_is_a_reason_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(extraction, "read_tables", fail)
    read = extract_document(DOCUMENTS[0].read_bytes(), "report", CAPTURED_AT)
    assert read.rejection is not None
    assert (read.rejection.reason, read.rejection.detail) == ("reader_error", "ZeroDivisionError: by zero")
