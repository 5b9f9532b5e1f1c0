"""What is loaded again: what replaces what, what stays, and what counts as new."""

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from pipelines.decisions import read_ledger
from pipelines.decisions.records import load_decisions
from pipelines.publishing import Inputs, describe_inputs
from pipelines.validation import payloads
from tests.load.payloads import content_of, counts, document_of, load, query, rejected_of, report_of


def inputs_of(warehouse: Path) -> Inputs:
    """What a version would be said to be made from; without a ledger."""
    load_decisions(read_ledger(warehouse / "decisions.jsonl"), warehouse)
    with duckdb.connect(warehouse / "warehouse.duckdb", read_only=True) as connection:
        return describe_inputs(connection)


def test_of_duplicates_in_a_batch_the_last_counts(tmp_path: Path) -> None:
    documents: list[object] = [document_of("a", 1), document_of("b", 5), document_of("a", 2), document_of("a", 3)]
    result = load(tmp_path, [*documents, document_of("a", 3)])
    assert (result.documents, result.reports, result.superseded_in_batch) == (2, 2, 3)
    assert counts(tmp_path / "warehouse")["claims"] == 2
    found = query(tmp_path / "warehouse", "select applications__granted__total from raw.reports order by all")
    assert found == [(3,), (5,)]


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    documents: list[object] = [document_of("a", 1), rejected_of("b"), b"{broken"]
    load(tmp_path, documents)
    before = content_of(tmp_path / "warehouse")
    again = load(tmp_path, documents, "run-2")
    assert (again.inserted, again.updated, again.unchanged, again.written) == (0, 0, 3, 0)
    assert (again.documents, again.rejected) == (1, Counter({"no_report": 1, "invalid_json": 1}))
    assert content_of(tmp_path / "warehouse") == before
    assert query(tmp_path / "warehouse", "select distinct run_id from raw.documents") == [("run-1",)]


def test_a_new_payload_replaces_all_rows_of_the_old_one(tmp_path: Path) -> None:
    two = document_of("a", 0, reports=[report_of(1, 2022), report_of(2, 2023)])
    load(tmp_path, [two, document_of("b", 5)])
    without_claims = report_of(3)
    without_claims["claims"] = []
    result = load(tmp_path, [document_of("a", 0, reports=[without_claims])], "run-2")
    assert (result.inserted, result.updated) == (0, 1)
    expected = {"documents": 2, "reports": 2, "claims": 1, "legacy_indicators": 0, "rejected_documents": 0}
    assert counts(tmp_path / "warehouse") == expected
    orphans = "select count(*) from raw.reports anti join raw.documents using (document_key, payload_sha256)"
    assert query(tmp_path / "warehouse", orphans) == [(0,)]


def test_a_rejection_by_the_extractor_retires_the_report(tmp_path: Path) -> None:
    load(tmp_path, [document_of("a", 1)])
    load(tmp_path, [rejected_of("a")], "run-2")
    expected = {"documents": 1, "reports": 0, "claims": 0, "legacy_indicators": 0, "rejected_documents": 1}
    assert counts(tmp_path / "warehouse") == expected
    load(tmp_path, [document_of("a", 1)], "run-3")
    expected = {"documents": 1, "reports": 1, "claims": 1, "legacy_indicators": 0, "rejected_documents": 0}
    assert counts(tmp_path / "warehouse") == expected


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_broken_payload_never_displaces_an_accepted_one(tmp_path: Path, *, in_one_batch: bool) -> None:
    broken = document_of("a", 2)
    broken["reports"][0]["year"] = "soon"
    batches: list[list[object]] = [[document_of("a", 1)], [broken]]
    results = [load(tmp_path, batches[0] + batches[1])] if in_one_batch else [load(tmp_path, b) for b in batches]
    assert results[-1].rejected == Counter({"schema_violation": 1})
    expected = {"documents": 1, "reports": 1, "claims": 1, "legacy_indicators": 0, "rejected_documents": 1}
    assert counts(tmp_path / "warehouse") == expected
    assert query(tmp_path / "warehouse", "select status from raw.documents") == [("read",)]
    load(tmp_path, [document_of("a", 3)], "run-2")
    assert counts(tmp_path / "warehouse")["rejected_documents"] == 0


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_broken_payload_never_displaces_an_accepted_rejection(tmp_path: Path, *, in_one_batch: bool) -> None:
    broken = document_of("a", 2)
    broken["reports"][0]["year"] = "soon"
    rejected: list[object] = [rejected_of("a", "encrypted")]
    batches: list[list[object]] = [[*rejected, broken]] if in_one_batch else [rejected, [broken]]
    results = [load(tmp_path, batch) for batch in batches]
    assert results[-1].rejected == Counter({"encrypted" if in_one_batch else "schema_violation": 1})
    known = query(tmp_path / "warehouse", "select status, media_type, bytes from raw.documents")
    assert known == [("rejected", "text/plain", 10)]
    reasons = query(tmp_path / "warehouse", "select reason from raw.rejected_documents")
    assert reasons == [("encrypted",)]


def test_a_rejection_that_other_code_refused_is_taken_when_it_is_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "_find_fault", lambda _document: ("schema_violation", "not allowed"))
    load(tmp_path, [rejected_of("a", "encrypted")])
    monkeypatch.undo()
    result = load(tmp_path, [rejected_of("a", "encrypted")], "run-2")
    assert (result.inserted, result.updated, result.unchanged) == (0, 1, 0)
    assert query(tmp_path / "warehouse", "select reason from raw.rejected_documents") == [("encrypted",)]
    assert query(tmp_path / "warehouse", "select media_type from raw.documents") == [("text/plain",)]


def test_a_payload_that_other_code_refused_is_loaded_when_it_is_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "_find_fault", lambda _document: ("schema_violation", "not allowed"))
    load(tmp_path, [document_of("a", 1)])
    monkeypatch.undo()
    before = inputs_of(tmp_path / "warehouse")
    result = load(tmp_path, [document_of("a", 1)], "run-2")
    assert (result.inserted, result.updated, result.unchanged) == (0, 1, 0)
    expected = {"documents": 1, "reports": 1, "claims": 1, "legacy_indicators": 0, "rejected_documents": 0}
    assert counts(tmp_path / "warehouse") == expected
    assert query(tmp_path / "warehouse", "select status, run_id from raw.documents") == [("read", "run-2")]
    assert inputs_of(tmp_path / "warehouse") != before
