"""A whole build of a small warehouse: every model, data test and unit test, and what a reader then finds."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from contracts.form import form
from tests.dbt.conftest import close_dbt
from tests.dbt.warehouse import Cells, Row, document_of, ones, report_row, run_dbt, write_raw

BOTH = {"applications": "2021", "reviews_and_lawsuits": "2021"}
EARLY = datetime(2023, 1, 1, tzinfo=UTC)
LATE = datetime(2023, 6, 1, tzinfo=UTC)
CASES = "reviews_and_lawsuits"
TWICE = "两份文件的局"
GRANTED_TOTAL = "applications.granted.total"
CONTRADICTED = json.dumps(
    {
        "evidence": [
            {"field": "year", "value": "2022", "source": "title", "agrees": True},
            {"field": "year", "value": "2021", "source": "period_sentence", "quote": "2021年1月1日", "agrees": False},
        ]
    },
    ensure_ascii=False,
)
INDICATORS = (
    ("replies_granted", "12.50"),
    *(("replies_denied", value) for value in (None, "40")),
    *(("replies_partially_granted", value) for value in ("10", "12")),
)
Rows = list[tuple[object, ...]]


def whole() -> Cells:
    """Both tables of the 2021 form, balanced."""
    return ones("2021") | ones("2021", "reviews_and_lawsuits")


def totals_only() -> Cells:
    return {cell: value if cell.endswith(".total") else None for cell, value in ones("2021").items()}


def raw_rows() -> dict[str, list[Row]]:
    """Ten reports, of which each stands for one case, a rejected document and two claims."""
    held = whole() | {GRANTED_TOTAL: 7}
    government = {"authority_normalised": "某市人民政府", "region_code": "330100", "scope": "unknown"}
    reports = [
        report_row(1, BOTH, whole(), region_code="330100", captured_at=EARLY),
        report_row(2, BOTH, held, region_code="330100", captured_at=LATE),
        report_row(
            3, {"applications": "2021"}, totals_only(), authority_normalised="只有总计的局", lineage=CONTRADICTED
        ),
        report_row(4, {"applications": "2019"}, ones("2019"), report_year=2021),
        report_row(5, BOTH, held, authority_normalised="错误的局", lineage='{"spans": {"applications.granted": {}}}'),
        report_row(6, BOTH, whole(), **government),
        report_row(7, {}, {}, authority_normalised="旧式的局", report_year=2013),
        report_row(8, BOTH, whole(), payload_sha256="an earlier extraction"),
    ]
    rejected = {"document_key": 9, "document_sha256": "9" * 64, "payload_sha256": "payload 9", "run_id": "test"}
    claim = {"report_key": reports[0]["report_key"], "payload_sha256": "payload 1", "value": 5, "quote": "五件"}
    operand = '[{"operand": "applications.new_received.total", "weight": 1}]'
    body_year = {"authority_normalised": TWICE, "report_year": 2013}
    twice = [  # each has one of the body-year's tables
        report_row(17, {"applications": "2019"}, ones("2019"), captured_at=EARLY, **body_year),
        report_row(18, {CASES: "2019"}, ones("2019", CASES), captured_at=LATE, **body_year),
    ]
    return {
        "reports": reports + twice,
        "documents": [
            *(document_of(report) for report in reports[:7] + twice),
            rejected | {"status": "rejected", "reports": 0, "source_tier": 5},
        ],
        "rejected_documents": [rejected | {"reason": "empty", "payload": ""}],
        "claims": [
            claim | {"claim_id": "c1", "kind": "received", "terms": operand, "agrees": True},
            claim | {"claim_id": "c2", "kind": "received", "terms": operand, "agrees": False},
        ],
        "legacy_indicators": [
            *(indicator_of(reports[6], position, *each) for position, each in enumerate(INDICATORS, start=1)),
            indicator_of(twice[0], 1, "replies_other", "3"),
            indicator_of(twice[1], 1, "replies_other", "4"),
        ],
    }


def indicator_of(report: Row, position: int, indicator: str, value: str | None) -> Row:
    """A row of `raw.legacy_indicators`: what a report prints for its year."""
    same = {name: report[name] for name in ("report_key", "payload_sha256")}
    printed = {"position": position, "label": "某项", "indicator": indicator, "period": "year", "value": value}
    return same | printed


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the working database and the mart, closed."""
    folder: Path = tmp_path_factory.mktemp("warehouse")
    write_raw(folder / "warehouse.duckdb", raw_rows())
    with pytest.MonkeyPatch.context() as patch:
        use(folder, patch)
        run_dbt(["build"], folder / "target")
    close_dbt()
    return folder


@pytest.fixture(scope="module")
def mart(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The mart as a reader opens it, under a name of the reader's own."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built / 'mart.duckdb'}' as anything (read_only)")
        connection.execute("use anything")
        yield connection


def use(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let dbt work on the databases of a folder."""
    patch.setenv("GONGKAI_WAREHOUSE", str(folder))
    patch.setenv("GONGKAI_MART", str(folder / "mart.duckdb"))


def rows_of(mart: duckdb.DuckDBPyConnection, query: str) -> Rows:
    return mart.execute(query).fetchall()


def test_a_held_table_stays_out_of_facts_and_a_later_held_revision_changes_nothing(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    bodies = "select authority_zh, applications_status, new_received from marts.authority_year"
    found = {row[0]: row[1:] for row in rows_of(mart, f"{bodies} where report_year = 2022")}
    received = sum(row.is_outcome for row in form().versions["2021"].tables["applications"].rows.values()) * 6
    assert found["某市某局"] == ("passed", received)
    assert found["错误的局"] == ("held", None)
    assert found["只有总计的局"] == ("not_assessed", None)
    held = "select count(*) from marts.fct_applications join marts.dim_report using (report_key) where {}"
    assert rows_of(mart, held.format("not is_current")) == [(0,)]
    cases = "select count(distinct report_key) from marts.fct_reviews_and_lawsuits"
    assert rows_of(mart, cases) == [(4,)]


def test_every_report_is_passed_held_not_assessed_or_absent(mart: duckdb.DuckDBPyConnection) -> None:
    query = "select status::varchar, count(*) from marts.fct_report_tables where table_id = 'applications' group by all"
    assert dict(rows_of(mart, query)) == {"passed": 4, "held": 2, "not_assessed": 1, "absent": 2}


def test_totals_alone_are_kept_as_unspecified(mart: duckdb.DuckDBPyConnection) -> None:
    query = """
        select applicant_type::varchar, status::varchar, sum(applications)::int from marts.fct_applications
        join marts.dim_authority using (authority_key) where authority_zh = '只有总计的局' group by all
    """
    outcomes = sum(row.is_outcome for row in form().versions["2021"].tables["applications"].rows.values())
    assert rows_of(mart, query) == [("unspecified", "not_assessed", outcomes * 6)]


def test_findings_name_identities_residuals_and_conflicts(mart: duckdb.DuckDBPyConnection) -> None:
    query = "select identities, residuals, verdict, is_current from marts.fct_findings order by all"
    violated = ["outcomes.total", "applicants.granted"]
    assert rows_of(mart, query) == [
        ([], [], "claim_conflict", True),
        ([], [], "not_assessed", True),
        (violated, [1, -1], "not_assessed", False),
        (violated, [1, -1], "not_assessed", True),
    ]
    kinds = """
        select exception_kind, count(*) from marts.quality_exceptions where exception_kind <> 'rule' group by all
    """
    assert dict(rows_of(mart, kinds)) == {
        "held": 4,
        "claim_conflict": 1,
        "identity_conflict": 1,
        "not_assessed": 1,
        "rejected_document": 1,
    }
    conflict = "select identity, detail from marts.quality_exceptions where exception_kind = 'identity_conflict'"
    assert rows_of(mart, conflict) == [("year", '["2021 (period_sentence)"]')]


def test_regions_have_history(mart: duckdb.DuckDBPyConnection) -> None:
    query = """
        select region_zh, valid_to, first_report_year, succession_kind from marts.dim_region
        join marts.dim_region_succession on region_code = predecessor_code where successor_code = '330113'
    """
    assert rows_of(mart, query) == [("余杭区", None, 2021, "split")]


def test_a_region_has_its_consolidated_report_or_its_own_ones(mart: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select report_year, region_zh, basis, consolidated_by_zh, bodies_counted, bodies_known from marts.region_year "
        "order by all"
    )
    assert rows_of(mart, query) == [
        (2021, "杭州市", "own_reports", None, 1, 1),  # of a body whose report on 2022 says where it is
        (2022, "杭州市", "consolidated", "某市人民政府", 1, 2),
    ]


def test_last_year_is_compared_over_form_versions(mart: duckdb.DuckDBPyConnection) -> None:
    query = """
        select status::varchar, count(*) from marts.fct_identity_checks
        where identity::varchar like 'carry.%' and report_year = 2022 and authority_key in (
            select authority_key from marts.dim_authority where authority_zh = '某市某局'
        ) group by all
    """
    assert rows_of(mart, query) == [("pass", 14)]


def test_legacy_figures_are_comparable_and_money_exact(mart: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select outcome_category, value::varchar, value_printed, is_comparable from marts.fct_legacy_indicators "
        "where indicator = 'replies_granted'"
    )
    assert rows_of(mart, query) == [("granted", "12.500000", "12.50", True)]


def test_legacy_replies_stand_beside_the_outcomes_of_later_years(mart: duckdb.DuckDBPyConnection) -> None:
    query = "select indicator, outcome_category_en, is_comparable, replies_total from marts.legacy_outcomes"
    assert ("replies_granted", "Granted", True, None) in rows_of(mart, query)
    figures = "select indicator, applications from marts.legacy_outcomes where authority_zh = '旧式的局' order by all"
    assert rows_of(mart, figures) == [
        ("replies_denied", 40),  # printed blank before
        ("replies_granted", 13),
        ("replies_partially_granted", None),  # printed twice differently
    ]


def test_of_two_documents_that_list_indicators_of_a_body_year_one_counts(mart: duckdb.DuckDBPyConnection) -> None:
    for relation, value in (("fct_legacy_indicators", "value::int"), ("legacy_outcomes", "applications")):
        query = f"select indicator, {value} from marts.{relation} join marts.dim_authority using (authority_key)"
        assert rows_of(mart, f"{query} where dim_authority.authority_zh = '{TWICE}'") == [("replies_other", 4)]


def test_views_work_under_any_name_and_shares_add_up(mart: duckdb.DuckDBPyConnection) -> None:
    query = """
        select round(sum(share_of_decided), 9) from marts.applications_by_outcome
        group by report_key, applicant_type
    """
    assert set(rows_of(mart, query)) == {(1.0,)}


def test_everything_published_is_described(mart: duckdb.DuckDBPyConnection) -> None:
    columns = """
        select table_name, column_name from duckdb_columns()
        where database_name = 'anything' and schema_name = 'marts' and comment is null
    """
    assert rows_of(mart, columns) == []
    relations = """
        select table_name from duckdb_tables() where database_name = 'anything' and comment is null
        union all
        select view_name from duckdb_views() where database_name = 'anything' and not internal and comment is null
    """
    assert rows_of(mart, relations) == []


@pytest.mark.parametrize(
    ("test", "table", "one_row"),
    [
        ("assert_applications_are_conserved", "fct_applications", "applications > 0"),
        ("assert_report_tables_are_conserved", "fct_report_tables", "true"),
    ],
)
def test_a_lost_row_is_found(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test: str, table: str, one_row: str
) -> None:
    own = tmp_path / "warehouse"
    shutil.copytree(built, own)
    use(own, monkeypatch)
    run_dbt(["test", "--select", test], own / "target")
    close_dbt()
    with duckdb.connect(own / "mart.duckdb") as connection:
        lost = f"(select rowid from marts.{table} where {one_row} limit 1)"
        connection.execute(f"delete from marts.{table} where rowid in {lost}")
    with pytest.raises(pytest.fail.Exception, match=f"{test}: Got 1 result"):
        run_dbt(["test", "--select", test], own / "target")
    close_dbt()
