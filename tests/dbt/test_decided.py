"""Every kind of decision in the models, and the contracts that work each out a second time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts.decision_rows import decision_row
from contracts.decisions import Decision
from contracts.layers.facts import check_facts
from contracts.layers.marts import check_marts
from contracts.layers.raw import check_raw
from contracts.layers.results import RunExpectation
from contracts.layers.staging import check_staging
from contracts.raw_tables import report_key
from tests.dbt.conftest import close_dbt
from tests.dbt.test_build import BOTH, GRANTED_TOTAL, raw_rows, whole
from tests.dbt.warehouse import Row, document_of, ones, report_row, run_dbt, write_raw
from tests.decisions.made import accepted, accepted_claim, accepted_rule, corrected, rejected, untold, withdrawn

HELD = {"outcomes.total": 1, "applicants.granted": -1}
PART = "applications.granted.natural_person"
UPHELD, OTHER = "reviews_and_lawsuits.review.upheld", "reviews_and_lawsuits.review.other_result"
FEE = "proactive_disclosure.administrative_fees.amount_cny_10k"
Rows = list[tuple[Any, ...]]


def sha(number: int) -> str:
    """The hash of the document that a report's number names."""
    return f"{number:064x}"


def key(number: int) -> int:
    return report_key(sha(number), 1)


LEDGER: list[Decision] = [
    corrected(1, 6, 7, sha(5), GRANTED_TOTAL),  # what fails is put right
    accepted(2, HELD, sha(11)),  # what fails is accepted
    accepted(3, {"balance.total": 5}, sha(2)),  # its premise is gone
    accepted_claim(4, 5, sha(1)),
    untold(5, ["2021 (period_sentence)"], sha(3)),
    corrected(6, 2, 1, sha(6), PART),  # what held is held now
    corrected(7, 2, 9, sha(4), PART),  # its premise is gone
    corrected(8, None, 1, sha(12), UPHELD),  # a blank
    corrected(9, 2, 1, sha(12), OTHER),
    corrected(10, 9, 1, sha(12), OTHER),  # in the place of the one before
    rejected(11, sha(7)),
    rejected(12, "f" * 64),  # of another warehouse
    accepted(13, HELD, sha(2)),
    withdrawn(14, 13),
    corrected(15, "30.5", "91.610", sha(12), FEE),
    rejected(16, sha(13)),
    accepted_rule(17, "2 tables", "tables_present", sha(11)),
    accepted_rule(18, "2 tables", "tables_present", sha(14)),  # it finds one
    corrected(19, None, 1, sha(15), PART),  # a blank in table 三
]


def decided_rows() -> dict[str, list[Row]]:
    """The rows of the build without decisions, reports that are decided about, and the ledger."""
    rows = raw_rows()
    held = whole() | {GRANTED_TOTAL: 7}
    fee = {"proactive_disclosure__form_version": "2021", FEE.replace(".", "__"): "91.610"}
    more = [
        report_row(11, BOTH, held, authority_normalised="认可的局"),
        report_row(12, BOTH, whole(), authority_normalised="改正的局", **fee),
        report_row(13, BOTH, whole(), authority_normalised="某市某局", source_tier=0),  # would be the current one
        report_row(14, {"applications": "2019"}, ones("2019"), authority_normalised="别的局"),
        report_row(15, BOTH, whole(), authority_normalised="空白的局"),
        report_row(
            16, BOTH, whole(), authority_normalised="某市人民政府", scope="own", source_tier=1
        ),  # of another scope
    ]
    rows["reports"] += more
    rows["documents"] += [document_of(report) for report in more]
    rows["decisions"] = [decision_row(position, decision) for position, decision in enumerate(LEDGER, start=1)]
    return rows


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse with its mart, as the contracts open it."""
    folder: Path = tmp_path_factory.mktemp("decided")
    write_raw(folder / "warehouse.duckdb", decided_rows())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGKAI_WAREHOUSE", str(folder))
        patch.setenv("GONGKAI_MART", str(folder / "mart.duckdb"))
        run_dbt(["build", "--exclude-resource-type", "unit_test"], folder / "target")
    close_dbt()
    with duckdb.connect(folder / "warehouse.duckdb") as connection:
        connection.execute(f"attach '{folder / 'mart.duckdb'}' as mart")
        yield connection


def rows_of(warehouse: duckdb.DuckDBPyConnection, query: str) -> Rows:
    return warehouse.execute(query).fetchall()


def test_the_contracts_work_out_the_same(warehouse: duckdb.DuckDBPyConnection) -> None:
    for check in (check_raw, check_staging, check_facts, check_marts):
        report = check(warehouse, RunExpectation("decided"))
        assert report.red_results == []
        named = [result for result in report.results if result.check_id == "decisions"]
        assert [result.rows_seen for result in named] in ([], [len(LEDGER)], [len(LEDGER) - 1])


def test_an_altered_residual_of_a_table_put_right_turns_the_contract_red(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    listed = "select identity, residual from mart.marts.quality_exceptions where exception_kind = 'corrected'"
    assert sorted(rows_of(warehouse, listed)) == [("applicants.granted", -1), ("outcomes.total", 1)]
    alter = "update mart.marts.quality_exceptions set residual = residual + {} where exception_kind = 'corrected'"
    warehouse.execute(alter.format(1))
    red = check_marts(warehouse, RunExpectation("decided")).red_results
    warehouse.execute(alter.format(-1))
    assert [(result.check_id, result.rows_failed) for result in red] == [("exceptions.corrected", 2)]


def test_each_decision_has_its_state(warehouse: duckdb.DuckDBPyConnection) -> None:
    states = dict(rows_of(warehouse, "select decision_id, state from mart.marts.fct_decisions"))
    expected = dict.fromkeys((1, 2, 4, 5, 6, 8, 10, 11, 15, 16, 17, 19), "active") | dict.fromkeys(
        (3, 7, 18), "expired"
    )
    expected |= {9: "replaced", 12: "unmatched", 13: "withdrawn"}
    assert states == {f"d-{number:012x}": state for number, state in expected.items()}


def test_statuses_say_what_was_decided_and_what_is_reported(warehouse: duckdb.DuckDBPyConnection) -> None:
    query = """
        select report_key, status::varchar, status_reported::varchar, is_corrected, decision_id
        from mart.marts.fct_report_tables where table_id = 'applications'
    """
    found = {row[0]: row[1:] for row in rows_of(warehouse, query)}
    assert found[key(5)] == ("passed", "held", True, None)
    assert found[key(11)] == ("accepted", "held", False, "d-000000000002")
    assert found[key(2)] == ("held", "held", False, None)
    assert found[key(6)] == ("held", "passed", True, None)
    assert found[key(13)] == ("rejected", "passed", False, "d-000000000010")
    assert found[key(7)] == ("rejected", "absent", False, "d-00000000000b")


def test_facts_hold_both_and_name_the_decision(warehouse: duckdb.DuckDBPyConnection) -> None:
    cases = """
        select channel::varchar, result::varchar, cases, cases_reported, decision_id
        from mart.marts.fct_reviews_and_lawsuits where is_corrected order by all
    """
    assert rows_of(warehouse, cases) == [
        ("review", "other_result", 9, 1, "d-00000000000a"),
        ("review", "upheld", None, 1, "d-000000000008"),
    ]
    money = """
        select value::varchar, value_reported::varchar, value_printed, decision_id
        from mart.marts.fct_proactive_disclosures where is_corrected
    """
    assert rows_of(warehouse, money) == [("30.500000", "91.610000", "91.610", "d-00000000000f")]
    let_in = f"""
        select distinct status::varchar, is_corrected, decision_id, applications = applications_reported
        from mart.marts.fct_applications where report_key = {key(11)}
    """
    assert rows_of(warehouse, let_in) == [("accepted", False, "d-000000000002", True)]
    sums = "select sum(cases), sum(cases_reported) from mart.marts.fct_reviews_and_lawsuits where is_corrected"
    assert rows_of(warehouse, sums) == [(9, 2)]


def test_marts_show_what_was_let_in_and_nothing_of_a_rejected_document(warehouse: duckdb.DuckDBPyConnection) -> None:
    query = """
        select authority_zh, applications_status, new_received is not null, reviews, is_corrected
        from mart.marts.authority_year where report_year = 2022
    """
    found = {row[0]: row[1:] for row in rows_of(warehouse, query)}
    assert found["认可的局"] == ("accepted", True, 4, False)
    assert found["错误的局"] == ("passed", True, 4, True)
    assert found["某市某局"] == ("passed", True, 4, False)
    assert found["改正的局"] == ("passed", True, None, True)  # a blank in table 四: it is not assessed
    chosen = "select report_key from mart.marts.fct_report_tables where is_current and report_key in ({}, {})"
    assert set(rows_of(warehouse, chosen.format(key(1), key(13)))) == {(key(1),)}
    consolidated = f"select is_current from mart.marts.fct_report_tables where report_key = {key(16)}"
    assert set(rows_of(warehouse, consolidated)) == {(False,)}
    is_current = f"select is_current from mart.marts.dim_report where report_key = {key(7)}"
    assert rows_of(warehouse, is_current) == [(False,)]


def test_a_rule_that_was_answered_is_open_again_when_it_finds_something_else(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    query = """
        select report_key, observed, is_open, decision_id from mart.marts.fct_rule_results
        where rule_id = 'tables_present' and status = 'fail'
    """
    found = {row[0]: row[1:] for row in rows_of(warehouse, query)}
    assert found[key(11)] == ("2 tables", False, "d-000000000011")
    assert found[key(14)] == ("1 tables", True, None)
    listed = f"""
        select exception_kind, identity, decision_id from mart.marts.quality_exceptions
        where report_key in ({key(11)}, {key(14)}) and contains(coalesce(identity, ''), 'tables_present')
            or identity = 'decision.d-000000000012'
        order by all
    """
    assert rows_of(warehouse, listed) == [
        ("decision_expired", "decision.d-000000000012", "d-000000000012"),
        ("rule", "tables_present", "d-000000000011"),
        ("rule", "tables_present", None),
    ]


def test_a_decided_finding_is_open_no_more(warehouse: duckdb.DuckDBPyConnection) -> None:
    query = "select report_key, rule, is_open, decision_id from mart.marts.fct_findings order by all"
    found = {row[:2]: row[2:] for row in rows_of(warehouse, query)}
    assert found[key(5), "identities.applications"] == (False, "d-000000000001")
    assert found[key(11), "identities.applications"] == (False, "d-000000000002")
    assert found[key(1), "claim.received"] == (False, "d-000000000004")
    assert found[key(3), "field.year"] == (False, "d-000000000005")
    assert found[key(6), "identities.applications"] == (True, None)
    assert found[key(2), "decision.d-000000000003"] == (True, None)
    assert found[key(4), "decision.d-000000000007"] == (True, None)
    kinds = "select exception_kind, count(*) from mart.marts.quality_exceptions group by all"
    listed = dict(rows_of(warehouse, kinds))
    assert (listed["accepted"], listed["corrected"], listed["held"], listed["decision_expired"]) == (2, 2, 4, 3)
