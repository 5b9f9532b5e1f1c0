"""The prose of the real seeds: every figure stated there, with its verdict, and no other figure."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from contracts.raw_json import Claim, Legacy
from pipelines.extract.authority import read_identity
from pipelines.extract.claims import read_claims
from pipelines.extract.legacy import read_legacy
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.extract.readers.registry import read_pieces
from tests.verdicts import verdict_of

pytestmark = pytest.mark.documents
Found = tuple[str, int, str]

EXPECTED: dict[str, list[Found]] = {
    "000": [("received", 12147, "claim_conflict"), ("review", 286, "agrees"), ("lawsuits", 183, "agrees")],
    "001": [
        ("disclosure_sum", 3068, "agrees"),
        ("disclosures_part", 1475, "not_assessed"),
        ("disclosures_part", 739, "not_assessed"),
        ("disclosures_part", 854, "not_assessed"),
        ("normative_documents", 9, "agrees"),
        ("new_received", 10, "agrees"),
        ("channel", 8, "not_assessed"),
        ("channel", 1, "not_assessed"),
        ("channel", 1, "not_assessed"),
        ("channel_sum", 10, "agrees"),
        ("decided", 11, "agrees"),
        ("carried_in", 1, "agrees"),
        ("granted", 7, "agrees"),
        ("partially_granted", 2, "agrees"),
        ("denied", 1, "agrees"),
        ("other_handling", 1, "agrees"),
        ("outcome_sum", 11, "agrees"),
        ("review", 0, "agrees"),
        ("lawsuits", 0, "agrees"),
    ],
    "002": [
        ("received", 1080, "agrees"),
        ("decided", 1048, "agrees"),
        ("carried_out", 32, "agrees"),
        ("balance_sum", 1080, "agrees"),
        ("review", 35, "agrees"),
        ("lawsuits", 17, "agrees"),
    ],
    "003": [
        ("disclosure_sum", 601, "agrees"),
        ("disclosures_part", 51, "not_assessed"),
        ("disclosures_part", 550, "not_assessed"),
        ("new_received", 10, "agrees"),
        ("channel", 7, "not_assessed"),
        ("channel", 2, "not_assessed"),
        ("channel", 1, "not_assessed"),
        ("channel_sum", 10, "agrees"),
        ("carried_in", 0, "agrees"),
        ("applicant", 10, "agrees"),
        ("all_decided", 10, "agrees"),
        ("none_carried_out", 0, "agrees"),
        ("all_granted", 10, "claim_conflict"),
        ("review", 0, "agrees"),
        ("lawsuits", 0, "agrees"),
    ],
    "004": [
        ("received", 215, "not_assessed"),
        ("channel", 145, "not_assessed"),
        ("channel", 68, "not_assessed"),
        ("channel_sum", 215, "ambiguous"),
        ("decided", 249, "not_assessed"),
        ("reply_part", 2, "not_assessed"),
        ("granted", 53, "not_assessed"),
        ("denied", 56, "not_assessed"),
        ("reply_part", 104, "not_assessed"),
        ("reply_part", 11, "not_assessed"),
        ("reply_part", 23, "not_assessed"),
        ("outcome_sum", 249, "agrees"),
        ("implied_carried_in", 34, "not_assessed"),
        ("review", 1, "not_assessed"),
        ("case_result", 1, "not_assessed"),
        ("lawsuits", 0, "not_assessed"),
    ],
}
REGIONS = {"000": "330100", "001": "330100", "002": "330113", "003": "330105", "004": "330100"}
CONSOLIDATED = {"000", "002"}


def documents() -> Path:
    """The folder of real documents."""
    return Path(os.environ["GONGKAI_DOCUMENTS"])


def seed(number: str) -> tuple[Path, list[Piece]]:
    """A seed's path and pieces."""
    (path,) = (documents() / "seeds").glob(f"{number}_*")
    content = path.read_bytes()
    return path, read_pieces(content, detect_media_type(content, path.name))


def gold(path: Path) -> dict[str, Any]:
    """What a seed truly says."""
    found: dict[str, Any] = json.loads((documents() / "gold" / f"{path.stem}.json").read_text(encoding="utf-8"))
    return found


def claims_of(number: str) -> list[Claim]:
    """The claims of a seed, compared with its true cells."""
    path, pieces = seed(number)
    truth = gold(path)
    cells = {
        f"{table}.{row}.{column}": value
        for table, rows in truth["tables"].items()
        for row, columns in rows.items()
        for column, value in columns.items()
        if not isinstance(value, str)
    }
    legacy: Legacy | None = read_legacy(pieces, truth["year"])
    return read_claims(pieces, (), cells, legacy, truth["year"])


@pytest.mark.parametrize("number", EXPECTED)
def test_the_stated_figures_and_their_verdicts(number: str) -> None:
    claims = claims_of(number)
    found = [(claim.kind, claim.value, str(verdict_of(claim.kind, claim.agrees))) for claim in claims]
    assert sorted(found) == sorted(EXPECTED[number])


def test_the_misprinted_figure_is_as_near_to_two_cells() -> None:
    (claim,) = [claim for claim in claims_of("000") if claim.kind == "received"]
    assert claim.meaning == "new_received"
    assert [text.partition(" (")[2] for text in claim.candidates] == ["distance 1)", "distance 1)", "distance 2)"]
    assert [text.split(" = ")[1].split()[0] for text in claim.candidates] == ["12417", "12142", "12740"]


@pytest.mark.parametrize("number", EXPECTED)
def test_every_span_leads_to_the_printed_number(number: str) -> None:
    path, _ = seed(number)
    lines = path.read_text(encoding="utf-8").splitlines()
    for claim in claims_of(number):
        assert claim.span is not None
        assert claim.span.line is not None
        printed = lines[claim.span.line - 1][claim.span.char_start : claim.span.char_end]
        digits = "".join(character for character in printed if character.isdigit())
        stated = claim.value == 0 or claim.kind == "implied_carried_in" or int(digits) == claim.value
        assert stated, (claim.kind, claim.value, printed)


def test_the_legacy_indicators() -> None:
    path, pieces = seed("004")
    legacy = read_legacy(pieces, 2018)
    assert legacy is not None
    found = {entry.indicator: {"label": entry.label, entry.period: entry.value} for entry in legacy.indicators}
    assert found == gold(path)["legacy_indicators"]


@pytest.mark.parametrize("number", REGIONS)
def test_who_reports_on_which_year(number: str) -> None:
    path, pieces = seed(number)
    found, truth = read_identity(pieces, f"file:///archive/{path.name}"), gold(path)
    assert (found.authority.normalised, found.year) == (truth["authority"], truth["year"])
    assert found.region_code == REGIONS[number]
    assert found.scope == ("consolidated" if number in CONSOLIDATED else "own")
