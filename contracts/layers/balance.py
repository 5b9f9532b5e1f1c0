"""The enforced identities as pandera contracts over wide frames, and what they mean for each report x table.

pandera looks at one boolean column per identity: a check per identity on the figures themselves costs 80 times as
much, and a check on a nullable expression would let a missing term pass. The frames are collected: on a LazyFrame
pandera checks the schema only.
"""

import pandera.polars as pa
import polars as pl
from msgspec import Struct
from pandera.errors import SchemaErrors

from contracts.form import FormVersion, form
from contracts.identities import Status, residual_expression
from contracts.layers.frames import KEY
from contracts.layers.results import CheckResult


class Judgement(Struct, frozen=True):
    """The identities of one table over all reports.

    `statuses`: one row per report with `report_key` and `status`. `failures`: one row per failed identity with
    `report_key`, `identity` and `residual`. `counts`: one row per identity with `identity`, `pass`, `fail`,
    `not_assessed`. `results`: one result per rule.
    """

    statuses: pl.DataFrame
    failures: pl.DataFrame
    counts: pl.DataFrame
    results: list[CheckResult]


def identity_schema(version: FormVersion, table: str) -> pa.DataFrameSchema:
    """The pandera schema of a table's enforced identities: one boolean column each, null where not assessed."""
    names = [identity.id for identity in version.identities_of(table, enforced=True)]
    return pa.DataFrameSchema({name: pa.Column(pl.Boolean, pa.Check.eq(True), nullable=True) for name in names})


def _violations(schema: pa.DataFrameSchema, holds: pl.DataFrame) -> pl.DataFrame:
    """The violations pandera finds: `index` of the row and `identity`. A frame without rows is not asked about."""
    try:
        if holds.height:
            schema.validate(holds, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        assert isinstance(cases, pl.DataFrame)  # noqa: S101 pandera's polars backend returns polars
        return cases.select(pl.col("index").cast(pl.Int64), pl.col("column").alias("identity"))
    return pl.DataFrame(schema={"index": pl.Int64, "identity": pl.String})


def _judge_version(frame: pl.DataFrame, version: FormVersion, table: str) -> tuple[pl.DataFrame, ...]:
    identities = version.identities_of(table, enforced=True)
    names = [identity.id for identity in identities]
    residuals = frame.select(KEY, *map(residual_expression, identities)).with_row_index("index")
    residuals = residuals.with_columns(pl.col("index").cast(pl.Int64))
    holds = residuals.select(pl.col(name) == 0 for name in names)
    violations = _violations(identity_schema(version, table), holds)
    failed_rows = violations.select("index").unique().with_columns(held=True)
    unassessed = pl.any_horizontal(pl.col(name).is_null() for name in names) if names else pl.lit(value=True)
    status = pl.when(pl.col("held")).then(pl.lit("held")).when(unassessed).then(pl.lit("not_assessed"))
    statuses = (
        residuals.join(failed_rows, on="index", how="left")
        .with_columns(pl.col("held").fill_null(value=False))
        .select(KEY, status.otherwise(pl.lit("passed")).alias("status"))
    )
    few = residuals.join(failed_rows.select("index"), on="index", how="semi")
    values = few.unpivot(names, index=["index", KEY], variable_name="identity", value_name="residual")
    failures = violations.join(values, on=["index", "identity"], how="left").select(KEY, "identity", "residual")
    counts = pl.DataFrame(
        {
            "identity": names,
            "fail": [violations["identity"].eq(name).sum() for name in names],
            "not_assessed": [residuals[name].null_count() for name in names],
        },
        schema={"identity": pl.String, "fail": pl.Int64, "not_assessed": pl.Int64},
    ).with_columns((pl.lit(frame.height) - pl.col("fail") - pl.col("not_assessed")).alias("pass"))
    return statuses, failures, counts


def _result_of_rule(rule: str, table: str, counts: pl.DataFrame) -> CheckResult:
    chosen = counts.filter(pl.col("identity").str.starts_with(f"{rule}."))
    failed, passed = int(chosen["fail"].sum()), int(chosen["pass"].sum())
    unassessed = int(chosen["not_assessed"].sum())
    detail = f"pass {passed}, fail {failed}, not assessed {unassessed}"
    status: Status = "fail" if failed else "pass" if passed else "not_assessed"
    return CheckResult(f"identities.{table}.{rule}", "hold", status, passed + failed, failed, detail)


def judge(frame: pl.DataFrame, table: str) -> Judgement:
    """Evaluate a table's enforced identities over all reports and say what they mean for each report.

    Args:
        frame: one row per report: `report_key`, `<table>__form_version` and the table's cells by name.
        table: the table.
    """
    version_column = f"{table}__form_version"
    absent = frame.filter(pl.col(version_column).is_null()).select(KEY, pl.lit("absent").alias("status"))
    parts = [
        _judge_version(frame.filter(pl.col(version_column) == name), form().versions[name], table)
        for name in form().versions_with(table)
    ]
    counts = pl.concat([part[2] for part in parts]).group_by("identity", maintain_order=True).sum()
    rules = list(dict.fromkeys(name.split(".")[0] for name in counts["identity"]))
    return Judgement(
        pl.concat([absent, *(part[0] for part in parts)]),
        pl.concat([part[1] for part in parts]),
        counts,
        [_result_of_rule(rule, table, counts) for rule in rules],
    )
