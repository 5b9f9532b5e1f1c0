"""The real documents that the project starts from, cell by cell as they were read by eye, and with faults in them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from pipelines.extract.form_reader import TablesRead, read_tables
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.extract.readers.registry import read_pieces
from tests.extract.mutant_check import find_wrong_cells, mutate

pytestmark = pytest.mark.documents
SEEDS = ("000", "001", "002", "003")
CELLS = 800
MUTANTS = 40


def documents() -> Path:
    """The folder of real documents."""
    return Path(os.environ["GONGKAI_DOCUMENTS"])


def seed(number: str) -> Path:
    """The path of a seed."""
    (path,) = (documents() / "seeds").glob(f"{number}_*")
    return path


def gold(stem: str) -> dict[str, Any]:
    """What a document truly says."""
    content: dict[str, Any] = json.loads((documents() / "gold" / f"{stem}.json").read_text(encoding="utf-8"))
    return content


def read(path: Path) -> TablesRead:
    """The tables of a document."""
    content = path.read_bytes()
    return read_tables(read_pieces(content, detect_media_type(content, path.name)))


def printed(found: TablesRead) -> dict[str, Any]:
    """The cells of all tables."""
    return {name: table["cells"] for name, table in found.tables.items()}


def test_all_cells_of_the_seeds_are_as_printed() -> None:
    cells = 0
    for number in SEEDS:
        path = seed(number)
        found, truth = read(path), gold(path.stem)
        assert printed(found) == truth["tables"]
        assert {table["form_version"] for table in found.tables.values()} == {truth["form_version"]}
        assert [reading for reading in found.readings if reading.state != "printed"] == []
        cells += sum(len(row) for table in printed(found).values() for row in table.values())
    assert cells == CELLS


def test_a_number_of_another_table_is_left_over() -> None:
    assert [(leftover.table, leftover.raw) for leftover in read(seed("003")).leftovers] == [("applications", "91.61")]


def test_money_is_kept_as_printed() -> None:
    assert printed(read(seed("002")))["proactive_disclosure"]["administrative_fees"] == {"amount_cny_10k": "2023.852"}


def test_a_heading_with_another_number_is_noted() -> None:
    (reading,) = read(seed("003")).readings
    assert (reading.cell, reading.raw[:2]) == ("proactive_disclosure", "2、")


def test_prose_alone_has_no_tables() -> None:
    assert read(seed("004")).tables == {}


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("011_shanghai_govoffice_2019_unescaped.html", "011_shanghai_govoffice_2019"),
        ("011_shanghai_govoffice_2019_js_fragment.txt", "011_shanghai_govoffice_2019"),
        ("012_shuyang_county_2025_ocr_markdown.txt", "012_shuyang_county_2025"),
    ],
)
def test_found_documents_are_read_or_said_to_be_blank(name: str, stem: str) -> None:
    found = read(documents() / "found" / name)
    truth = gold(stem)["tables"]
    assert printed(found) == truth
    named = {reading.cell for reading in found.readings}
    blank = {
        f"{t}.{r}.{c}" for t, rows in truth.items() for r, row in rows.items() for c, v in row.items() if v is None
    }
    assert blank <= named


def test_a_fragment_is_read_in_part_and_says_so() -> None:
    found = read(documents() / "found" / "004_huaian_city_2024_pdftext_fragment.txt")
    cells = printed(found)
    assert cells["proactive_disclosure"]["administrative_fees"] == {"amount_cny_10k": "96171.6"}
    rows = {row: list(values.values()) for row, values in cells["applications"].items() if None not in values.values()}
    assert len(rows) == 13
    assert rows["partially_granted"] == [447, 7, 0, 0, 0, 0, 454]  # its label ends in the line of its figures
    assert all(sum(values[:-1]) == values[-1] for values in rows.values())
    missing = {reading.cell for reading in found.readings if reading.state == "missing"}
    unread = {
        f"{name}.{row}.{column}"
        for name, table in cells.items()
        for row, values in table.items()
        for column, value in values.items()
        if value is None
    }
    assert missing == unread


@pytest.mark.parametrize("faults", [1, 2])
@pytest.mark.parametrize("number", SEEDS)
def test_a_fault_never_gives_another_number(number: str, faults: int) -> None:
    path = seed(number)
    text, truth = path.read_text(encoding="utf-8"), gold(path.stem)["tables"]
    failed = {}
    for mutant_number in range(MUTANTS):
        mutant, log = mutate(text, f"{path.stem} {faults} {mutant_number}", faults)
        wrong = find_wrong_cells(mutant, truth)
        if wrong:
            failed[mutant_number] = (log, wrong)
    assert failed == {}
