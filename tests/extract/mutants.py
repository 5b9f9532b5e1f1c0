"""Faults of print and of conversion, put at random into documents of any layout of plain text.

A document is taken as rows of cells: piped rows, cells behind tabs with empty lines between rows, or one cell a line
(a row is then a label with the figures behind it). A fault changes cells; writing the rows back keeps the layout.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from contracts.form import form
from pipelines.extract.fold import fold

Layout = Literal["pipes", "tabs", "lines"]
FAULTS = ("exchange", "label", "label_cell", "number", "number_cell", "blank", "stray")
_FIGURE = re.compile(r"\s*-?\d[\d,]*(\.\d+)?\s*")
_NEXT_SECTION = re.compile(r"五、")


def is_figure(cell: str) -> bool:
    """Whether a cell is a number."""
    return _FIGURE.fullmatch(cell) is not None


@dataclass(eq=False)
class Row:
    """One printed row of a table of the form (`table` is its id), or a line outside the tables (`table` is empty)."""

    layout: Layout
    cells: list[str]
    table: str = ""

    @property
    def figures(self) -> list[int]:
        """The places of the figures behind the label."""
        return [i for i, cell in enumerate(self.cells) if is_figure(cell) and i > (self.label or -1)]

    @property
    def label(self) -> int | None:
        """The place of the last text."""
        texts = [i for i, cell in enumerate(self.cells) if cell.strip() and not is_figure(cell)]
        return texts[-1] if texts else None

    def write(self) -> list[str]:
        """The lines of the row."""
        if self.layout == "pipes":
            return ["|".join(self.cells)]
        return [f"\t{cell}" for cell in self.cells] if self.layout == "tabs" else list(self.cells)


def parse_rows(text: str) -> list[Row]:
    """The rows of a document."""
    rows: list[Row] = []
    in_tabs = False
    for line in text.split("\n"):
        was_in_tabs, in_tabs = in_tabs, line.startswith("\t") or (in_tabs and bool(line))
        if "|" in line:
            rows.append(Row("pipes", line.split("|")))
        elif in_tabs and not was_in_tabs:
            rows.append(Row("tabs", [line[1:]]))
        elif in_tabs and line.startswith("\t"):
            rows[-1].cells.append(line[1:])
        elif in_tabs:
            rows[-1].cells[-1] += f"\n{line}"
        elif is_figure(line) and rows and rows[-1].layout == "lines":
            rows[-1].cells.append(line)
        else:
            rows.append(Row("lines", [line]))
    _find_tables(rows)
    return rows


def _find_tables(rows: list[Row]) -> None:
    headings = {fold(table.heading["zh"]): table.id for table in form().versions["2021"].tables.values()}
    table = ""
    for row in rows:
        first = fold(row.cells[0])
        found = [name for heading, name in headings.items() if heading in first and len(first) < len(heading) + 5]
        if found:
            table = found[0]
        elif _NEXT_SECTION.match(first):
            table = ""
        row.table = table


def write_rows(rows: list[Row]) -> str:
    """The text of a document."""
    return "\n".join(line for row in rows for line in row.write())


class Mutator:
    """Puts faults into the rows of one document; `log` says which.

    No row both loses a number and gets a stray one: it would have as many numbers as before, and nothing but the
    identities could tell it from a row that was printed wrong.
    """

    def __init__(self, text: str, chance: random.Random) -> None:
        """Take a document and the source of chance."""
        self.rows = parse_rows(text)
        self.chance = chance
        self.log: list[str] = []
        self._lost: list[Row] = []
        self._strayed: list[Row] = []

    def mutate(self, fault: str) -> None:
        """One fault of that kind at random."""
        getattr(self, f"_{fault}")()

    def _pick(self, rows: Iterator[Row]) -> Row:
        return self.chance.choice(list(rows))

    def _of_tables(self) -> Iterator[Row]:
        return (row for row in self.rows if row.table)

    def _with_figures(self) -> Iterator[Row]:
        return (row for row in self._of_tables() if row.figures)

    def _note(self, fault: str, row: Row, what: object) -> None:
        self.log.append(f"{fault} {row.table} {row.cells[:3]} {what}")

    def _exchange(self) -> None:
        """Two rows of one table change places with their labels."""
        first = self._pick(row for row in self._with_figures() if row.label is not None and len(row.figures) < 15)
        second = self._pick(
            row
            for row in self._with_figures()
            if row.table == first.table and row.label is not None and len(row.figures) == len(first.figures)
        )
        if first is second or first.table == "reviews_and_lawsuits":
            return
        places = [(row.label, *row.figures) for row in (first, second)]
        self._note("exchange", first, second.cells[:3])
        for a, b in zip(*places, strict=True):
            assert a is not None
            assert b is not None
            first.cells[a], second.cells[b] = second.cells[b], first.cells[a]

    def _label(self, *, with_cell: bool = True) -> None:
        """A label is gone, with its cell or without."""
        row = self._pick(row for row in self._of_tables() if row.label is not None)
        places = [i for i, cell in enumerate(row.cells) if cell.strip() and not is_figure(cell)]
        place = self.chance.choice(places)
        self._note("label", row, place)
        if with_cell or row.layout == "lines":
            del row.cells[place]
        else:
            row.cells[place] = ""

    def _label_cell(self) -> None:
        self._label(with_cell=False)

    def _number(self) -> None:
        """A number is gone with its separator or its line."""
        row = self._pick(row for row in self._with_figures() if row not in self._strayed)
        place = self.chance.choice(row.figures)
        self._lost.append(row)
        self._note("number", row, (place, row.cells.pop(place)))

    def _number_cell(self) -> None:
        """A number is gone, its cell is not."""
        row = self._pick(self._with_figures())
        place = self.chance.choice(row.figures)
        self._note("number_cell", row, (place, row.cells[place]))
        row.cells[place] = ""

    def _blank(self) -> None:
        """A zero is blank."""
        row = self._pick(row for row in self._with_figures() if any(row.cells[i].strip() == "0" for i in row.figures))
        place = self.chance.choice([i for i in row.figures if row.cells[i].strip() == "0"])
        self._note("blank", row, place)
        row.cells[place] = " " if row.layout == "pipes" else ""

    def _stray(self) -> None:
        """A number stands where none belongs."""
        row = self._pick(row for row in self._of_tables() if row not in self._lost)
        self._strayed.append(row)
        value = self.chance.choice(["0", "1", "2", "7", "10", "35", "91.61", "2023", str(self.chance.randint(0, 999))])
        if self.chance.random() < 0.4:
            other = self._pick(self._with_figures())
            value = other.cells[self.chance.choice(other.figures)].strip()
        place = self.chance.randint(0 if row.layout != "lines" or not row.cells else 1, len(row.cells))
        self._note("stray", row, (place, value))
        row.cells.insert(place, f" {value} " if row.layout == "pipes" else value)
