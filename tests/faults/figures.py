"""The reports that faults are put into: bodies with two years on file, synthetic or with figures of real reports."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from msgspec import Struct

from contracts.form import form
from contracts.identities import evaluate
from contracts.raw_json import SCHEMA_ID, cells_of
from pipelines.extract.document import extract_document
from pipelines.render.report import Value
from pipelines.render.synthetic_figures import FigureMaker, start_body

Cells = dict[str, Value]
YEARS = {"2021": (2023, 2024), "2019": (2019, 2020)}


class Body(Struct):
    """One body: its figures of two years by cell id, all tables in one version of the form.

    `source` is `synthetic` or `real`; a real report is the later year, the year before is left out.
    """

    name: str
    version: str
    before: Cells | None
    cells: Cells
    source: str

    @property
    def year(self) -> int:
        """The year into which the fault goes."""
        return YEARS[self.version][1]


def synthetic_bodies(seed: int) -> Iterator[Body]:
    """Bodies without end, each with two years whose carry agrees, in either version of the form."""
    versions = list(form().versions)
    makers = {name: FigureMaker(declared) for name, declared in form().versions.items()}
    number = 0
    while True:
        random = Random(f"{seed}:{number}")  # noqa: S311 - figures, not secrets
        version = versions[number % len(versions)]
        state = start_body(random, is_government=random.random() < 0.6)
        names = form().versions[version].cells
        years = [dict(zip(names, makers[version].make_year(random, state), strict=True)) for _ in range(2)]
        yield Body(f"试验第{number:06d}局", version, years[0], years[1], "synthetic")
        number += 1


def real_bodies(folder: Path) -> list[Body]:
    """The reports of real documents whose tables are complete and balanced, without the bodies' names."""
    bodies: list[Body] = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix in {".txt", ".html", ".pdf", ".docx"}):
        for report in extract_document(path.read_bytes(), path.name, "2025-01-01").reports:
            cells = cells_of(report)
            for version, declared in form().versions.items():
                wanted = [cell for table in ("applications", "reviews_and_lawsuits") for cell in _ids(version, table)]
                is_whole = all(cells.get(cell) is not None for cell in wanted)
                if is_whole and all(
                    status == "pass"
                    for table in declared.tables
                    for _, status in evaluate(declared, table, cells).values()
                ):
                    figures: Cells = {cell: cells.get(cell) for cell in declared.cells}
                    bodies.append(Body(f"实测第{len(bodies):04d}局", version, None, figures, "real"))
    return bodies


def _ids(version: str, table: str) -> list[str]:
    return [cell.id for cell in form().versions[version].tables[table].cells]


def line_of(body: Body, year: int, cells: Cells, sha256: str, **changed: object) -> dict[str, object]:
    """One report as raw extracted JSON; `changed` replaces fields of the report."""
    tables: dict[str, object] = {}
    for name, table in form().versions[body.version].tables.items():
        rows: dict[str, dict[str, Value]] = {}
        for cell in table.cells:
            rows.setdefault(cell.row, {})[cell.column] = cells[cell.id]
        tables[name] = {"form_version": body.version, "cells": rows}
    report = {
        "authority": {"printed": body.name, "normalised": body.name},
        "year": year,
        "scope": "own",
        "period": f"{year}-01-01/{year}-12-31",
        "published": f"{year + 1}-01-20",
        "tables": tables,
    }
    captured = f"{year + 1}-03-01T00:00:00Z"
    document = {"sha256": sha256, "media_type": "text/html", "source_uri": f"fault:///{sha256[:16]}/{year}.html"}
    return {
        "schema": SCHEMA_ID,
        "document": document | {"bytes": 20_000, "captured_at": captured},
        "extractor": {"name": "faults", "version": "1"},
        "reports": [report | changed],
    }


def grid(body: Body, table: str) -> list[list[str]]:
    """The ids of a table's cells, row by row."""
    declared = form().versions[body.version].tables[table]
    return [[f"{table}.{row}.{column}" for column in declared.columns_of(row)] for row in declared.rows]


def counts(cells: Cells, names: Sequence[str]) -> list[int]:
    """The whole numbers of some cells; a blank counts as zero."""
    return [value if isinstance(value, int) else 0 for value in (cells[name] for name in names)]
