"""No figure differs from raw without a decision: each one, altered by itself, turns a contract red.

The warehouse has a table that was accepted and one that was corrected, so that what was decided is altered as well.
"""

from collections.abc import Iterator

import duckdb
import pytest

from contracts.form import form
from contracts.layers.facts import check_facts
from contracts.layers.marts import check_marts
from contracts.layers.raw import check_raw
from contracts.layers.results import RunExpectation
from contracts.layers.staging import check_staging
from flows.contract_steps import open_warehouse
from tests.flows.decided import DecidedWarehouse
from tests.flows.test_contract_checks import backed_up, restore

CHECKS = {"raw": check_raw, "staging": check_staging, "facts": check_facts, "marts": check_marts}
RUN = RunExpectation("kept")
FACTS = (
    *("fct_applications", "fct_application_flows", "fct_reviews_and_lawsuits", "fct_proactive_disclosures"),
    *("fct_legacy_indicators", "fct_narrative_claims", "fct_identity_checks"),
)
MARTS = ("authority_year", "region_year", "reviews_and_lawsuits")
NO_FIGURE = ("_key", "report_year", "position", "revisions", "bodies_")
NUMBERS = ("BIGINT", "DECIMAL", "DOUBLE", "HUGEINT", "INTEGER")
DECISIONS = {
    "a correction that nobody made": "update mart.marts.fct_applications set is_corrected = true",
    "a decision that nobody made": "update mart.marts.fct_applications set decision_id = 'd-000000000000'",
    "a decision that is not named": "update mart.marts.fct_applications set decision_id = null",
    "a table let in": "update mart.marts.fct_report_tables set status = 'accepted' where status = 'passed'",
    "a table corrected": "update mart.marts.fct_report_tables set is_corrected = true",
    "another status as reported": "update mart.marts.fct_report_tables set status_reported = 'passed'",
    "another state": "update intermediate.int_decision_states set state = 'expired'",
    "another state in the mart": "update mart.marts.fct_decisions set state = 'expired'",
    "another ledger in raw": "update raw.decisions set value = '1' where kind = 'correct'",
    "another line in raw": "update raw.decisions set payload = replace(payload, 'misprint', 'mistake')",
}


@pytest.fixture(scope="module")
def connection(
    decided: DecidedWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse with a mart that can be written to, every contract passed under one run."""
    own = decided.copy(tmp_path_factory.mktemp("altered") / "own")
    mart = own.folder / "mart.duckdb"
    mart.write_bytes(own.warehouse.live_mart.read_bytes())
    with open_warehouse(own.warehouse, mart) as opened:
        for layer, check in CHECKS.items():
            assert check(opened, RUN).red_results == [], layer
        yield opened


def figures(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Layer, relation and column of every figure downstream of raw, some cells standing for all of staging."""
    rows = connection.execute("select table_name, column_name, data_type from duckdb_columns()").fetchall()
    known = {
        (table, column)
        for table, column, kind in rows
        if str(kind).startswith(NUMBERS) and not any(part in column for part in NO_FIGURE)
    }
    cells = [
        next(cell.name for cell in form().cells.values() if cell.table == table and cell.type == kind)
        for table, kind in [*((table, "integer") for table in form().tables), ("proactive_disclosure", "decimal")]
    ]
    found = [("staging", "staging.stg_reports", cell) for cell in cells]
    for layer, names in (("facts", FACTS), ("marts", MARTS)):
        found += [(layer, f"mart.marts.{table}", column) for table, column in sorted(known) if table in names]
    return found


def red_after(connection: duckdb.DuckDBPyConnection, statement: str, layer: str) -> set[str]:
    """The red checks of a layer's own after a statement, which is undone."""
    copies = backed_up(connection, statement)
    try:
        ((altered,),) = connection.execute(statement).fetchall()
        assert altered > 0, statement
        red = CHECKS[layer](connection, RUN).red_results
    finally:
        restore(connection, copies)
    # What a contract remembers of an altered relation makes the next one red, whatever was altered: it says nothing.
    return {result.check_id for result in red} - {"upstream_unaltered"}


def test_each_figure_altered_by_itself_is_seen(connection: duckdb.DuckDBPyConnection) -> None:
    found = figures(connection)
    assert {"fct_applications", "authority_year"} <= {relation.rpartition(".")[2] for _, relation, _ in found}
    unseen = []
    for layer, relation, column in found:
        row = f"(select min(rowid) from {relation} where {column} is not null)"
        change = f"{column} / 2" if column.endswith("_rate") else f"{column} + 1"
        statement = f"update {relation} set {column} = {change} where rowid = {row}"
        if not red_after(connection, statement, layer):
            unseen.append((relation, column))
    assert unseen == []


@pytest.mark.parametrize("what", list(DECISIONS))
def test_nothing_is_decided_but_by_the_ledger(connection: duckdb.DuckDBPyConnection, what: str) -> None:
    statement = DECISIONS[what]
    layers = {"raw.decisions": "raw", "fct_decisions": "marts"}
    assert red_after(connection, statement, next((layers[name] for name in layers if name in statement), "facts"))


def test_a_repair_that_makes_the_identities_hold_is_seen(connection: duckdb.DuckDBPyConnection) -> None:
    cell = "applications__granted__natural_person"
    for relation, layer in (("raw.reports", "staging"), ("staging.stg_reports", "staging")):
        repair = f"update {relation} set {cell} = 7 where {cell} = 8"
        assert red_after(connection, repair, layer)
