"""Files that are whole or not there: what a reader sees meanwhile, and what is left of a writer that was killed."""

import ctypes
import errno
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.durability import ABANDONED_SECONDS, exchange, find_parts, remove_abandoned_parts, replacing


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "file.json"
    with replacing(target) as part:
        part.write_text("whole")
        assert not target.exists()
        assert list(find_parts(tmp_path)) == [part]
    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]


def write_half(target: Path) -> None:
    with replacing(target) as part:
        part.write_text("half")
        raise OSError("full")


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "file.json"
    target.write_text("before")
    with pytest.raises(OSError, match="full"):
        write_half(target)
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_text() == "before"


def test_only_what_nobody_writes_any_longer_is_abandoned(tmp_path: Path) -> None:
    kept = [tmp_path / ".file.json.2", tmp_path / ".hidden", tmp_path / "file.json.1"]
    left = tmp_path / ".file.json.1"
    for path in (*kept, left):
        path.write_text("")
        long_ago = path.stat().st_mtime - 2 * ABANDONED_SECONDS
        if path != kept[0]:
            os.utime(path, (long_ago, long_ago))
    remove_abandoned_parts(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(kept)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can, elsewhere the caller renames twice")
def test_two_folders_trade_places(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / folder.name).touch()
    assert exchange(one, other)
    assert ((one / "other").is_file(), (other / "one").is_file()) == (True, True)
    with pytest.raises(FileNotFoundError, match="missing"):
        exchange(one, tmp_path / "missing")


def test_where_the_system_cannot_exchange_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for library in (SimpleNamespace(), SimpleNamespace(renameat2=lambda *_: ctypes.set_errno(errno.EINVAL) or -1)):
        monkeypatch.setattr(ctypes, "CDLL", lambda *_args, found=library, **_options: found)
        assert not exchange(tmp_path / "one", tmp_path / "other")
