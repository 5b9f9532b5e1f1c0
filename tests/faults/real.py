"""Figures of real reports, under invented names."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from contracts.form import form
from contracts.identities import evaluate
from contracts.raw_json import cells_of
from pipelines.extract.document import extract_document
from tests.faults.figures import YEARS, Body, Cells, counts, grid
from tests.faults.last_year import last_year

SUFFIXES = frozenset((".txt", ".html", ".pdf", ".docx"))
_WHOLE = ("applications", "reviews_and_lawsuits")
_TRIES = 50


def real_reports(folder: Path) -> list[tuple[str, Cells]]:
    """Version of the form and figures of the reports of real documents whose tables are complete and balanced."""
    found: list[tuple[str, Cells]] = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES):
        for report in extract_document(path.read_bytes(), path.name, "2025-01-01").reports:
            cells: Cells = dict(cells_of(report))
            for version, declared in form().versions.items():
                wanted = [cell for table in _WHOLE for row in grid(version, table) for cell in row]
                if all(cells.get(cell) is not None for cell in wanted) and all(
                    status == "pass"
                    for table in declared.tables
                    for _, status in evaluate(declared, table, cells).values()  # type: ignore[arg-type]
                ):
                    found.append((version, {cell: cells.get(cell) for cell in declared.cells}))
    return found


def real_bodies(reports: list[tuple[str, Cells]], seed: int) -> Iterator[Body]:
    """Bodies with the figures of real reports, their applicant types in another order, no two bodies alike."""
    random = Random(f"{seed}:real")  # noqa: S311 - figures, not secrets
    seen: set[tuple[object, ...]] = set()
    left = list(reports)
    number = 0
    while left:
        version, figures = chosen = random.choice(left)
        for _ in range(_TRIES):
            cells = _reordered(random, version, figures)
            if tuple(cells.values()) not in seen:
                break
        else:
            left.remove(chosen)  # one with few figures has few orders
            continue
        seen.add(tuple(cells.values()))
        may_make_rules = any(counts(cells, [c for c in cells if ".regulations." in c and isinstance(cells[c], int)]))
        name = f"实测第{number:06d}{'人民政府' if may_make_rules else '局'}"
        fields = {"scope": "own", "region_code": f"98{number % 10_000:04d}"}
        before = last_year(random, version, cells)
        yield Body(name, version, YEARS[version], before, cells, "real", fields)
        number += 1


def _reordered(random: Random, version: str, figures: Cells) -> Cells:
    """The figures with the columns of the applicant types in another order; every sum stays."""
    rows = grid(version, "applications")
    order = list(range(len(rows[0]) - 1))
    random.shuffle(order)
    return figures | {row[place]: figures[row[origin]] for row in rows for place, origin in enumerate(order)}
