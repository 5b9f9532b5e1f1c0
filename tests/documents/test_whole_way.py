"""From the real documents to the mart, through the command line."""

import json
import os
from pathlib import Path

import pytest

from tests.rules.fired import fired_rules, listed_rules
from tests.whole_way import (
    check_held_table,
    check_published_figures,
    copy_with_one_digit_changed,
    query,
    run_gongkai,
)

pytestmark = pytest.mark.documents


@pytest.fixture(scope="module")
def seeds() -> Path:
    """The five documents that the project starts from."""
    folder = Path(os.environ["GONGKAI_DOCUMENTS"]) / "seeds"
    assert len(list(folder.iterdir())) == 5
    return folder


def test_real_documents_are_published_with_three_findings(seeds: Path, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse"
    printed = run_gongkai("run", "--input", seeds, "--warehouse", warehouse)
    assert "5 documents read with 5 reports, 0 rejected; 3 findings" in printed
    check_published_figures(warehouse)
    found = [json.loads(line) for line in run_gongkai("findings", "--json", "--warehouse", warehouse).splitlines()]
    assert sorted((f["document"][:3], f["verdict"], f["value"]) for f in found) == [
        ("000", "claim_conflict", 12147),
        ("003", "claim_conflict", 10),
        ("004", "ambiguous", 215),
    ]
    numbers = {rule: {name[:3] for name in names} for rule, names in fired_rules(warehouse).items()}
    assert numbers == {rule: {name[:3] for name in names} for rule, names in listed_rules().items()}
    held = "select count(*) from marts.fct_report_tables where status = 'held'"
    assert query(warehouse, held) == [(0,)]


def test_one_changed_digit_holds_one_table_of_one_report(seeds: Path, tmp_path: Path) -> None:
    document = copy_with_one_digit_changed(seeds, "001", tmp_path / "documents")
    run_gongkai("run", "--input", tmp_path / "documents", "--warehouse", tmp_path / "warehouse")
    check_held_table(tmp_path / "warehouse", document)
