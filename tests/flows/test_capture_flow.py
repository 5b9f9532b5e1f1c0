"""Runs that are fed by an inbox and a list of addresses: nothing is lost at a kill, and nothing comes twice."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flows import capture_steps, steps
from flows.runs import Run
from flows.warehouse import run_warehouse
from flows.warehouse_errors import NothingFetchedError
from pipelines.archive import Archive
from pipelines.capture import Capture, CaptureError, Document, RawShard
from pipelines.decisions import Ledger
from pipelines.inbox import open_inbox
from pipelines.publishing import list_versions
from pipelines.warehouse import Warehouse
from tests.fetch.server import Site, running_site
from tests.load.payloads import document_of, rejected_of, sha_of, write_shard

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
SERVED, *HANDED_OVER = sorted(SAMPLES.iterdir())


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that is allowed by name and has one of the samples, which it knows by an ETag."""
    with running_site() as running:
        monkeypatch.setenv("GONGKAI_FETCH_ALLOWED_HOSTS", f"127.0.0.1:{running.port}")
        monkeypatch.setenv("GONGKAI_FETCH_DELAY_SECONDS", "1")
        content = SERVED.read_bytes()
        running.routes["/report.txt"] = lambda handler: (
            handler.head(304) if "If-None-Match" in handler.headers else handler.send(content, etag='"r"')
        )
        yield running


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An inbox with the other samples, and something that is no report."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for path in HANDED_OVER:
        shutil.copy2(path, folder)
    (folder / "unknown.txt").write_text("无关文本", encoding="utf-8")
    for path in folder.iterdir():
        os.utime(path, (0, 0))  # a file written just now waits: it may still be written to
    return folder


def capture_and_die(run: Run, inbox: Path) -> None:
    """All that a run does before it would move the files away."""
    with open_inbox(inbox, settle_seconds=0) as box:
        taken = capture_steps.take_inbox.fn(run, box)
        captured = taken.captured
        steps.load.fn(run, captured, steps.extract.fn(run, captured), Ledger(Path("none")))


@pytest.mark.usefixtures("prefect_api")
def test_a_run_takes_from_inbox_and_addresses_after_one_that_was_killed(
    tmp_path: Path, site: Site, inbox: Path
) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    capture_and_die(Run(warehouse, "killed"), inbox)
    urls = tmp_path / "urls.csv"
    urls.write_text(f"url,tier\nhttp://127.0.0.1:{site.port}/report.txt,0\n", encoding="utf-8")

    outcome = run_warehouse(warehouse=str(warehouse.root), inbox=str(inbox), urls=str(urls))
    assert outcome.version is not None
    assert (outcome.captured, outcome.loaded.written) == (len(HANDED_OVER) + 2, 1), "only the fetched one was new"
    assert {receipt.file: receipt.fate for receipt in outcome.receipts} == {
        **{path.name: "done" for path in HANDED_OVER},
        "unknown.txt": "rejected",
    }
    with duckdb.connect(warehouse.live_mart, read_only=True) as mart:
        tiers = mart.execute(
            "select source_tier, count(*) from marts.dim_document group by all order by all"
        ).fetchall()
    assert tiers == [(0, 1), (5, len(HANDED_OVER) + 1)]

    again = run_warehouse(warehouse=str(warehouse.root), inbox=str(inbox), urls=str(urls))
    assert again.fetched is not None
    assert [row.status for row in again.fetched.rows] == ["not_modified"]
    assert (again.captured, again.loaded.payloads, again.version, again.receipts) == (1, 0, None, [])
    assert len(list_versions(warehouse)) == 1

    anew = run_warehouse(warehouse=str(warehouse.root), archived=True)
    assert (anew.captured, anew.version) == (len(HANDED_OVER) + 2, None)


def test_raw_json_of_which_every_payload_is_refused_is_rejected_with_the_reasons(tmp_path: Path) -> None:
    folder, bad = tmp_path / "inbox", {**document_of("a", 1), "extra": 1}
    write_shard(folder / "refused.jsonl", [bad, b"no json", bad, rejected_of("b")])
    write_shard(folder / "superseded.json", [document_of("c", 1)])
    write_shard(folder / "partly.jsonl", [document_of("c", 2), {**document_of("d", 1), "extra": 1}])
    write_shard(folder / "refused_beside.json", [{**document_of("c", 3), "extra": 1}])
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    run = Run(Warehouse(tmp_path / "warehouse"), "run-1")
    with open_inbox(folder, settle_seconds=0) as box:
        taken = capture_steps.take_inbox.fn(run, box)
        captured = taken.captured
        steps.load.fn(run, captured, steps.extract.fn(run, captured), Ledger(Path("none")))
        receipts = {receipt.file: receipt for receipt in capture_steps.settle_inbox.fn(run, box, taken)}
    assert {
        file: (receipt.fate, [part.reason for part in receipt.documents]) for file, receipt in receipts.items()
    } == {
        "refused.jsonl": ("rejected", ["schema_violation", "invalid_json", "schema_violation", "no_report"]),
        "superseded.json": ("done", []),
        "partly.jsonl": ("done", ["schema_violation"]),
        "refused_beside.json": ("rejected", ["schema_violation"]),
    }
    part = receipts["partly.jsonl"].documents[0]
    assert (part.sha256, part.source_uri) == (sha_of("d"), "d.txt")
    assert "extra" in part.detail


def test_a_file_that_may_not_be_read_waits_and_an_archive_that_may_not_be_written_is_a_failure(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, *others = sorted(inbox.iterdir())
    take = Capture.take

    def take_unless_refused(taker: Capture, path: Path, source_uri: str) -> Iterator[Document | RawShard]:
        if path.name == refused.name:
            raise PermissionError(13, "Permission denied", str(path))
        return take(taker, path, source_uri)

    monkeypatch.setattr(Capture, "take", take_unless_refused)
    run = Run(Warehouse(tmp_path / "warehouse"), "run-1")
    with open_inbox(inbox, settle_seconds=0) as box:
        taken = capture_steps.take_inbox.fn(run, box)
        assert [(left.reason, left.detail) for left in taken.left] == [("unreadable", "Permission denied")]
        assert len(taken.files) == len(others)

        def add(_archive: Archive, _line: object, _content: object) -> None:
            raise PermissionError(13, "Permission denied", str(run.warehouse.archive / "manifest.jsonl"))

        shutil.rmtree(run.warehouse.archive)
        monkeypatch.setattr(Archive, "add", add)
        with pytest.raises(PermissionError, match=r"manifest\.jsonl"):
            capture_steps.take_inbox.fn(run, box)
    kept = {path.name for path in inbox.rglob("*.*") if path.is_file()}
    assert kept >= {path.name for path in (refused, *others)}


@pytest.mark.usefixtures("prefect_api")
def test_an_empty_inbox_is_no_failure_and_no_address_at_all_is_one(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse"
    (tmp_path / "inbox").mkdir()
    urls = tmp_path / "urls.txt"
    urls.write_text("http://10.0.0.1/\n", encoding="utf-8")
    outcome = run_warehouse(warehouse=str(warehouse), inbox=str(tmp_path / "inbox"), urls=str(urls))
    assert (outcome.captured, outcome.version) == (0, None)
    with pytest.raises(NothingFetchedError, match="blocked_address"):
        run_warehouse(warehouse=str(warehouse), urls=str(urls))
    with pytest.raises(CaptureError, match="nothing to take from"):
        run_warehouse(warehouse=str(warehouse))
