"""`gongkai review`: the open findings one by one, each with its evidence, and what is decided about them."""

from pathlib import Path
from typing import Annotated, Literal

import duckdb
import typer

from contracts.decisions import Decision
from flows.commands.decide import By, checked_rule, checked_value, known_cell
from flows.commands.evidence import Reader, show_finding
from flows.commands.failures import failures_explained
from flows.commands.mart import open_live_mart
from flows.commands.open_findings import OpenFinding, decision_states, find_document, read_open, undecided
from flows.commands.options import DEFAULT_WAREHOUSE, LedgerFile, WarehouseFolder
from flows.commands.questions import ask
from flows.commands.terminal import messages, output
from pipelines.decisions import LedgerError, default_ledger, read_ledger
from pipelines.decisions.author import find_author
from pipelines.decisions.making import Signature, answer, correct, read_reported, record, reject
from pipelines.decisions.used import check_used
from pipelines.publishing import WriterBusyError
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai review

gongkai review --document report.pdf

gongkai review --rule rule.carry

gongkai review --rule identities.applications --by "Reviewer <reviewer@example.org>"

What was decided stands in the ledger at once, whatever ends the review; the next `gongkai run` applies it."""
Choice = Literal["a", "c", "r", "t", "s", "q"]
CHOICES: dict[Choice, str] = {
    "a": "accept as reported",
    "c": "correct",
    "r": "reject document",
    "t": "cannot tell",
    "s": "skip",
    "q": "quit",
}

OnlyDocument = Annotated[
    str | None, typer.Option("--document", metavar="DOCUMENT", help="Only this document: source, file name or sha256.")
]
OnlyRule = Annotated[
    str | None,
    typer.Option("--rule", metavar="RULE", help="Only these: identities.TABLE, claim.KIND, field.FIELD or rule.RULE."),
]


def review(
    document: OnlyDocument = None,
    rule: OnlyRule = None,
    by: By = None,
    ledger: LedgerFile = None,
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
) -> None:
    """Go through the open findings of the live version and decide: accept, correct, reject, cannot tell, skip, quit.

    After the findings come the failures of rules; those of mere hints only where --rule names the rule.
    Each decision is in the ledger before the next finding is shown. A finding that is decided is not shown again.
    """
    folder = Warehouse(warehouse)
    path = ledger or default_ledger()
    checked_rule(rule)
    with failures_explained(folder), open_live_mart(folder) as mart:
        check_used(read_ledger(path), folder)
        checked_rule(rule, mart)
        review_of = _Review(mart, folder, path, find_author(by))
        try:
            review_of.go(find_document(mart, document) if document else None, rule)
        except EOFError:
            output.print()
        finally:
            output.print(f"{review_of.recorded} decisions recorded in {path}.", markup=False)
            if review_of.recorded:
                messages.print("The next `gongkai run` applies them.")


class _Quit(Exception):  # noqa: N818 no error: the reviewer has seen enough
    """The reviewer ends the review."""


class _Review:
    """One review: the mart it looks at, where it records, and how many decisions it has recorded."""

    def __init__(self, mart: duckdb.DuckDBPyConnection, warehouse: Warehouse, ledger: Path, author: str) -> None:
        """Nothing is recorded yet."""
        self.recorded = 0
        self._mart = mart
        self._warehouse = warehouse
        self._ledger = ledger
        self._author = author
        self._applied = decision_states(mart)
        self._replaceable = {name for name, state in self._applied.items() if state == "expired"}
        self._reader = Reader(warehouse)

    def go(self, document: str | None, rule: str | None) -> None:
        """Show each finding that nobody has decided, until there is none or the reviewer quits."""
        findings = [
            finding
            for finding in undecided(read_open(self._mart), read_ledger(self._ledger), self._applied)
            if document in (None, finding.document)
            and rule in (None, finding.rule)
            and (rule is not None or not finding.is_hint)
        ]
        if not findings:
            output.print("No open finding: nothing is to be decided.")
        for number, finding in enumerate(findings, start=1):
            if not undecided([finding], read_ledger(self._ledger), self._applied):
                continue  # its document was rejected, or somebody else has decided meanwhile
            output.rule(f"{number} of {len(findings)}")
            show_finding(self._mart, finding, self._reader)
            try:
                self._decide(finding)
            except _Quit:
                break

    def _decide(self, finding: OpenFinding) -> None:
        """Ask until a decision is recorded, or the finding is skipped."""
        listed = ", ".join(f"\\[{key}] {meaning}" for key, meaning in CHOICES.items())
        while True:
            output.print(listed)
            choice = ask("Decision", list(CHOICES))
            if choice == "q":
                raise _Quit
            if choice == "s":
                return
            try:
                decisions = self._made(choice, finding)
                record(self._ledger, decisions, self._replaceable)
            except (typer.BadParameter, LedgerError, WriterBusyError) as problem:
                output.print(f"{problem}", markup=False, style="red")
                continue
            self.recorded += len(decisions)
            for decision in decisions:
                output.print(f"Recorded {decision.id}")
            return

    def _made(self, choice: str, finding: OpenFinding) -> list[Decision]:
        if choice == "c":
            return self._corrections(finding)
        signature = self._sign(needs_evidence=False)
        if choice == "r":
            return [reject(finding.document, signature)]
        kind: Literal["accept_as_reported", "cannot_tell"] = "accept_as_reported" if choice == "a" else "cannot_tell"
        return [answer(kind, finding.target, finding.premise, signature)]

    def _corrections(self, finding: OpenFinding) -> list[Decision]:
        """One correction of a cell, or all those of an explanation that is named by its number."""
        given = self._ask("Cell, or number of an explanation")
        explained = finding.explained_cells
        if given.isdigit() and 0 < int(given) <= len(explained):
            wanted = explained[int(given) - 1]
        elif given.isdigit():
            raise typer.BadParameter(
                f"There are {len(explained)} explanations; name one of them or a cell of the form."
            )
        else:
            wanted = [(known_cell(given).id, self._ask("Value, or `blank`"))]
        values = [(known_cell(name), text) for name, text in wanted]
        checked = [(cell, checked_value(cell, text)) for cell, text in values]
        reported = [read_reported(self._warehouse, finding.target, cell) for cell, _ in checked]
        for (cell, value), before in zip(checked, reported, strict=True):
            if value == before:
                raise typer.BadParameter(f"{cell.id} is {value} as reported already: there is nothing to correct.")
        signature = self._sign(needs_evidence=True)
        return [
            correct(finding.target, cell.id, value, before, signature)
            for (cell, value), before in zip(checked, reported, strict=True)
        ]

    def _sign(self, *, needs_evidence: bool) -> Signature:
        reason = self._ask("Reason")
        return Signature(self._author, reason, self._ask("Evidence") if needs_evidence else "")

    def _ask(self, question: str) -> str:
        """An answer that is not empty."""
        while not (given := ask(question).strip()):
            output.print(f"{question}: it cannot be empty.")
        return given
