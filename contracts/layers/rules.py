"""The contract of the rules and of the marts that rest on them: nothing declared goes unevaluated, nothing is lost.

What a rule reports of identities and claims is counted a second time from the facts.
"""

import duckdb
import polars as pl

from contracts.decisions import Answer, decode, standing
from contracts.layers.conservation import compare_frames, read_frame
from contracts.layers.decided import is_on_rule
from contracts.layers.results import CheckResult, RunExpectation, verdict
from contracts.layers.scope import in_scope
from contracts.raw_tables import report_key
from contracts.rules import RULE_STATUSES, rules

MARTS = "mart.marts"
BODIES_GROUP = "coverage"  # its subjects are bodies and years, with or without a report
RULE_YEAR = ["rule_id", "report_year"]


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
    """Rows seen and rows failed, as a query gives them."""
    ((seen, failed),) = connection.execute(query).fetchall()
    return int(seen), int(failed)


def _check_evaluated(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Every declared rule has a status for every report in the warehouse, year by year."""
    reports = read_frame(connection, f"select report_year, count(*) as subjects from {MARTS}.dim_report group by all")
    declared = pl.DataFrame({"rule_id": [rule.id for rule in rules().values() if rule.group != BODIES_GROUP]})
    statuses = " + ".join(f"subjects_{status}" for status in RULE_STATUSES)
    bodies = ", ".join(f"'{rule.id}'" for rule in rules().values() if rule.group == BODIES_GROUP)
    counted = f"""
        select rule_id::varchar as rule_id, report_year, {statuses} as subjects from {MARTS}.rule_counts
        where rule_id::varchar not in ({bodies})
    """
    expected = declared.join(reports, how="cross")
    return compare_frames("rules.evaluated", expected, read_frame(connection, counted), RULE_YEAR)


def _check_results(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """What failed and what could not be assessed is listed as often as it is counted."""
    statuses = [status for status in RULE_STATUSES if status in ("fail", "not_assessed")]
    listed = ", ".join(f"count(*) filter (where status = '{s}') as subjects_{s}" for s in statuses)
    expected = f"""
        select rule_id::varchar as rule_id, report_year, {", ".join(f"subjects_{s}" for s in statuses)}
        from {MARTS}.rule_counts where {" + ".join(f"subjects_{s}" for s in statuses)} > 0
    """
    actual = f"""
        select rule_id::varchar as rule_id, report_year, {listed} from {MARTS}.fct_rule_results group by all
    """
    return compare_frames("rules.results", read_frame(connection, expected), read_frame(connection, actual), RULE_YEAR)


def _failures(connection: duckdb.DuckDBPyConnection, run: RunExpectation, chosen: list[str]) -> pl.DataFrame:
    named = ", ".join(f"'{rule}'" for rule in chosen)
    return read_frame(
        connection,
        f"""
        select rule_id::varchar as rule_id, report_key from {in_scope(connection, run, f"{MARTS}.fct_rule_results")}
        where status = 'fail' and rule_id::varchar in ({named})
        """,
    )


def _check_identities(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    """A rule that reports a family of identities fails exactly where the facts have a failed identity of it."""
    families = {rule.identities: rule.id for rule in rules().values() if rule.identities}
    failed = read_frame(
        connection,
        f"""
        select distinct report_key, split_part(identity::varchar, '.', 1) as family
        from {in_scope(connection, run, f"{MARTS}.fct_identity_checks")} where status = 'fail'
        """,
    )
    expected = failed.with_columns(rule_id=pl.col("family").replace_strict(families, default=None)).drop("family")
    actual = _failures(connection, run, list(families.values()))
    return compare_frames("rules.identities", expected, actual, ["rule_id", "report_key"])


def _check_claims(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    """A rule on kinds of claims fails exactly where a claim of one of its kinds disagrees."""
    rule_of = {kind: rule.id for rule in rules().values() for kind in rule.claim_kinds}
    claims = in_scope(connection, run, "staging.stg_claims", "report_key")
    against = read_frame(
        connection, f"select distinct report_key, kind from {claims} where not is_leftover and not agrees"
    )
    expected = (
        against.with_columns(rule_id=pl.col("kind").replace_strict(rule_of, default=None, return_dtype=pl.String))
        .drop_nulls("rule_id")
        .select("report_key", "rule_id")
        .unique()
    )
    actual = _failures(connection, run, list(dict.fromkeys(rule_of.values())))
    return compare_frames("rules.claims", expected, actual, ["rule_id", "report_key"])


def _check_carry_chain(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> list[CheckResult]:
    """Every flow is a link of the chain; where no succession lies between, it says what the identities say."""
    ((flows, links),) = connection.execute(
        f"select (select count(*) from {MARTS}.fct_application_flows), (select count(*) from {MARTS}.carry_chain)"
    ).fetchall()
    seen, differing = _count(
        connection,
        f"""
        select count(*), count(*) filter (where chain.difference is distinct from checks.residual)
        from {in_scope(connection, run, f"{MARTS}.carry_chain")} as chain
        inner join {in_scope(connection, run, f"{MARTS}.fct_identity_checks")} as checks
            on chain.report_key = checks.report_key
                and checks.identity::varchar = 'carry.' || chain.applicant_type::varchar
        where chain.predecessors = 0 and chain.reason is distinct from 'split' and checks.residual is not null
        """,
    )
    return [
        verdict("conservation.carry_chain", flows, abs(flows - links), f"{flows} flows, {links} links"),
        verdict("carry_chain.identities", seen, differing, f"{differing} links differ from their identity"),
        _check_inherited(connection, run),
    ]


def _check_inherited(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> CheckResult:
    """Over a succession a link has what all predecessors carried out, and nothing where one of them does not say."""
    keys = ["authority_key", "report_year", "applicant_type"]
    shown = "predecessors, carried_out_before, difference"
    links = read_frame(
        connection,
        f"""
        select {", ".join(keys[:2])}, applicant_type::varchar as applicant_type, carried_in, {shown}
        from {in_scope(connection, run, f"{MARTS}.carry_chain")} where predecessors > 0
        """,
    )
    before = read_frame(
        connection,
        f"""
        select authority_key as predecessor_key, report_year + 1 as report_year,
            applicant_type::varchar as applicant_type, carried_out
        from {MARTS}.fct_application_flows
        where authority_key in (select predecessor_key from intermediate.int_body_predecessors)
        """,
    )
    followed = read_frame(
        connection, "select authority_key, report_year, predecessor_key from intermediate.int_body_predecessors"
    )
    inherited = (
        links.select(keys)
        .join(followed, on=keys[:2])
        .join(before, on=["predecessor_key", *keys[1:]], how="left")
        .group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("predecessors"),
            pl.when(pl.col("carried_out").null_count() == 0)
            .then(pl.col("carried_out").sum())
            .alias("carried_out_before"),
        )
    )
    expected = links.select(*keys, "carried_in").join(inherited, on=keys, how="left")
    expected = expected.with_columns(difference=pl.col("carried_in") - pl.col("carried_out_before"))
    return compare_frames("carry_chain.successions", expected, links, keys)


def _check_coverage(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Every body-year with a report in use stands in the coverage exactly once, as published."""
    seen, lost = _count(
        connection,
        f"""
        select count(*), count(*) filter (where coalesce(covered.published, 0) <> 1)
        from (select distinct authority_key, report_year from {MARTS}.dim_report where is_current) as bodies
        left join (
            select authority_key, report_year, count(*) filter (where report_key is not null) as published
            from {MARTS}.coverage where authority_key is not null group by all
        ) as covered using (authority_key, report_year)
        """,
    )
    return verdict("conservation.coverage", seen, lost, f"{lost} body-years are not in the coverage, or twice")


def _check_decisions(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """A decision on a rule is active exactly where the rule still finds for the report what was answered.

    Other decisions are in the state in which the contract of the facts saw them.
    """
    lines = connection.execute("select payload from raw.decisions order by position").fetchall()
    answers = [
        one
        for one in standing(decode(line) for (line,) in lines).values()
        if isinstance(one, Answer) and is_on_rule(one)
    ]
    failed = f"""
        select report_key, 'rule.' || rule_id::varchar, coalesce(observed, ''), decision_id
        from {MARTS}.fct_rule_results where status = 'fail' and report_key in (select unnest(?))
    """
    keys = [report_key(one.document, one.report) for one in answers]
    answered = {tuple(row[:3]): row[3] for row in connection.execute(failed, [keys]).fetchall()}
    expected = dict(connection.execute("select decision_id, state from intermediate.int_decision_states").fetchall())
    for one, key in zip(answers, keys, strict=True):
        is_met = answered.get((key, one.rule, one.expect.observed)) == one.id
        if expected.get(one.id, "") is None:
            expected[one.id] = "active" if is_met else "expired"
    found = dict(connection.execute(f"select decision_id, state from {MARTS}.fct_decisions").fetchall())
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    named = f"select distinct decision_id from {MARTS}.fct_rule_results where decision_id is not null"
    wrong += sorted(name for (name,) in connection.execute(named).fetchall() if found.get(name) != "active")
    return verdict("rules.decisions", len(expected), len(wrong), ", ".join(wrong[:3]))


def check_rules(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> list[CheckResult]:
    """Evaluate the contract of the rules, the carry chain and the coverage.

    What is counted is counted whole, also in a run that touched a part.

    Args:
        connection: the warehouse, with the mart file attached as `mart`.
        run: the run.
    """
    return [
        _check_evaluated(connection),
        _check_results(connection),
        _check_identities(connection, run),
        _check_claims(connection, run),
        _check_decisions(connection),
        *_check_carry_chain(connection, run),
        _check_coverage(connection),
    ]
