"""The contract of the facts: what is held, which revision counts, and every figure, each computed a second time."""

from collections.abc import Mapping

import duckdb
import polars as pl

from contracts.form import UNSPECIFIED, form
from contracts.layers import expected_facts as expected
from contracts.layers import staging
from contracts.layers.balance import Judgement, judge
from contracts.layers.conservation import compare_frames, read_frame
from contracts.layers.decided import accepted_tables, apply_corrections, check_states, read_decided, settle_statuses
from contracts.layers.fingerprints import check_unaltered, remember
from contracts.layers.frames import KEY, cells_of, read_cells
from contracts.layers.prose import check_prose
from contracts.layers.published import balance_identities, check_fact, check_truths, flows_balance
from contracts.layers.reported import FIGURES, check_reported
from contracts.layers.results import CheckResult, LayerReport, RunExpectation, verdict
from contracts.layers.scope import Relations, forget_scope, in_scope
from contracts.layers.vacuity import check_facts_vacuity

MARTS = "mart.marts"
_BY_BODY = (
    *("fct_applications", "fct_application_flows", "fct_reviews_and_lawsuits", "fct_proactive_disclosures"),
    *("fct_legacy_indicators", "fct_narrative_claims", "fct_identity_checks", "fct_report_tables", "fct_findings"),
)
RELATIONS: Relations = {
    **{f"{MARTS}.{name}": "authority_key" for name in _BY_BODY},
    "intermediate.int_decision_states": "report_key",
}
_PLACES_PRIME = 509
_BODY = ("authority_key", "report_year", "status")


def _current(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> str:
    """The reports of staging that are no leftovers."""
    return f"(select * from {in_scope(connection, run, 'staging.stg_reports', 'report_key')} where not is_leftover)"


def _per_report(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, fact: str, sums: Mapping[str, str]
) -> pl.DataFrame:
    """A fact read once: one wide row per report with each named sum, and the body, year and status it stands under."""
    columns = ", ".join(f"{expression} as {name}" for name, expression in sums.items())
    rows = in_scope(connection, run, f"{MARTS}.{fact}")
    grouped = f"select {KEY}, authority_key, report_year, status, {columns} from {rows} group by all"
    return read_frame(connection, f"select * replace (status::varchar as status) from ({grouped})")


def _check_statuses(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, statuses: Mapping[str, pl.DataFrame]
) -> CheckResult:
    """Whether dbt's SQL and pandera, with the same decisions, hold the same report x tables and let the same in."""
    mine = [frame.with_columns(table_id=pl.lit(table)) for table, frame in statuses.items()]
    query = f"""
        select {KEY}, table_id::varchar as table_id, status::varchar as status,
            status_reported::varchar as status_reported, is_corrected, decision_id
        from {in_scope(connection, run, f"{MARTS}.fct_report_tables")}
    """
    return compare_frames("held", pl.concat(mine), read_frame(connection, query), [KEY, "table_id"])


def _check_revisions(
    connection: duckdb.DuckDBPyConnection,
    run: RunExpectation,
    reports: pl.DataFrame,
    statuses: Mapping[str, pl.DataFrame],
) -> tuple[CheckResult, dict[str, pl.DataFrame]]:
    """Whether the same revision counts for each body-year and table; and the reports that count, by table."""
    chosen = {table: expected.choose_current(reports, frame.select(KEY, "status")) for table, frame in statuses.items()}
    mine = pl.concat([frame.select(KEY, table_id=pl.lit(table)) for table, frame in chosen.items()])
    tables = in_scope(connection, run, f"{MARTS}.fct_report_tables")
    query = f"select {KEY}, table_id::varchar as table_id from {tables} where is_current"
    result = compare_frames("revisions", mine, read_frame(connection, query), [KEY, "table_id"])
    admitted = pl.col("status").is_in(expected.COUNTED)
    return result, {table: frame.filter(admitted) for table, frame in chosen.items()}


def _check_identity_facts(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, judgements: dict[str, Judgement]
) -> list[CheckResult]:
    """Whether the facts of the identities give the residuals and counts that pandera found."""
    counts = pl.concat([j.counts for j in judgements.values()])
    counts = counts.filter(pl.sum_horizontal("fail", "not_assessed", "pass") > 0)
    failures = pl.concat([j.failures.cast({"residual": pl.Int64}) for j in judgements.values()])
    of_status = ", ".join(f"count(*) filter (where status = '{s}') as {s}" for s in ("fail", "not_assessed", "pass"))
    checks = in_scope(connection, run, f"{MARTS}.fct_identity_checks")
    enforced = f"from {checks} where is_enforced"
    totals = f"select identity::varchar as identity, {of_status} {enforced} group by identity"
    failed = f"select {KEY}, identity::varchar as identity, residual {enforced} and status = 'fail'"
    said = "case when residual = 0 then 'pass' when residual <> 0 then 'fail' else 'not_assessed' end"
    ((rows, wrong),) = connection.execute(
        f"select count(*), count(*) filter (where status <> {said}) from {checks}"
    ).fetchall()
    return [
        verdict("identities.statuses", rows, wrong, f"{wrong} residuals under another status"),
        compare_frames("identities.counts", counts, read_frame(connection, totals), ["identity"]),
        compare_frames("identities.residuals", failures, read_frame(connection, failed), [KEY, "identity"]),
    ]


def _places(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """A weight for each place (outcome, applicant type) of table 三, from the codes of the fact's own types.

    The weights are squares modulo a prime of over twice as many places: all differ, and no pattern of changes that
    keeps the sums (one more here, two less there) keeps the weighted sums too.
    """
    types = "select enum_range(null::applicant_type), enum_range(null::outcome)"
    described = dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns() where database_name = 'mart' "
            "and schema_name = 'marts' and table_name = 'fct_applications'"
        ).fetchall()
    )
    for column in ("applicant_type", "outcome"):
        types = types.replace(f"::{column}", f"::{described[column]}")
    ((kinds, outcomes),) = connection.execute(types).fetchall()
    return {
        (outcome, kind): (1 + len(outcomes) * column + row) ** 2 % _PLACES_PRIME
        for column, kind in enumerate(kinds)
        for row, outcome in enumerate(outcomes)
    }


def _applications(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, types: list[str], outcomes: int
) -> pl.DataFrame:
    """The applications of each report: sums by applicant type, how many places are filled, and weighted sums."""
    place = f"(1 + {outcomes} * enum_code(applicant_type)::integer + enum_code(outcome)::integer)"
    weight = f"({place} * {place} % {_PLACES_PRIME})"
    summed = "coalesce(sum(applications) filter (where applicant_type = '{}'), 0)::bigint"
    sums = {f"type__{name}": summed.format(name) for name in types}
    return _per_report(
        connection,
        run,
        "fct_applications",
        {
            **sums,
            "places": "count(applications)",  # a figure decided to be blank keeps its row
            "weights": f"coalesce(sum({weight}) filter (where applications is not null), 0)::bigint",
            "weighted": f"sum(applications * {weight})::bigint",
        },
    )


def _check_applications(
    connection: duckdb.DuckDBPyConnection, run: RunExpectation, staged: pl.DataFrame, admitted: pl.DataFrame
) -> list[CheckResult]:
    """Table 三: flows cell by cell, outcomes by their sums and places, and the balance of the facts themselves."""
    table, types = "applications", [*expected.parts_of("applications"), UNSPECIFIED]
    flow_sums = {
        f"{flow}__{kind}": f"sum({flow}) filter (where applicant_type = '{kind}')::bigint"
        for flow in form().flows
        for kind in types
    }
    flows = _per_report(connection, run, "fct_application_flows", flow_sums)
    weights = _places(connection)
    read = _applications(connection, run, types, len({outcome for outcome, _ in weights}))
    bodies = [
        _check_bodies("fct_applications", read, admitted),
        _check_bodies("fct_application_flows", flows, admitted),
    ]
    flows, sums = flows.drop(_BODY), read.select(KEY, *(f"type__{name}" for name in types))
    passed = admitted.filter(pl.col("status") == "passed")
    return [
        compare_frames(
            "conservation.application_flows", expected.expect_cells(staged, table, form().flows), flows, [KEY]
        ),
        compare_frames("conservation.applications", expected.expect_type_sums(staged), sums, [KEY]),
        check_fact("fct_application_flows", flows),
        check_fact("fct_applications", sums),
        compare_frames("places.applications", expected.expect_places(staged, weights), read, [KEY]),
        _check_balance(flows.join(sums, on=KEY, how="left").join(passed, on=KEY, how="semi")),
        *bodies,
    ]


def _check_bodies(fact: str, found: pl.DataFrame, admitted: pl.DataFrame) -> CheckResult:
    """Whether each row of a fact stands under the body, year and status of its report."""
    columns = [KEY, *_BODY]
    strange = found.join(admitted.select(columns), on=columns, how="anti").height
    return verdict(f"bodies.{fact}", found.height, strange, f"{strange} reports under another body or status")


def _check_balance(facts: pl.DataFrame) -> CheckResult:
    """The declared balance over the flows of the facts, and the outcomes of the facts against what was decided."""
    parts = expected.parts_of("applications")
    truths = {f"outcomes.{part}": pl.col(f"type__{part}") == pl.col(f"decided__{part}") for part in parts}
    for identity in balance_identities():
        (part,) = {term.cell.column for term in identity.terms}
        if part in parts:
            figures = {flow: pl.col(f"{flow}__{part}") for flow in form().flows}
            truths[identity.id] = flows_balance(identity, figures)
    return check_truths("balance", facts, truths)


def _check_other_tables(
    connection: duckdb.DuckDBPyConnection,
    run: RunExpectation,
    counted: Mapping[str, pl.DataFrame],
    admitted: Mapping[str, pl.DataFrame],
) -> list[CheckResult]:
    """Table 四 and table 二, cell by cell."""
    cases, disclosures = counted["reviews_and_lawsuits"], counted["proactive_disclosure"]
    channels = list(expected.rows_of("reviews_and_lawsuits"))
    results = [*expected.parts_of("reviews_and_lawsuits"), UNSPECIFIED]
    case_sums = {
        f"{c}__{r}": f"sum(cases) filter (where channel = '{c}' and result = '{r}')::bigint"
        for c in channels
        for r in results
    }
    value_sums = {
        cell.name: f"sum(case when item = '{cell.row}' and measure = '{cell.column}' then value end)"
        for cell in cells_of("proactive_disclosure")
        if cell.type != "text"
    }
    expected_cases = expected.expect_cells(cases, "reviews_and_lawsuits", {c: c for c in channels})
    found_cases = _per_report(connection, run, "fct_reviews_and_lawsuits", case_sums)
    found_values = _per_report(connection, run, "fct_proactive_disclosures", value_sums)
    actual_cases, values = found_cases.drop(_BODY), found_values.drop(_BODY)
    as_decimal = values.with_columns(pl.all().exclude(KEY).cast(pl.Decimal(38, 6)))
    only_text = as_decimal.filter(~pl.all_horizontal(pl.all().exclude(KEY).is_null()))
    # What is printed below zero where it should not be is a rule's to report, no fault of the warehouse.
    signed = [c.name for c in cells_of("proactive_disclosure") if c.may_be_negative or c.type == "decimal"]
    return [
        check_fact("fct_reviews_and_lawsuits", actual_cases),
        check_fact("fct_proactive_disclosures", as_decimal, pl.Decimal(38, 6), signed),
        compare_frames("conservation.reviews_and_lawsuits", expected_cases, actual_cases, [KEY]),
        compare_frames(
            "conservation.proactive_disclosures", expected.expect_disclosures(disclosures), only_text, [KEY]
        ),
        _check_bodies("fct_reviews_and_lawsuits", found_cases, admitted["reviews_and_lawsuits"]),
        _check_bodies("fct_proactive_disclosures", found_values, admitted["proactive_disclosure"]),
    ]


def check_facts(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> LayerReport:
    """Evaluate the contract of the facts.

    Args:
        connection: the warehouse, open for writing, with the mart file attached as `mart`.
        run: the run, whose staging contract was recorded before.
    """
    forget_scope(connection)
    current = _current(connection, run)
    reported = {table: read_cells(connection, current, table) for table in form().tables}
    decided = read_decided(connection, run)
    staged = {table: apply_corrections(frame, table, decided) for table, frame in reported.items()}
    judgements = {table: judge(frame, table) for table, frame in staged.items()}
    accepted = accepted_tables(decided, judgements)
    identity = "report_key, authority_key, report_year, authority_zh, scope"
    columns = f"{identity}, source_tier, captured_at, document_sha256, ordinal"
    reports = expected.order_revisions(read_frame(connection, f"select {columns} from {current}"))
    statuses = {
        table: settle_statuses(table, judgement, reported[table], reports, decided, accepted)
        for table, judgement in judgements.items()
    }
    revisions, admitted = _check_revisions(connection, run, reports, statuses)
    counted = {table: frame.join(admitted[table], on=KEY, how="semi") for table, frame in staged.items()}
    decisions = in_scope(connection, run, "intermediate.int_decision_states", "report_key")
    facts = {fact: in_scope(connection, run, f"{MARTS}.{fact}") for fact in FIGURES}
    results = [
        check_unaltered(connection, run, staging.RELATIONS),
        *check_facts_vacuity(connection, run, MARTS, admitted),
        _check_statuses(connection, run, statuses),
        check_states(connection, decisions, decided, judgements, is_whole=run.is_whole),
        revisions,
        *_check_identity_facts(connection, run, judgements),
        *_check_applications(connection, run, counted["applications"], admitted["applications"]),
        *_check_other_tables(connection, run, counted, admitted),
        *check_reported(connection, facts, counted, reported, decided, accepted),
        *check_prose(connection, run, MARTS, reports),
    ]
    remember(connection, run, RELATIONS)
    return LayerReport(run.run_id, "facts", results)
