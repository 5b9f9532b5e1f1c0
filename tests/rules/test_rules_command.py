"""`gongkai rules` on a live version of a few rows: counts, failures, an explained rule, wrong usage."""

import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from flows.command_line import app
from pipelines.publishing import publish, start_build, writer_lock
from pipelines.publishing.manifest import Inputs
from pipelines.warehouse import Warehouse
from tests.flows.marts import CODE, reports_with

TABLES = """
create schema marts;
create table marts.dim_rule as select * from (values ('jump_ratio', 'warning'), ('carry', 'warning'),
    ('stock', 'info')) as t(rule_id, severity);
create table marts.rule_counts as select 'jump_ratio' as rule_id, 2022 as report_year, 5 as subjects_pass,
    1 as subjects_fail, 2 as subjects_not_assessed, 0 as subjects_not_applicable;
create table marts.fct_rule_results as select 'jump_ratio' as rule_id, 'warning' as severity, 1 as report_key,
    7 as authority_key, 2022 as report_year, null as table_id, 'fail' as status, '5 to 500' as observed,
    null as expected, null as detail, true as is_current;
create table marts.dim_authority as select 7 as authority_key, '某局' as authority_zh;
create table marts.dim_report as select 1 as report_key, 10 as document_key;
create table marts.dim_document as select 10 as document_key, 'a.html' as source_uri;
"""


def invoke(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def warehouse(tmp_path: Path) -> str:
    folder = Warehouse(tmp_path / "warehouse")
    with writer_lock(folder, "run"):
        with duckdb.connect(start_build(folder, "run")) as connection:
            connection.execute(TABLES)
        publish(folder, "run", inputs=Inputs(1, "0" * 64), contracts=reports_with(), code=CODE)
    return str(folder.root)


def test_counts_name_every_rule_also_one_that_nothing_was_counted_for(warehouse: str) -> None:
    code, printed, _ = invoke("rules", "--warehouse", warehouse, "--json")
    assert code == 0
    rows = {row["rule"]: row for row in map(json.loads, printed.splitlines())}
    assert (rows["jump_ratio"]["fail"], rows["jump_ratio"]["not_assessed"], rows["carry"]["pass"]) == (1, 2, 0)
    assert list(rows) == ["stock", "jump_ratio", "carry"]
    assert "jump_ratio" in invoke("rules", "--warehouse", warehouse)[1]


def test_failures_say_what_was_observed(warehouse: str) -> None:
    code, printed, _ = invoke("rules", "--failing", "--warehouse", warehouse, "--json")
    assert code == 0
    (row,) = map(json.loads, printed.splitlines())
    assert (row["authority"], row["observed"], row["document"]) == ("某局", "5 to 500", "a.html")
    assert invoke("rules", "--failing", "--severity", "info", "--warehouse", warehouse)[2].strip() == "Nothing fails."


def test_a_rule_is_explained_in_both_languages(warehouse: str) -> None:
    code, printed, _ = invoke("rules", "jump_ratio", "--warehouse", warehouse)
    assert code == 0
    assert "与上年相比无剧变" in printed
    assert "5 to 500" in printed


@pytest.mark.parametrize("arguments", [["jump"], ["nothing"], ["--severity", "fatal"]])
def test_an_unknown_rule_or_severity_is_wrong_usage_with_a_hint(warehouse: str, arguments: list[str]) -> None:
    code, _, message = invoke("rules", *arguments, "--warehouse", warehouse)
    assert code == 2
    assert any(hint in message for hint in ("Did you mean", "gongkai rules", "error, warning, info"))
