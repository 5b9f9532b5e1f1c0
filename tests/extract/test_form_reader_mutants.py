"""Faults in documents of every text layout: no cell ever gets another number than the one that was printed for it."""

import json
from pathlib import Path

import pytest

from tests.extract.mutant_check import find_wrong_cells, mutate
from tests.extract.mutants import parse_rows, write_rows

SAMPLES = Path(__file__).parents[2] / "samples"
DOCUMENTS = sorted(path for path in (SAMPLES / "documents").glob("*.txt") if "prose" not in path.stem)
MUTANTS = 40


def figures(document: Path) -> dict[str, dict[str, dict[str, int | str | None]]]:
    """The reviewed figures of a sample."""
    content = json.loads((SAMPLES / "json" / f"{document.stem}.json").read_text(encoding="utf-8"))
    return {name: table["cells"] for name, table in content["reports"][0]["tables"].items()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_rows_are_written_as_they_were_read(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    rows = parse_rows(text)
    assert write_rows(rows) == text
    assert {row.table for row in rows if row.figures} >= set(figures(document))


@pytest.mark.parametrize("faults", [1, 2])
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_fault_never_gives_another_number(document: Path, faults: int) -> None:
    text, truth = document.read_text(encoding="utf-8"), figures(document)
    failed = {}
    for number in range(MUTANTS):
        mutant, log = mutate(text, f"{document.stem} {faults} {number}", faults)
        wrong = find_wrong_cells(mutant, truth)
        if wrong:
            failed[number] = (log, wrong)
    assert failed == {}
