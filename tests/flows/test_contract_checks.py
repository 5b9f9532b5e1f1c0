"""Every check of the contracts fires: one alteration each, undone before the next."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from contracts.layers.facts import check_facts
from contracts.layers.marts import check_marts
from contracts.layers.raw import check_raw
from contracts.layers.results import LayerReport, RunExpectation
from contracts.layers.staging import check_staging
from flows.contract_steps import open_warehouse
from pipelines.warehouse import Warehouse
from tests.whole_way import run_gongkai

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
CHECKS = {"raw": check_raw, "staging": check_staging, "facts": check_facts, "marts": check_marts}
HUGE = "applications__granted__natural_person"
ALTERATIONS = [  # layer, check, statement
    ("raw", "vacuity", "delete from raw.reports"),
    ("raw", "conservation.reports", "delete from raw.reports where report_year = 2018"),
    ("raw", "conservation.rejections", "update raw.documents set status = 'rejected', reports = 0"),
    ("raw", "schema.applications", f"update raw.reports set {HUGE} = -1 where {HUGE} = 5034"),
    ("staging", "conservation.documents", "delete from raw.documents"),
    ("staging", "conservation.reports", "update staging.stg_reports set source_tier = 1"),
    ("staging", "conservation.claims of staging", "update raw.claims set value = value + 1"),
    ("staging", "conservation.legacy_indicators", "update raw.legacy_indicators set value = '1'"),
    ("staging", "bodies.reports", "update staging.stg_reports set authority_key = authority_key + 1"),
    ("staging", "conservation.cells.applications", f"update staging.stg_reports set {HUGE} = {HUGE} + 1"),
    ("facts", "vacuity", "delete from mart.marts.fct_report_tables"),
    ("facts", "vacuity.facts", "delete from mart.marts.fct_reviews_and_lawsuits"),
    ("facts", "held", "update mart.marts.fct_report_tables set status = 'held' where status = 'passed'"),
    ("facts", "revisions", "update mart.marts.fct_report_tables set is_current = false"),
    ("facts", "identities.counts", "update mart.marts.fct_identity_checks set status = 'not_assessed'"),
    ("facts", "identities.residuals", "update mart.marts.fct_identity_checks set status = 'fail', residual = 1"),
    ("facts", "conservation.applications", "update mart.marts.fct_applications set applications = applications + 1"),
    ("facts", "conservation.application_flows", "update mart.marts.fct_application_flows set decided = decided + 1"),
    ("facts", "balance", "update mart.marts.fct_application_flows set decided = decided + 1"),
    (
        "facts",
        "places.applications",
        """
        update mart.marts.fct_applications set applications = applications + case
            when (applicant_type = 'natural_person') = (outcome = 'granted') then 1 else -1 end
        where applicant_type in ('natural_person', 'commercial_enterprise')
            and outcome in ('granted', 'partially_granted')
        """,
    ),
    ("facts", "bodies.fct_applications", "update mart.marts.fct_applications set status = 'not_assessed'"),
    ("facts", "bodies.fct_application_flows", "update mart.marts.fct_application_flows set report_year = 2001"),
    ("facts", "bodies.fct_reviews_and_lawsuits", "update mart.marts.fct_reviews_and_lawsuits set authority_key = 1"),
    ("facts", "bodies.fct_proactive_disclosures", "update mart.marts.fct_proactive_disclosures set report_year = 1"),
    ("facts", "conservation.reviews_and_lawsuits", "update mart.marts.fct_reviews_and_lawsuits set cases = cases + 1"),
    ("facts", "conservation.proactive_disclosures", "update mart.marts.fct_proactive_disclosures set value = 1"),
    ("facts", "conservation.claims", "update mart.marts.fct_narrative_claims set value = value + 1"),
    ("facts", "conservation.legacy", "update mart.marts.fct_legacy_indicators set value = value + 1"),
    ("facts", "schema.fct_application_flows", "update mart.marts.fct_application_flows set decided = -1"),
    ("facts", "schema.fct_applications", "update mart.marts.fct_applications set applications = -1"),
    ("facts", "schema.fct_reviews_and_lawsuits", "update mart.marts.fct_reviews_and_lawsuits set cases = -1"),
    (
        "facts",
        "schema.fct_proactive_disclosures",
        "update mart.marts.fct_proactive_disclosures set value = -1 where measure = 'issued'",
    ),
    ("marts", "vacuity", "delete from mart.marts.fct_report_tables"),
    ("marts", "vacuity.marts", "delete from mart.marts.region_year"),
    ("marts", "schema.authority_year", "update mart.marts.authority_year set decided = decided + 1"),
    ("marts", "schema.region_year", "update mart.marts.region_year set basis = 'guess'"),
    ("marts", "schema.reviews_and_lawsuits", "update mart.marts.reviews_and_lawsuits set upheld_rate = 1.5"),
    ("marts", "conservation.region_year of basis", "update mart.marts.region_year set basis = 'none'"),
    ("marts", "conservation.authority_year", "update mart.marts.authority_year set decided = decided + 1"),
    ("marts", "conservation.applications_by_outcome", "delete from mart.marts.fct_applications"),
    ("marts", "conservation.reviews_and_lawsuits", "update mart.marts.reviews_and_lawsuits set cases = cases + 1"),
    ("marts", "results", "update mart.marts.reviews_and_lawsuits set upheld = upheld + 1"),
    ("marts", "statuses", "update mart.marts.authority_year set applications_status = 'held'"),
    ("marts", "conservation.region_year", "update mart.marts.region_year set decided = decided + 1"),
    (
        "marts",
        "conservation.legacy_outcomes",
        "update mart.marts.dim_legacy_indicator set is_reply = false where is_reply",
    ),
    (
        "marts",
        "exceptions",
        "update mart.marts.fct_identity_checks set status = 'fail', residual = 1 where is_enforced",
    ),
]
# A check that two statements are tried on; and views, which have no rows of their own to alter: they show what the
# relation under them holds, and that one is fingerprinted.
SEEN_BY = {
    "conservation.region_year of basis": "conservation.region_year",
    "conservation.documents": "upstream_unaltered",
    "conservation.claims of staging": "upstream_unaltered",
    "conservation.legacy_indicators": "upstream_unaltered",
    "conservation.applications_by_outcome": "upstream_unaltered",
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of the samples with a mart that can be written to, every contract passed under the run `kept`."""
    folder = tmp_path_factory.mktemp("checks") / "warehouse"
    run_gongkai("run", "--input", SAMPLES, "--warehouse", folder)
    mart = folder / "mart.duckdb"
    mart.write_bytes((folder / "current" / "mart.duckdb").read_bytes())
    with open_warehouse(Warehouse(folder), mart) as opened:
        for layer, check in CHECKS.items():
            assert not check(opened, RunExpectation("kept")).is_red, layer
        yield opened


def failed_checks(report: LayerReport) -> set[str]:
    """The red checks that failed."""
    return {result.check_id for result in report.red_results}


@pytest.mark.parametrize(("layer", "check_id", "statement"), ALTERATIONS)
def test_a_check_fires(connection: duckdb.DuckDBPyConnection, layer: str, check_id: str, statement: str) -> None:
    copies = backed_up(connection, statement)
    connection.execute(statement)
    try:
        report = CHECKS[layer](connection, RunExpectation("kept"))
    finally:
        restore(connection, copies)
    assert SEEN_BY.get(check_id, check_id) in failed_checks(report)


def test_a_document_that_the_manifest_promises_and_raw_lacks_is_missed(connection: duckdb.DuckDBPyConnection) -> None:
    assert "conservation.documents" in failed_checks(check_raw(connection, RunExpectation("other", 1)))


def backed_up(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple[str, str]:
    """The relation that a statement alters, and a copy of it."""
    words = statement.split()
    relation = words[words.index("from") + 1] if words[0] == "delete" else words[1]
    connection.execute(f"create or replace temp table kept_rows as from {relation}")
    return relation, "kept_rows"


def restore(connection: duckdb.DuckDBPyConnection, copies: tuple[str, str]) -> None:
    """Put the rows of an altered relation back."""
    relation, copy = copies
    connection.execute(f"delete from {relation}")
    connection.execute(f"insert into {relation} from {copy}")
