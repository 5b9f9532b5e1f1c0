"""Another ledger than the one that a warehouse was made with is told from its own, in whatever order its lines are."""

import hashlib
import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from contracts.decision_rows import decision_row
from contracts.decisions import Decision, encode
from flows.command_line import app
from flows.doctor import examine
from flows.status import read_status
from pipelines.decisions import read_ledger
from pipelines.decisions.used import OtherLedgerError, check_used
from pipelines.publishing import Inputs, publish, writer_lock
from pipelines.warehouse import Warehouse
from tests.decisions.made import corrected, rejected, withdrawn
from tests.flows.marts import CODE, build_mart, reports_with

OLD: list[Decision] = [rejected(1), corrected(2, 7, 1), withdrawn(3, 1)]
COLUMNS = ("kind", "document_sha256", "cell", "value", "expected", "decided_by", "reason", "evidence")


def write_ledger(path: Path, decisions: list[Decision]) -> Path:
    path.write_bytes(b"".join(encode(decision) + b"\n" for decision in decisions))
    return path


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse whose version was made with three decisions, of which one withdraws another."""
    made = Warehouse(tmp_path / "warehouse")
    rows = [decision_row(position, decision) for position, decision in enumerate(OLD, start=1)]
    with writer_lock(made, "v1"):
        mart = build_mart(made, "v1", 1)
        with duckdb.connect(mart) as connection:
            texts = ", ".join(f"{name} varchar" for name in COLUMNS)
            connection.execute(
                f"create table marts.fct_decisions (decision_id varchar, position int, withdrawn_by varchar, {texts}, "
                "state varchar default 'active', report_key int)"
            )
            connection.execute("create table marts.dim_report (report_key int, authority_key int, report_year int)")
            connection.execute("create table marts.dim_authority (authority_key int, authority_zh varchar)")
            for row in rows[:2]:
                by = OLD[2].id if row["decision_id"] == OLD[0].id else None
                values = [row["decision_id"], row["position"], by, *map(row.get, COLUMNS)]
                names = ", ".join(("decision_id", "position", "withdrawn_by", *COLUMNS))
                marks = ", ".join("?" * len(values))
                connection.execute(f"insert into marts.fct_decisions ({names}) values ({marks})", values)
        digest = hashlib.sha256(",".join(row["payload_sha256"] for row in rows).encode()).hexdigest()
        publish(made, "v1", inputs=Inputs(1, "0" * 64, 3, digest), contracts=reports_with(), code=CODE)
    made.database.touch()
    return made


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


def test_a_ledger_that_has_grown_or_was_merged_is_the_same(warehouse: Warehouse, tmp_path: Path) -> None:
    for decisions in (OLD, [*OLD, rejected(4)], [rejected(4), OLD[1], OLD[0], OLD[2]]):
        check_used(read_ledger(write_ledger(tmp_path / "decisions.jsonl", decisions)), warehouse)


@pytest.mark.parametrize(
    ("decisions", "lost"),
    [
        ([], [1, 2, 3]),
        ([rejected(4)], [1, 2, 3]),
        (OLD[:2], [3]),
        ([rejected(1), corrected(2, 8, 1), withdrawn(3, 1)], [2]),
    ],
)
def test_a_ledger_that_lacks_lines_or_has_other_words_is_another(
    warehouse: Warehouse, tmp_path: Path, decisions: list[Decision], lost: list[int]
) -> None:
    with pytest.raises(OtherLedgerError) as told:
        check_used(read_ledger(write_ledger(tmp_path / "decisions.jsonl", decisions)), warehouse)
    assert told.value.lost == tuple(f"d-{number:012x}" for number in lost)


def test_every_command_tells_another_ledger_and_none_begins_a_second_one(warehouse: Warehouse, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "decisions.jsonl"
    place = ("--ledger", other, "--warehouse", warehouse.root)
    why = ("--reason", "dunno", "--by", "Reviewer")
    told = f"The ledger {other} does not exist and is not that of the warehouse {warehouse.root}: version v1 was made"
    for command in (
        ["decide", "cannot-tell", "a.html", "--rule", "identities.applications", *why],
        ["decide", "correct", "a.html", "applications.granted.total", "7", "--evidence", "page 3", *why],
        ["decide", "reject", "a.html", *why],
        ["decide", "withdraw", OLD[1].id, *why],
        ["review", "--by", "Reviewer"],
        ["decisions"],
        ["run", "--archived"],
        ["serve", "--port", "0"],
    ):
        code, _, message = run(*command, *place)
        assert code == 1
        assert told in message
        assert "No decisions in" not in message
        assert not other.parent.exists()
    code, shown, _ = run("status", *place)
    assert code == 0
    assert "Live:       version v1" in shown
    assert told in " ".join(shown.split())
    assert read_status(warehouse, other).pending == ["the next run refuses the ledger: put it right first"]


def test_status_and_doctor_tell_a_damaged_ledger_and_go_on(warehouse: Warehouse, tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path / "decisions.jsonl", OLD[1:])
    damage = f"{ledger}, line 2: {OLD[0].id} is to be withdrawn, but no earlier line has that id"
    code, shown, _ = run("status", "--ledger", ledger, "--warehouse", warehouse.root)
    assert code == 0
    assert "Live:       version v1" in shown
    assert damage in " ".join(shown.split())
    code, shown, message = run("doctor", "--json", "--ledger", ledger, "--warehouse", warehouse.root)
    (check,) = [one for one in map(json.loads, shown.splitlines()) if one["name"] == "ledger"]
    assert (code, check["verdict"]) == (1, "wrong")
    assert damage in check["found"]
    assert "ledger" in message


@pytest.mark.parametrize(
    ("decisions", "verdict"), [(OLD, "ok"), (OLD[:1], "wrong"), ([], "wrong")], ids=["own", "shorter", "empty"]
)
def test_doctor_compares_the_ledger(
    warehouse: Warehouse, tmp_path: Path, decisions: list[Decision], verdict: str
) -> None:
    ledger = write_ledger(tmp_path / "decisions.jsonl", decisions)
    assert {check.name: check.verdict for check in examine(warehouse, ledger)}["ledger"] == verdict


def test_a_version_that_cannot_be_read_is_no_damage_of_the_ledger(warehouse: Warehouse, tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path / "decisions.jsonl", OLD[:2])
    mart = warehouse.live_mart.resolve()
    mart.chmod(0o644)
    mart.write_bytes(b"no database" * 1000)
    assert {check.name: check.verdict for check in examine(warehouse, ledger)}["ledger"] == "note"
    assert "cannot be read" in read_status(warehouse, ledger).ledger.problem
