"""What a reviewer sees of one finding: what is wrong, what may explain it, what is printed, said and carried over."""

from collections.abc import Iterator

import duckdb
from rich.text import Text

from contracts.form import form
from contracts.rules import rules
from flows.commands.open_findings import RULE_FAILED, OpenFinding
from flows.commands.printed_lines import lines_around
from flows.commands.terminal import output, print_table
from flows.documents import DocumentError, find_document, trace
from pipelines.extract.places import Mark, TracedDocument
from pipelines.limits import read_limits
from pipelines.warehouse import Warehouse

_AROUND = 1
_MOST_CELLS = 6
_CARRIED = """
select this_year.carried_in, last_year.carried_out
from (
    select sum(carried_in) as carried_in, any_value(report_year) as report_year
    from marts.fct_application_flows where report_key = $key
) as this_year
cross join (
    select sum(carried_out) as carried_out from marts.fct_application_flows
    where authority_key = $authority and report_year = $year - 1
) as last_year
"""
_PROSE = """
select
    status::varchar, kind, case unit when 'percent' then format('{:g}%', figure) else value::varchar end, quote
from marts.fct_narrative_claims
where report_key = $key and ($table is null or terms like '%' || $table || '.%') order by claim_id
"""


class Reader:
    """Documents read again with the place of every number, each once."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Read from a warehouse's archive."""
        self._warehouse = warehouse
        self._read: dict[str, TracedDocument | str] = {}

    def read(self, document: str) -> TracedDocument | str:
        """The document with its places, or why it cannot be read: it is not in the archive, or not readable there."""
        if document not in self._read:
            try:
                self._read[document] = trace(find_document(document, self._warehouse), read_limits())
            except (DocumentError, OSError) as error:
                self._read[document] = str(error)
        return self._read[document]


def show_finding(mart: duckdb.DuckDBPyConnection, finding: OpenFinding, reader: Reader) -> None:
    """Print a finding with all there is for it."""
    output.print(Text(f"{finding.authority} {finding.year}", style="bold"))
    output.print(Text(f"{finding.source_uri} ({finding.document[:12]}, report {finding.report})"))
    output.print(Text(f"{finding.rule}, {finding.verdict}"))
    if finding.identities:
        _show_identities(finding)
    elif finding.quote:
        output.print(Text(f"stated: {finding.quote}"))
    elif finding.kind == RULE_FAILED:
        rule = rules()[finding.rule.partition(".")[2]]
        output.print(Text(f"{rule.zh} / {rule.en}: {rule.filled(rule.formula)}"))
    _show_explanations(finding)
    _show_printed(finding, reader)
    _show_prose(mart, finding)
    _show_carried(mart, finding)


def _show_identities(finding: OpenFinding) -> None:
    known = {one.id: one for version in form().versions.values() for one in version.identities.values()}
    rows = [
        (name, f"{residual:+d}", known[name].zh if name in known else "")
        for name, residual in zip(finding.identities, finding.residuals, strict=True)
    ]
    print_table("Violated identities", ("identity", "residual", "恒等式"), rows)


def _show_explanations(finding: OpenFinding) -> None:
    for number, explanation in enumerate(finding.explanations, start=1):
        if isinstance(explanation, dict):
            cells = ", ".join(f"{one['cell']} {one['old']} -> {one['new']}" for one in explanation.get("cells", []))
            margin = explanation.get("margin")
            output.print(Text(f"explanation {number}: {cells}" + (f" (margin {margin})" if margin is not None else "")))
        else:
            output.print(Text(f"{'found' if finding.kind == RULE_FAILED else 'compared with'}: {explanation}"))


def _wanted(finding: OpenFinding) -> list[str]:
    """The cells that are to be looked at: those of the explanations, else the claim, else the identities' rows."""
    explained = [name for cells in finding.explained_cells for name, _ in cells]
    if explained:
        return list(dict.fromkeys(explained))[:_MOST_CELLS]
    if finding.claim_id:
        return [f"claim.{finding.claim_id}"]
    versions = form().versions.values()
    terms = (
        term.cell
        for name in finding.identities
        for version in versions
        if name in version.identities
        for term in version.identities[name].terms
        if term.cell.column == "total" or name.partition(".")[2] == term.cell.column
    )
    return list(dict.fromkeys(cell.id for cell in terms))[:_MOST_CELLS]


def _show_printed(finding: OpenFinding, reader: Reader) -> None:
    traced = reader.read(finding.document)
    if isinstance(traced, str):
        output.print(f"What the document prints cannot be shown: {traced}", markup=False)
        return
    if finding.report > len(traced.reports):
        there_are = f"read again the document has {len(traced.reports)}"
        output.print(f"What report {finding.report} prints cannot be shown: {there_are}.")
        return
    places = traced.reports[finding.report - 1].places
    found = [(name, places[name]) for name in _wanted(finding) if places.get(name)]
    if found:
        output.print("printed:")
    for text in _printed_lines(found, traced):
        output.print(text)


def _printed_lines(found: list[tuple[str, list[Mark]]], traced: TracedDocument) -> Iterator[Text]:
    for name, marks in found:
        yield Text(f"  {name}", style="dim")
        is_plain = not output.is_terminal
        for line in lines_around(marks, marks[0].piece, traced.pieces, is_plain=is_plain, around=_AROUND):
            yield Text("  ").append_text(line)


def _show_prose(mart: duckdb.DuckDBPyConnection, finding: OpenFinding) -> None:
    rows = mart.execute(_PROSE, {"key": finding.report_key, "table": finding.table}).fetchall()
    for status, kind, value, quote in rows[:_MOST_CELLS]:
        output.print(Text(f"prose ({status}): {kind} {value}: {quote}"))


def _show_carried(mart: duckdb.DuckDBPyConnection, finding: OpenFinding) -> None:
    parameters = {"key": finding.report_key, "authority": finding.authority_key, "year": finding.year}
    ((carried_in, carried_out),) = mart.execute(_CARRIED, parameters).fetchall()
    if carried_out is not None:
        here = f", this year's carry-in is {carried_in}" if carried_in is not None else ""
        output.print(f"Last year carried out {carried_out}{here}.")
