"""`gongkai show`: the place where a number was printed, with the number marked."""

import difflib
from collections.abc import Iterator
from typing import Annotated

import msgspec
import typer
from msgspec import UNSET, Struct
from rich.text import Text

from contracts.claims import claim_rules, stated_figure
from contracts.form import Table, form
from contracts.raw_json import Reading, Report, Span
from flows.commands.failures import FAILURE, failures_explained
from flows.commands.options import DEFAULT_WAREHOUSE, AsJson, WarehouseFolder
from flows.commands.printed_lines import lines_around
from flows.commands.terminal import messages, output, print_json
from flows.documents import find_document, trace
from pipelines.extract.places import Mark, PrintedPiece, TracedDocument, TracedReport, claim_name, indicator_name
from pipelines.limits import read_limits
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai show report.html applications.granted.total

gongkai show 5f3a9c applications.new_received --warehouse /srv/gongkai

gongkai show report.txt claim.c3"""

_NEAREST = 5

ReportName = Annotated[
    str,
    typer.Argument(metavar="REPORT", help="A document, or the name or the beginning of the sha256 of an archived one."),
]
CellName = Annotated[
    str,
    typer.Argument(
        metavar="CELL",
        help="A cell (table.row.column), a row (table.row), an indicator (legacy.ID.PERIOD) or a claim (claim.ID).",
    ),
]


class Shown(Struct, kw_only=True):
    """What is known of one cell, row, claim or indicator of a report, and where it was printed."""

    authority: str
    year: int
    cell: str
    zh: str
    en: str
    state: str
    value: int | str | None = None
    row: dict[str, int | str | None] = {}
    raw: str = ""
    proven: int | None = None
    candidates: list[int | str] = []
    proof: list[str] = []
    note: str = ""
    place: Span | None = None
    printed: str = ""


def show(
    report: ReportName, cell: CellName, warehouse: WarehouseFolder = DEFAULT_WAREHOUSE, as_json: AsJson = False
) -> None:
    """Read a document again and show where a number was printed, with its lines around it.

    Of several reports in one document each is shown that has it. Exit code 2 if nothing has such an id.
    """
    with failures_explained(Warehouse(warehouse)):
        traced = trace(find_document(report, Warehouse(warehouse)), read_limits())
        names = [_names(one.report) for one in traced.reports]
    if not any(cell in known for known in names):
        _explain_unknown(cell, [name for known in names for name in known])
    for one, known in zip(traced.reports, names, strict=True):
        if cell in known:
            shown, marks = _describe(one, cell, traced)
            if as_json:
                print_json(shown)
            else:
                _print(shown, marks, traced.pieces)


def _tables(report: Report) -> Iterator[tuple[Table, dict[str, dict[str, int | str | None]]]]:
    """The tables that are there, in their version of the form, with their figures."""
    for name in form().tables:
        table = getattr(report.tables, name)
        if table is not UNSET:
            content = msgspec.to_builtins(table)
            yield form().versions[content["form_version"]].tables[name], content["cells"]


def _names(report: Report) -> list[str]:
    """Everything of a report that can be shown."""
    names: list[str] = []
    for table, _ in _tables(report):
        for row in table.rows:
            names += [f"{table.id}.{row}", *(f"{table.id}.{row}.{column}" for column in table.columns_of(row))]
    names += [claim_name(claim) for claim in report.claims]
    return names + [indicator_name(entry) for entry in report.legacy.indicators] if report.legacy else names


def _explain_unknown(cell: str, known: list[str]) -> None:
    """Say what there is instead; wrong usage if no report could have such a cell."""
    possible = cell in form().cells or cell.rpartition(".")[0] in form().cells
    nearest = difflib.get_close_matches(cell, known, _NEAREST, cutoff=0.3) or known[:_NEAREST]
    listed = "".join(f"\n  {name}" for name in nearest)
    if possible:
        messages.print(
            f"{cell} is a cell of the form, but the table is not in this document. It has, nearest first:{listed}"
        )
        raise typer.Exit(FAILURE)
    raise typer.BadParameter(f"{cell} is nothing that this document can have. Nearest to it:{listed}")


def _describe(traced: TracedReport, name: str, document: TracedDocument) -> tuple[Shown, list[Mark]]:
    report = traced.report
    shown = _describe_claim(report, name) or _describe_indicator(report, name) or _describe_cell(report, name)
    marks = traced.places.get(name, [])
    if marks:
        first = document.pieces[marks[0].piece]
        shown.place = _place(first, marks[0])
        shown.printed = " ".join(document.pieces[mark.piece].text[mark.start : mark.end] for mark in marks)
    return shown, marks or traced.places.get(name.rpartition(".")[0], [])


def _place(piece: PrintedPiece, mark: Mark) -> Span:
    """The place of a mark as the format knows it."""
    if piece.span.char_start is None:
        return piece.span
    first = piece.span.char_start
    return msgspec.structs.replace(piece.span, char_start=first + mark.start, char_end=first + mark.end)


def _body(report: Report) -> str:
    return report.authority.normalised or report.authority.printed


def _describe_claim(report: Report, name: str) -> Shown | None:
    claim = next((claim for claim in report.claims if claim_name(claim) == name), None)
    if claim is None:
        return None
    kind = claim_rules().kinds.get(claim.kind)
    agrees = {True: "agrees with", False: "conflicts with", None: "not assessed against"}[claim.agrees]
    terms = " ".join(f"{'+-'[term.weight < 0]} {term.operand}" for term in claim.terms).removeprefix("+ ")
    verdict = f"; {agrees} {terms}" if terms else ""
    return Shown(
        authority=_body(report),
        year=report.year,
        cell=name,
        zh=kind.zh if kind else claim.kind,
        en=kind.en if kind else "",
        state=f"stated in prose{verdict}",
        value=stated_figure(claim),
        raw=claim.quote,
    )


def _describe_indicator(report: Report, name: str) -> Shown | None:
    entries = report.legacy.indicators if report.legacy else []
    entry = next((entry for entry in entries if indicator_name(entry) == name), None)
    if entry is None:
        return None
    declared = form().indicators.get(entry.indicator or "")
    return Shown(
        authority=_body(report),
        year=report.year,
        cell=name,
        zh=declared.zh if declared else entry.label,
        en=declared.en if declared else "",
        state=f"printed as {entry.label}, {entry.period}",
        value=entry.value,
    )


def _describe_cell(report: Report, name: str) -> Shown:
    table_id, row_id, *column_id = name.split(".")
    table, figures = next((table, figures) for table, figures in _tables(report) if table.id == table_id)
    row = table.rows[row_id]
    values = figures.get(row_id) or {}
    shown = Shown(
        authority=_body(report),
        year=report.year,
        cell=name,
        zh=f"{table.heading['zh']} · {row.zh}",
        en=f"{table.heading['en']} · {row.en}",
        state="row",
    )
    if not column_id:
        return msgspec.structs.replace(shown, row=values)
    column = table.columns[column_id[0]]
    reading = next(
        (reading for reading in report.readings if reading.cell == name), Reading(cell=name, state="printed")
    )
    return msgspec.structs.replace(
        shown,
        zh=f"{shown.zh} · {column.zh}",
        en=f"{shown.en} · {column.en}",
        state=reading.state,
        value=values.get(column.id),
        raw=reading.raw,
        proven=reading.value,
        candidates=list(reading.candidates),
        proof=reading.proof,
        note=reading.note,
    )


def _print(shown: Shown, marks: list[Mark], pieces: list[PrintedPiece]) -> None:
    facts: dict[str, object] = {
        "cell": shown.cell,
        "": f"{shown.zh} / {shown.en}",
        "value": "none" if shown.value is None else shown.value,
        "state": shown.state,
        "printed": shown.raw,
        "proven": shown.proven,
        "candidates": ", ".join(map(str, shown.candidates)),
        "proof": ", ".join(shown.proof),
        "note": shown.note,
        "place": _place_in_words(shown.place) if shown.place else "this number was not found; its row is below",
    }
    if shown.row:
        facts["value"] = ", ".join(f"{column} {value}" for column, value in shown.row.items())
    if not marks:
        facts["place"] = "not found in the document"
    output.print(Text(f"{shown.authority} {shown.year}", style="bold"))
    for name, fact in facts.items():
        if fact not in ("", None):
            output.print(Text(f"{name:<11}{fact}"))
    if marks:
        output.print()
        for line in lines_around(marks if shown.place else [], marks[0].piece, pieces, is_plain=not output.is_terminal):
            output.print(line)


def _place_in_words(span: Span) -> str:
    parts = [
        f"{name} {value}"
        for name, value in (("page", span.page), ("line", span.line), ("table", span.table), ("row", span.row))
        if value is not None
    ]
    if span.char_start is not None and span.char_end is not None:
        parts.append(f"characters {span.char_start} to {span.char_end}")
    return ", ".join(parts)
