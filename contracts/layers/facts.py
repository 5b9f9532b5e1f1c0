"""The contract of the facts: what is held, which revision counts, and every figure, each computed a second time."""

import duckdb
import polars as pl

from contracts.form import UNSPECIFIED, form
from contracts.layers import expected_facts as expected
from contracts.layers import staging
from contracts.layers.balance import Judgement, judge
from contracts.layers.conservation import compare_frames, read_frame
from contracts.layers.fingerprints import check_unaltered, remember
from contracts.layers.frames import KEY, cells_of, read_cells
from contracts.layers.published import balance_identities, check_fact, check_truths, flows_balance
from contracts.layers.results import CheckResult, LayerReport, RunExpectation, verdict

MARTS = "mart.marts"
RELATIONS = tuple(
    f"{MARTS}.{name}"
    for name in (
        "fct_applications",
        "fct_application_flows",
        "fct_reviews_and_lawsuits",
        "fct_proactive_disclosures",
        "fct_legacy_indicators",
        "fct_narrative_claims",
        "fct_identity_checks",
        "fct_report_tables",
        "fct_findings",
    )
)
_PLACES_PRIME = 509
CURRENT = "(select * from staging.stg_reports where not is_leftover)"


def _sums(connection: duckdb.DuckDBPyConnection, relation: str, sums: dict[str, str]) -> pl.DataFrame:
    """One wide row per report of a relation: each named sum."""
    columns = ", ".join(f"{expression} as {name}" for name, expression in sums.items())
    return read_frame(connection, f"select {KEY}, {columns} from {relation} group by {KEY}")


def _sums_by_type(connection: duckdb.DuckDBPyConnection, types: list[str]) -> pl.DataFrame:
    """The applications of each report by applicant type, wide; grouped first, which is cheaper than filters."""
    grouped = f"""(
        select {KEY}, applicant_type, sum(applications)::bigint as applications
        from {MARTS}.fct_applications group by all
    )"""
    summed = "coalesce(sum(applications) filter (where applicant_type = '{}'), 0)::bigint"
    return _sums(connection, grouped, {f"type__{name}": summed.format(name) for name in types})


def _check_statuses(connection: duckdb.DuckDBPyConnection, judgements: dict[str, Judgement]) -> CheckResult:
    """Whether dbt's SQL and pandera hold the same report x tables."""
    mine = [j.statuses.with_columns(table_id=pl.lit(table)) for table, j in judgements.items()]
    query = f"select {KEY}, table_id::varchar as table_id, status::varchar as status from {MARTS}.fct_report_tables"
    return compare_frames("held", pl.concat(mine), read_frame(connection, query), [KEY, "table_id"])


def _check_revisions(
    connection: duckdb.DuckDBPyConnection, judgements: dict[str, Judgement]
) -> tuple[CheckResult, dict[str, pl.DataFrame]]:
    """Whether the same revision counts for each body-year and table; and the reports that count, by table."""
    columns = "report_key, authority_key, report_year, source_tier, captured_at, document_sha256, ordinal"
    reports = read_frame(connection, f"select {columns} from {CURRENT}")
    chosen = {table: expected.choose_current(reports, j.statuses) for table, j in judgements.items()}
    mine = pl.concat([frame.select(KEY, table_id=pl.lit(table)) for table, frame in chosen.items()])
    query = f"select {KEY}, table_id::varchar as table_id from {MARTS}.fct_report_tables where is_current"
    result = compare_frames("revisions", mine, read_frame(connection, query), [KEY, "table_id"])
    admitted = pl.col("status").is_in(["passed", "not_assessed"])
    return result, {table: frame.filter(admitted) for table, frame in chosen.items()}


def _check_identity_facts(connection: duckdb.DuckDBPyConnection, judgements: dict[str, Judgement]) -> list[CheckResult]:
    """Whether the facts of the identities give the residuals and counts that pandera found."""
    counts = pl.concat([j.counts for j in judgements.values()])
    counts = counts.filter(pl.sum_horizontal("fail", "not_assessed", "pass") > 0)
    failures = pl.concat([j.failures.cast({"residual": pl.Int64}) for j in judgements.values()])
    of_status = ", ".join(f"count(*) filter (where status = '{s}') as {s}" for s in ("fail", "not_assessed", "pass"))
    enforced = f"from {MARTS}.fct_identity_checks where is_enforced"
    totals = f"select identity::varchar as identity, {of_status} {enforced} group by identity"
    failed = f"select {KEY}, identity::varchar as identity, residual {enforced} and status = 'fail'"
    return [
        compare_frames("identities.counts", counts, read_frame(connection, totals), ["identity"]),
        compare_frames("identities.residuals", failures, read_frame(connection, failed), [KEY, "identity"]),
    ]


def _check_applications(
    connection: duckdb.DuckDBPyConnection, staged: pl.DataFrame, passed: pl.DataFrame
) -> list[CheckResult]:
    """Table 三: flows cell by cell, outcomes by their sums and places, and the balance of the facts themselves."""
    table, types = "applications", [*expected.parts_of("applications"), UNSPECIFIED]
    flow_sums = {
        f"{flow}__{kind}": f"sum({flow}) filter (where applicant_type = '{kind}')::bigint"
        for flow in form().flows
        for kind in types
    }
    flows = _sums(connection, f"{MARTS}.fct_application_flows", flow_sums)
    sums = _sums_by_type(connection, types)
    return [
        compare_frames(
            "conservation.application_flows", expected.expect_cells(staged, table, form().flows), flows, [KEY]
        ),
        compare_frames("conservation.applications", expected.expect_type_sums(staged), sums, [KEY]),
        check_fact("fct_application_flows", flows),
        check_fact("fct_applications", sums),
        _check_places(connection, staged),
        _check_balance(flows.join(sums, on=KEY, how="left").join(passed, on=KEY, how="semi")),
    ]


def _check_places(connection: duckdb.DuckDBPyConnection, staged: pl.DataFrame) -> CheckResult:
    """Table 三 again, every figure times a weight of its place: a figure in the wrong place of the right sums shows.

    The weights are squares modulo a prime of over twice as many places: all differ, and no pattern of changes that
    keeps the sums (one more here, two less there) keeps the weighted sums too.
    """
    fact = f"{MARTS}.fct_applications"
    codes = {
        column: dict(
            connection.execute(f"select distinct {column}::varchar, enum_code({column}) from {fact}").fetchall()
        )
        for column in ("applicant_type", "outcome")
    }
    place = f"(1 + {len(expected.outcomes())} * enum_code(applicant_type)::bigint + enum_code(outcome)::bigint)"
    weight = f"({place} * {place} % {_PLACES_PRIME})"
    actual = _sums(connection, fact, {"weighted": f"sum(applications * {weight})::bigint"})
    wide = expected.expect_cells(staged, "applications", {outcome: outcome for outcome in expected.outcomes()})
    kinds = [kind for kind in (*expected.parts_of("applications"), UNSPECIFIED) if kind in codes["applicant_type"]]
    weighted = pl.sum_horizontal(
        pl.col(f"{outcome}__{kind}")
        * (
            (1 + len(expected.outcomes()) * codes["applicant_type"][kind] + codes["outcome"][outcome]) ** 2
            % _PLACES_PRIME
        )
        for outcome in expected.outcomes()
        for kind in kinds
        if outcome in codes["outcome"] and kind in codes["applicant_type"]
    )
    return compare_frames("places.applications", wide.select(KEY, weighted=weighted), actual, [KEY])


def _check_bodies(connection: duckdb.DuckDBPyConnection, admitted: dict[str, pl.DataFrame]) -> list[CheckResult]:
    """Whether each fact row stands under the body, year and status of its report."""
    columns = [KEY, "authority_key", "report_year", "status"]
    facts = {
        "fct_applications": "applications",
        "fct_application_flows": "applications",
        "fct_reviews_and_lawsuits": "reviews_and_lawsuits",
        "fct_proactive_disclosures": "proactive_disclosure",
    }
    results: list[CheckResult] = []
    for fact, table in facts.items():
        query = f"select distinct {KEY}, authority_key, report_year, status::varchar as status from {MARTS}.{fact}"
        found = read_frame(connection, query)
        strange = found.join(admitted[table].select(columns), on=columns, how="anti").height
        results.append(
            verdict(f"bodies.{fact}", found.height, strange, f"{strange} reports under another body or status")
        )
    return results


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
    connection: duckdb.DuckDBPyConnection, cases: pl.DataFrame, disclosures: pl.DataFrame
) -> list[CheckResult]:
    """Table 四 and table 二, cell by cell."""
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
    actual_cases = _sums(connection, f"{MARTS}.fct_reviews_and_lawsuits", case_sums)
    values = _sums(connection, f"{MARTS}.fct_proactive_disclosures", value_sums)
    as_decimal = values.with_columns(pl.all().exclude(KEY).cast(pl.Decimal(38, 6)))
    only_text = as_decimal.filter(~pl.all_horizontal(pl.all().exclude(KEY).is_null()))
    signed = [cell.name for cell in cells_of("proactive_disclosure") if cell.may_be_negative]
    return [
        check_fact("fct_reviews_and_lawsuits", actual_cases),
        check_fact("fct_proactive_disclosures", as_decimal, pl.Decimal(38, 6), signed),
        compare_frames("conservation.reviews_and_lawsuits", expected_cases, actual_cases, [KEY]),
        compare_frames(
            "conservation.proactive_disclosures", expected.expect_disclosures(disclosures), only_text, [KEY]
        ),
    ]


def _check_prose(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """Claims and legacy indicators of the reports that count, row by row."""
    agreement = "case when agrees then 'agree' when not agrees then 'conflict' else 'not_assessed' end as status"
    current = f"not is_leftover and {KEY} in (select {KEY} from {MARTS}.dim_report where is_current)"
    claims = f"select {KEY}, claim_id, value, {agreement} from staging.stg_claims where {current}"
    facts = f"select {KEY}, claim_id, value, status::varchar as status from {MARTS}.fct_narrative_claims"
    columns = f"{KEY}, position, indicator, period"
    figure = "try_cast(value as decimal(24, 6)) as figure"
    indicators = f"select {columns}, value, {figure} from staging.stg_legacy_indicators where {current}"
    legacy = f"select {columns}, value_printed as value, {figure} from {MARTS}.fct_legacy_indicators"
    return [
        compare_frames(
            "conservation.claims", read_frame(connection, claims), read_frame(connection, facts), [KEY, "claim_id"]
        ),
        compare_frames(
            "conservation.legacy", read_frame(connection, indicators), read_frame(connection, legacy), [KEY, "position"]
        ),
    ]


def check_facts(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> LayerReport:
    """Evaluate the contract of the facts.

    Args:
        connection: the warehouse, open for writing, with the mart file attached as `mart`.
        run: the run, whose staging contract was recorded before.
    """
    staged = {table: read_cells(connection, CURRENT, table) for table in form().tables}
    judgements = {table: judge(frame, table) for table, frame in staged.items()}
    revisions, admitted = _check_revisions(connection, judgements)
    counted = {table: frame.join(admitted[table], on=KEY, how="semi") for table, frame in staged.items()}
    passed = admitted["applications"].filter(pl.col("status") == "passed")
    results = [
        check_unaltered(connection, run.run_id, staging.RELATIONS),
        _check_statuses(connection, judgements),
        revisions,
        *_check_identity_facts(connection, judgements),
        *_check_applications(connection, counted["applications"], passed),
        *_check_other_tables(connection, counted["reviews_and_lawsuits"], counted["proactive_disclosure"]),
        *_check_bodies(connection, admitted),
        *_check_prose(connection),
    ]
    remember(connection, run.run_id, RELATIONS)
    return LayerReport(run.run_id, "facts", results)
