"""The identities have one truth and three evaluators: scalar Python, polars and dbt's SQL say the same."""

from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.form import FormVersion, Identity, form
from contracts.identities import residual, residuals
from contracts.layers.frames import cells_of
from contracts.rendering.macro import identity_name
from tests.dbt.warehouse import ROOT, Cells, ones

SUCCESSION = ROOT / "dbt_project" / "seeds" / "region_succession.csv"
TABLES = ("applications", "reviews_and_lawsuits")
COLUMNS = {
    "report_key": pl.Int64,
    "authority_key": pl.Int64,
    "report_year": pl.Int64,
    "region_code": pl.String,
    "is_leftover": pl.Boolean,
    **{f"{table}__form_version": pl.String for table in form().tables},
    **{
        cell.name: pl.Int64 if cell.type == "integer" else pl.String
        for table in form().tables
        for cell in cells_of(table)
    },
}


def wide_row(key: int, version: str, table: str, cells: Cells, year: int = 2022) -> dict[str, Any]:
    row: dict[str, Any] = {"report_key": key, "authority_key": 1, "report_year": year, "is_leftover": False}
    row[f"{table}__form_version"] = version
    return row | {cell.replace(".", "__"): value for cell, value in cells.items()}


def evaluate_sql(sql: str, reports: pl.DataFrame, report_tables: pl.DataFrame | None = None) -> pl.DataFrame:
    """What a compiled model gives over the given rows of `int_decided_reports` and `int_report_tables`."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        connection.execute("create schema intermediate; create schema form")
        codes = {"predecessor_code": "varchar", "successor_code": "varchar"}
        connection.read_csv(SUCCESSION, dtype=codes).create("form.region_succession")
        connection.execute("create table intermediate.int_decided_reports as select * from reports")
        if report_tables is not None:
            connection.execute("create table intermediate.int_report_tables as select * from report_tables")
        return connection.execute(sql).pl().sort("report_key")


def enforced(version: FormVersion, table: str) -> tuple[Identity, ...]:
    return version.identities_of(table, enforced=True)


def sql_residuals(found: dict[str, Any], identities: tuple[Identity, ...]) -> dict[str, int | None]:
    return {identity.id: found[identity_name(identity.id)] for identity in identities}


@st.composite
def altered_tables(draw: st.DrawFn) -> tuple[str, str, Cells]:
    """A balanced table of any version with some cells altered and some missing."""
    version = draw(st.sampled_from(list(form().versions)))
    table = draw(st.sampled_from(TABLES))
    cells = ones(version, table)
    for cell in draw(st.lists(st.sampled_from(list(cells)), max_size=6, unique=True)):
        cells[cell] = draw(st.one_of(st.none(), st.integers(0, 10**9)))
    return version, table, cells


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(altered_tables(), min_size=1, max_size=20))
def test_three_evaluators_agree(compiled_models: dict[str, str], drawn: list[tuple[str, str, Cells]]) -> None:
    rows = [wide_row(key, *each) for key, each in enumerate(drawn)]
    frame = pl.DataFrame(rows, schema=COLUMNS)
    by_sql = evaluate_sql(compiled_models["int_identity_residuals"], frame)
    by_polars = {table: residuals(frame, table).sort("report_key") for table in TABLES}
    for key, (version, table, cells) in enumerate(drawn):
        identities = enforced(form().versions[version], table)
        scalar = {identity.id: residual(identity, cells) for identity in identities}
        assert sql_residuals(by_sql.row(key, named=True), identities) == scalar
        found = by_polars[table].filter(pl.col("report_key") == key).row(0, named=True)
        assert {identity.id: found[identity.id] for identity in identities} == scalar


@pytest.mark.parametrize("version", list(form().versions))
@pytest.mark.parametrize("table", TABLES)
def test_each_altered_cell_fails_exactly_the_identities_with_that_term(
    compiled_models: dict[str, str], version: str, table: str
) -> None:
    balanced = ones(version, table)
    altered = [balanced | {cell: (value or 0) + 10} for cell, value in balanced.items()]
    rows = [wide_row(key, version, table, cells) for key, cells in enumerate(altered)]
    found = evaluate_sql(compiled_models["int_identity_residuals"], pl.DataFrame(rows, schema=COLUMNS))
    identities = enforced(form().versions[version], table)
    for key, cell in enumerate(balanced):
        weights = {identity.id: [t.weight for t in identity.terms if t.cell.id == cell] for identity in identities}
        expected = {name: 10 * sum(weight) for name, weight in weights.items()}
        assert sql_residuals(found.row(key, named=True), identities) == expected


@pytest.mark.parametrize("version", list(form().versions))
@pytest.mark.parametrize("table", TABLES)
def test_each_missing_cell_leaves_exactly_its_identities_unassessed(
    compiled_models: dict[str, str], version: str, table: str
) -> None:
    balanced = ones(version, table)
    rows = [wide_row(key, version, table, balanced | {cell: None}) for key, cell in enumerate(balanced)]
    found = evaluate_sql(compiled_models["int_identity_residuals"], pl.DataFrame(rows, schema=COLUMNS))
    identities = enforced(form().versions[version], table)
    for key, cell in enumerate(balanced):
        given_residuals = sql_residuals(found.row(key, named=True), identities)
        unassessed = {name for name, value in given_residuals.items() if value is None}
        assert unassessed == {i.id for i in identities if cell in {term.cell.id for term in i.terms}}
        assert set(given_residuals.values()) <= {0, None}


def test_identities_that_reach_back_a_year_agree(compiled_models: dict[str, str]) -> None:
    version = form().versions["2021"]
    reaching = [identity for identity in version.identities.values() if not identity.within_report]
    cells = {term.cell.id for identity in reaching for term in identity.terms}
    prior: Cells = {cell: place for place, cell in enumerate(sorted(cells))}
    current: Cells = {cell: 3 * place for place, cell in enumerate(sorted(cells))}
    tables = sorted({identity.table for identity in reaching})
    rows = []
    for key, (year, values) in enumerate([(2021, prior), (2022, current)]):
        row = wide_row(key, "2021", tables[0], values, year)
        rows.append(row | {f"{table}__form_version": "2021" for table in tables})
    chosen = [
        {"report_key": key, "table_id": t, "status": "passed", "is_counted": True} for key in (0, 1) for t in tables
    ]
    found = evaluate_sql(
        compiled_models["int_prior_residuals"], pl.DataFrame(rows, schema=COLUMNS), pl.DataFrame(chosen)
    )
    expected = {identity.id: residual(identity, current, prior) for identity in reaching}
    assert sql_residuals(found.row(1, named=True), tuple(reaching)) == expected
    assert None not in expected.values()
    assert set(sql_residuals(found.row(0, named=True), tuple(reaching)).values()) == {None}
