"""One trial: a document with one fault is written, read and compared with the undamaged form, cell by cell."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Literal

from msgspec import Struct

from contracts.form import form
from contracts.identities import evaluate
from contracts.raw_json import Reading
from pipelines.extract.errors import Unreadable
from pipelines.extract.form_reader import TablesRead, read_tables
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.extract.readers.registry import read_pieces
from pipelines.render.document import build_page
from pipelines.render.report import SCRIPTS, Style, Value
from tests.accuracy.faults import FAULTS
from tests.accuracy.printed import Impossible, Printed
from tests.accuracy.reports import OLD_DISCLOSURES, ONE_ROW, VERSIONS, random_figures, report_of, versions_of
from tests.printed_layouts import Layout, write_printed

Outcome = Literal["right", "named", "wrong"]
Cells = dict[str, Value]
UNREAD = frozenset({"ambiguous", "missing", "blank", "blank_proven", "mark"})
DRAWS = 20  # reports to try until a fault can be put into one


class Trial(Struct, frozen=True):
    """What to print: a fault by its name, a layout, and the seed of all else."""

    fault: str
    layout: Layout
    seed: int


class Result(Struct, frozen=True):
    """How a trial ended; `wrong` names the cells with a silent error, `named` counts those said to be in doubt."""

    trial: Trial
    outcome: Outcome
    wrong: tuple[str, ...] = ()
    named: int = 0


def draw_document(trial: Trial) -> tuple[Printed, bytes] | None:
    """The damaged document of a trial; None if no report can have the fault in this layout."""
    fault = next(fault for fault in FAULTS if fault.name == trial.fault)
    for draw in range(DRAWS):
        chance = Random(f"{trial.fault} {trial.layout} {trial.seed} {draw}")  # noqa: S311 - a sample, no secret
        versions = versions_of(chance.choice((*VERSIONS, ONE_ROW, OLD_DISCLOSURES)))
        truth = random_figures(chance, versions)
        style = Style(headers=chance.choice(("whole", "broken")), punctuation=chance.choice(("full", "half")))
        page = build_page(report_of(truth, versions, style), chance.choice(SCRIPTS))
        printed = Printed(page, truth, versions, trial.layout, chance)
        try:
            fault.put(printed)
            content = write_printed(printed.damaged_page(), trial.layout, style)
            return printed, content if fault.spoil is None else fault.spoil(chance, content)
        except Impossible:
            continue
    return None


def run_trial(trial: Trial) -> Result | None:
    """Write, read and judge; None if no report can have the fault in this layout."""
    drawn = draw_document(trial)
    if drawn is None:
        return None
    printed, content = drawn
    try:
        read = read_tables(read_pieces(content, detect_media_type(content, "report")))
    except Unreadable:
        return Result(trial, "named", named=sum(1 for _ in _cells(printed.truth)))
    return judge(trial, printed, read)


def judge(trial: Trial, printed: Printed, read: TablesRead) -> Result:
    """Compare what was read with the undamaged form."""
    readings = {reading.cell: reading for reading in read.readings}
    found = dict(_cells({name: table["cells"] for name, table in read.tables.items()}))
    failing = _failing_cells(read, found)
    wrong: list[str] = []
    named = 0
    for cell, value in _cells(printed.truth):
        verdict = _judge_cell(cell, value, found, readings.get(cell), read)
        if verdict == "named" or (verdict == "wrong" and cell in failing):
            named += not (cell in printed.erased and found.get(cell) is None and _is_plain(readings.get(cell)))
        elif verdict == "wrong":
            wrong.append(f"{cell}: {value} true, {found.get(cell)} read, {readings.get(cell)}")
    truth = dict(_cells(printed.truth))
    wrong += [f"{cell}: no cell, {value} read" for cell, value in found.items() if cell not in truth and value]
    return Result(trial, "wrong" if wrong else "named" if named else "right", tuple(wrong), named)


def _is_plain(reading: Reading | None) -> bool:
    """Whether a reading says no more than that nothing is printed in the cell, or proves what was there."""
    return reading is not None and reading.state != "ambiguous"


def _judge_cell(cell: str, value: Value, found: Cells, reading: Reading | None, read: TablesRead) -> Outcome:
    if cell.split(".")[0] not in read.tables:
        return "named"  # the table is said to be absent
    if found.get(cell) is not None:
        return "right" if found[cell] == value else "wrong"
    if reading is None or reading.state not in UNREAD:
        return "wrong"
    is_disproved = reading.state == "blank_proven" and reading.value != value
    return "wrong" if is_disproved else "named"


def _failing_cells(read: TablesRead, found: Cells) -> set[str]:
    """The cells under an identity that the read figures violate."""
    counts = {cell: value if isinstance(value, int) else None for cell, value in found.items()}
    failing: set[str] = set()
    for name, table in read.tables.items():
        version = form().versions[table["form_version"]]
        results = evaluate(version, name, counts)
        for identity in version.identities_of(name, enforced=True):
            if results.get(identity.id, (0, "pass"))[1] == "fail":
                failing |= {term.cell.id for term in identity.terms}
    return failing


def _cells(tables: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[tuple[str, Any]]:
    return (
        (f"{name}.{row}.{column}", value)
        for name, rows in tables.items()
        for row, cells in rows.items()
        for column, value in cells.items()
    )
