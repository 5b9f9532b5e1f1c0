"""Every column that a staging model has from raw is compared with it, also one that is declared later."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import polars as pl
import pyarrow as pa
import pytest

from contracts.form import form
from contracts.layers.results import RunExpectation
from contracts.layers.staging import check_bodies, check_conservation, name_bodies
from contracts.raw_tables import RAW_TABLES

MODELS = Path(__file__).parents[2] / "dbt_project" / "models" / "staging"
MODEL_OF = {f"stg_{name}": name for name in RAW_TABLES}
DERIVED = {  # what no column of raw says by itself
    "stg_reports": {"authority_zh", "authority_key", "is_leftover"},
    "stg_claims": {"is_leftover"},
    "stg_legacy_indicators": {"is_leftover", "value_decimal"},
    "stg_rejected_documents": {"is_leftover"},
}
MONEY = {cell.name for cell in form().cells.values() if cell.type == "decimal"}
OTHER = {
    "bigint": "{} + 1",
    "varchar": "{} || 'x'",
    "boolean": "not {}",
    "timestamptz": "{} + interval 1 day",
    "timestamp with time zone": "{} + interval 1 day",
    "decimal(24, 6)": "{} + 1",
    "decimal(24,6)": "{} + 1",
}


def columns_of(model: str) -> dict[str, str]:
    """The columns that a staging model declares, with their types."""
    (described,) = msgspec.yaml.decode((MODELS / f"{model}.yml").read_bytes())["models"]
    return {column["name"]: column["data_type"] for column in described["columns"]}


def source_of(model: str, column: str) -> str | None:
    """What a column of a staging model has from raw; None if it is derived."""
    if column in DERIVED.get(model, ()):
        return None
    return column.removesuffix("__printed")


def filled(field: pa.Field) -> str:
    """A value for a column of raw."""
    texts = dict.fromkeys(MONEY, "1.5")
    values = {pa.int64(): "7", pa.bool_(): "true", pa.timestamp("us", tz="UTC"): "timestamptz '2024-01-31 00:00:00+00'"}
    return values.get(field.type, f"'{texts.get(field.name, 'text')}'::varchar")


# All cells of a table and type are compared by one rule: the first stands for them.
CELLS = {cell.name for cell in form().cells.values()}
FIRST = {cell.name for cell in {(one.table, one.type): one for one in reversed(form().cells.values())}.values()}
COPIES = [
    (model, column, kind)
    for model in MODEL_OF
    for column, kind in columns_of(model).items()
    if source_of(model, column) is not None and column not in CELLS - FIRST
]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """One row in each raw table, and the same in the staging models as tables."""
    with duckdb.connect() as opened:
        opened.execute("create schema raw; create schema staging")
        for name, schema in RAW_TABLES.items():
            values = ", ".join(f'{filled(field)} as "{field.name}"' for field in schema)
            opened.execute(f"create table raw.{name} as select {values}")
        for model, name in MODEL_OF.items():
            sources = {column: source_of(model, column) or "null" for column in columns_of(model)}
            values = ", ".join(f"{sources[c]}::{kind} as {c}" for c, kind in columns_of(model).items())
            opened.execute(f"create table staging.{model} as select {values} from raw.{name}")
        yield opened


def failed(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The comparisons that fail."""
    return {one.check_id for one in check_conservation(connection, RunExpectation("run")) if one.status == "fail"}


def test_equal_rows_pass(connection: duckdb.DuckDBPyConnection) -> None:
    assert failed(connection) == set()


@pytest.mark.parametrize("model", MODEL_OF)
def test_a_value_altered_in_any_column_is_seen(connection: duckdb.DuckDBPyConnection, model: str) -> None:
    unseen = []
    for of, column, kind in COPIES:
        if of != model:
            continue
        connection.begin()
        connection.execute(f"update staging.{model} set {column} = {OTHER[kind].format(column)}")
        if not failed(connection):
            unseen.append(column)
        connection.rollback()
    assert unseen == []


NAMES = [
    ("某市某局", "某市某局："),
    ("\u3000某市某局\u00a0", None),
    ("\t某局", "某局"),
    ("  ", " 某局 "),
    (None, ""),
    (None, "某局"),
    ("", None),
]


@pytest.fixture
def bodies() -> Iterator[duckdb.DuckDBPyConnection]:
    """Reports under every kind of name, and the bodies that the staging model's own expressions give them."""
    sql = (MODELS / "stg_reports.sql").read_text(encoding="utf-8")
    named = sql[sql.index("named as (") + len("named as (") : sql.index("from reports\n)")]
    macro = (MODELS.parents[1] / "macros" / "stable_key.sql").read_text(encoding="utf-8")
    key = macro[macro.index("-%}") + 3 : macro.index("{%- endmacro")].replace("{{ expression }}", "authority_name")
    with duckdb.connect() as opened:
        opened.execute(
            "create schema raw; create schema staging; create table raw.reports (report_key bigint, ordinal bigint, "
            "document_sha256 varchar, authority_normalised varchar, authority_printed varchar)"
        )
        for number, (normalised, printed) in enumerate(NAMES):
            row = [number, 1, f"{number}" * 64, normalised, printed]
            opened.execute("insert into raw.reports values (?, ?, ?, ?, ?)", row)
        opened.execute(
            f"create table staging.stg_reports as with named as ({named} from raw.reports) "
            f"select report_key, authority_zh, {key} as authority_key from named"
        )
        yield opened


def test_two_reports_without_a_name_in_one_document_are_two_bodies(bodies: duckdb.DuckDBPyConnection) -> None:
    frame = bodies.execute("select * from raw.reports where report_key = 6").pl()
    found = name_bodies(
        pl.concat([frame, frame.with_columns(report_key=pl.lit(7, pl.Int64), ordinal=pl.lit(2, pl.Int64))])
    )
    assert found["authority_key"].n_unique() == 2


def test_bodies_of_every_kind_of_name_are_recomputed(bodies: duckdb.DuckDBPyConnection) -> None:
    result = check_bodies(bodies, RunExpectation("run"))
    assert (result.status, result.rows_seen, result.detail) == ("pass", len(NAMES), "")


@pytest.mark.parametrize("altered", ["authority_key = authority_key + 1", "authority_zh = authority_zh || ' '"])
def test_a_body_altered_on_the_way_is_seen(bodies: duckdb.DuckDBPyConnection, altered: str) -> None:
    bodies.execute(f"update staging.stg_reports set {altered} where report_key = 3")
    result = check_bodies(bodies, RunExpectation("run"))
    assert (result.severity, result.status, result.rows_failed) == ("red", "fail", 1)
