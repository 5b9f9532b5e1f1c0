"""`gongkai decide`: record a decision from a script, or from the command line."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from contracts.decisions import CLAIM_RULE, Decision, answerable_rules, encode, kind_of
from contracts.form import Cell, form
from flows.commands.failures import FAILURE, failures_explained
from flows.commands.mart import open_live_mart
from flows.commands.open_findings import OpenFinding, expired_decisions, find_document, found_rules, read_open
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, LedgerFile, WarehouseFolder
from flows.commands.terminal import messages, output
from pipelines.decisions import default_ledger, read_ledger
from pipelines.decisions.author import AUTHOR_VARIABLE, find_author
from pipelines.decisions.making import (
    AnswerKind,
    Signature,
    Target,
    answer,
    correct,
    parse_value,
    read_reported,
    record,
    reject,
    withdraw,
)
from pipelines.decisions.used import check_used
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai decide accept report.pdf --reason "The page prints it so"

gongkai decide correct report.pdf applications.granted.total 7 --reason "A digit was lost" --evidence "Scan, page 3"

gongkai decide cannot-tell report.pdf --rule claim.received --reason "Both are possible"

gongkai decide accept report.pdf --rule rule.carry --reason "The body has restated last year's figure"

gongkai decide reject report.pdf --reason "A draft, withdrawn by the body"

gongkai decide withdraw d-0123456789ab --reason "The body has answered"

What was decided stands in the ledger; the next `gongkai run` applies it."""
_NEAREST = 5
app = typer.Typer(
    help="Record what you decide about a finding, a cell or a document.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog=EXAMPLES,
)

DocumentName = Annotated[
    str,
    typer.Argument(metavar="DOCUMENT", help="A document: its source, its file name, or the beginning of its sha256."),
]
ReportNumber = Annotated[
    int | None, typer.Option("--report", metavar="N", min=1, help="Which report of the document, from 1.")
]
RuleName = Annotated[
    str | None,
    typer.Option(
        "--rule", metavar="RULE", help="Which finding: identities.TABLE, claim.KIND, field.FIELD or rule.RULE."
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept with the decision.")]
Evidence = Annotated[
    str, typer.Option("--evidence", metavar="TEXT", help="What speaks for it: a page, a letter, a link.")
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", envvar=AUTHOR_VARIABLE, help="Who decides.", show_default="git's user"),
]


@dataclass(frozen=True)
class _Place:
    """Where decisions are looked up and recorded, and how they are shown."""

    warehouse: Warehouse
    ledger: Path
    as_json: bool


def _add_answer(name: str, kind: AnswerKind, meaning: str) -> None:
    """Add the command that answers findings in one way."""

    @app.command(name, epilog=EXAMPLES, help=meaning)
    def command(
        document: DocumentName,
        reason: Reason,
        rule: RuleName = None,
        report: ReportNumber = None,
        evidence: Evidence = "",
        by: By = None,
        ledger: LedgerFile = None,
        warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
        as_json: AsJson = False,
    ) -> None:
        place = _Place(Warehouse(warehouse), ledger or default_ledger(), as_json)
        _answer(kind, place, document, report, rule, lambda: _sign(by, reason, evidence))


_add_answer(
    "accept",
    "accept_as_reported",
    "Accept as reported: the document prints it so. A held table enters facts and marts, flagged as accepted.\n\n"
    "Without --rule all held tables of the document, or of one of its reports, are accepted.",
)
_add_answer(
    "cannot-tell",
    "cannot_tell",
    "Nobody can tell what is right: the finding is answered, a held table stays held.\n\n"
    "Without --rule this is said of all held tables of the document, or of one of its reports.",
)


@app.command("correct", epilog=EXAMPLES)
def correct_cell(
    document: DocumentName,
    cell: Annotated[str, typer.Argument(metavar="CELL", help="A cell of the form: table.row.column.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Its value, or `blank` for none.")],
    reason: Reason,
    evidence: Annotated[str, typer.Option("--evidence", metavar="TEXT", help="What shows that the value is right.")],
    rule: RuleName = None,
    report: ReportNumber = None,
    by: By = None,
    ledger: LedgerFile = None,
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
    as_json: AsJson = False,
) -> None:
    """Give a cell another value than the one reported, which stays beside it. Needs a reason and evidence."""
    place = _Place(Warehouse(warehouse), ledger or default_ledger(), as_json)
    checked_rule(rule)
    known = known_cell(cell)
    decided = checked_value(known, value)
    with failures_explained(place.warehouse):
        check_used(read_ledger(place.ledger), place.warehouse)
        signature = _sign(by, reason, evidence)
        with open_live_mart(place.warehouse) as mart:
            checked_rule(rule, mart)
            sha256 = find_document(mart, document)
            target = Target(sha256, report or _only_report(mart, sha256), rule)
            reported = read_reported(place.warehouse, target, known)
            if reported == decided:
                raise typer.BadParameter(f"{cell} is {value} as reported already: there is nothing to correct.")
            _record(place, mart, [correct(target, cell, decided, reported, signature)])


@app.command("reject", epilog=EXAMPLES)
def reject_document(
    document: DocumentName,
    reason: Reason,
    evidence: Evidence = "",
    by: By = None,
    ledger: LedgerFile = None,
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
    as_json: AsJson = False,
) -> None:
    """Reject a document: nothing of it counts, another revision of its body-year takes its place if there is one."""
    place = _Place(Warehouse(warehouse), ledger or default_ledger(), as_json)
    with failures_explained(place.warehouse):
        check_used(read_ledger(place.ledger), place.warehouse)
        signature = _sign(by, reason, evidence)
        with open_live_mart(place.warehouse) as mart:
            _record(place, mart, [reject(find_document(mart, document), signature)])


@app.command("withdraw", epilog=EXAMPLES)
def withdraw_decision(
    decision: Annotated[str, typer.Argument(metavar="ID", help="The decision's id, as `gongkai decisions` lists it.")],
    reason: Reason = "withdrawn",
    by: By = None,
    ledger: LedgerFile = None,
    warehouse: WarehouseFolder = DEFAULT_WAREHOUSE,
    as_json: AsJson = False,
) -> None:
    """Withdraw an earlier decision; it stays in the ledger, and the next run no longer applies it."""
    place = _Place(Warehouse(warehouse), ledger or default_ledger(), as_json)
    with failures_explained(place.warehouse):
        check_used(read_ledger(place.ledger), place.warehouse)
        _print(place, record(place.ledger, [withdraw(decision, _sign(by, reason, ""))]))


def known_cell(named: str) -> Cell:
    """The cell of the form that is named.

    Raises:
        typer.BadParameter: there is none; the message names the nearest.
    """
    if named in form().cells:
        return form().cells[named]
    nearest = difflib.get_close_matches(named, form().cells, _NEAREST, cutoff=0.3)
    listed = "".join(f"\n  {cell}" for cell in nearest)
    raise typer.BadParameter(f"{named} is no cell of the form (docs/form.md has them all). Nearest to it:{listed}")


def checked_rule(rule: str | None, mart: duckdb.DuckDBPyConnection | None = None) -> str | None:
    """The rule as given; a document may hold other claims than those declared, so only a mart tells all of them.

    Raises:
        typer.BadParameter: no finding can be of it.
    """
    known = answerable_rules()
    if rule is None or rule in known:
        return rule
    if rule.startswith(f"{CLAIM_RULE}.") and (mart is None or rule in found_rules(mart)):
        return rule
    nearest = difflib.get_close_matches(rule, known, _NEAREST, cutoff=0.3) or known
    listed = "".join(f"\n  {name}" for name in nearest)
    raise typer.BadParameter(f"{rule} is no rule that can be answered. Nearest to it:{listed}")


def checked_value(cell: Cell, text: str) -> int | str | None:
    """The value that a text gives a cell.

    Raises:
        typer.BadParameter: the cell cannot have it.
    """
    try:
        return parse_value(cell, text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from error


def _sign(by: str | None, reason: str, evidence: str) -> Signature:
    if not reason.strip():
        raise typer.BadParameter("A decision needs a reason: --reason TEXT.")
    return Signature(find_author(by), reason, evidence)


def _only_report(mart: duckdb.DuckDBPyConnection, document: str) -> int:
    rows = mart.execute(
        "select ordinal, authority_printed, report_year from marts.dim_report inner join marts.dim_document "
        "using (document_key) where document_sha256 = ? order by ordinal",
        [document],
    ).fetchall()
    if len(rows) == 1:
        return int(rows[0][0])
    listed = "".join(f"\n  --report {ordinal}: {authority} {year}" for ordinal, authority, year in rows)
    raise typer.BadParameter(f"The document has {len(rows)} reports. Name one:{listed or ' there is none'}")


def _answer(
    kind: AnswerKind, place: _Place, document: str, report: int | None, rule: str | None, sign: Callable[[], Signature]
) -> None:
    checked_rule(rule)
    with failures_explained(place.warehouse):
        check_used(read_ledger(place.ledger), place.warehouse)
        signature = sign()
        with open_live_mart(place.warehouse) as mart:
            checked_rule(rule, mart)
            sha256 = find_document(mart, document)
            findings = [one for one in read_open(mart) if one.document == sha256 and report in (None, one.report)]
            chosen = [one for one in findings if (one.rule == rule if rule else one.kind == "identities_violated")]
            if not chosen:
                _explain_nothing_open(document, rule, findings)
            distinct = {(one.target, one.premise.value): one for one in chosen}.values()
            _record(place, mart, [answer(kind, one.target, one.premise, signature) for one in distinct])


def _explain_nothing_open(document: str, rule: str | None, findings: list[OpenFinding]) -> None:
    listed = "".join(f"\n  --report {one.report} --rule {one.rule}" for one in findings)
    what = f"no open finding of the rule {rule}" if rule else "no held table that is open"
    there = (
        f"Its open findings:{listed}" if listed else "It has no open finding; `gongkai findings` lists all there are."
    )
    messages.print(f"[red]error:[/red] {document} has {what}. {there}")
    raise typer.Exit(FAILURE)


def _record(place: _Place, mart: duckdb.DuckDBPyConnection, decisions: list[Decision]) -> None:
    _print(place, record(place.ledger, decisions, expired_decisions(mart)))


def _print(place: _Place, decisions: list[Decision]) -> None:
    for decision in decisions:
        if place.as_json:
            output.write_line(encode(decision).decode())
        else:
            output.print(f"{decision.id}  {kind_of(decision)}  recorded in {place.ledger}", markup=False)
    if not place.as_json:
        messages.print("The next `gongkai run` applies it.")
