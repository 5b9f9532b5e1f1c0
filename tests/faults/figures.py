"""The reports that faults are put into: bodies with the neighbours that rules compare them with."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from random import Random

import msgspec
from msgspec import Struct

from contracts.form import form
from contracts.raw_json import SCHEMA_ID
from pipelines.render.report import Value
from pipelines.render.synthetic_figures import FigureMaker, start_body
from tests.faults.last_year import last_year

Cells = dict[str, Value]
YEARS = {"2021": 2024, "2019": 2020}
_REGIONS = 10_000


class Filing(Struct):
    """What one body reports on one year; `fields` are further fields of the report, its region and scope say."""

    name: str
    version: str
    year: int
    cells: Cells
    fields: dict[str, str] = {}


class Body(Struct):
    """One body: its figures of the year into which a fault goes, and of the year before.

    `source` is `synthetic`, or `real`: then the year's figures are those of a real report. `others` is what else is
    filed of its region, its departments or its predecessors, in this or the last year.
    """

    name: str
    version: str
    year: int
    before: Cells | None
    cells: Cells
    source: str
    fields: dict[str, str] = {}
    others: list[Filing] = []

    def filing(self, cells: Cells, year: int) -> Filing:
        """A report of this body on a year."""
        return Filing(self.name, self.version, year, cells, self.fields)

    @property
    def beside(self) -> list[Filing]:
        """What others file on the same year."""
        return [other for other in self.others if other.year == self.year]


@cache
def maker(version: str) -> FigureMaker:
    """The maker of figures in a version of the form."""
    return FigureMaker(form().versions[version])


def draw_figures(random: Random, version: str, *, is_large: bool, carried: Sequence[int] | None = None) -> Cells:
    """The figures of one year, without regulations, which few bodies may make; `carried` over by applicant type."""
    state = start_body(random, is_government=is_large)
    state.in_force["regulations"] = 0
    if carried is not None:
        state.carried_out = list(carried)
    declared = form().versions[version].cells
    made = dict(zip(declared, maker(version).make_year(random, state), strict=True))
    return {cell: f"{value}元" if declared[cell].type == "text" else value for cell, value in made.items()}


def synthetic_bodies(seed: int) -> Iterator[Body]:
    """Departments without end, each alone in its invented region, in either version of the form."""
    versions = list(form().versions)
    number = 0
    while True:
        random = Random(f"{seed}:{number}")  # noqa: S311 - figures, not secrets
        version = versions[number % len(versions)]
        cells = draw_figures(random, version, is_large=random.random() < 0.6)
        fields = {"scope": "own", "region_code": f"99{number % _REGIONS:04d}"}
        before = last_year(random, version, cells)
        yield Body(f"试验第{number:06d}局", version, YEARS[version], before, cells, "synthetic", fields)
        number += 1


def line_of(filing: Filing, sha256: str, **changed: object) -> dict[str, object]:
    """One report as raw extracted JSON; `changed` replaces fields of the report."""
    tables: dict[str, object] = {}
    for name, table in form().versions[filing.version].tables.items():
        rows: dict[str, dict[str, Value]] = {}
        for cell in table.cells:
            rows.setdefault(cell.row, {})[cell.column] = filing.cells[cell.id]
        tables[name] = {"form_version": filing.version, "cells": rows}
    year = filing.year
    report = {
        "authority": {"printed": filing.name, "normalised": filing.name},
        "year": year,
        "scope": "own",
        "period": f"{year}-01-01/{year}-12-31",
        "published": f"{year + 1}-01-20",
        "tables": tables,
    }
    document = {"sha256": sha256, "media_type": "text/html", "source_uri": f"fault:///{sha256[:16]}/{year}.html"}
    return {
        "schema": SCHEMA_ID,
        "document": document | {"bytes": 20_000, "captured_at": f"{year + 1}-03-01T00:00:00Z"},
        "extractor": {"name": "faults", "version": "1"},
        "reports": [report | filing.fields | changed],
    }


def grid(version: str, table: str) -> list[list[str]]:
    """The ids of a table's cells, row by row."""
    declared = form().versions[version].tables[table]
    return [[f"{table}.{row}.{column}" for column in declared.columns_of(row)] for row in declared.rows]


def counts(cells: Mapping[str, Value], names: Sequence[str]) -> list[int]:
    """The whole numbers of some cells; a blank counts as zero."""
    return [value if isinstance(value, int) else 0 for value in (cells[name] for name in names)]


def added(first: Cells, others: Sequence[Mapping[str, Value]], sign: int = 1) -> Cells:
    """Figures with all whole numbers of others added, or taken away; amounts of money stay."""
    sums = dict(first)
    for cell, value in first.items():
        if isinstance(value, int):
            sums[cell] = value + sign * sum(counts(cells, [cell])[0] for cells in others)
    return sums


def moved(body: Body, **changed: object) -> Body:
    """The body with other fields."""
    return msgspec.structs.replace(body, **changed)
