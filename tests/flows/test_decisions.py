"""Decisions the whole way: into the facts, kept when a document is read anew, expired, withdrawn; and refused ones."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import contract_steps
from flows.contract_steps import check_again
from pipelines.decisions import LedgerError, read_ledger
from pipelines.decisions.records import load_decisions
from pipelines.publishing import PublicationRefusedError, list_versions, writer_lock
from tests.flows.decided import NEGATIVE_FEE, UPHELD, DecidedWarehouse, reviews_extraction

Rows = list[tuple[Any, ...]]


def query(decided: DecidedWarehouse, statement: str) -> Rows:
    with duckdb.connect(decided.warehouse.live_mart.resolve(), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def statuses(decided: DecidedWarehouse) -> dict[str, str]:
    """The status of table 三 of the document that does not add up, and of table 四 of the other one."""
    found = """
        select source_uri, tables.status::varchar from marts.fct_report_tables as tables
        inner join marts.dim_report using (report_key) inner join marts.dim_document using (document_key)
        where table_id = case source_uri when 'reviews.json' then 'reviews_and_lawsuits' else 'applications' end
    """
    return {Path(source).name: status for source, status in query(decided, found)}


def states(decided: DecidedWarehouse) -> list[str]:
    return [json.loads(line)["state"] for line in decided.gongkai("decisions", "--json").splitlines()]


def extraction_of(decided: DecidedWarehouse, target: Path) -> Path:
    """The extraction of the accepted document as another version of the reader would give it."""
    (line,) = [
        json.loads(path.read_bytes())
        for path in decided.warehouse.extracted.rglob("*.json")
        if decided.document in path.read_text(encoding="utf-8")
    ]
    line["extractor"]["version"] = "9.9.9"
    target.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    return target


def test_a_fee_printed_below_zero_is_published_as_printed_and_a_rule_reports_it(decided: DecidedWarehouse) -> None:
    fees = "select value_printed from marts.fct_proactive_disclosures where measure = 'amount_cny_10k' and value < 0"
    assert query(decided, fees) == [(NEGATIVE_FEE,)]
    failed = (
        "select severity::varchar from marts.fct_rule_results where rule_id = 'fees_not_negative' and status = 'fail'"
    )
    assert query(decided, failed) == [("error",)]


def test_accepted_and_corrected_figures_are_in_the_facts_and_flagged(decided: DecidedWarehouse) -> None:
    assert statuses(decided)[decided.document] == "accepted"
    assert statuses(decided)["reviews.json"] == "passed"
    granted = """
        select applications, applications_reported, status::varchar, is_corrected, decision_id is not null
        from marts.fct_applications inner join marts.dim_authority using (authority_key)
        where authority_zh = '杭州市商务局' and outcome = 'granted' and applicant_type = 'natural_person'
    """
    assert query(decided, granted) == [(8, 8, "accepted", False, True)]
    cases = """
        select cases, cases_reported, status::varchar, is_corrected from marts.fct_reviews_and_lawsuits
        where report_key in (select report_key from marts.fct_decisions where kind = 'correct')
            and channel = 'review' and result = 'upheld'
    """
    assert query(decided, cases) == [(0, 3, "passed", True)]
    body = (
        "select applications_status, decided is not null from marts.authority_year where authority_zh = '杭州市商务局'"
    )
    assert query(decided, body) == [("accepted", True)]
    open_tables = "select count(*) from marts.fct_findings where is_open and finding_kind = 'identities_violated'"
    assert query(decided, open_tables) == [(0,)]
    evaluation = check_again(decided.warehouse)
    assert [report.red_results for report in evaluation.reports] == [[], [], [], []]
    assert evaluation.caution == ""
    assert states(decided) == ["active", "active"]


def test_the_version_that_is_live_once_the_lock_is_held_is_evaluated(
    decided: DecidedWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was waited for has published another than the one that was live before."""
    given = iter(list_versions(decided.warehouse)[-2:])
    monkeypatch.setattr(contract_steps, "live_version", lambda _: next(given))
    assert check_again(decided.warehouse).caution == ""


@pytest.mark.usefixtures("prefect_api")
def test_decisions_survive_another_extraction_expire_with_their_premise_and_are_withdrawn(
    decided: DecidedWarehouse, tmp_path: Path
) -> None:
    own = decided.copy(tmp_path / "own")
    documents = own.folder / "documents"
    versions = len(list_versions(own.warehouse))
    assert own.run(documents).version is None  # an unchanged ledger makes no version
    assert len(list_versions(own.warehouse)) == versions

    changed = tmp_path / "reviews.json"
    changed.write_bytes(reviews_extraction(5, "9.9.9"))
    anew = (extraction_of(own, tmp_path / "accepted.json"), changed)
    with pytest.raises(PublicationRefusedError, match="no document and no decision on them is new"):
        own.run(*anew, accepted=None)  # that the decision expires is no reason
    assert own.run(*anew).version is not None
    assert statuses(own)[own.document] == "accepted"
    assert statuses(own)["reviews.json"] == "held"
    assert states(own) == ["active", "expired"]
    expired = "select rule from marts.fct_findings where finding_kind = 'decision_expired' and is_open"
    (_, correction) = read_ledger(own.ledger).decisions
    assert query(own, expired) == [(f"decision.{correction.id}",)]

    (accepted, _) = read_ledger(own.ledger).decisions
    own.decide("withdraw", accepted.id)
    own.decide("correct", "reviews.json", UPHELD, "0", "--evidence", "the letter", "--reason", "a misprint")
    assert states(own) == ["withdrawn", "replaced", "pending"]
    assert own.run(*anew).version is not None  # no document is new, the ledger is
    assert statuses(own)[own.document] == "held"
    assert statuses(own)["reviews.json"] == "passed"
    out = "select count(*) from marts.fct_applications inner join marts.dim_authority using (authority_key) where {}"
    assert query(own, out.format("authority_zh = '杭州市商务局'")) == [(0,)]
    assert states(own) == ["withdrawn", "replaced", "active"]


def test_a_ledger_that_lost_lines_or_broke_stops_the_run(decided: DecidedWarehouse, tmp_path: Path) -> None:
    lines = decided.ledger.read_bytes().splitlines(keepends=True)
    shorter = tmp_path / "shorter.jsonl"
    shorter.write_bytes(lines[0])
    with pytest.raises(LedgerError, match="lacks decisions that the warehouse"):
        load_decisions(read_ledger(shorter), decided.warehouse.root)
    reworded = tmp_path / "reworded.jsonl"
    reworded.write_bytes(b"".join(lines).replace(b"a misprint", b"something else"))
    with pytest.raises(LedgerError, match="with other words"):
        load_decisions(read_ledger(reworded), decided.warehouse.root)
    assert not load_decisions(read_ledger(decided.ledger), decided.warehouse.root)
    broken = tmp_path / "own" / "decisions.jsonl"
    own = decided.copy(broken.parent)
    broken.write_bytes(b"".join(lines) + b'{"kind":"withdraw"}\n')
    assert "line 3 is no decision" in own.gongkai("run", "--input", own.folder / "documents", code=1)
    assert len(list_versions(own.warehouse)) == len(list_versions(decided.warehouse))


def test_wrong_decisions_are_refused_with_what_is_allowed(decided: DecidedWarehouse, tmp_path: Path) -> None:
    own = decided.copy(tmp_path / "own")
    before = own.ledger.read_bytes()
    why = ("--reason", "so", "--evidence", "page 1")
    assert "reviews_and_lawsuits.review.upheld" in own.decide(
        "correct", "reviews.json", "reviews_and_lawsuits.review.uphold", "1", *why, code=2
    )
    for no_number in ("many", "²", "5-5"):
        assert "holds a whole number" in own.decide("correct", "reviews.json", UPHELD, no_number, *why, code=2)
    other = "reviews_and_lawsuits.review.other_result"
    assert "as reported already" in own.decide("correct", "reviews.json", other, "0", *why, code=2)
    assert "Withdraw it first" in own.decide("correct", "reviews.json", UPHELD, "1", *why, code=1)
    assert "docs/form.md" in own.decide(
        "correct", "reviews.json", "proactive_disclosure.regulations.newly_made", "1", *why, code=1
    )
    assert "no held table that is open" in own.decide("accept", "reviews.json", *why[:2], code=1)
    assert "no open finding of the rule claim.received" in own.decide(
        "cannot-tell", "reviews.json", "--rule", "claim.received", *why[:2], code=1
    )
    assert "None of the 6 documents" in own.decide("reject", "nothing.pdf", *why[:2], code=1)
    assert "no earlier line has that id" in own.decide("withdraw", "d-000000000000", code=1)
    assert "needs a reason" in own.decide("reject", "reviews.json", "--reason", " ", code=2)
    assert own.ledger.read_bytes() == before
    own.warehouse.database.write_bytes(b"no database")  # nor can one be opened that another process writes
    with writer_lock(own.warehouse, "run-1"):
        assert ", run run-1" in own.decide("correct", "reviews.json", UPHELD, "1", *why, code=1)
    assert "not a valid DuckDB database" in own.decide("correct", "reviews.json", UPHELD, "1", *why, code=1)
    own.warehouse.database.unlink()
    assert "`gongkai run` makes it anew" in own.decide("correct", "reviews.json", UPHELD, "1", *why, code=1)
    shown = json.loads(own.decide("reject", "reviews.json", *why[:2], "--json"))
    assert (shown["kind"], shown["by"]) == ("reject_document", "Reviewer <reviewer@example.org>")
