"""Failures of the catalogue's rules that are no findings of their own, as the page lists them."""

import duckdb
from msgspec import Struct

_FAILURES = """
select
    rules.rule_id::varchar as rule_id, rules.rule_zh as zh, rules.rule_en as en, results.severity::varchar as severity,
    authorities.authority_zh as authority, results.report_year as year, documents.source_uri as document,
    results.observed, results.expected, results.detail, count(*) over () as total
from marts.fct_rule_results as results
inner join marts.dim_rule as rules on results.rule_id::varchar = rules.rule_id::varchar
left join marts.dim_authority as authorities on results.authority_key = authorities.authority_key
left join marts.dim_report as reports on results.report_key = reports.report_key
left join marts.dim_document as documents on reports.document_key = documents.document_key
where results.is_open and not rules.is_finding
order by results.severity, year, authority, document, rules.sort_order
limit ?
"""


class RuleFailure(Struct, frozen=True):
    """One open failure of a rule; `total` counts all there are. What was found is in the words of the warehouse."""

    rule_id: str
    zh: str
    en: str
    severity: str
    authority: str | None
    year: int
    document: str | None
    observed: str | None
    expected: str | None
    detail: str | None
    total: int


def read_rule_failures(mart: duckdb.DuckDBPyConnection, most: int) -> list[RuleFailure]:
    """The open failures of current reports, errors first; at most `most`."""
    return [RuleFailure(*row) for row in mart.execute(_FAILURES, [most]).fetchall()]
