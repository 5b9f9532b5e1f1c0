"""The tables that contradict themselves, found where the figures lie, with the evidence on them.

DuckDB evaluates the identities over all reports; only reports that violate one or have a correction, and the reports of
the same bodies on the years beside, become Python objects.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import duckdb
from msgspec import Struct

from contracts.claims import MEMBERS, claim_rules, expand_terms
from contracts.decisions import Correct
from contracts.form import FormVersion, Identity, form
from contracts.layers.decided import read_decided
from contracts.layers.results import RunExpectation
from contracts.layers.scope import is_listed
from contracts.raw_json import Operand
from contracts.regions import divided_regions
from pipelines.proof.equations import equations_of
from pipelines.proof.problem import Cells, Problem, SoftEquation, candidates_of

TOUCHED = is_listed("reports")  # all reports of the bodies that a run touched
_REPORTS = "(select * from staging.stg_reports where not is_leftover)"
_TOUCHED_REPORTS = f"(from {_REPORTS} where {is_listed('bodies')})"
_NOT_REJECTED = """
    document_sha256 not in (
        select document_sha256 from staging.stg_decisions where kind = 'reject_document'
        and decision_id not in (select withdraws from staging.stg_decisions where kind = 'withdraw')
    )
"""
_HINT, _STATED, _BETTER_COPY, _DECIDED = 0.3, 1.0, 1.5, 1.5
Row = dict[str, Any]
Corrections = dict[int, dict[str, Correct]]  # of the tables' counts, by report and by cell


class HeldTable(Struct, frozen=True):
    """One held table of one report, and the document it was read from."""

    report_key: int
    document_sha256: str
    ordinal: int
    year: int
    problem: Problem


def _residual_sql(identity: Identity) -> str:
    return " ".join(f"{'+' if term.weight > 0 else '-'} {term.cell.name}" for term in identity.terms)


def _violation_sql(table: str) -> str:
    """SQL that is true where an enforced identity of the table does not hold; a null term says nothing."""
    tests = []
    for name in form().versions_with(table):
        enforced = form().versions[name].identities_of(table, enforced=True)
        failed = " or ".join(f"({_residual_sql(identity)}) <> 0" for identity in enforced)
        if failed:
            tests.append(f"({table}__form_version = '{name}' and ({failed}))")
    return " or ".join(tests)


def find_held(connection: duckdb.DuckDBPyConnection, *, only_touched: bool = False) -> list[HeldTable]:
    """Every held table of the staged reports with the evidence on its figures, in the order of the report keys.

    The figures are those that were decided, if these contradict themselves, else those reported.

    Args:
        connection: the warehouse, with the staging models built.
        only_touched: look only at the bodies that the run touched; all evidence is in their own reports.
    """
    held: list[HeldTable] = []
    reports = _TOUCHED_REPORTS if only_touched else _REPORTS
    corrections = _corrections(connection)
    for table in form().tables:
        condition = _violation_sql(table)
        if not condition:
            continue
        if corrections:
            condition = f"({condition}) or report_key in ({', '.join(map(str, corrections))})"
        rows = [_unsettled(table, row, corrections) for row in _rows(connection, reports, table, condition)]
        found = [row for row in rows if row is not None]
        if found:
            evidence = _Evidence(connection, reports, table, found, corrections)
            held += [_held_table(table, row, evidence) for row in found]
    return sorted(held, key=lambda each: (each.report_key, each.problem.table))


def _corrections(connection: duckdb.DuckDBPyConnection) -> Corrections:
    """The corrections that are in force, of reports that still say what they said when it was decided."""
    found: Corrections = defaultdict(dict)
    for (key, _), correction in read_decided(connection, RunExpectation("explain")).corrections.items():
        if form().cells[correction.cell].type == "integer":
            found[key][correction.cell] = correction
    return dict(found)


def _as_decided(table: str, row: Row, corrections: Corrections) -> Row:
    """A row with its cells as decided, and the ids of the decisions by cell as `decided`."""
    made = {cell: one for cell, one in corrections.get(row["report_key"], {}).items() if cell.startswith(f"{table}.")}
    values = {form().cells[cell].name: one.value for cell, one in made.items()}
    return {**row, **values, "decided": {cell: one.id for cell, one in made.items()}}


def _unsettled(table: str, row: Row, corrections: Corrections) -> Row | None:
    """A row as decided if it contradicts itself then, else as reported if that does, else None."""
    equations = equations_of(row["form_version"], table) if row["form_version"] else None
    for settled in (_as_decided(table, row, corrections), {**row, "decided": {}}):
        if equations and equations.violations(equations.values(_cells(table, settled))):
            return settled
    return None


def _rows(connection: duckdb.DuckDBPyConnection, reports: str, table: str, condition: str) -> list[Row]:
    names = [cell.name for cell in form().cells.values() if cell.table == table and cell.type == "integer"]
    keys = "report_key, document_sha256, ordinal, authority_key, report_year, region_code, source_tier"
    columns = f"{keys}, {table}__form_version as form_version, {', '.join(names)}"
    query = f"select {columns} from {reports} where {condition}"  # noqa: S608 - names that the form declares
    return connection.sql(query).pl().to_dicts()


@cache
def _counts_of(table: str, version: str) -> tuple[tuple[str, str], ...]:
    """The id and the column of each count of a table."""
    cells = form().versions[version].tables[table].cells
    return tuple((cell.id, cell.name) for cell in cells if cell.type == "integer")


def _cells(table: str, row: Row) -> Cells:
    return {cell: row[column] for cell, column in _counts_of(table, row["form_version"])}


def _held_table(table: str, row: Row, evidence: "_Evidence") -> HeldTable:
    cells = _cells(table, row)
    problem = Problem(
        table=table,
        form_version=row["form_version"],
        cells=cells,
        evidence=tuple(evidence.of(row, cells)),
        doubtful=evidence.doubtful[row["report_key"]],
        decided=tuple(row["decided"]),
    )
    return HeldTable(row["report_key"], row["document_sha256"], row["ordinal"], row["report_year"], problem)


class _Evidence:
    """What the warehouse holds on the figures of some reports.

    That is claims, decisions, the years beside and other copies as they were decided, and readings.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        reports: str,
        table: str,
        rows: list[Row],
        corrections: Corrections,
    ) -> None:
        self._table = table
        keys = [row["report_key"] for row in rows]
        connection.execute("create or replace temp table held_keys as select unnest(?::bigint[]) as report_key", [keys])
        bodies = ", ".join(str(key) for key in {row["authority_key"] for row in rows})
        self._by_body: dict[int, list[Row]] = defaultdict(list)
        present = f"{table}__form_version is not null and {_NOT_REJECTED}"  # nothing of a rejected document counts
        for row in _rows(connection, reports, table, f"authority_key in ({bodies}) and {present} order by report_key"):
            self._by_body[row["authority_key"]].append(_as_decided(table, row, corrections))
        self._claims: dict[int, list[tuple[str, str, str, int]]] = defaultdict(list)
        claims = "select report_key, claim_id, kind, terms, value from staging.stg_claims"
        for key, *claim in connection.execute(
            f"{claims} semi join held_keys using (report_key) order by all"
        ).fetchall():
            self._claims[key].append((claim[0], claim[1], claim[2], claim[3]))
        self.doubtful: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
        readings = (  # few lineages are taken out before they are taken apart
            "with lineages as materialized (select report_key, lineage from staging.stg_report_lineage "
            "semi join held_keys using (report_key)) "
            "select report_key, json_extract_string(lineage, '$.readings') from lineages"
        )
        for key, found in connection.execute(readings).fetchall():
            for reading in json.loads(found or "[]"):
                self.doubtful[key][reading["cell"]] = candidates_of(reading.get("candidates", []))

    def of(self, row: Row, cells: Cells) -> Iterator[SoftEquation]:
        """The evidence on one report's figures."""
        for claim in self._claims[row["report_key"]]:
            yield from _claimed(*claim, cells)
        for cell, decision in row["decided"].items():
            value = cells[cell]
            if value is not None:
                yield SoftEquation(f"decision.{decision}", (Operand(operand=cell),), value, _DECIDED)
        version = form().versions[row["form_version"]]
        for other in self._by_body[row["authority_key"]]:
            years = other["report_year"] - row["report_year"]
            if years == 0 and other["report_key"] != row["report_key"] and other["form_version"] == version.version:
                yield from self._copied(row, other)
            elif years == -1 and not _is_divided(other, row):
                yield from self._carried(version, _cells(self._table, other), {}, constant=-1)
            elif years == 1 and not _is_divided(row, other):
                theirs = form().versions[other["form_version"]]
                yield from self._carried(theirs, {}, _cells(self._table, other), constant=0)

    def _copied(self, row: Row, other: Row) -> Iterator[SoftEquation]:
        """Another document of the same body and year; of a better source it counts for more."""
        weight = _BETTER_COPY if other["source_tier"] < row["source_tier"] else _STATED
        for cell, value in _cells(self._table, other).items():
            if value is not None:
                name = f"copy.{other['document_sha256'][:12]}.{cell}"
                yield SoftEquation(name, (Operand(operand=cell),), value, weight)

    def _carried(self, version: FormVersion, before: Cells, after: Cells, *, constant: int) -> Iterator[SoftEquation]:
        """What the year before or after says: the identities between years with the other year's figures put in."""
        known = before if constant else after
        for identity in version.identities_of(self._table):
            if identity.within_report:
                continue
            fixed = [known.get(term.cell.id) for term in identity.terms if term.year_offset == constant]
            weights = [term.weight for term in identity.terms if term.year_offset == constant]
            if any(value is None for value in fixed):
                continue
            value = -sum(weight * (value or 0) for weight, value in zip(weights, fixed, strict=True))
            free = [term for term in identity.terms if term.year_offset != constant]
            sign = free[0].weight
            terms = tuple(Operand(operand=t.cell.id, weight=1 if t.weight == sign else -1) for t in free)
            name = identity.id if constant else f"{identity.id}.next_year"
            yield SoftEquation(name, terms, value * sign, _HINT if identity.source == "hint" else _STATED)


def _is_divided(before: Row, after: Row) -> bool:
    """Whether files moved between bodies when the later year began: nothing is carried over a split or a merger."""
    return (before["region_code"], after["report_year"]) in divided_regions()


def _claimed(claim_id: str, kind: str, terms: str, value: int, cells: Cells) -> Iterator[SoftEquation]:
    """A claim of the prose, with each of the meanings that its kind can have."""
    meanings: list[Iterable[Operand]] = [
        [Operand(operand=term["operand"], weight=term.get("weight", 1)) for term in json.loads(terms)]
    ]
    declared = claim_rules().kinds.get(kind)
    for meaning in declared.meanings.values() if declared else ():
        if not any(f"{{{MEMBERS}}}" in term for term in meaning):
            meanings.append(expand_terms(meaning, (), cells))
    for operands in meanings:
        known = tuple(operands)
        if known and all(operand.operand in cells for operand in known):
            yield SoftEquation(f"claim.{claim_id}", known, value)
