"""`gongkai fetch`: what it prints, what it leaves behind, and with which exit code it ends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.command_line import app
from pipelines.archive import read_manifest
from pipelines.publishing import writer_lock
from pipelines.warehouse import Warehouse
from tests.fetch.faults import running_faulty_site
from tests.fetch.server import Site


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that is allowed by name."""
    with running_faulty_site() as running:
        monkeypatch.setenv("GONGKAI_FETCH_ALLOWED_HOSTS", f"127.0.0.1:{running.port}")
        monkeypatch.setenv("GONGKAI_FETCH_DELAY_SECONDS", "1")
        monkeypatch.setenv("GONGKAI_FETCH_ATTEMPTS", "1")
        yield running


def run_fetch(tmp_path: Path, lines: list[str], *options: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error for a list of these lines."""
    path = tmp_path / "urls.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    result = CliRunner().invoke(app, ["fetch", str(path), "--warehouse", str(tmp_path / "warehouse"), *options])
    return result.exit_code, result.stdout, result.stderr


def test_a_list_that_was_gone_through_is_done_and_what_failed_is_listed(tmp_path: Path, site: Site) -> None:
    base = f"http://127.0.0.1:{site.port}"
    code, printed, _ = run_fetch(tmp_path, [f"{base}/good", f"{base}/gone", "ftp://127.0.0.1/"])
    assert code == 0
    assert "http_error" in printed
    assert f"{base}/gone" in printed
    warehouse = Warehouse(tmp_path / "warehouse")
    (log,) = warehouse.fetches.iterdir()
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {row["url"]: row["status"] for row in rows} == {
        f"{base}/good": "fetched",
        f"{base}/gone": "http_error",
        "ftp://127.0.0.1/": "refused_url",
    }
    assert len(read_manifest(warehouse.archive)) == 1


def test_json_is_one_outcome_a_line(tmp_path: Path, site: Site) -> None:
    code, printed, _ = run_fetch(tmp_path, [f"http://127.0.0.1:{site.port}/good"], "--json")
    assert (code, json.loads(printed)["status"]) == (0, "fetched")


def test_nothing_at_all_is_a_failure(tmp_path: Path, site: Site) -> None:
    code, printed, message = run_fetch(tmp_path, ["http://10.0.0.1/", f"http://127.0.0.1:{site.port}/gone"])
    assert code == 1
    assert "blocked_address" in printed
    assert "None of the 2 addresses" in message


def test_a_list_without_addresses_and_a_warehouse_in_use_are_failures_that_say_so(tmp_path: Path) -> None:
    code, _, message = run_fetch(tmp_path, ["# nothing"])
    assert code == 1
    assert "names no address" in message
    with writer_lock(Warehouse(tmp_path / "warehouse"), "the-other-run"):
        code, _, message = run_fetch(tmp_path, ["http://10.0.0.1/"])
    assert code == 1
    assert "the-other-run" in message
