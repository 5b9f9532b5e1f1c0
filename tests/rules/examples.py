"""The examples of the rules as rows of the raw tables: each example stands for bodies and years of its own."""

from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from tests.dbt.warehouse import Cells, Row, document_of, ones, report_row

FOLDER = Path(__file__).parent / "examples"
TABLES = ("proactive_disclosure", "applications", "reviews_and_lawsuits")
Outcome = Literal["fires", "quiet", "open"]
STATUS_OF: dict[Outcome, str] = {"fires": "fail", "quiet": "pass", "open": "not_assessed"}


class Report(msgspec.Struct, forbid_unknown_fields=True):
    """One report of an example: a balanced form of ones, with cells and columns of `raw.reports` set."""

    year: int = 2022
    version: str = "2021"
    body: str = ""
    tables: tuple[str, ...] = TABLES
    scale: int = 1
    set: dict[str, int | str | None] = {}
    columns: dict[str, Any] = {}
    claims: list[dict[str, Any]] = []
    legacy: list[dict[str, Any]] = []


class Example(msgspec.Struct, frozen=True):
    """What a rule must say of some report of the example; without `fires` none of its reports may fail."""

    rule: str
    outcome: Outcome
    reports: list[Report]

    @property
    def name(self) -> str:
        """The name of the example, part of its bodies' names."""
        return f"{self.rule} {self.outcome}"


def read_examples() -> list[Example]:
    """All declared examples."""
    examples = []
    for path in sorted(FOLDER.glob("*.yml")):
        declared = yaml.safe_load(path.read_text(encoding="utf-8"))
        for rule, outcomes in declared.items():
            for outcome, reports in outcomes.items():
                examples.append(Example(rule, outcome, msgspec.convert(reports, list[Report])))
    return examples


def _figures(report: Report) -> Cells:
    cells: Cells = {}
    for table in report.tables:
        if table == "proactive_disclosure":
            cells |= disclosures(report.version)
        else:
            cells |= ones(report.version, table)
    scaled = {cell: value * report.scale if isinstance(value, int) else value for cell, value in cells.items()}
    return scaled | report.set  # type: ignore[operator]


def disclosures(version: str) -> Cells:
    """Table 二 of ones, except that as much is repealed as is issued, and money is text."""
    from contracts.form import form

    declared = form().versions[version].tables["proactive_disclosure"]
    return {cell.id: 1 if cell.type == "integer" else "1" for cell in declared.cells}  # type: ignore[misc]


def raw_rows(examples: list[Example]) -> dict[str, list[Row]]:
    """The rows of the raw tables for all examples."""
    rows: dict[str, list[Row]] = {"reports": [], "documents": [], "claims": [], "legacy_indicators": []}
    for example in examples:
        for report in example.reports:
            number = len(rows["reports"]) + 1
            versions = dict.fromkeys(report.tables, report.version)
            body = {"authority_normalised": f"{example.name}{report.body}", "report_year": report.year}
            row = report_row(number, versions, _figures(report), **(body | report.columns))
            rows["reports"].append(row)
            rows["documents"].append(document_of(row))
            own = {"report_key": row["report_key"], "payload_sha256": row["payload_sha256"]}
            rows["claims"] += [_claim(claim, place) | own for place, claim in enumerate(report.claims, 1)]
            rows["legacy_indicators"] += [
                {"position": place, "label": "某项", "period": "year"} | indicator | own
                for place, indicator in enumerate(report.legacy, 1)
            ]
    return rows


def _claim(claim: dict[str, Any], place: int) -> Row:
    return {"claim_id": f"c{place}", "value": 1, "terms": "[]", "quote": "一件", "agrees": None} | claim
