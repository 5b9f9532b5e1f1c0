"""Real reports that contradict themselves in print: found as the authority's errors, with the place of each figure."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.whole_way import run_gongkai

pytestmark = pytest.mark.documents
PRINTED_SO = {
    "020_pingtan_2020_glued.txt": ("applications", {"outcomes.natural_person": 6, "outcomes.total": 6}),
    "001_hongze_district_2023.pdf": ("reviews_and_lawsuits", {"cases.review": 11, "cases.lawsuit_after_review": 5}),
}


def test_contradictions_in_print_are_the_authorities_errors(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in PRINTED_SO:
        shutil.copy(Path(os.environ["GONGKAI_DOCUMENTS"]) / "found" / name, folder)
    run_gongkai("run", "--input", folder, "--warehouse", tmp_path / "warehouse")
    printed = run_gongkai("findings", "--json", "--warehouse", tmp_path / "warehouse")
    held = {f["document"]: f for f in map(json.loads, printed.splitlines()) if f["identities"]}
    assert set(held) == set(PRINTED_SO)
    for name, (table, residuals) in PRINTED_SO.items():
        finding = held[name]
        assert finding["verdict"] == "reporting_error"
        assert finding["table"] == table
        assert dict(zip(finding["identities"], finding["residuals"], strict=True)) == residuals
        for change in finding["explanations"][0]["cells"]:
            place = finding["span"][change["cell"]]
            assert place["file"] == name
            assert place["words"][slice(*place["mark"])] == str(change["old"])
    best = held["001_hongze_district_2023.pdf"]["explanations"][0]
    assert [change["new"] for change in best["cells"]] == [11, 5]
