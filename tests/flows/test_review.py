"""`gongkai review` in a terminal, driven by a script from the first finding to the last, interrupted on the way."""

import os
import re
import shutil
from pathlib import Path

import pytest

from contracts.decisions import AcceptAsReported, CannotTell, Correct, Premise, RejectDocument, kind_of
from flows.commands.evidence import Reader
from pipelines.capture import Document, capture
from pipelines.decisions import read_ledger
from pipelines.publishing import list_versions, roll_back
from pipelines.warehouse import Warehouse
from tests.flows.decided import DecidedWarehouse
from tests.flows.terminal import INTERRUPT, Terminal
from tests.whole_way import GONGKAI

CELL = "applications.granted.natural_person"
HIGHLIGHTED = re.compile(r"\x1b\[1;7m8\x1b\[0m")


@pytest.fixture
def undecided(decided: DecidedWarehouse, tmp_path: Path) -> DecidedWarehouse:
    """The warehouse as it was before anything was decided."""
    own = decided.copy(tmp_path / "own")
    first, *later = list_versions(own.warehouse)
    roll_back(own.warehouse, first.id)
    for version in later:
        shutil.rmtree(version.folder)  # else the ledger would lack what they were made with
    own.ledger.unlink()
    return own


def review(own: DecidedWarehouse, *arguments: str) -> Terminal:
    environment = {**os.environ, "GONGKAI_LEDGER": str(own.ledger), "GONGKAI_BY": "Reviewer"}
    return Terminal([GONGKAI, "review", "--warehouse", own.warehouse.root, *arguments], environment)


def test_from_the_first_finding_to_the_last(undecided: DecidedWarehouse) -> None:
    with review(undecided, "--rule", "identities.applications") as terminal:
        shown = terminal.wait_for("Decision: ")
        assert "1 of 1" in shown
        assert "outcomes.natural_person" in shown
        assert "+1" in shown
        assert HIGHLIGHTED.search(shown)
        assert "prose (" in shown
        terminal.type("x")
        terminal.wait_for("Please select one of the available options", "Decision: ")
        terminal.type("c")
        terminal.wait_for("Cell, or number of an explanation: ")
        terminal.type("applications.grantd.natural_person")
        terminal.wait_for("is no cell of the form")
        terminal.wait_for("Decision: ")
        for question, answer in {
            "Cell, or number of an explanation: ": "c",
            "Value, or `blank`: ": CELL,
            "Reason: ": "7",
            "Evidence: ": "a digit was misread",
            "Recorded d-": "the scan, page 3",
        }.items():
            terminal.type(answer)
            terminal.wait_for(question)
        terminal.wait_for("1 decisions recorded")
        assert terminal.end() == 0
    (correction,) = read_ledger(undecided.ledger).decisions
    assert isinstance(correction, Correct)
    assert (correction.cell, correction.value, correction.expect.value) == (CELL, 7, 8)
    assert (correction.by, correction.rule) == ("Reviewer", "identities.applications")


def test_an_interruption_loses_nothing_and_the_next_review_goes_on(undecided: DecidedWarehouse) -> None:
    with review(undecided) as terminal:
        shown = terminal.wait_for("Decision: ")
        count = int(re.search(r"1 of (\d+)", shown).group(1))  # type: ignore[union-attr]
        terminal.type("t")
        terminal.wait_for("Reason: ")
        terminal.type("")
        terminal.wait_for("cannot be empty")
        terminal.wait_for("Reason: ")
        terminal.type("both are possible")
        terminal.wait_for("Decision: ")
        terminal.type(INTERRUPT)
        terminal.wait_for("1 decisions recorded")
        assert terminal.end() != 0
    assert [kind_of(one) for one in read_ledger(undecided.ledger).decisions] == ["cannot_tell"]
    choices = {
        "identities.applications": "a",
        "identities.reviews_and_lawsuits": "r",
        "rule.legacy_channels_sum": "a",
    }
    numbers: list[int] = []
    with review(undecided) as terminal:
        while "decisions recorded" not in (shown := terminal.wait_for("Decision: ", "decisions recorded")):
            numbers.append(int(re.search(rf"(\d+) of {count - 1}", shown).group(1)))  # type: ignore[union-attr]
            choice = next((choice for rule, choice in choices.items() if rule in shown), "s")
            terminal.type(choice)
            if choice != "s":
                terminal.wait_for("Reason: ")
                terminal.type("the page prints it so")
                terminal.wait_for("Recorded d-")
        assert "3 decisions recorded" in shown
        assert terminal.end() == 0
    assert numbers == sorted(set(numbers))
    decisions = read_ledger(undecided.ledger).decisions
    assert {type(one) for one in decisions} == {CannotTell, AcceptAsReported, RejectDocument}
    (on_rule,) = (one for one in decisions if isinstance(one, AcceptAsReported) and one.rule.startswith("rule."))
    assert on_rule.expect == Premise(observed="213")


def test_nothing_open_is_said(decided: DecidedWarehouse) -> None:
    environment = {**os.environ, "GONGKAI_LEDGER": str(decided.ledger), "GONGKAI_BY": "Reviewer"}
    command = [GONGKAI, "review", "--warehouse", decided.warehouse.root, "--rule", "identities.applications"]
    with Terminal(command, environment) as terminal:
        terminal.wait_for("No open finding")
        assert terminal.end() == 0


def test_a_document_that_cannot_be_read_again_says_why(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    absent = Reader(warehouse).read("0" * 64)
    assert "none of the 0 documents" in str(absent)
    (tmp_path / "page.html").write_text("<p>", encoding="utf-8")
    (captured,) = capture([tmp_path / "page.html"], warehouse.archive)
    assert isinstance(captured, Document)
    assert "was not read: " in str(Reader(warehouse).read(captured.sha256))
    captured.path.unlink()
    assert "No such file" in str(Reader(warehouse).read(captured.sha256))
