"""That a contract looked at something: what must have rows, because the layer before has, has some.

What may be empty stays so: a warehouse of rejected documents promises no report, one of held tables has no figures.
"""

from collections.abc import Mapping

import duckdb
import polars as pl

from contracts.layers import raw
from contracts.layers.published import LET_IN
from contracts.layers.results import CheckResult, RunExpectation, verdict
from contracts.layers.scope import JOINED_VIEWS, Unit, in_scope

_REPORT_TABLES = "fct_report_tables"
# Facts by the table that they hold the figures of: one that passed has figures.
_FACTS = {
    "fct_applications": "applications",
    "fct_application_flows": "applications",
    "fct_reviews_and_lawsuits": "reviews_and_lawsuits",
}
# Marts by the relation that they show, and which of its rows must make the mart have some.
_SHOWN = {
    "authority_year": (_REPORT_TABLES, "is_current"),
    "applications_by_outcome": ("fct_applications", f"status in {LET_IN}"),
    "reviews_and_lawsuits": ("fct_reviews_and_lawsuits", f"status in {LET_IN}"),
    "region_year": ("authority_year", "region_code is not null"),
}

_REGIONAL: dict[str, Unit] = {"region_year": "region_code"}


def _verdict(check_id: str, relied_on: Mapping[str, int], filled: Mapping[str, bool]) -> CheckResult:
    """Red for each relation that has no row although what it is made from has."""
    blind = [name for name, rows in relied_on.items() if rows and not filled[name]]
    return verdict(check_id, sum(relied_on.values()), len(blind), f"nothing in {', '.join(blind)}")


def _count(connection: duckdb.DuckDBPyConnection, relation: str, condition: str) -> int:
    ((count,),) = connection.execute(f"select count(*) from {relation} where {condition}").fetchall()
    return int(count)


def _has_rows(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    ((found,),) = connection.execute(f"select exists (from {relation})").fetchall()
    return bool(found)


def _shows_some(connection: duckdb.DuckDBPyConnection, run: RunExpectation, schema: str, mart: str) -> bool:
    """Whether a mart has rows; a view is asked for one report first, which takes no join of everything."""
    rows = in_scope(connection, run, f"{schema}.{mart}", _REGIONAL.get(mart, "authority_key"))
    if f"{schema}.{mart}" in JOINED_VIEWS:
        relation, condition = _SHOWN[mart]
        query = f"select min(report_key) from {in_scope(connection, run, f'{schema}.{relation}')} where {condition}"
        ((report,),) = connection.execute(query).fetchall()
        if report is not None and _has_rows(connection, f"{schema}.{mart} where report_key = {report}"):
            return True
    return _has_rows(connection, rows)


def check_facts_vacuity(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, schema: str, admitted: Mapping[str, pl.DataFrame]
) -> list[CheckResult]:
    """Whether the facts have reports if documents promise some, and figures if tables passed.

    Args:
        connection: the warehouse with the mart.
        run: the run, whole or not.
        schema: where the facts are.
        admitted: by table the reports that count, with their `status`.
    """
    passed = {fact: int((admitted[table]["status"] == "passed").sum()) for fact, table in _FACTS.items()}
    filled = {fact: _has_rows(connection, in_scope(connection, run, f"{schema}.{fact}")) for fact in _FACTS}
    return [
        raw.check_vacuity(connection, run, f"{schema}.{_REPORT_TABLES}", "authority_key"),
        _verdict("vacuity.facts", passed, filled),
    ]


def check_marts_vacuity(connection: duckdb.DuckDBPyConnection, run: RunExpectation, schema: str) -> list[CheckResult]:
    """Whether the facts still have the reports that documents promise, and the marts show what the facts hold.

    Args:
        connection: the warehouse with the mart.
        run: the run, whole or not.
        schema: where facts and marts are.
    """
    held = {
        mart: _count(connection, in_scope(connection, run, f"{schema}.{relation}"), condition)
        for mart, (relation, condition) in _SHOWN.items()
    }
    shown = {mart: _shows_some(connection, run, schema, mart) for mart in _SHOWN}
    return [
        raw.check_vacuity(connection, run, f"{schema}.{_REPORT_TABLES}", "authority_key"),
        _verdict("vacuity.marts", held, shown),
    ]
