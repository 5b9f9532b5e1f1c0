"""What must be true of every mutant: each cell is as the original says, or null and named in the readings."""

import random
from collections.abc import Mapping

import msgspec

from contracts.raw_cells import Tables
from contracts.raw_json import Authority, Report
from pipelines.extract.form_reader import read_tables
from pipelines.extract.readers.registry import read_pieces
from pipelines.validation.agreement import reading_problems
from tests.extract.mutants import FAULTS, Mutator, write_rows

Truth = Mapping[str, Mapping[str, Mapping[str, int | str | None]]]
UNREAD = {"ambiguous", "missing", "blank", "blank_proven", "mark"}


def mutate(text: str, seed: str, faults: int) -> tuple[str, list[str]]:
    """A mutant of a document and what was done to it."""
    mutator = Mutator(text, random.Random(seed))  # noqa: S311 - a sample of faults, no secret
    for _ in range(faults):
        mutator.mutate(mutator.chance.choice(FAULTS))
    return write_rows(mutator.rows), mutator.log


def find_wrong_cells(text: str, truth: Truth) -> list[str]:
    """The cells with another number, or null without a word about it, and readings whose proofs are none."""
    read = read_tables(read_pieces(text.encode(), "text/plain"))
    states = {reading.cell: reading for reading in read.readings}
    wrong: list[str] = []
    for table, rows in truth.items():
        for row, cells in rows.items():
            for column, value in cells.items():
                cell = f"{table}.{row}.{column}"
                found = read.tables[table]["cells"][row][column]
                reading = states.get(cell)
                is_named = found is None and reading is not None and reading.state in UNREAD
                is_proven_wrong = reading is not None and reading.value not in (None, value)
                if (found != value and not is_named) or is_proven_wrong:
                    wrong.append(f"{cell}: {value} printed, {found} read, {reading}")
    tables = msgspec.convert(read.tables, Tables)
    report = Report(authority=Authority(printed=""), year=2022, tables=tables, readings=read.readings)
    return wrong + reading_problems(report)
