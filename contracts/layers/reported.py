"""That facts hold what is reported beside what was decided: they differ exactly where a correction says so."""

from collections.abc import Mapping

import duckdb
import polars as pl
from msgspec import Struct

from contracts.form import form
from contracts.layers import expected_facts as expected
from contracts.layers.conservation import compare_frames, read_frame
from contracts.layers.decided import Decided
from contracts.layers.frames import KEY
from contracts.layers.results import CheckResult, verdict

FIGURES = ("fct_applications", "fct_application_flows", "fct_reviews_and_lawsuits", "fct_proactive_disclosures")


class _Fact(Struct, frozen=True):
    """A fact: its table, the columns that name a figure's place, and its measures (decided: reported)."""

    table: str
    place: tuple[str, str] | tuple[str]
    measures: dict[str, str]


def _facts() -> dict[str, _Fact]:
    flows = {flow: f"{flow}_reported" for flow in form().flows}
    return {
        "fct_applications": _Fact(
            "applications", ("outcome", "applicant_type"), {"applications": "applications_reported"}
        ),
        "fct_application_flows": _Fact("applications", ("applicant_type",), flows),
        "fct_reviews_and_lawsuits": _Fact("reviews_and_lawsuits", ("channel", "result"), {"cases": "cases_reported"}),
        "fct_proactive_disclosures": _Fact("proactive_disclosure", ("item", "measure"), {"value": "value_reported"}),
    }


def _wide(fact: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The figures of a fact as the wide rows of some reports give them; columns `<row>__<column>`."""
    if fact == "fct_application_flows":
        return expected.expect_cells(frame, "applications", form().flows)
    if fact == "fct_applications":
        return expected.expect_cells(frame, "applications", {outcome: outcome for outcome in expected.outcomes()})
    if fact == "fct_reviews_and_lawsuits":
        rows = expected.rows_of("reviews_and_lawsuits")
        return expected.expect_cells(frame, "reviews_and_lawsuits", {row: row for row in rows})
    wide = expected.expect_disclosures(frame)
    return wide.rename({name: name.removeprefix("proactive_disclosure__") for name in wide.columns if name != KEY})


def _actual(connection: duckdb.DuckDBPyConnection, relation: str, fact: _Fact, dtype: str) -> pl.DataFrame:
    """The rows of a fact whose figures differ or that say so: `report_key`, `place`, `decided`, `reported`."""
    parts = []
    for measure, reported in fact.measures.items():
        names = [f"{column}::varchar" for column in fact.place]
        place = " || '__' || ".join(names if len(names) > 1 else [f"'{measure}'", *names])
        is_flagged = "" if len(fact.measures) > 1 else "is_corrected or "
        parts.append(
            f"""
            select {KEY}, {place} as place, {measure}::{dtype} as decided, {reported}::{dtype} as reported, is_corrected
            from {relation} where {is_flagged}{measure} is distinct from {reported}
            """
        )
    return read_frame(connection, " union all ".join(parts))


def check_reported(
    connection: duckdb.DuckDBPyConnection,
    facts: Mapping[str, str],
    counted: Mapping[str, pl.DataFrame],
    reported: Mapping[str, pl.DataFrame],
    decided: Decided,
    accepted: Mapping[tuple[int, str], str],
) -> list[CheckResult]:
    """Two checks for each fact: the figures that differ from what is reported, and the decisions that its rows name.

    Args:
        connection: the warehouse with the mart.
        facts: each fact's rows, as something to select from.
        counted: by table the wide rows of the reports that count, as decided.
        reported: by table the wide rows of all reports, as reported.
        decided: the decisions.
        accepted: the held tables that a decision lets in, with its id.
    """
    results: list[CheckResult] = []
    for name, fact in _facts().items():
        relation = facts[name]
        few = pl.col(KEY).is_in(list(decided.corrected_reports(fact.table)))
        after = counted[fact.table].filter(few)
        before = reported[fact.table].join(after, on=KEY, how="semi")
        differences = expected.expect_differences(_wide(name, after), _wide(name, before))
        dtype = "decimal(38, 6)" if name == "fct_proactive_disclosures" else "bigint"
        actual = _actual(connection, relation, fact, dtype)
        wanted = differences.with_columns(is_corrected=pl.lit(value=True))
        results.append(compare_frames(f"reported.{name}", wanted, actual, [KEY, "place"]))
        results.append(_check_named(connection, relation, name, fact, decided, accepted))
    return results


def _check_named(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    name: str,
    fact: _Fact,
    decided: Decided,
    accepted: Mapping[tuple[int, str], str],
) -> CheckResult:
    """Whether each row that was corrected or let in names its decision, and no other row names one."""
    query = f"""
        select {KEY}, is_corrected, decision_id, count(*) as row_count from {relation}
        where is_corrected or decision_id is not null or status = 'accepted' group by all
    """
    found = connection.execute(query).fetchall()
    allowed = {
        (key, True, correction.id)
        for (key, cell), correction in decided.corrections.items()
        if cell.startswith(f"{fact.table}__")
    }
    allowed |= {(key, False, decision) for (key, table), decision in accepted.items() if table == fact.table}
    wrong = [row for row in found if tuple(row[:3]) not in allowed]
    return verdict(f"decisions.{name}", len(found), len(wrong), f"first: {wrong[:1]}")
