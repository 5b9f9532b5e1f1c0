"""Inputs to documents and shards: what is found, what is archived, and that nothing archived ever changes."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from flows.capture_steps import capture_archive
from flows.runs import Run
from pipelines.archive import MANIFEST, DamagedArchiveError, DamagedManifestError, ManifestLine
from pipelines.archive_audit import verify_archive
from pipelines.capture import CaptureError, Document, RawShard, capture
from pipelines.warehouse import Warehouse

NOON = datetime(2024, 2, 3, 12, tzinfo=UTC)


def place(path: Path, content: bytes, moment: datetime = NOON) -> Path:
    """Write a file that was last modified at `moment`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (moment.timestamp(), moment.timestamp()))
    return path


def manifest_of(archive: Path) -> list[ManifestLine]:
    """The lines of an archive's manifest."""
    return msgspec.json.Decoder(ManifestLine).decode_lines((archive / MANIFEST).read_bytes())


def test_a_folder_is_read_in_order_and_sorted_out(tmp_path: Path) -> None:
    source = tmp_path / "source"
    place(source / "b" / "page.html", b"<html><p>2023</p></html>")
    place(source / "a.txt", "甲".encode())
    place(source / "a.txt.gz", b"\x1f\x8b")
    for name in ("c.json", "d.jsonl", "e.JSONL.gz"):
        place(source / name, b"{}")
    place(source / ".hidden", b"x")
    place(source / ".git" / "config", b"x")
    found = list(capture([source], tmp_path / "archive"))
    names = [item.source_uri if isinstance(item, Document) else item.path.name for item in found]
    assert names == ["a.txt", "a.txt.gz", "b/page.html", "c.json", "d.jsonl", "e.JSONL.gz"]
    assert [type(item) for item in found] == [Document] * 3 + [RawShard] * 3


def test_a_document_is_archived_by_its_content(tmp_path: Path) -> None:
    content = "收到申请 3 件".encode()
    given = place(tmp_path / "source" / "report.txt", content)
    (document,) = capture([given], tmp_path / "archive")
    assert isinstance(document, Document)
    sha256 = hashlib.sha256(content).hexdigest()
    archived = tmp_path / "archive" / sha256[:2] / sha256
    assert (document.path, archived.read_bytes(), archived.stat().st_mode & 0o777) == (archived, content, 0o444)
    assert manifest_of(tmp_path / "archive") == [
        ManifestLine(sha256, "report.txt", len(content), "2024-02-03T12:00:00+00:00", "text/plain")
    ]


def test_the_first_sighting_speaks_for_the_bytes(tmp_path: Path) -> None:
    first = list(capture([place(tmp_path / "one" / "a.txt", b"same")], tmp_path / "archive"))
    later = datetime(2025, 1, 1, tzinfo=UTC)
    again = list(capture([place(tmp_path / "two" / "copy.txt", b"same", later)], tmp_path / "archive"))
    assert again == first
    assert len(manifest_of(tmp_path / "archive")) == 1
    revised = list(capture([place(tmp_path / "one" / "a.txt", b"other", later)], tmp_path / "archive"))
    moments = [item.captured_at for item in first + revised if isinstance(item, Document)]
    assert moments == sorted(set(moments))


def test_a_file_named_twice_comes_once(tmp_path: Path) -> None:
    given = place(tmp_path / "source" / "a.txt", b"x")
    assert len(list(capture([given.parent, given], tmp_path / "archive"))) == 1


def test_a_killed_capture_leaves_an_archive_that_goes_on(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    given = place(tmp_path / "a.txt", b"x")
    before = list(capture([given], archive))
    torn = (archive / MANIFEST).read_bytes()[:-5]
    (archive / MANIFEST).write_bytes(torn)
    assert list(capture([given], archive)) == before
    assert len(manifest_of(archive)) == 1


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), "holds no file"),
        (lambda path: place(path / ".hidden", b"x"), "only 1 hidden files"),
    ],
)
def test_an_input_without_anything_is_an_error_that_helps(tmp_path: Path, make: object, told: str) -> None:
    missing = tmp_path / "missing"
    assert callable(make)
    make(missing)
    given = place(tmp_path / "a.txt", b"x")
    with pytest.raises(CaptureError, match=told) as raised:
        list(capture([given, missing], tmp_path / "archive"))
    assert str(missing) in str(raised.value)
    assert ".jsonl" in str(raised.value)
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_damaged_copy_is_restored_when_its_bytes_are_given_again(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    given = place(tmp_path / "a.txt", b"as captured")
    before = list(capture([given], tmp_path / "archive"))
    (document,) = before
    assert isinstance(document, Document)
    document.path.unlink()
    if damage == "changed":
        document.path.write_bytes(b"rotten")
    assert list(capture([given], tmp_path / "archive")) == before
    assert document.path.read_bytes() == b"as captured"
    assert len(manifest_of(tmp_path / "archive")) == 1
    assert "restored from the same bytes" in caplog.text
    assert [found.damage for found in verify_archive(tmp_path / "archive")] == [""]


def test_archive_with_damage_is_not_read_again(tmp_path: Path) -> None:
    run = Run(Warehouse(tmp_path), "run")
    documents = list(capture([place(tmp_path / "in" / name, name.encode()) for name in "abc"], tmp_path / "archive"))
    assert len(capture_archive.fn(run).documents) == 3
    for document, content in zip(documents[:2], (None, b"rotten"), strict=True):
        assert isinstance(document, Document)
        document.path.unlink()
        if content:
            document.path.write_bytes(content)
    with pytest.raises(DamagedArchiveError, match="2 archived documents") as raised:
        capture_archive.fn(run)
    assert "a): its file is missing" in str(raised.value)
    assert "b): its bytes have changed" in str(raised.value)


def test_damaged_line_of_the_manifest_is_named(tmp_path: Path) -> None:
    list(capture([place(tmp_path / "in" / name, name.encode()) for name in "abc"], tmp_path / "archive"))
    manifest = tmp_path / "archive" / MANIFEST
    first, _second, third = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(first + b"{}\n" + third)
    with pytest.raises(DamagedManifestError, match="line 2 does not say what a document is"):
        list(capture([place(tmp_path / "in" / "d", b"d")], tmp_path / "archive"))
    assert manifest.read_bytes().splitlines()[1:] == [b"{}", third.strip()]
