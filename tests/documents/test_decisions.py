"""Two real reports that do not add up: held, accepted as reported, kept when they are read anew, and withdrawn."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.whole_way import query, run_gongkai

pytestmark = pytest.mark.documents
NAMES = ("020_pingtan_2020_glued.txt", "001_hongze_district_2023.pdf")
STATUSES = """
    select source_uri, tables.table_id::varchar, tables.status::varchar
    from marts.fct_report_tables as tables
    inner join marts.dim_report using (report_key) inner join marts.dim_document using (document_key)
    where tables.status in ('held', 'accepted')
"""
FACTS = """
    select distinct source_uri, facts.status::varchar, facts.decision_id is not null
    from marts.{} as facts
    inner join marts.dim_report using (report_key) inner join marts.dim_document using (document_key)
    where facts.status = 'accepted'
"""
OF_TABLE = {"applications": "fct_applications", "reviews_and_lawsuits": "fct_reviews_and_lawsuits"}


class Reports:
    """The two documents, their warehouse and its ledger."""

    def __init__(self, folder: Path) -> None:
        """Copy the documents."""
        self.documents = folder / "documents"
        self.documents.mkdir()
        for name in NAMES:
            shutil.copy(Path(os.environ["GONGKAI_DOCUMENTS"]) / "found" / name, self.documents / name)
        self.place = ("--warehouse", folder / "warehouse", "--ledger", folder / "decisions.jsonl")

    def run(self, *more: str | Path) -> None:
        """Take in and publish, with the ledger."""
        run_gongkai("run", *more, *self.place)

    def statuses(self) -> dict[str, set[tuple[str, str]]]:
        """By document its tables that fail, with their status."""
        found: dict[str, set[tuple[str, str]]] = {name: set() for name in NAMES}
        for source, table, status in query(Path(self.place[1]), STATUSES):
            found[Path(source).name].add((table, status))
        return found

    def accepted(self, table: str) -> set[str]:
        """The documents of which a fact holds an accepted table, each row with its decision."""
        rows = query(Path(self.place[1]), FACTS.format(OF_TABLE[table]))
        assert all(status == "accepted" and is_named for _, status, is_named in rows)
        return {Path(source).name for source, *_ in rows}

    def extractions(self, version: str) -> list[Path]:
        """The documents' extractions, as another version of the reader would give them."""
        changed = []
        for path in sorted((Path(self.place[1]) / "extracted").rglob("*.json")):
            content = json.loads(path.read_bytes())
            content["extractor"]["version"] = version
            changed.append(self.documents.parent / path.name)
            changed[-1].write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return changed


def test_accepted_as_reported_kept_and_withdrawn(tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    reports.run("--input", reports.documents)
    held = reports.statuses()
    tables = {table for found in held.values() for table, _ in found}
    assert all(found and {status for _, status in found} == {"held"} for found in held.values())

    by = ("--by", "Reviewer", "--reason", "the page prints it so")
    for name in NAMES:
        run_gongkai("decide", "accept", name, *by, *reports.place)
    reports.run("--input", reports.documents)
    let_in = {name: {(table, "accepted") for table, _ in found} for name, found in held.items()}
    assert reports.statuses() == let_in
    for table in tables:
        assert reports.accepted(table) == {name for name in NAMES if (table, "accepted") in let_in[name]}

    inputs = [part for path in reports.extractions("9.9.9") for part in ("--input", path)]
    reports.run(*inputs, "--accept-changes", "read anew")
    assert reports.statuses() == let_in

    listed = [json.loads(line) for line in run_gongkai("decisions", "--json", *reports.place).splitlines()]
    assert {decision["state"] for decision in listed} == {"active"}
    for decision in listed:
        run_gongkai("decide", "withdraw", decision["id"], "--by", "Reviewer", *reports.place)
    reports.run(*inputs)
    assert reports.statuses() == held
    for table in tables:
        assert reports.accepted(table) == set()
