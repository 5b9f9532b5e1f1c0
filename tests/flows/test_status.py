"""`gongkai status` and `gongkai doctor`: each line fires, and each fault has its remedy."""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import cast

import duckdb
import pytest
from typer.testing import CliRunner

from contracts.decisions import Decision
from contracts.raw_tables import RAW_TABLES
from flows import doctor, queued, status
from flows.command_line import app
from flows.log_file import LOGGER, log_run, prune_logs
from flows.status import read_status
from pipelines.decisions import Ledger
from pipelines.publishing import roll_back, writer_lock
from pipelines.publishing.versions import prepare_link
from pipelines.raw_schema import SQL_TYPES
from pipelines.warehouse import Warehouse
from tests.flows.marts import publish_mart


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    for name in ("PREFECT_API_URL", "GONGKAI_NOTIFY_URLS"):
        monkeypatch.delenv(name, raising=False)
    return Warehouse(tmp_path / "warehouse")


def verdicts(warehouse: Warehouse) -> dict[str, str]:
    """The doctor's verdict by check."""
    return {check.name: check.verdict for check in doctor.examine(warehouse)}


def test_status_of_nothing(warehouse: Warehouse) -> None:
    found = read_status(warehouse)
    assert (found.live, found.runs, found.writer, found.served_at, found.pending) == (None, [], None, None, [])
    assert found.free > 0
    result = CliRunner().invoke(app, ["status", "--warehouse", str(warehouse.root)])
    assert result.exit_code == 0
    assert "publish with `gongkai run`" in result.stdout


def test_status_leaves_out_what_a_run_has_removed_meanwhile(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.archive.mkdir(parents=True)
    (warehouse.archive / "here").write_bytes(b"four")
    walk = os.walk
    monkeypatch.setattr(os, "walk", lambda root: ((*found, [*files, "gone"]) for *found, files in walk(root)))
    assert read_status(warehouse).used["archive"] == 4


def test_status_tells_how_runs_ended(warehouse: Warehouse) -> None:
    with log_run(warehouse, "run-1", ["a.html"]) as last_line:
        last_line["version"] = "run-1"
    with log_run(warehouse, "run-2", ["a.html"]):
        pass
    with pytest.raises(ZeroDivisionError, match="by nothing"), log_run(warehouse, "run-3", ["a.html"]):
        raise ZeroDivisionError("by nothing")
    with pytest.raises(KeyboardInterrupt), log_run(warehouse, "run-3b", ["a.html"]):
        raise KeyboardInterrupt
    (log,) = warehouse.logs.glob("run-run-1.jsonl")
    first = log.read_text().splitlines()[0]
    for run_id in ("run-4", "run-5"):
        (warehouse.logs / f"run-{run_id}.jsonl").write_text(first.replace("run-1", run_id) + '\n{"time": "torn')
    with writer_lock(warehouse, "run-5"):
        found = read_status(warehouse)
    assert found.writer is not None
    assert (found.writer.pid, found.writer.run_id) == (os.getpid(), "run-5")
    told = [(run.run_id, run.outcome) for run in found.runs]
    assert told == [
        ("run-5", "running"),
        ("run-4", "killed"),
        ("run-3b", "interrupted"),
        ("run-3", "failed"),
        ("run-2", "nothing new"),
    ]
    assert [run.detail for run in found.runs[2:4]] == [
        "stopped by Ctrl-C or a signal",
        "ZeroDivisionError: by nothing",
    ]
    assert json.loads(first)["inputs"] == ["a.html"]


def test_status_names_the_live_version_and_what_is_pending(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    publish_mart(warehouse, "v2", 2)
    live = read_status(warehouse).live
    assert live is not None
    assert (live.version, live.is_newest, live.kept) == ("v2", True, 2)
    roll_back(warehouse)
    prepare_link(warehouse, "v2")
    warehouse.unfinished.write_text("{}")
    plan = warehouse.root / "dlt" / "staged" / "plan.json"
    plan.parent.mkdir(parents=True)
    plan.write_text("{}")
    result = CliRunner().invoke(app, ["status", "--json", "--warehouse", str(warehouse.root)])
    found = json.loads(result.stdout)
    assert found["live"]["is_newest"] is False
    assert [sentence.split(":")[0] for sentence in found["pending"]] == [
        "the last run did not end well",
        "a load was interrupted",
        "version v2 was about to become live",
    ]


def test_status_tells_what_is_loaded_decided_and_handed_over(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_mart(warehouse, "v1", 1)
    for run_id, inserted in (("run-1", 5), ("run-2", 3), ("run-3", 1)):
        failed = pytest.raises(ZeroDivisionError) if run_id != "run-1" else nullcontext()
        with failed, log_run(warehouse, run_id, ["inbox"]):
            counts = {"inserted": inserted, "updated": 1, "unchanged": 7}
            logging.getLogger(LOGGER).info("loaded", extra={"event": "loaded", "counts": counts})
            if run_id != "run-1":
                raise ZeroDivisionError("amid the models")
    for name in ("a.txt", "b.txt.part", ".hidden", ".taken/b.html", "done/c.txt", "sub/d.docx"):
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "inbox" / "link.txt").symlink_to(tmp_path / "inbox" / "a.txt")
    (tmp_path / "inbox" / "sub" / "folder").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "inbox" / "pipe.txt")
    found = read_status(warehouse, inbox=tmp_path / "inbox")
    assert [run.loaded for run in found.runs] == [2, 4, 6]
    assert found.pending == [
        "6 documents are loaded and in no version: the next run publishes them",
        f"3 files wait in the inbox {tmp_path / 'inbox'}",
        f"3 links or pipes in the inbox {tmp_path / 'inbox'} are never taken: hand over the files themselves",
    ]
    with writer_lock(warehouse, "run-4"):
        assert read_status(warehouse, inbox=tmp_path / "inbox").pending == []


def test_status_tells_which_decisions_no_version_was_made_with(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_mart(warehouse, "v1", 1)
    ledger = Ledger(tmp_path / "decisions.jsonl", {1: cast("Decision", None), 2: cast("Decision", None)})
    monkeypatch.setattr(status, "read_ledger", lambda _path: ledger)
    found = read_status(warehouse)
    assert (found.ledger.decisions, found.ledger.published) == (2, 0)
    assert found.pending == ["2 decisions of the ledger are in no version: the next run applies them"]


def test_status_tells_what_the_server_has_queued(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "deployments": [{"id": "1", "name": "daily", "parameters": {"inbox": "/srv/inbox"}}],
        "flow_runs": [
            {
                "name": "fast-fox",
                "deployment_id": "1",
                "state_name": "Late",
                "expected_start_time": "2026-01-02T02:30:00Z",
            },
            {"name": "slow-ox", "deployment_id": None, "state_name": "Running", "expected_start_time": None},
        ],
    }
    monkeypatch.setattr(queued, "_ask", lambda _client, what, _query: answers[what])
    monkeypatch.setattr(status, "find_served_api", lambda _warehouse: "http://127.0.0.1:1/api")
    found = read_status(warehouse)
    assert found.inbox == "/srv/inbox"
    assert [(run.name, run.deployment, run.state) for run in found.queue] == [
        ("fast-fox", "daily", "Late"),
        ("slow-ox", "", "Running"),
    ]
    assert found.pending == [f"1 scheduled runs are late: is the worker running? See {warehouse.logs}/serve-worker.log"]


def test_status_of_a_server_that_does_not_answer(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "find_served_api", lambda _warehouse: "http://127.0.0.1:1/api")
    (problem,) = read_status(warehouse).pending
    assert problem.startswith("http://127.0.0.1:1/api does not tell its queue: ")


def test_old_logs_go(warehouse: Warehouse) -> None:
    warehouse.logs.mkdir(parents=True)
    for number in range(5):
        (warehouse.logs / f"run-{number}.jsonl").touch()
    prune_logs(warehouse.logs, "run-*.jsonl", keep=2)
    assert sorted(path.name for path in warehouse.logs.iterdir()) == ["run-3.jsonl", "run-4.jsonl"]


def test_doctor_finds_nothing_wrong_with_a_new_warehouse(warehouse: Warehouse) -> None:
    publish_mart(warehouse, "v1", 1)
    result = CliRunner().invoke(app, ["doctor", "--warehouse", str(warehouse.root)])
    assert result.exit_code == 0, result.stdout
    assert "wrong" not in verdicts(warehouse).values()


@pytest.fixture
def broken(warehouse: Warehouse) -> Iterator[Warehouse]:
    """A warehouse with one version, to be broken."""
    publish_mart(warehouse, "v1", 1)
    yield warehouse
    warehouse.root.chmod(0o755)


def test_doctor_names_each_fault(broken: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    broken.database.write_bytes(b"no database" * 1000)
    broken.notify_urls.write_text("json://somewhere/")
    broken.notify_urls.chmod(0o644)
    mart = broken.versions / "v1" / "mart.duckdb"
    mart.chmod(0o644)
    with mart.open("r+b") as file:
        file.seek(12)
        file.write((67).to_bytes(8, "little"))
    (broken.versions / "v1").rename(broken.versions / "20990101T000000Z-ffffff")
    broken.current.unlink()
    broken.current.symlink_to("versions/20990101T000000Z-ffffff")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    monkeypatch.setattr(doctor, "LEAST_FREE", 2**60)
    monkeypatch.setattr(doctor.os, "access", lambda path, _mode: path != broken.database)
    monkeypatch.setattr(doctor, "requires", lambda _name: ["duckdb==0.0.1", "not-there>1", "skipped; extra == 'ocr'"])
    monkeypatch.setattr(doctor, "metadata", lambda _name: {"Requires-Python": "<3"})
    result = CliRunner().invoke(app, ["doctor", "--json", "--warehouse", str(broken.root)])
    checks = {check["name"]: check for check in map(json.loads, result.stdout.splitlines())}
    wrong = [name for name, check in checks.items() if check["verdict"] == "wrong"]
    assert result.exit_code == 1
    expected = {"python", "packages", "space", "permissions", "database", "live version", "clock", "prefect"}
    assert set(wrong) == {*expected, "notifications"}
    assert all(checks[name]["remedy"] for name in wrong)
    assert "duckdb" in checks["packages"]["found"]
    assert "not-there is missing" in checks["packages"]["found"]
    assert "67, not 64" in checks["live version"]["found"]


@pytest.mark.parametrize(
    ("content", "verdict"), [(b"# nobody yet\n", "note"), (b"json://127.0.0.1/\n", "ok"), (b"\xff\xfe", "wrong")]
)
def test_doctor_counts_addresses_not_files(
    broken: Warehouse, content: bytes, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GONGKAI_NOTIFY_URLS", raising=False)
    broken.notify_urls.write_bytes(content)
    broken.notify_urls.chmod(0o600)
    assert verdicts(broken)["notifications"] == verdict


def test_doctor_names_the_files_that_are_anothers(broken: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    archived, state = broken.archive / "ab" / "abcd", broken.root / "dlt" / "raw_load" / "state.json"
    for path in (archived, state):
        path.parent.mkdir(parents=True)
        path.touch()
    read_only = lambda path, mode: path not in (archived, state) or not mode & os.W_OK  # noqa: E731
    monkeypatch.setattr(doctor.os, "access", read_only)
    (check,) = [check for check in doctor.examine(broken) if check.name == "permissions"]
    assert (check.verdict, check.found) == ("wrong", f"cannot read or write {state}")
    monkeypatch.setattr(doctor, "MOST_NAMED", 0)
    (check,) = [check for check in doctor.examine(broken) if check.name == "permissions"]
    assert "and 1 more" in check.found


def test_doctor_tells_of_raw_tables_that_are_not_as_declared(broken: Warehouse) -> None:
    added = next(field.name for field in RAW_TABLES["claims"] if field.nullable)
    names = [name for name in RAW_TABLES["claims"].names if name != added]
    with duckdb.connect(broken.database) as connection:
        connection.execute("create schema raw; create table raw.documents (document_key bigint)")
        sql = ", ".join(f"{name} {SQL_TYPES[RAW_TABLES['claims'].field(name).type]}" for name in names)
        connection.execute(f"create table raw.claims ({sql})")
    checks = {check.name: check for check in doctor.examine(broken)}
    assert checks["raw tables"].verdict == "wrong"
    assert "raw.documents lacks" in checks["raw tables"].found
    with duckdb.connect(broken.database) as connection:
        connection.execute("drop table raw.documents")
    (found,) = [check for check in doctor.examine(broken) if check.name == "raw tables"]
    assert (found.verdict, found.found) == ("note", f"raw.claims lacks {added}")


def test_doctor_tells_who_writes_and_who_did_not_end_well(broken: Warehouse) -> None:
    with writer_lock(broken, "the-run"):
        assert verdicts(broken)["lock"] == "note"
    assert verdicts(broken)["lock"] == "ok"
    broken.unfinished.write_text("{}")
    assert verdicts(broken)["lock"] == "note"
