"""A warehouse of the samples in which two tables are held and decided about, made once for all tests."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from flows.command_line import app
from flows.outcome import RunOutcome
from flows.warehouse import run_warehouse
from pipelines.warehouse import Warehouse
from tests.whole_way import copy_with_one_digit_changed

SAMPLES = Path(__file__).parents[2] / "samples"
REVIEWS_SHA = "b" * 64
UPHELD = "reviews_and_lawsuits.review.upheld"
NEGATIVE_FEE = "-91.61"
BY = ("--by", "Reviewer <reviewer@example.org>")


@dataclass(frozen=True)
class DecidedWarehouse:
    """Where it lies, its ledger, and the document whose table 三 does not add up."""

    folder: Path
    document: str

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse itself."""
        return Warehouse(self.folder / "warehouse")

    @property
    def ledger(self) -> Path:
        """The ledger that its runs use."""
        return self.folder / "decisions.jsonl"

    def copy(self, target: Path) -> "DecidedWarehouse":
        """The same elsewhere, to be changed."""
        shutil.copytree(self.folder, target, symlinks=True)
        return replace(self, folder=target)

    def run(self, *inputs: Path, accepted: str | None = "another extraction") -> RunOutcome:
        """Take inputs in and publish, with the ledger; a reader that reads otherwise may change figures."""
        return run_warehouse(
            [str(path) for path in inputs], str(self.warehouse.root), accepted, ledger=str(self.ledger)
        )

    def gongkai(self, *arguments: str | Path, code: int = 0) -> str:
        """What a command prints: standard output, or standard error if it fails."""
        place = ("--warehouse", self.warehouse.root, "--ledger", self.ledger)
        result = CliRunner().invoke(app, [str(argument) for argument in (*arguments, *place)])
        assert result.exit_code == code, f"{result.stdout}\n{result.stderr}"
        # A message of wrong usage is drawn in a box, its words broken over lines.
        return " ".join(result.stderr.replace("│", " ").split()) if code else result.stdout

    def decide(self, *arguments: str | Path, code: int = 0) -> str:
        """What `gongkai decide` prints."""
        return self.gongkai("decide", *arguments, *BY, code=code)


def reviews_extraction(upheld: int, version: str = "1.0.0") -> bytes:
    """A sample's raw extracted JSON as another document in which the cases of one channel do not add up.

    Its fees are below zero, which a rule reports and no contract: a value that is printed wrong stops no run.
    """
    payload: dict[str, Any] = json.loads((SAMPLES / "json" / "003_tabs_simplified.json").read_text(encoding="utf-8"))
    payload["document"] |= {"sha256": REVIEWS_SHA, "source_uri": "reviews.json"}
    payload["extractor"]["version"] = version
    (report,) = payload["reports"]
    report["authority"] = {"printed": "某市某局", "normalised": "某市某局"}
    report |= {"evidence": [], "claims": []}
    report.pop("region_code", None)
    report["tables"]["reviews_and_lawsuits"]["cells"]["review"]["upheld"] = upheld
    report["tables"]["proactive_disclosure"]["cells"]["administrative_fees"]["amount_cny_10k"] = NEGATIVE_FEE
    return json.dumps(payload, ensure_ascii=False).encode()


def decide_held_tables(folder: Path) -> DecidedWarehouse:
    """Publish two held tables, accept one as reported, correct the other and publish again."""
    documents = folder / "documents"
    made = DecidedWarehouse(folder, copy_with_one_digit_changed(SAMPLES / "documents", "001", documents))
    (documents / "reviews.json").write_bytes(reviews_extraction(3))
    assert made.run(documents).version is not None
    made.decide("accept", made.document, "--reason", "the page prints it so")
    evidence = ("--evidence", "the letter of the body", "--reason", "a misprint")
    made.decide("correct", "reviews.json", UPHELD, "0", *evidence)
    assert made.run(documents).version is not None
    return made
