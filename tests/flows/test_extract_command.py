"""`gongkai extract`: what is done is left as it is, also after `kill -9`, and every document has its line."""

import json
import os
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.command_line import app
from flows.commands import extract
from tests.whole_way import GONGKAI, run_gongkai, run_without_reader

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
DOCUMENTS = 120
PATIENCE_SECONDS = 30.0


def run_extract(*arguments: str | Path) -> tuple[str, str]:
    """Standard output and standard error of the command, run in this process."""
    result = CliRunner().invoke(app, ["extract", *map(str, arguments)])
    assert result.exit_code == 0
    return result.stdout, result.stderr


def test_lines_come_in_the_order_of_the_documents(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(9):
        (source / f"{number}.txt").write_text(f"无关文本{number}", encoding="utf-8")
    (source / "copy.txt").write_bytes((source / "0.txt").read_bytes())
    with zipfile.ZipFile(source / "packed.zip", "w") as archive:
        archive.write(source / "1.txt", "again.txt")
        archive.writestr("../out.txt", "x")
    output, told = run_extract(source)
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line["document"]["source_uri"] for line in lines] == [*(f"{n}.txt" for n in range(9)), "packed.zip"]
    assert lines[-1]["rejection"]["reason"] == "unsafe_archive"
    assert "0 documents read, 10 rejected" in told


def test_a_reader_that_has_seen_enough_ends_it_quietly() -> None:
    assert run_without_reader("extract", SAMPLES) == (0, "")


def test_what_is_done_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    count = len(list(SAMPLES.iterdir()))
    assert f"{count} documents read, 0 rejected\n" in run_extract(SAMPLES, "--out", out)[1]
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in out.iterdir()}
    assert f"0 documents read, 0 rejected, {count} done before" in run_extract(SAMPLES, "--out", out)[1]
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in out.iterdir()} == before
    assert f"{count} documents read" in run_extract(SAMPLES, "--out", out, "--again")[1]
    next(out.iterdir()).write_text("{}")
    assert f"1 documents read, 0 rejected, {count - 1} done" in run_extract(SAMPLES, "--out", out)[1]
    monkeypatch.setattr(extract, "EXTRACTOR_VERSION", "9.9.9")
    assert f"{count} documents read" in run_extract(SAMPLES, "--out", out)[1]


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    sample = next(SAMPLES.glob("001*")).read_text(encoding="utf-8")
    for number in range(DOCUMENTS):
        (source / f"{number:04}.txt").write_text(f"{sample}\n{number}", encoding="utf-8")
    run = subprocess.Popen([GONGKAI, "extract", source, "--out", out])  # noqa: S603 - our own command
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(list(out.glob("*.json"))) < 5 and time.monotonic() < deadline:
        time.sleep(0.002)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    done = {path.name: path.read_bytes() for path in out.glob("*.json")}
    assert 5 <= len(done) < DOCUMENTS
    told = run_extract(source, "--out", out)[1]
    assert f"{DOCUMENTS - len(done)} documents read, 0 rejected, {len(done)} done before" in told
    assert {name: (out / name).read_bytes() for name in done} == done
    assert len(list(out.glob("*.json"))) == DOCUMENTS


def test_a_limit_that_is_no_number_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOCUMENT_SECONDS", "soon")
    result = CliRunner().invoke(app, ["extract", str(SAMPLES)])
    assert result.exit_code == 1
    assert "GONGKAI_DOCUMENT_SECONDS is `soon`" in result.stderr


def test_a_document_over_the_limit_is_rejected_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOCUMENT_MB", "1")
    (tmp_path / "large.txt").write_bytes(b"x" * (2**20 + 1))
    line = json.loads(run_gongkai("extract", tmp_path / "large.txt"))
    assert line["rejection"] == {"reason": "too_large", "detail": "1,048,577 bytes; a document may have 1 MB"}
