"""A small size of `make accuracy`: no fault that leaves evidence gives a wrong number without a word."""

from itertools import product
from pathlib import Path

import pytest

from contracts.raw_json import Reading
from pipelines.extract.form_reader import TablesRead, read_tables
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.extract.readers.registry import read_pieces
from tests.accuracy.faults import FAULTS
from tests.accuracy.printed import Printed
from tests.accuracy.trial import Trial, draw_document, judge, run_trial
from tests.printed_layouts import LAYOUTS, Layout

DOCUMENT = Path(__file__).parents[1] / "docs" / "accuracy.md"
SEED = 7
ONCE_WRONG = [  # trials of larger counts that the reader of their day read wrong
    Trial("words broken", "label_lines", 1000023),
    Trial("label removed", "glued", 1000115),
    Trial("label removed", "glued", 1000157),
    Trial("figures shifted by a cell", "docx", 1000013),
    Trial("words broken", "pdf_plain", 1000003),
    Trial("empty lines", "numbers_first", 1000015),
    Trial("lines run together", "numbers_first", 1000020),
    Trial("lines run together", "numbers_first", 1000036),
    Trial("empty lines", "tabs", 1000016),
    Trial("number lost with its cell", "xlsx", 1000033),
    Trial("figures shifted by a cell", "docx", 1000035),
]
LAYOUTS_OF_A_FAULT = 5  # each fault in some layouts, so that all layouts have their turn


def sampled_trials(name: str) -> list[Trial]:
    """Some trials of one fault."""
    start = [fault.name for fault in FAULTS].index(name)
    layouts = [LAYOUTS[(start * 3 + step * 2) % len(LAYOUTS)] for step in range(LAYOUTS_OF_A_FAULT)]
    glued = FAULTS[start].layouts[len(LAYOUTS) :]
    return [Trial(name, layout, SEED) for layout in dict.fromkeys([*layouts, *glued])]


@pytest.mark.parametrize("fault", [fault.name for fault in FAULTS if fault.leaves_evidence])
def test_a_fault_is_decided_right_or_named(fault: str) -> None:
    results = [result for result in map(run_trial, sampled_trials(fault)) if result is not None]
    assert results
    assert {result.trial.layout: result.wrong for result in results if result.wrong} == {}


@pytest.mark.parametrize("trial", ONCE_WRONG, ids=str)
def test_what_was_once_read_wrong_stays_mended(trial: Trial) -> None:
    result = run_trial(trial)
    assert result is not None
    assert result.wrong == ()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_a_fault_everything_is_right(layout: Layout) -> None:
    result = run_trial(Trial("none", layout, SEED))
    assert result is not None
    assert result.outcome == "right"


def test_what_leaves_no_evidence_is_counted_as_wrong() -> None:
    silent = [fault.name for fault in FAULTS if not fault.leaves_evidence]
    outcomes = [run_trial(Trial(name, "pipes", SEED)) for name in silent]
    assert "wrong" in {result.outcome for result in outcomes if result is not None}


def read_without_fault() -> tuple[Trial, Printed, TablesRead]:
    """A document as it was read."""
    trial = Trial("none", "lines", SEED)
    drawn = draw_document(trial)
    assert drawn is not None
    printed, content = drawn
    return trial, printed, read_tables(read_pieces(content, detect_media_type(content, "report")))


def test_a_number_that_nothing_contradicts_is_wrong_and_one_that_an_identity_contradicts_is_named() -> None:
    trial, printed, read = read_without_fault()
    disclosures = read.tables["proactive_disclosure"]["cells"]["administrative_licenses"]
    disclosures["decisions"] += 1
    assert judge(trial, printed, read).outcome == "wrong"
    disclosures["decisions"] -= 1
    assert judge(trial, printed, read).outcome == "right"
    read.tables["applications"]["cells"]["granted"]["total"] += 1
    assert judge(trial, printed, read).outcome == "named"


@pytest.mark.parametrize(("state", "outcome"), [("missing", "named"), ("printed", "wrong"), ("", "wrong")])
def test_null_needs_a_word(state: str, outcome: str) -> None:
    trial, printed, read = read_without_fault()
    read.tables["applications"]["cells"]["granted"]["total"] = None
    if state:
        read.readings.append(Reading(cell="applications.granted.total", state=state))
    assert judge(trial, printed, read).outcome == outcome


def test_a_false_proof_is_wrong() -> None:
    trial, printed, read = read_without_fault()
    true = read.tables["applications"]["cells"]["granted"].pop("total")
    read.tables["applications"]["cells"]["granted"]["total"] = None
    read.readings.append(Reading(cell="applications.granted.total", state="blank_proven", value=true + 1))
    assert judge(trial, printed, read).outcome == "wrong"


def test_the_published_table_has_every_fault_and_layout() -> None:
    published = DOCUMENT.read_text(encoding="utf-8")
    missing = [name for name in (*(fault.name for fault in FAULTS), *LAYOUTS) if f"| {name} |" not in published]
    assert missing == []


def test_trials_are_the_same_for_the_same_seed() -> None:
    for name, layout in product(("stray number", "page break in table 三"), ("html", "rows")):
        first, second = (draw_document(Trial(name, layout, SEED)) for _ in range(2))
        assert first is not None
        assert second is not None
        assert first[1] == second[1]
