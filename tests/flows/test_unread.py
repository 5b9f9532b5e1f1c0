"""What is archived and was never read is what a run without input reads, and pending until then."""

import json
from pathlib import Path

import duckdb

from flows.commands.run import DEFAULT_INPUT, _default_inputs
from flows.status import read_status
from flows.unread import count_unread
from pipelines.archive import Archive, Fetch
from pipelines.capture import Capture, capture
from pipelines.limits import read_limits
from pipelines.warehouse import Warehouse
from tests.load.payloads import document_of, load


def archive_page(warehouse: Warehouse, content: bytes, status: str) -> str:
    """A page in the archive and its outcome in `fetches/`, as `gongkai fetch` leaves them; gives its sha256."""
    url = f"https://example.org/{status}"
    archive = Archive(warehouse.archive)
    line = Capture(archive, read_limits()).take_fetched(content, url, 5, Fetch(final_url=url, status=200))
    warehouse.fetches.mkdir(exist_ok=True)
    outcome = {"url": url, "status": status, "sha256": line.sha256}
    (warehouse.fetches / f"{status}.jsonl").write_text(f'{json.dumps(outcome)}\n{{"torn', encoding="utf-8")
    return line.sha256


def test_what_was_only_fetched_is_read_and_pending_and_no_samples_come_beside_it(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    archive_page(warehouse, "<p>空</p>".encode(), "shell_page")
    assert _default_inputs(warehouse, 0) == ([DEFAULT_INPUT], False)
    assert read_status(warehouse, tmp_path / "ledger.jsonl").pending == []
    sha256 = archive_page(warehouse, "<p>报告</p>".encode(), "fetched")
    assert _default_inputs(warehouse, 0) == ([], True)
    expected = ["1 archived documents have not been read: a run without input reads them, as does --archived"]
    assert read_status(warehouse, tmp_path / "ledger.jsonl").pending == expected
    extracted = warehouse.extracted / "1.0.0" / sha256[:2] / f"{sha256}.json"
    extracted.parent.mkdir(parents=True)
    extracted.touch()
    assert read_status(warehouse, tmp_path / "ledger.jsonl").pending == []
    page = document_of("a", 1)
    page["document"] |= {"sha256": sha256, "source_uri": "https://example.org/fetched"}
    load(tmp_path, [page])
    assert _default_inputs(warehouse, 0) == ([], False)


def test_samples_of_a_run_that_was_stopped_are_taken_again(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    list(capture([min(DEFAULT_INPUT.iterdir())], warehouse.archive))
    assert _default_inputs(warehouse, 0) == ([DEFAULT_INPUT], False)


def test_what_is_archived_and_published_is_not_pending(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    sha256 = archive_page(warehouse, "<p>报告</p>".encode(), "fetched")
    assert count_unread(warehouse) == 1
    version = warehouse.root / "versions" / "v1"
    version.mkdir(parents=True)
    warehouse.current.symlink_to(version)
    with duckdb.connect(warehouse.live_mart) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_document as select ? as document_sha256", [sha256])
    assert count_unread(warehouse) == 0
