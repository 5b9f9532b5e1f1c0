"""Every rule fails, passes and stays open where its examples say so, all of them in one build of a warehouse."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest
import yaml

from contracts.claims import claim_rules
from contracts.decision_rows import decision_row
from contracts.decisions import Decision
from contracts.layers.results import RunExpectation
from contracts.layers.rules import check_rules
from contracts.raw_json import Scope
from contracts.rules import RULE_STATUSES, RuleError, read_rules, read_words, rules, words
from flows.page.rule_failures import read_rule_failures
from flows.page.wording import rule_label
from tests.dbt.conftest import close_dbt
from tests.dbt.warehouse import Row, run_dbt, write_raw
from tests.decisions.made import accepted_rule, corrected, rejected
from tests.rules.examples import STATUS_OF, Example, raw_rows, read_examples

EXAMPLES = read_examples()
WORD = re.compile(r"(?<![\w.{])[a-z]{2,}(?![\w.}])")  # of no name of the code
SELECTED = ("--select", "+path:models/rules", "+quality_exceptions", "+authority_year", "+fct_identity_checks")
ALTERATIONS = {
    "rules.evaluated": "delete from mart.marts.rule_counts where rule_id = 'carry'",
    "rules.results": "delete from mart.marts.fct_rule_results where rule_id = 'jump_ratio' and status = 'fail'",
    "rules.identities": "update mart.marts.fct_rule_results set report_key = 0 where rule_id = 'cases_sums'",
    "rules.claims": "update mart.marts.fct_rule_results set report_key = 0 where rule_id = 'claims_received'",
    "rules.decisions": "update mart.marts.fct_decisions set state = 'expired'",
    "conservation.carry_chain": "delete from mart.marts.carry_chain where report_year = 2026",
    "carry_chain.identities": "update mart.marts.carry_chain set difference = difference + 1",
    "carry_chain.successions": "update mart.marts.carry_chain set predecessors = 9 where predecessors > 0",
    "conservation.coverage": "delete from mart.marts.fct_expected_reports where report_year = 2026",
}


def decide(reports: list[Row]) -> list[Decision]:
    """What is decided about the examples that need it."""

    def last_of(body: str) -> str:
        *_, found = (row["document_sha256"] for row in reports if row["authority_normalised"] == body)
        return str(found)

    carried, issued = "applications.carried_out.natural_person", "proactive_disclosure.regulations.issued"
    return [
        accepted_rule(1, "1 tables", "tables_present", last_of("tables_present fires")),
        corrected(2, 1, 50, last_of("applications_flow_bounds quiet更正"), carried, "rule.applications_flow_bounds"),
        corrected(3, 1, 5, last_of("disclosure_made_in_force quiet更正"), issued),
        rejected(4, last_of("body_year_copies quiet草稿")),
    ]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with the reports of all examples, built up to the rules."""
    folder: Path = tmp_path_factory.mktemp("rules")
    rows = raw_rows(EXAMPLES)
    rows["decisions"] = [decision_row(number, made) for number, made in enumerate(decide(rows["reports"]), 1)]
    write_raw(folder / "warehouse.duckdb", rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGKAI_WAREHOUSE", str(folder))
        patch.setenv("GONGKAI_MART", str(folder / "mart.duckdb"))
        run_dbt(["build", *SELECTED, "--exclude-resource-types", "unit_test", "test"], folder / "target")
    close_dbt()
    with duckdb.connect(folder / "warehouse.duckdb") as connection:
        connection.execute(f"attach '{folder / 'mart.duckdb'}' as mart")
        yield connection


def statuses(warehouse: duckdb.DuckDBPyConnection, rule: str, bodies: str) -> set[str]:
    query = f"""
        select distinct {rule}::varchar from intermediate.rules_{rules()[rule].group}
        where authority_key in (select authority_key from mart.marts.dim_authority where starts_with(authority_zh, ?))
    """
    return {status for (status,) in warehouse.execute(query, [bodies]).fetchall()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_rule_says_what_the_example_says(warehouse: duckdb.DuckDBPyConnection, example: Example) -> None:
    found = statuses(warehouse, example.rule, example.name)
    assert STATUS_OF[example.outcome] in found
    if example.outcome != "fires":
        assert "fail" not in found
    if example.outcome == "open":
        assert "pass" not in found


@pytest.mark.parametrize(
    ("rule", "body", "found"),
    [
        ("copied_report", "fires两份", {"fail", "not_assessed", "not_applicable"}),
        ("body_year_copies", "fires各一", {"fail", "not_applicable"}),
        ("body_year_copies", "quiet草稿", {"not_applicable"}),
        ("scope_of_body", "fires人民防空办公室", {"fail"}),
        ("tables_present", "quiet", {"pass", "not_applicable"}),
        ("applications_flow_bounds", "quiet更正", {"pass"}),
        ("jump_history", "open三年", {"not_assessed"}),
        ("applications_all_zero", "quiet缺一", {"pass"}),
    ],
)
def test_a_body_of_an_example_has_these_statuses(
    warehouse: duckdb.DuckDBPyConnection, rule: str, body: str, found: set[str]
) -> None:
    assert statuses(warehouse, rule, f"{rule} {body}") == found


@pytest.mark.parametrize("rule", list(rules()))
def test_every_rule_has_an_example_that_fires_it_and_one_that_does_not(rule: str) -> None:
    assert {"fires", "quiet"} <= {example.outcome for example in EXAMPLES if example.rule == rule}


def test_every_declared_rule_was_evaluated_over_every_report(warehouse: duckdb.DuckDBPyConnection) -> None:
    counted = f"""
        select rule_id::varchar, sum({" + ".join(f"subjects_{status}" for status in RULE_STATUSES)})::int
        from mart.marts.rule_counts group by all
    """
    counts = dict(warehouse.execute(counted).fetchall())
    ((reports,),) = warehouse.execute("select count(*) from intermediate.int_reports").fetchall()
    of_bodies = {rule.id for rule in rules().values() if rule.group == "coverage"}
    assert set(counts) == set(rules())
    assert {rule for rule, subjects in counts.items() if subjects != reports} == of_bodies


def test_the_contract_of_the_rules_holds(warehouse: duckdb.DuckDBPyConnection) -> None:
    results = check_rules(warehouse, RunExpectation("a test"))
    assert [result.check_id for result in results] == list(ALTERATIONS)
    assert {(result.check_id, result.status) for result in results} == {(name, "pass") for name in ALTERATIONS}


@pytest.mark.parametrize("check", list(ALTERATIONS))
def test_a_row_altered_lost_or_moved_turns_its_check_red(warehouse: duckdb.DuckDBPyConnection, check: str) -> None:
    warehouse.begin()
    try:
        warehouse.execute(ALTERATIONS[check])
        results = check_rules(warehouse, RunExpectation("a test"))
    finally:
        warehouse.rollback()
    assert check in {result.check_id for result in results if result.status == "fail"}


def test_failures_are_exceptions_unless_they_are_findings_or_hints(warehouse: duckdb.DuckDBPyConnection) -> None:
    query = "select distinct identity from mart.marts.quality_exceptions where exception_kind = 'rule'"
    listed = {rule for (rule,) in warehouse.execute(query).fetchall()}
    # A body that vanished has no report that could be listed.
    shown = {name for name, rule in rules().items() if rule.severity != "info" and not rule.is_finding}
    assert listed == shown - {"still_publishing"}


def test_a_missing_cell_is_named(warehouse: duckdb.DuckDBPyConnection) -> None:
    query = """
        select results.detail from mart.marts.fct_rule_results as results
        inner join mart.marts.dim_authority using (authority_key)
        where rule_id = 'applications_cells_printed' and authority_zh = 'applications_cells_printed fires'
    """
    assert warehouse.execute(query).fetchall() == [("without granted.natural_person",)]


def test_the_page_says_in_chinese_what_the_declared_words_say(warehouse: duckdb.DuckDBPyConnection) -> None:
    english = {word for each in words().values() for word in WORD.findall(each.en)} - {*get_args(Scope)}
    warehouse.execute("use mart")
    failures = read_rule_failures(warehouse, 10_000)
    warehouse.execute("use warehouse")
    told = [rule_label(part) for one in failures for part in (one.observed, one.expected, one.detail)]
    assert [zh for zh, _ in told if english & set(WORD.findall(zh))] == []
    assert sum(zh != en for zh, en in told) > len(rules())


def test_words_with_other_places_in_chinese_are_refused(tmp_path: Path) -> None:
    (tmp_path / "words.yml").write_text("cells: {zh: '{number} 个', en: '{count} cells'}", encoding="utf-8")
    with pytest.raises(RuleError, match="cells: its Chinese has other places"):
        read_words(tmp_path / "words.yml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"identities": "balanced"}, "unknown identities balanced"),
        ({"claim_kinds": ["hearsay"]}, "unknown kind of claim hearsay"),
        ({"table": "table_three"}, "unknown table table_three"),
        ({"parameters": {"cells": ["a.b.c"]}}, "unknown cell a.b.c"),
        ({"formula": "x > {least}"}, "undeclared parameter least"),
    ],
)
def test_a_rule_that_names_what_does_not_exist_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    texts = dict.fromkeys(("zh", "en", "description_zh", "description_en", "formula"), "x")
    rule = {"scope": "report", "severity": "info", "needs": [], **texts, **change}
    (tmp_path / "some.yml").write_text(yaml.safe_dump({"some_rule": rule}), encoding="utf-8")
    with pytest.raises(RuleError, match=message):
        read_rules(tmp_path)


def test_every_kind_of_claim_belongs_to_one_rule() -> None:
    kinds = [kind for rule in rules().values() for kind in rule.claim_kinds]
    assert sorted(kinds) == sorted(claim_rules().kinds)
