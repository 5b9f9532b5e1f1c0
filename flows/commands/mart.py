"""What the commands read from the live mart: the only file a reader needs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from pipelines.publishing import live_version
from pipelines.warehouse import MART_FILE, Warehouse

FINDINGS = """
select
    documents.source_uri as document,
    findings.authority_zh as authority,
    findings.report_year as year,
    findings.table_id as "table",
    findings.identities,
    findings.residuals,
    findings.verdict,
    findings.explanations,
    findings.span,
    findings.finding_kind as kind,
    findings.claim_kind as claim,
    findings.claim_value as value,
    findings.claim_unit as unit,
    findings.claim_quote as quote,
    findings.claim_id,
    findings.report_field as field,
    findings.document_sha256
from marts.fct_findings as findings
left join marts.dim_document as documents on findings.document_sha256 = documents.document_sha256
where findings.is_open
order by year, authority, document, "table", claim_id, field
"""
TABLES_BY_STATUS = """
select cast(table_id as varchar), cast(status as varchar), count(*) from marts.fct_report_tables where is_current
group by all
"""
RULE_COUNTS = """
select
    rules.rule_id::varchar as rule,
    rules.severity::varchar as severity,
    coalesce(sum(counts.subjects_pass), 0)::bigint as "pass",
    coalesce(sum(counts.subjects_fail), 0)::bigint as fail,
    coalesce(sum(counts.subjects_not_assessed), 0)::bigint as not_assessed,
    coalesce(sum(counts.subjects_not_applicable), 0)::bigint as not_applicable
from marts.dim_rule as rules
left join marts.rule_counts as counts on rules.rule_id::varchar = counts.rule_id::varchar
where coalesce(rules.severity::varchar = ?, true)
group by all
order by rules.severity::varchar, fail desc, rule
"""
RULE_FAILURES = """
select
    results.rule_id::varchar as rule,
    results.severity::varchar as severity,
    authorities.authority_zh as authority,
    results.report_year as year,
    results.table_id::varchar as "table",
    results.observed,
    results.expected,
    results.detail,
    results.is_current,
    documents.source_uri as document
from marts.fct_rule_results as results
left join marts.dim_authority as authorities on results.authority_key = authorities.authority_key
left join marts.dim_report as reports on results.report_key = reports.report_key
left join marts.dim_document as documents on reports.document_key = documents.document_key
where results.status = 'fail'
    and coalesce(results.rule_id::varchar = ?, true)
    and coalesce(results.severity::varchar = ?, true)
order by rule, year, authority, document
"""
DOCUMENTS = "select status, count(*), sum(reports)::bigint from marts.dim_document group by all"
STATUSES = ("passed", "accepted", "held", "not_assessed", "absent", "rejected")
ALWAYS_SHOWN = frozenset({"passed", "held", "not_assessed", "absent"})
JSON_COLUMNS = ("explanations", "span")


@contextmanager
def open_live_mart(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The live version's mart, read-only; opened by its version, so that a publication meanwhile changes nothing.

    Raises:
        UnknownVersionError: nothing has been published.
    """
    with duckdb.connect(live_version(warehouse).folder / MART_FILE, read_only=True) as connection:
        yield connection


def read_findings(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    """The findings on current reports, one dictionary each; `identities` and `residuals` are parallel lists.

    An explanation of a held table lists its cells; one of a conflict lists none and says in words what was compared.
    """
    cursor = connection.execute(FINDINGS)
    names = [column[0] for column in cursor.description or ()]
    while rows := cursor.fetchmany(10_000):
        for row in rows:
            finding = dict(zip(names, row, strict=True))
            if finding["unit"] == "count":
                finding["value"] = int(finding["value"])
            for name in JSON_COLUMNS:
                finding[name] = json.loads(finding[name]) if finding[name] else None
            finding["explanations"] = [_explanation(each) for each in finding["explanations"] or ()]
            yield finding


def _explanation(stored: dict[str, Any] | str) -> dict[str, Any]:
    return {"cells": [], "margin": None, "compared_with": stored} if isinstance(stored, str) else stored


def _rows(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[str | None]) -> Iterator[dict[str, Any]]:
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or ()]
    while rows := cursor.fetchmany(10_000):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def count_rules(connection: duckdb.DuckDBPyConnection, severity: str | None) -> Iterator[dict[str, Any]]:
    """Every rule, of one severity if asked for, with how many subjects have which status."""
    return _rows(connection, RULE_COUNTS, [severity])


def read_rule_results(
    connection: duckdb.DuckDBPyConnection, rule: str | None, severity: str | None
) -> Iterator[dict[str, Any]]:
    """What failed, of one rule or severity if asked for, with what was observed and what expected."""
    return _rows(connection, RULE_FAILURES, [rule, severity])


def count_findings(connection: duckdb.DuckDBPyConnection) -> int:
    """How many findings there are on current reports."""
    ((findings,),) = connection.execute("select count(*) from marts.fct_findings where is_open").fetchall()
    return int(findings)


def count_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Current reports by table of the form and status."""
    counts: dict[str, dict[str, int]] = {}
    for table, status, reports in connection.execute(TABLES_BY_STATUS).fetchall():
        counts.setdefault(table, {})[status] = reports
    return dict(sorted(counts.items()))


def list_statuses(counts: dict[str, dict[str, int]]) -> list[str]:
    """The statuses to show, in their order: those that every warehouse knows, and others where there are any."""
    found = {status for by_status in counts.values() for status in by_status}
    return [status for status in STATUSES if status in ALWAYS_SHOWN or status in found]


def count_decisions(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The decisions that the version was made with, by state."""
    query = "select state, count(*) from marts.fct_decisions group by all order by all"
    return dict(connection.execute(query).fetchall())


def count_documents(connection: duckdb.DuckDBPyConnection) -> tuple[int, int, int]:
    """How many documents were read, how many were rejected, and how many reports the former hold."""
    rows = {status: (documents, reports) for status, documents, reports in connection.execute(DOCUMENTS).fetchall()}
    read, reports = rows.get("read", (0, 0))
    return read, rows.get("rejected", (0, 0))[0], reports
