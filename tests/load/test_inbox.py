"""The inbox: only what was handed over is taken, and a kill at any point neither loses a file nor doubles it."""

import gzip
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pipelines.archive import Archive, ChangedFileError, ManifestLine, read_manifest, read_sightings
from pipelines.capture import Capture, Document, find_files
from pipelines.inbox import RECEIPTS, TAKEN, Handed, Inbox, InboxError, Part, Result, open_inbox
from pipelines.limits import read_limits

HOUR = 3600.0
LEAST_SECONDS = 0.3


def hand_over(folder: Path, name: str, content: bytes = b"x", age: float = HOUR) -> Path:
    """A file in the inbox that was last written to `age` seconds ago."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An inbox."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return inbox


def archive_all(handed: list[Handed], folder: Path) -> list[Result]:
    """Archive what was handed over, durably, as a run does."""
    archive = Archive(folder)
    taker = Capture(archive, read_limits())
    results = []
    for file in handed:
        documents = [item for item in taker.take(file.path, file.source_uri) if isinstance(item, Document)]
        parts = [Part(document.sha256, document.source_uri) for document in documents]
        results.append(Result(handed=file, documents=parts))
    archive.sync()
    return results


def run_once(folder: Path, archive: Path, run_id: str) -> list[str]:
    """Take, archive and settle; the names of the files that went out."""
    with open_inbox(folder, LEAST_SECONDS) as inbox:
        handed, _left = inbox.take()
        return [receipt.file for receipt in inbox.settle(archive_all(handed, archive), run_id)]


def names(folder: Path) -> list[str]:
    """All visible files below a folder, by their path in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_only_what_was_handed_over_is_taken(folder: Path, tmp_path: Path) -> None:
    for name in ("a.txt", "2023/b.html"):
        hand_over(folder, name)
    for name in ("c.txt.part", "d.tmp", ".e.txt", ".git/f.txt", "g.HTML.crdownload"):
        hand_over(folder, name)
    hand_over(folder, "young.txt", age=0)
    secret = hand_over(tmp_path, "outside/secret.txt")
    (folder / "link.txt").symlink_to(secret)
    (folder / "linked").symlink_to(secret.parent, target_is_directory=True)
    os.mkfifo(folder / "pipe.txt")
    with open_inbox(folder) as inbox:
        handed, left = inbox.take()
    assert [file.source_uri for file in handed] == ["2023/b.html", "a.txt"]
    assert {file.file: file.reason for file in left} == {
        "c.txt.part": "temporary_name",
        "d.tmp": "temporary_name",
        "g.HTML.crdownload": "temporary_name",
        "young.txt": "too_young",
        "link.txt": "link",
        "linked": "link",
        "pipe.txt": "no_file",
    }
    assert secret.exists()
    assert not (folder / "a.txt").exists()


def unreadable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no name in a folder be read, also by a user who may read everything."""
    scan = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == folder.name:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_a_folder_that_cannot_be_read_is_left_and_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over(folder, "a.txt")
    hand_over(folder, "refused/b.txt")
    unreadable(folder / "refused", monkeypatch)
    with open_inbox(folder) as inbox:
        handed, left = inbox.take()
    assert [file.source_uri for file in handed] == ["a.txt"]
    assert [(file.file, file.reason) for file in left] == [("refused", "unreadable")]


def test_a_folder_of_an_input_that_cannot_be_read_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "refused/b.txt", ".refused/c.txt"):
        hand_over(tmp_path, name)
    unreadable(tmp_path / ".refused", monkeypatch)
    assert [name for _, name in find_files(tmp_path)] == ["a.txt", "refused/b.txt"]
    unreadable(tmp_path / "refused", monkeypatch)
    with pytest.raises(PermissionError, match="refused"):
        find_files(tmp_path)


def test_a_file_that_becomes_old_enough_is_taken_by_the_next_run(folder: Path, tmp_path: Path) -> None:
    path = hand_over(folder, "a.txt", age=0)
    assert run_once(folder, tmp_path / "archive", "run-1") == []
    os.utime(path, (time.time() - HOUR,) * 2)
    assert run_once(folder, tmp_path / "archive", "run-2") == ["a.txt"]


def test_a_file_from_the_future_is_looked_at_twice(folder: Path) -> None:
    hand_over(folder, "still.txt", age=-HOUR)
    with open_inbox(folder, LEAST_SECONDS) as inbox:
        handed, left = inbox.take()
    assert ([file.source_uri for file in handed], left) == (["still.txt"], [])


def test_a_file_that_is_gone_when_it_is_looked_at_is_left_to_the_next_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It got its last name after the names were read."""
    hand_over(folder, "here.txt")
    walk = os.walk
    monkeypatch.setattr(os, "walk", lambda root, **_: ((*found, [*files, "gone.txt"]) for *found, files in walk(root)))
    with open_inbox(folder, LEAST_SECONDS) as inbox:
        handed, left = inbox.take()
    assert ([file.file.name for file in handed], left) == (["here.txt"], [])


def test_settled_files_have_a_receipt_and_their_content_in_the_archive(folder: Path, tmp_path: Path) -> None:
    hand_over(folder, "good.txt", b"good")
    hand_over(folder, "sub/bad.txt", b"bad")
    with open_inbox(folder) as inbox:
        handed, _left = inbox.take()
        good, bad = archive_all(handed, tmp_path / "archive")
        part = msgspec.structs.replace(bad.documents[0], reason="no_report", detail="nothing")
        damaged = Result(
            handed=Handed(hand_over(folder / TAKEN, "cut.jsonl.gz"), Path("cut.jsonl.gz")), damage="cut off"
        )
        inbox.settle([good, msgspec.structs.replace(bad, documents=[part]), damaged], "run-1")
    settled = [name for name in names(folder) if name.startswith(("done", "rejected"))]
    assert settled == ["done/run-1/good.txt", "rejected/run-1/cut.jsonl.gz", "rejected/run-1/sub/bad.txt"]
    lines = [msgspec.json.decode(line) for line in (folder / RECEIPTS / "run-1.jsonl").read_bytes().splitlines()]
    assert [(line["file"], line["fate"], line["moved_to"]) for line in lines] == [
        ("good.txt", "done", "done/run-1/good.txt"),
        ("sub/bad.txt", "rejected", "rejected/run-1/sub/bad.txt"),
        ("cut.jsonl.gz", "rejected", "rejected/run-1/cut.jsonl.gz"),
    ]
    assert lines[1]["documents"][0]["reason"] == "no_report"
    assert lines[2]["detail"] == "cut off"
    assert {line.source_uri for line in read_manifest(tmp_path / "archive").values()} == {"good.txt", "sub/bad.txt"}


def test_a_file_handed_over_again_under_a_name_in_use_waits(folder: Path, tmp_path: Path) -> None:
    hand_over(folder, "a.txt", b"first")
    with open_inbox(folder) as inbox:
        inbox.take()
    hand_over(folder, "a.txt", b"second")
    with open_inbox(folder) as inbox:
        handed, left = inbox.take()
        assert [(file.file, file.reason) for file in left] == [("a.txt", "name_in_use")]
        inbox.settle(archive_all(handed, tmp_path / "archive"), "run-1")
    assert run_once(folder, tmp_path / "archive", "run-2") == ["a.txt"]
    assert {line.source_uri for line in read_sightings(tmp_path / "archive")} == {"a.txt"}
    assert len(read_manifest(tmp_path / "archive")) == 2, "other bytes are another document: a revision"


def die_after_take(inbox: Inbox, _archive: Path) -> None:
    inbox.take()


def die_after_archiving(inbox: Inbox, archive: Path) -> None:
    archive_all(inbox.take()[0], archive)


def die_before_moving(inbox: Inbox, archive: Path) -> None:
    die_at_rename(inbox, archive, 0)


def die_after_one_move(inbox: Inbox, archive: Path) -> None:
    die_at_rename(inbox, archive, 1)


def die_at_rename(inbox: Inbox, archive: Path, moves: int) -> None:
    results = archive_all(inbox.take()[0], archive)
    rename, count = Path.rename, 0

    def rename_or_die(self: Path, target: Path) -> Path:
        nonlocal count
        if count == moves:
            os._exit(9)
        count += 1
        return rename(self, target)

    Path.rename = rename_or_die  # type: ignore[assignment]
    inbox.settle(results, "killed")


def run_and_die(folder: Path, archive: Path, die: Callable[[Inbox, Path], None]) -> None:
    """A run that ends without any clean-up."""
    with open_inbox(folder) as inbox:
        die(inbox, archive)
        os._exit(9)


@pytest.mark.parametrize("die", [die_after_take, die_after_archiving, die_before_moving, die_after_one_move])
def test_a_killed_run_loses_nothing_and_doubles_nothing(
    folder: Path, tmp_path: Path, die: Callable[[Inbox, Path], None]
) -> None:
    archive = tmp_path / "archive"
    contents = {"a.txt": b"a", "sub/b.txt": b"b", "c.txt": b"c"}
    for name, content in contents.items():
        hand_over(folder, name, content)
    killed = multiprocessing.get_context("fork").Process(target=run_and_die, args=(folder, archive, die))
    killed.start()
    killed.join(30)
    assert killed.exitcode == 9
    run_once(folder, archive, "next")
    settled = names(folder / "done")
    assert sorted(name.split("/", 1)[1] for name in settled) == sorted(contents), "each file once"
    assert names(folder / TAKEN) == [".lock"]
    lines = read_sightings(archive)
    assert sorted(line.source_uri for line in lines) == sorted(contents), "each document once"
    assert {archive.joinpath(line.sha256[:2], line.sha256).read_bytes() for line in lines} == set(contents.values())


def test_only_one_run_takes_from_an_inbox(folder: Path) -> None:
    with open_inbox(folder), pytest.raises(InboxError, match="Another run"), open_inbox(folder):
        pass
    with open_inbox(folder):
        pass


def test_an_inbox_that_is_none_says_so(tmp_path: Path) -> None:
    file = hand_over(tmp_path, "file.txt")
    for path, told in ((tmp_path / "missing", "does not exist"), (file, "is no folder")):
        with pytest.raises(InboxError, match=told), open_inbox(path):
            pass


def test_bytes_that_are_not_those_that_were_hashed_are_not_archived(tmp_path: Path) -> None:
    path = hand_over(tmp_path, "a.txt", b"now")
    archive = Archive(tmp_path / "archive")
    line = ManifestLine("0" * 64, "a.txt", 3, "2024-01-01T00:00:00+00:00", "text/plain")
    with path.open("rb") as file, pytest.raises(ChangedFileError):
        archive.add(line, file)
    assert names(tmp_path / "archive") == []


def test_an_old_manifest_stays_readable_and_a_plain_line_is_written_as_ever(tmp_path: Path) -> None:
    old = (
        b'{"sha256":"%s","source_uri":"a.txt","bytes":1,"captured_at":"2024-01-01T00:00:00+00:00",'
        b'"media_type":"text/plain"}\n' % (b"0" * 64)
    )
    (tmp_path / "manifest.jsonl").write_bytes(old)
    (line,) = read_sightings(tmp_path)
    assert (line.source_tier, line.fetch) == (5, None)
    assert msgspec.json.encode(line) + b"\n" == old


def test_a_damaged_shard_does_not_stop_the_inbox(folder: Path) -> None:
    from flows.capture_steps import take_inbox
    from flows.runs import Run
    from pipelines.warehouse import Warehouse

    hand_over(folder, "cut.jsonl.gz", gzip.compress(b"{}\n" * 1000)[:-9])
    hand_over(folder, "empty.jsonl", b"\n")
    hand_over(folder, "good.json", b"{}")
    hand_over(folder, "a.txt", b"a")
    with open_inbox(folder) as inbox:
        taken = take_inbox.fn(Run(Warehouse(folder.parent / "warehouse"), "run-1"), inbox)
    assert {file.handed.source_uri: bool(file.damage) for file in taken.files} == {
        "a.txt": False,
        "cut.jsonl.gz": True,
        "empty.jsonl": True,
        "good.json": False,
    }
    assert (len(taken.captured.documents), taken.captured.payloads) == (1, 1)
