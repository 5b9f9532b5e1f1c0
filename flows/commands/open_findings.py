"""Findings of the live version as what can be decided about: which are open, and what each rests on."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb
from msgspec import Struct

from contracts.decisions import Correct, Decision, Premise, RejectDocument, target_of
from flows.documents import DocumentError
from pipelines.decisions import Ledger
from pipelines.decisions.making import BLANK, Target

_SHORTEST_HASH = 6
_LISTED = 10
_FINDINGS = """
select
    findings.finding_kind, findings.rule, findings.document_sha256, findings.ordinal, findings.report_key,
    findings.authority_key, findings.authority_zh, findings.report_year, findings.table_id, findings.claim_id,
    findings.claim_digits, findings.claim_quote, findings.identities, findings.residuals, findings.verdict,
    findings.explanations, documents.source_uri
from marts.fct_findings as findings
inner join marts.dim_document as documents on findings.document_sha256 = documents.document_sha256
where findings.is_open and findings.finding_kind <> 'decision_expired'
order by findings.report_year, findings.authority_zh, documents.source_uri, findings.ordinal, findings.rule,
    findings.claim_id
"""
RULE_FAILED = "rule_failed"
_RULES = f"""
select
    '{RULE_FAILED}', 'rule.' || results.rule_id::varchar, documents.document_sha256, reports.ordinal,
    results.report_key, results.authority_key, authorities.authority_zh, results.report_year, results.table_id::varchar,
    null, null, null, [], [], results.severity::varchar,
    to_json(list_filter(
        [results.observed, 'expected: ' || results.expected, results.detail], lambda told: told is not null
    )),
    documents.source_uri, results.observed
from marts.fct_rule_results as results
inner join marts.dim_rule as rules on results.rule_id::varchar = rules.rule_id::varchar
inner join marts.dim_report as reports on results.report_key = reports.report_key
inner join marts.dim_document as documents on reports.document_key = documents.document_key
inner join marts.dim_authority as authorities on results.authority_key = authorities.authority_key
where results.is_open and not rules.is_finding
order by results.report_year, authorities.authority_zh, documents.source_uri, reports.ordinal, 2
"""  # noqa: S608 our own word


class OpenFinding(Struct, frozen=True):
    """One finding or failure of a rule that no decision answers; `explanations` are ranked, as the version keeps them.

    Of a rule `verdict` is its severity and `observed` what it found; the explanations also say what it expected.
    """

    kind: str
    rule: str
    document: str
    report: int
    report_key: int
    authority_key: int
    authority: str
    year: int
    table: str | None
    claim_id: str | None
    claim_digits: int | None
    quote: str | None
    identities: list[str]
    residuals: list[int]
    verdict: str
    explanations: list[Any]
    source_uri: str
    observed: str | None = None

    @property
    def target(self) -> Target:
        """What a decision on it names."""
        return Target(self.document, self.report, self.rule)

    @property
    def premise(self) -> Premise:
        """What it rests on."""
        if self.kind == "identities_violated":
            return Premise(residuals=dict(zip(self.identities, self.residuals, strict=True)))
        if self.kind == "claim_conflict":
            return Premise(value=self.claim_digits)
        if self.kind == RULE_FAILED:
            return Premise(observed=self.observed or "")
        return Premise(told=[str(told) for told in self.explanations])

    @property
    def is_hint(self) -> bool:
        """Whether it is the failure of a rule that only hints."""
        return self.kind == RULE_FAILED and self.verdict == "info"

    @property
    def explained_cells(self) -> list[list[tuple[str, str]]]:
        """For each explanation the cells that it changes with their new values, `blank` for none."""
        changes = (one.get("cells", []) for one in self.explanations if isinstance(one, dict))
        return [
            [(cell["cell"], BLANK if cell["new"] is None else str(cell["new"])) for cell in cells] for cells in changes
        ]


def read_open(connection: duckdb.DuckDBPyConnection) -> list[OpenFinding]:
    """The open findings of a mart, then the failures of rules that are open, by year, body, document and rule."""
    rows = connection.execute(_FINDINGS).fetchall() + connection.execute(_RULES).fetchall()
    fields = (dict(zip(OpenFinding.__struct_fields__, row, strict=False)) for row in rows)
    return [OpenFinding(**{**field, "explanations": json.loads(field["explanations"] or "[]")}) for field in fields]


def undecided(findings: list[OpenFinding], ledger: Ledger, applied: Collection[str]) -> list[OpenFinding]:
    """The open findings that no decision is about which the next run will look at.

    Args:
        findings: the open findings of a version.
        ledger: the ledger as it is now.
        applied: the decisions that the version was made with: what is open is so in spite of them.
    """
    decisions: list[Decision] = [one for one in ledger.standing.values() if one.id not in applied]
    targets = {target_of(one) for one in decisions if not isinstance(one, Correct | RejectDocument)}
    rejected = {one.document for one in decisions if isinstance(one, RejectDocument)}
    corrected = {(one.document, one.report, one.rule) for one in decisions if isinstance(one, Correct)}
    return [
        finding
        for finding in findings
        if finding.document not in rejected
        and (finding.document, finding.report, finding.rule, finding.premise.value) not in targets
        and (finding.document, finding.report, finding.rule) not in corrected
    ]


def find_document(connection: duckdb.DuckDBPyConnection, named: str) -> str:
    """The sha256 of the document of a mart that a hash (or its beginning), a source or a file name means.

    Raises:
        DocumentError: there is none, or there are several.
    """
    documents: dict[str, str | None] = dict(
        connection.execute("select document_sha256, source_uri from marts.dim_document").fetchall()
    )
    found = {sha256 for sha256, source in documents.items() if named in (source, Path(source or "").name)}
    if not found and len(named) >= _SHORTEST_HASH:
        found = {sha256 for sha256 in documents if sha256.startswith(named.lower())}
    if not found:
        raise DocumentError(
            f"None of the {len(documents)} documents of the live version is {named}. Name one by its source, its file "
            f"name, or at least {_SHORTEST_HASH} characters of its sha256."
        )
    if len(found) > 1:
        listed = "".join(f"\n{sha256[:12]}  {documents[sha256]}" for sha256 in sorted(found)[:_LISTED])
        raise DocumentError(f"{named} can be one of {len(found)} documents. Name one by its sha256:{listed}")
    return found.pop()


def found_rules(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The rules of all findings of a mart, also of claims of a kind that is not declared."""
    return {rule for (rule,) in connection.execute("select distinct rule from marts.fct_findings").fetchall()}


def decision_states(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The state of each decision that the version was made with, by id."""
    return dict(connection.execute("select decision_id, state from marts.fct_decisions").fetchall())


def expired_decisions(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The ids of the decisions that the version did not apply because their premise is gone."""
    return {name for name, state in decision_states(connection).items() if state == "expired"}
