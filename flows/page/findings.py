"""What the page shows of each finding, read from the live mart and, for the figures of held tables, the warehouse."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
from msgspec import Struct

from contracts.form import form
from flows.page.grids import Grid, draw_grid
from flows.page.wording import Both, cell_label, kind_label, place_label, told_label

_FINDINGS = """
select
    findings.finding_kind as kind, findings.report_key, findings.authority_zh as authority,
    findings.report_year as year, findings.table_id as table_id, findings.claim_quote as quote,
    findings.claim_kind as claim_kind,
    case findings.claim_unit when 'percent' then format('{:g}', findings.claim_value)
        else findings.claim_digits::varchar end as stated, findings.identities, findings.residuals, findings.verdict,
    findings.explanations, findings.span, documents.source_uri as document, findings.document_sha256 as sha256,
    tables.form_version::varchar as form_version
from marts.fct_findings as findings
inner join marts.dim_document as documents on findings.document_sha256 = documents.document_sha256
left join marts.fct_report_tables as tables
    on findings.report_key = tables.report_key and findings.table_id = tables.table_id::varchar
where findings.is_open
order by findings.finding_kind <> 'identities_violated', year, authority, document, findings.table_id, quote
"""
_CLAIMS = """
select kind, case unit when 'percent' then format('{:g}%', figure) else value::varchar end, quote,
    status::varchar as status from marts.fct_narrative_claims
where report_key = ? and ((? is null) or terms like '%' || ? || '.%') order by claim_id limit 6
"""
_CARRIED_OUT = """
select sum(carried_out)::bigint from marts.fct_application_flows where authority_key =
    (select authority_key from marts.dim_report where report_key = ?) and report_year = ? - 1
"""
_MOST_EXPLANATIONS = 5
_MOST_PASSAGES = 6
NOTHING: Both = ("", "")


class Words(Struct, frozen=True):
    """A printed passage around a number: what stands before it, the number, what stands behind, and where."""

    cell: Both
    before: str
    marked: str
    behind: str
    place: Both


class Explained(Struct, frozen=True):
    """One explanation: its changes of cells, the identities it clears and leaves, the margin to the next."""

    changes: tuple[tuple[Both, str, str], ...]
    clears: int
    stays: tuple[str, ...]
    margin: str


class PageFinding(Struct, frozen=True, kw_only=True):
    """One finding with everything that the page shows."""

    kind: str
    authority: str
    year: int
    verdict: str
    document: str
    sha256: str
    violated: tuple[tuple[str, int, str, str], ...] = ()
    grid: Grid | None = None
    has_figures: bool = True
    explanations: tuple[Explained, ...] = ()
    compared: tuple[Both, ...] = ()
    words: tuple[Words, ...] = ()
    quote: Words | None = None
    claims: tuple[tuple[Both, str, str, str], ...] = ()
    carried_out: int | None = None


def read_page_findings(
    mart: duckdb.DuckDBPyConnection, warehouse: duckdb.DuckDBPyConnection | None, most: int
) -> Iterator[PageFinding]:
    """The open findings, held tables first; at most `most`."""
    cursor = mart.execute(f"{_FINDINGS} limit {most:d}")
    names = [column[0] for column in cursor.description or ()]
    for row in cursor.fetchall():
        finding = dict(zip(names, row, strict=True))
        told = json.loads(finding["explanations"] or "[]")
        span = json.loads(finding["span"] or "{}")
        common = {name: finding[name] for name in ("kind", "authority", "year", "verdict", "document", "sha256")}
        if finding["kind"] == "identities_violated":
            yield _held_table(mart, warehouse, finding, told, span, common)
        else:
            quote = _quote(finding["quote"] or "", finding["stated"] or "")
            compared = tuple(told_label(_compared(one), finding["claim_kind"]) for one in told)
            yield PageFinding(**common, compared=compared, quote=quote)


def count_findings(mart: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    """Open findings by kind and verdict."""
    rows = mart.execute(
        "select finding_kind, verdict, count(*) from marts.fct_findings where is_open group by all order by all"
    ).fetchall()
    return [(kind, verdict, count) for kind, verdict, count in rows]


def _held_table(
    mart: duckdb.DuckDBPyConnection,
    warehouse: duckdb.DuckDBPyConnection | None,
    finding: Mapping[str, Any],
    told: Sequence[Any],
    span: Mapping[str, Any],
    common: Mapping[str, Any],
) -> PageFinding:
    table, version = finding["table_id"], form().versions[finding["form_version"]]
    explanations = [one for one in told if isinstance(one, dict)][:_MOST_EXPLANATIONS]
    candidates: dict[str, list[str]] = {}
    for explanation in explanations:
        for change in explanation["cells"]:
            values = candidates.setdefault(change["cell"], [])
            if (new := _text(change["new"])) not in values:
                values.append(new)
    figures = _figures(warehouse, finding["report_key"], table, finding["form_version"])
    key = finding["report_key"]
    ((carried_out,),) = mart.execute(_CARRIED_OUT, [key, finding["year"]]).fetchall()
    return PageFinding(
        **common,
        violated=tuple(
            (name, residual, version.identities[name].zh, version.identities[name].en)
            for name, residual in zip(finding["identities"], finding["residuals"], strict=True)
        ),
        grid=draw_grid(finding["form_version"], table, figures or {}, finding["identities"], candidates),
        has_figures=figures is not None,
        explanations=tuple(_explained(explanation) for explanation in explanations),
        words=tuple(_printed(cell, span[cell]) for cell in _worth_showing(span, candidates)),
        claims=tuple(
            (kind_label(kind), *rest) for kind, *rest in mart.execute(_CLAIMS, [key, table, table]).fetchall()
        ),
        carried_out=carried_out if "carry" in _rules(one.id for one in version.identities_of(table)) else None,
    )


def _worth_showing(span: Mapping[str, Any], candidates: Mapping[str, object]) -> list[str]:
    """The cells whose printed words are shown: those that an explanation changes, else the first in question."""
    printed = [cell for cell, place in span.items() if isinstance(place, dict) and "words" in place]
    return [cell for cell in printed if cell in candidates] or printed[:_MOST_PASSAGES]


def _rules(identities: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in identities}


def _figures(
    warehouse: duckdb.DuckDBPyConnection | None, report_key: int, table: str, form_version: str
) -> dict[str, object] | None:
    """A table's figures by cell; None if the working database cannot be read, or has the report no longer."""
    if warehouse is None:
        return None
    cells = form().versions[form_version].tables[table].cells
    names = ", ".join(f'"{cell.name}"' for cell in cells)
    query = f"select {names} from staging.stg_reports where report_key = ?"  # noqa: S608 - names of the form
    rows = warehouse.execute(query, [report_key]).fetchall()
    return dict(zip((cell.id for cell in cells), rows[0], strict=True)) if rows else None


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _compared(told: object) -> str:
    """What a claim was compared with, in words."""
    return str(told.get("compared_with", "")) if isinstance(told, dict) else str(told)


def _explained(explanation: Mapping[str, Any]) -> Explained:
    changes = [
        (cell_label(change["cell"]), _text(change["old"]), _text(change["new"])) for change in explanation["cells"]
    ]
    margin = explanation.get("margin")
    return Explained(
        changes=tuple(changes),
        clears=len(explanation.get("clears", ())),
        stays=tuple(explanation.get("stays", ())),
        margin="" if margin is None else f"{margin:.1f}",
    )


def _printed(cell: str, place: Mapping[str, Any]) -> Words:
    words, (start, end) = place["words"], place["mark"]
    return Words(cell_label(cell), words[:start], words[start:end], words[end:], place_label(place))


def _quote(quote: str, number: str) -> Words:
    places = list(re.finditer(rf"(?<![\d.,]){re.escape(number)}(?![\d.,]*\d)", quote)) if number else []
    if not places:
        return Words(NOTHING, quote, "", "", NOTHING)
    found = next((one for one in places if not quote[one.end() :].startswith("年")), places[0])
    return Words(NOTHING, quote[: found.start()], number, quote[found.end() :], NOTHING)
