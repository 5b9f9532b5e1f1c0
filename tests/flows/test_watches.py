"""The flows that watch: the audit finds what is damaged, the coverage watch who is late, a new version who is gone."""

import datetime
import json
from contextlib import nullcontext
from pathlib import Path

import duckdb
import pytest
from prefect import flow

from flows import audit, coverage_watch, version_report
from flows.audit import run_audit
from flows.contract_steps import Evaluation, check_again
from flows.coverage_watch import Coverage, watch_coverage
from flows.version_report import report_version
from flows.warehouse_errors import AuditError, UnbuiltError
from pipelines.capture import capture
from pipelines.publishing import Inputs, live_version, publish, start_build, writer_lock
from pipelines.publishing.manifest import hash_file
from pipelines.warehouse import MART_FILE, Warehouse
from tests.flows.artifacts import read_artifact
from tests.flows.marts import CODE, publish_mart, reports_with

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
Told = list[tuple[str, str]]


@flow(name="made up")
def show_live_version(warehouse: Warehouse) -> None:
    """What a run does with the version that it has published."""
    report_version(warehouse, live_version(warehouse))


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """An archive with the samples, and a version."""
    folder = Warehouse(tmp_path)
    list(capture([SAMPLES], folder.archive))
    publish_mart(folder, "v1", 1)
    return folder


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What the operator is told."""
    messages: Told = []
    for module in (coverage_watch, version_report):
        monkeypatch.setattr(module, "notify", lambda _warehouse, subject, body, _kind: messages.append((subject, body)))
    return messages


def evaluate_as(status: str, monkeypatch: pytest.MonkeyPatch, *, caution: str = "") -> None:
    """Let the contracts come out green or red without a warehouse behind them."""
    evaluation = Evaluation(reports_with(status), caution)
    monkeypatch.setattr(audit, "check_again", lambda _warehouse, _wait: evaluation)


@pytest.mark.usefixtures("prefect_api")
def test_audit_hashes_everything_and_names_what_is_damaged(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate_as("pass", monkeypatch)
    assert run_audit(str(warehouse.root)) == len(list(SAMPLES.iterdir()))
    first, second, *_ = sorted(path for path in warehouse.archive.rglob("*") if len(path.name) == 64)
    first.chmod(0o644)
    first.write_bytes(first.read_bytes() + b" ")
    second.unlink()
    mart = warehouse.versions / "v1" / MART_FILE
    mart.chmod(0o644)
    with mart.open("ab") as file:
        file.write(b" ")
    evaluate_as("fail", monkeypatch)
    state = run_audit(str(warehouse.root), return_state=True)
    error = state.result(raise_on_failure=False)
    assert isinstance(error, AuditError)
    found = "\n".join(error.problems)
    assert f"({first.name}): its bytes have changed" in found
    assert f"({second.name}): its file is missing" in found
    assert "version v1: its mart is not the one that was published" in found
    assert "contract marts.other is red: 1 of 3 rows" in found
    assert len(error.problems) == 4
    shown = read_artifact(state, "audit")
    assert "红 red: 4 problems" in shown
    assert [problem for problem in error.problems if problem not in shown] == []
    assert "红 red" in read_artifact(state, "audit-marts")


def test_a_version_that_a_run_prunes_meanwhile_is_no_damage(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_mart(warehouse, "v2", 2)

    def prune(mart: Path) -> str:
        if mart.parent.name == "v1":
            mart.parent.rename(warehouse.root / "pruned")
        return hash_file(mart)

    monkeypatch.setattr(audit, "hash_file", prune)
    assert audit.hash_versions.fn(warehouse) == []


@pytest.mark.usefixtures("prefect_api")
def test_audit_says_that_the_version_is_not_of_what_the_warehouse_holds(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate_as("fail", monkeypatch, caution="after a rollback")
    state = run_audit(str(warehouse.root), return_state=True)
    assert state.result() == len(list(SAMPLES.iterdir()))
    assert "after a rollback" in read_artifact(state, "audit")
    assert "绿 green" in read_artifact(state, "audit")
    assert "红 red" in read_artifact(state, "audit-marts")


@pytest.mark.usefixtures("prefect_api")
@pytest.mark.parametrize("obstacle", ["writer", "no tables", "no database"])
def test_audit_tells_what_it_found_when_the_contracts_cannot_be_evaluated(warehouse: Warehouse, obstacle: str) -> None:
    document, *_ = sorted(path for path in warehouse.archive.rglob("*") if len(path.name) == 64)
    document.unlink()
    (warehouse.versions / "v1" / MART_FILE).unlink()
    if obstacle == "no tables":
        duckdb.connect(warehouse.database).close()
        (warehouse.versions / "v1" / MART_FILE).touch()
    with writer_lock(warehouse, "other") if obstacle == "writer" else nullcontext():
        error = run_audit(str(warehouse.root), return_state=True).result(raise_on_failure=False)
    assert isinstance(error, AuditError)
    damaged, version, contracts = error.problems
    assert f"({document.name}): its file is missing" in damaged
    assert version.startswith("version v1: its mart ")
    assert contracts.startswith("the contracts were not evaluated: ")
    assert warehouse.database.exists() == (obstacle == "no tables")


def test_contracts_that_lack_their_tables_name_the_remedy(warehouse: Warehouse) -> None:
    duckdb.connect(warehouse.database).close()
    with pytest.raises(UnbuiltError, match=r"does not hold .*--full"):
        check_again(warehouse)


def publish_bodies(warehouse: Warehouse, run_id: str, rows: list[tuple[str, int]]) -> None:
    """Publish a mart of nothing but bodies and years."""
    with writer_lock(warehouse, run_id):
        mart = start_build(warehouse, run_id)
        with duckdb.connect(mart) as connection:
            connection.execute(
                "create schema marts; create table marts.authority_year (authority_zh text, report_year int)"
            )
            connection.executemany("insert into marts.authority_year values (?, ?)", rows)
        publish(warehouse, run_id, inputs=Inputs(1, "0" * 64), contracts=reports_with(), code=CODE)


def publish_coverage(warehouse: Warehouse, run_id: str, rows: list[tuple[str, str | None, int, bool]]) -> None:
    """Publish a mart of nothing but the coverage: body, class, year, and whether its report is on file."""
    deadlines = {"department": (1, 31), "prefecture": (3, 31)}
    with writer_lock(warehouse, run_id):
        mart = start_build(warehouse, run_id)
        with duckdb.connect(mart) as connection:
            connection.execute(
                "create schema marts; create table marts.coverage (authority_key bigint, authority_zh text, "
                "authority_class text, report_year bigint, report_key bigint, deadline date)"
            )
            for body, kind, year, is_on_file in rows:
                deadline = datetime.date(year + 1, *deadlines[kind]) if kind else None
                key = 1 if is_on_file else None
                connection.execute(
                    "insert into marts.coverage values (hash($1) // 2, $1, $2, $3, $4, $5)",
                    [body, kind, year, key, deadline],
                )
        publish(warehouse, run_id, inputs=Inputs(1, "0" * 64), contracts=reports_with(), code=CODE)


@pytest.mark.usefixtures("prefect_api")
def test_coverage_watch_names_who_is_missing_and_who_is_late(tmp_path: Path, told: Told) -> None:
    bodies = [
        ("甲市人民政府", "prefecture"),
        ("甲市商务局", "department"),
        ("乙市商务局", "department"),
        ("某会", None),
    ]
    last_year = [(body, kind, 2024, True) for body, kind in bodies]
    silent = ("丙市商务局", "department", 2024, False)
    publish_coverage(Warehouse(tmp_path), "v1", [*last_year, silent])
    nobody_yet = watch_coverage(str(tmp_path), datetime.date(2026, 1, 31))
    everybody = [
        ("乙市商务局", "department"),
        ("某会", "unknown"),
        ("甲市人民政府", "prefecture"),
        ("甲市商务局", "department"),
    ]
    assert nobody_yet == Coverage(2025, 0, everybody, [])
    this_year = [(body, kind, 2025, body == "乙市商务局") for body, kind in bodies]
    publish_coverage(Warehouse(tmp_path), "v2", [*last_year, silent, *this_year])
    in_january = watch_coverage(str(tmp_path), datetime.date(2026, 1, 31))
    assert in_january == Coverage(2025, 1, everybody[1:], [])
    assert told == []
    in_february = watch_coverage(str(tmp_path), datetime.date(2026, 2, 1))
    assert in_february.late == ["甲市商务局"]
    assert told == [("Gongkai: 1 bodies are late with 2025", "甲市商务局")]
    in_april = watch_coverage(str(tmp_path), datetime.date(2026, 4, 1), return_state=True)
    shown = [
        (row["机构 body"], row["类别 kind"])
        for row in json.loads(read_artifact(in_april, "coverage"))
        if row["逾期 late"]
    ]
    assert shown == everybody[1:]
    assert in_april.result().late == [body for body, _kind in shown]


@pytest.mark.usefixtures("prefect_api")
def test_coverage_watch_does_not_wait_for_a_body_that_is_not_expected_any_more(tmp_path: Path, told: Told) -> None:
    abolished = ("甲县人民政府", "prefecture", 2024, True)
    other = [("乙市商务局", "department", year, True) for year in (2024, 2025)]
    publish_coverage(Warehouse(tmp_path), "v1", [abolished, *other])
    assert watch_coverage(str(tmp_path), datetime.date(2026, 4, 1)) == Coverage(2025, 1, [], [])
    assert told == []


@pytest.mark.usefixtures("prefect_api")
def test_a_version_that_covers_fewer_bodies_is_told(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version_report, "read_findings", lambda _mart: iter(()))
    warehouse = Warehouse(tmp_path)
    publish_bodies(warehouse, "v1", [("甲市商务局", 2024), ("乙市商务局", 2024)])
    publish_bodies(warehouse, "v2", [("甲市商务局", 2024), ("乙市商务局", 2024), ("丙市商务局", 2024)])
    show_live_version(warehouse)
    assert told == []
    publish_bodies(warehouse, "v3", [("甲市商务局", 2024)])
    shown = read_artifact(show_live_version(warehouse, return_state=True), "release-diff")
    assert "Changes against v2" in shown
    assert "| authority_year | 3 | 1 | 0 | 2 | 0 |" in shown
    ((subject, body),) = told
    assert subject == "Gongkai: version v3 covers fewer bodies"
    assert body.startswith("2 body-years fewer than version v2: 2 are gone, 0 are new.")
