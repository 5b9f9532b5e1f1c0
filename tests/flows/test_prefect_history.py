"""A new warehouse's Prefect starts with a copy of an empty database, and ends having written down what it was told."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from prefect.settings import get_current_settings

from flows import dbt, prefect_history, warehouse
from flows.commands import run
from flows.prefect_history import DATABASE, OTHER_DATABASES, keep_history, lend_history
from flows.prefect_server import PrefectServer, PrefectServerError, start_server
from pipelines.warehouse import Warehouse


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kept"
    monkeypatch.setattr(prefect_history, "KEPT", folder)
    for name in OTHER_DATABASES:
        monkeypatch.delenv(name, raising=False)
    return folder


def make_history(home: Path) -> Path:
    """What a server leaves in its home after its migrations."""
    home.mkdir()
    with closing(sqlite3.connect(home / DATABASE)) as made, made:
        made.execute("create table alembic_version (version_num)")
        made.execute("insert into alembic_version values ('migrated')")
        made.execute("create table configuration (key)")
        made.execute("insert into configuration values ('TELEMETRY_SESSION')")
    return home


def read(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def test_the_next_new_home_has_the_migrated_tables_and_nothing_of_the_first_server(tmp_path: Path, kept: Path) -> None:
    assert lend_history(tmp_path / "first")
    assert not (tmp_path / "first").exists()
    keep_history(make_history(tmp_path / "first"))
    assert not lend_history(tmp_path / "second")
    lent = tmp_path / "second" / DATABASE
    assert read(lent, "select version_num from alembic_version") == [("migrated",)]
    assert read(lent, "select * from configuration") == []
    assert read(lent, "pragma journal_mode") == [("wal",)]
    assert [path.suffix for path in kept.iterdir()] == [".db"]


def test_a_home_that_has_a_history_keeps_it(tmp_path: Path) -> None:
    keep_history(make_history(tmp_path / "first"))
    own = make_history(tmp_path / "second") / DATABASE
    before = own.read_bytes()
    assert not lend_history(tmp_path / "second")
    assert own.read_bytes() == before


@pytest.mark.parametrize("name", OTHER_DATABASES)
def test_a_database_elsewhere_is_left_alone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_history(make_history(tmp_path / "first"))
    monkeypatch.setenv(name, "postgresql+asyncpg://db/prefect")
    assert not lend_history(tmp_path / "second")
    assert not (tmp_path / "second").exists()


def test_a_damaged_copy_is_not_lent_and_is_made_again(tmp_path: Path, kept: Path) -> None:
    keep_history(make_history(tmp_path / "first"))
    (copy,) = kept.iterdir()
    copy.write_bytes(b"torn")
    assert lend_history(tmp_path / "second")
    assert list((tmp_path / "second").iterdir()) == []
    keep_history(tmp_path / "first")
    assert not lend_history(tmp_path / "second")


def test_nothing_is_kept_of_a_home_without_a_database(tmp_path: Path, kept: Path) -> None:
    keep_history(tmp_path)
    assert list(kept.iterdir()) == []
    assert not (tmp_path / DATABASE).exists()


def test_a_server_writes_down_what_it_was_told_before_it_ends(tmp_path: Path) -> None:
    written = tmp_path / "written"
    code = (
        "import pathlib, signal, sys, time\n"
        f"end = lambda *_: (time.sleep(0.3), pathlib.Path({str(written)!r}).touch(), sys.exit())\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)  # noqa: S603 our own code
    assert process.stdout is not None
    process.stdout.readline()
    PrefectServer(0, process, tmp_path / "log").end()
    process.stdout.close()
    assert process.returncode == 0
    assert written.exists()


def test_a_server_that_does_not_start_says_why_in_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")  # as a command has it on its terminal
    monkeypatch.setenv("PREFECT_API_URL", "")  # the server's is put there, and goes with the test
    for name in OTHER_DATABASES:
        monkeypatch.setenv(name, f"sqlite+aiosqlite:///{tmp_path / DATABASE}")
    (tmp_path / DATABASE).write_bytes(b"no database")
    server = start_server(tmp_path)
    with pytest.raises(PrefectServerError, match=re.escape(str(server.log))):
        server.wait_until_ready()
    assert "file is not a database" in server.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("is_own", [True, False])
def test_a_run_sends_heartbeats_only_to_a_server_that_outlives_it(
    is_own: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_own:
        monkeypatch.delenv("PREFECT_API_URL", raising=False)
    else:
        monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    found: list[int | None] = []
    server = SimpleNamespace(wait_until_ready=lambda: None)
    monkeypatch.setattr(run, "start_server", lambda home: server)
    monkeypatch.setattr(dbt, "parse_models", lambda folder: None)
    flow = lambda **_: found.append(get_current_settings().flows.heartbeat_frequency)  # noqa: E731
    monkeypatch.setattr(warehouse, "run_warehouse", flow)
    sources = run._Sources([], None, None, archived=False, ledger=tmp_path / "ledger.jsonl")
    run._run_flow(Warehouse(tmp_path), sources, run._Manner(None, 0, full=False))
    assert found == [None] if is_own else found[0] is not None


def test_the_interpreter_ends_without_searching_for_cycles() -> None:
    code = (
        "import atexit, gc, sys\n"
        "atexit.register(lambda: print('left out:', gc.get_freeze_count() > 0))\n"
        "sys.argv = ['gongkai', '--help']\n"
        "from flows.entry import main\n"
        "main()"
    )
    done = subprocess.run(  # noqa: S603 our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "80"}
    )
    assert "left out: True" in done.stdout
