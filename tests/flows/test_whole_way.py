"""From the sample documents to the mart, through the command line."""

import json
import re
from pathlib import Path

import pytest

from pipelines.publishing import writer_lock
from pipelines.warehouse import Warehouse
from tests.rules.fired import fired_rules, listed_rules
from tests.whole_way import (
    check_held_table,
    check_published_figures,
    copy_with_one_digit_changed,
    obey_permissions,
    only_readable,
    query,
    run_gongkai,
    run_without_reader,
)

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the five sample documents."""
    folder = tmp_path_factory.mktemp("samples") / "warehouse"
    printed = run_gongkai("run", "--input", SAMPLES / "documents", "--warehouse", folder)
    assert "5 documents read with 5 reports, 0 rejected; 3 findings" in printed
    return folder


def test_a_second_run_says_that_nothing_is_new_and_starts_no_server(warehouse: Path) -> None:
    before = (warehouse / "prefect" / "server.log").stat().st_mtime_ns
    printed = run_gongkai("run", "--input", SAMPLES / "documents", "--warehouse", warehouse)
    assert "This run: 5 documents given, all of them known" in printed
    assert "Nothing new: no contract was evaluated" in printed
    assert "Reports by table and status" in printed
    assert (warehouse / "prefect" / "server.log").stat().st_mtime_ns == before


@pytest.mark.parametrize("command", [["run", "--input", str(SAMPLES / "documents")], ["findings", "--json"], ["check"]])
def test_a_reader_that_goes_away_changes_no_exit_code(warehouse: Path, command: list[str]) -> None:
    assert run_without_reader(*command, "--warehouse", warehouse) == (0, "")
    assert list((warehouse / "logs").glob("failure-*")) == []


def test_the_mart_gives_the_figures_of_the_reports(warehouse: Path) -> None:
    check_published_figures(warehouse)


def test_exactly_the_three_contradictions_are_found_and_none_holds_a_table(warehouse: Path) -> None:
    found = [json.loads(line) for line in run_gongkai("findings", "--json", "--warehouse", warehouse).splitlines()]
    assert sorted((f["document"][:3], f["verdict"], f["value"]) for f in found) == [
        ("000", "claim_conflict", 12147),
        ("003", "claim_conflict", 10),
        ("004", "ambiguous", 215),
    ]
    assert query(warehouse, "select count(*) from marts.fct_report_tables where status = 'held'") == [(0,)]


def test_the_rules_that_fail_are_those_that_the_catalogue_lists(warehouse: Path) -> None:
    assert fired_rules(warehouse) == listed_rules()


def test_the_contracts_of_the_live_version_are_green(warehouse: Path) -> None:
    results = [json.loads(line) for line in run_gongkai("check", "--json", "--warehouse", warehouse).splitlines()]
    assert {result["layer"] for result in results} == {"raw", "staging", "facts", "marts"}
    assert [result for result in results if result["status"] == "fail"] == []


def test_what_is_not_there_is_a_failure(warehouse: Path, tmp_path: Path) -> None:
    place = ("--warehouse", warehouse)
    run_gongkai("run", "--input", tmp_path, *place, expected_code=1)
    run_gongkai("review", "--document", "unknown", *place, expected_code=1)
    run_gongkai("decide", "reject", "unknown", "--reason", "a draft", "--by", "Reviewer", *place, expected_code=1)


def test_who_may_only_read_can_check_and_report(warehouse: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    with only_readable(warehouse):
        run_gongkai("check", "--warehouse", warehouse, limit=obey_permissions)
        run_gongkai("report", "--warehouse", warehouse, "--out", page, limit=obey_permissions)
        run_gongkai("report", "--warehouse", warehouse, limit=obey_permissions, expected_code=1)
    assert page.read_text(encoding="utf-8").count("<article") == 3


def test_a_changed_copy_never_displaces_what_passed(warehouse: Path, tmp_path: Path) -> None:
    copy_with_one_digit_changed(SAMPLES / "documents", "001", tmp_path / "documents")
    run_gongkai("run", "--input", tmp_path / "documents", "--warehouse", warehouse)
    body = "select new_received, applications_status from marts.authority_year where authority_zh = '杭州市商务局'"
    assert query(warehouse, body) == [(10, "passed")]
    held = "select distinct identity from marts.quality_exceptions where exception_kind = 'held' order by all"
    assert query(warehouse, held) == [("applicants.granted",), ("outcomes.natural_person",)]


def test_one_changed_digit_holds_one_table_of_one_report(tmp_path: Path) -> None:
    document = copy_with_one_digit_changed(SAMPLES / "documents", "001", tmp_path / "documents")
    run_gongkai("run", "--input", tmp_path / "documents", "--warehouse", tmp_path / "warehouse")
    check_held_table(tmp_path / "warehouse", document)
    check_page(tmp_path / "warehouse")


def check_page(warehouse: Path) -> None:
    """The page draws the held table, marks the cell that may be wrong, and names no other file and no host."""
    printed = run_gongkai("report", "--warehouse", warehouse)
    page = (warehouse / "report.html").read_text(encoding="utf-8")
    assert str(warehouse / "report.html") in printed
    assert page.count("<article") == 4
    assert '<td class="number crossed candidate">8<span class="new">→ 7</span></td>' in page
    assert "<mark>8</mark>" in page
    assert not re.search(r"https?://|<script|<link|src=", page)
    chinese = re.sub(r'<span class="en">.*?</span>', "", page[page.index("<article") :])
    assert not re.search(r"sum of the parts|distance|applications\.\w+|line \d", chinese)
    failing = "select count(*) from marts.fct_rule_results join marts.dim_rule using (rule_id) where is_open"
    assert [(page.count('<tr class="rule">'),)] == query(warehouse, f"{failing} and not is_finding")
    assert "figures not shown" not in page
    with writer_lock(Warehouse(warehouse), "a-run"):
        run_gongkai("report", "--warehouse", warehouse)
    meanwhile = (warehouse / "report.html").read_text(encoding="utf-8")
    assert "figures not shown" in meanwhile
    assert '<td class="number crossed candidate"><span class="new">→ 7</span></td>' in meanwhile


def test_raw_json_gives_the_same_mart_as_the_documents(warehouse: Path, tmp_path: Path) -> None:
    run_gongkai("run", "--input", SAMPLES / "json", "--warehouse", tmp_path / "warehouse")
    check_published_figures(tmp_path / "warehouse")
