"""Many documents to one shard: each is read or rejected, whatever its reader does."""

import os
from pathlib import Path

import msgspec
import pytest

from contracts.raw_json import RawDocument
from pipelines.capture import Document, capture
from pipelines.extract import batch
from pipelines.extract.batch import Extraction, extract_documents


def documents_of(tmp_path: Path, contents: list[bytes]) -> list[Document]:
    """Captured text files of these contents."""
    for number, content in enumerate(contents):
        path = tmp_path / "source" / f"{number:03}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    found = capture([tmp_path / "source"], tmp_path / "archive")
    return [item for item in found if isinstance(item, Document)]


def read_shard(extraction: Extraction) -> list[RawDocument]:
    """The documents of a shard."""
    return msgspec.json.Decoder(RawDocument).decode_lines(extraction.shard.read_bytes())


def test_every_document_has_a_line_in_order(tmp_path: Path) -> None:
    contents = [f"无关文本{number}".encode() for number in range(3)] + [b""]
    documents = documents_of(tmp_path, contents)
    done: list[int] = []
    extraction = extract_documents([*documents, documents[0]], tmp_path / "extracted" / "run.jsonl", done.append)
    lines = read_shard(extraction)
    assert [line.document.sha256 for line in lines] == [document.sha256 for document in documents]
    assert [line.rejection.reason for line in lines if line.rejection] == ["no_report"] * 3 + ["empty"]
    assert (extraction.documents, extraction.read, extraction.rejected, sum(done)) == (4, 0, 4, 4)


def test_two_processes_write_what_one_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = documents_of(tmp_path, [f"无关文本{number}".encode() for number in range(5)])
    alone = extract_documents(documents, tmp_path / "alone.jsonl")
    monkeypatch.setattr(batch, "FEW_DOCUMENTS", 0)
    monkeypatch.setattr(batch, "TASK_DOCUMENTS", 2)
    shared = extract_documents(documents, tmp_path / "shared.jsonl")
    assert alone.shard.read_bytes() == shared.shard.read_bytes()


def test_a_crash_of_a_reader_is_a_rejection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(content: bytes, source_uri: str, captured_at: str) -> RawDocument:
        raise RuntimeError(f"no idea about {content!r}")

    documents = documents_of(tmp_path, [b"x"])
    monkeypatch.setattr(batch, "extract_document", crash)
    (line,) = read_shard(extract_documents(documents, tmp_path / "shard.jsonl"))
    assert line.rejection is not None
    assert line.rejection.reason == "reader_error"
    assert "000.txt" in line.rejection.detail
    assert "no idea about b'x'" in line.rejection.detail


def extract_or_die(documents: list[Document]) -> list[tuple[bytes, bool]]:
    """Extract some documents; one of them kills its process."""
    return [line_or_death(document) for document in documents]


def line_or_death(document: Document) -> tuple[bytes, bool]:
    """Extract a document, or kill the process for the one that says so."""
    if document.path.read_bytes() == b"die":
        os._exit(1)
    return batch.extract_line(document)


def test_a_reader_that_kills_its_process_costs_one_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = documents_of(tmp_path, [b"one", b"die", b"three"])
    monkeypatch.setattr(batch, "FEW_DOCUMENTS", 0)
    monkeypatch.setattr(batch, "_extract_some", extract_or_die)
    monkeypatch.setattr(batch, "extract_line", line_or_death)
    lines = read_shard(extract_documents(documents, tmp_path / "shard.jsonl"))
    assert [line.rejection.reason for line in lines if line.rejection] == ["no_report", "reader_error", "no_report"]
