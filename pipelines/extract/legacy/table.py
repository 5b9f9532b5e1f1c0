"""Tables of indicators as rows: a label, its unit and the figures behind it, in cells, in lines or in one run."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby

from msgspec import Struct, field

from contracts.form import form
from pipelines.extract.claims.prose import Prose
from pipelines.extract.legacy.labels import known_labels, label_key, without_ordinal
from pipelines.extract.pieces import Piece

TABLE_ROWS = 5  # known indicators with figures from which on a report has a table of them
_LONGEST_LABEL = 40
_FIGURE = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?$")
_MARKS = ("", "/", "-", "—", "--", "——", "无", "－")
_HAN = re.compile(r"[一-鿿]")
_HEADER = 60  # characters before the first row in which the header stands
CUMULATIVE = "累计"
_LONGEST_GAP = 400  # characters between two rows of one table in which there may be others
_HEADER_WORD = re.compile(r"(?:累计|统计数|单位|年度|合计|数值|指标|其中)$")
_OWN_ORDINAL = re.compile(r"(?<!\d)(\d{1,2})[.、]$")
_BETWEEN = "\x1f"  # stands for the blank between two numbers


class Figure(Struct):
    """A printed figure: its digits, empty for a blank, and its place in the text of the document."""

    digits: str
    start: int
    end: int


class Row(Struct):
    """One row of a table of indicators.

    `is_run`: its figures are one run of digits that may be those of two columns; `is_unsure`: the run may end in the
    ordinal of the next row. `following`: the ordinal that the run ended in.
    """

    label: str
    unit: str
    figures: list[Figure] = field(default_factory=list)
    is_run: bool = False
    is_unsure: bool = False
    following: str = ""

    @property
    def key(self) -> str:
        """What its label is compared by."""
        return label_key(self.label)

    @property
    def is_known(self) -> bool:
        """Whether some table declares its label."""
        return self.key in known_labels()

    @property
    def has_figures(self) -> bool:
        """Whether a figure is printed in it."""
        return any(figure.digits for figure in self.figures)


class IndicatorTable(Struct):
    """The rows of a table, and whether its header names a second column, since the beginning."""

    rows: list[Row]
    columns: int


@cache
def _units() -> frozenset[str]:
    return frozenset(form().legacy_units)


def _plain(digits: str) -> str:
    return digits.replace(",", "")


def _lines_of(text: str, start: int) -> Iterator[tuple[str, int]]:
    """A cell, or each of the figures that stand one below the other in it: they are not one number."""
    if "\n" not in text:
        yield text, start
        return
    for line in text.split("\n"):
        yield line, start
        start += len(line) + 1


def _of_cells(cells: Sequence[tuple[str, int]], *, keep_blanks: bool) -> Iterator[Row]:
    """The rows that consecutive cells or lines make: text begins one, its unit and figures follow."""
    row: Row | None = None
    for text, start in (line for cell in cells for line in _lines_of(*cell)):
        compact = "".join(text.split())
        figure = _FIGURE.match(compact)
        if figure and row is not None:
            row.figures.append(Figure(_plain(figure[0]), start, start + len(text)))
        elif compact.strip("()") in _units() and row is not None and not row.figures:
            row.unit = compact.strip("()")
        elif compact in _MARKS:
            if row is not None and (row.unit or row.figures) and (keep_blanks or compact):
                row.figures.append(Figure("", start, start + len(text)))
        elif not figure:
            if row is not None:
                yield row
            unit = re.search(r"\(([^()]+)\)$", compact)
            row = Row(without_ordinal(text), unit[1] if unit and unit[1] in _units() else "")
    if row is not None:
        yield row


def _rows_of_pieces(prose: Prose) -> Iterator[Row]:
    """The rows of grids and of lines with one cell each."""
    placed = list(zip(prose.pieces, prose.starts, strict=True))

    def of_grid(entry: tuple[Piece, int]) -> bool:
        return entry[0].kind != "line"

    for is_grid, group in groupby(placed, of_grid):
        cells: list[tuple[str, int]] = []
        for piece, start in group:
            folded = prose.folded[start : start + len(piece.text)]
            if is_grid and piece.kind == "row_end":
                yield from _of_cells(cells, keep_blanks=True)
                cells = []
            elif is_grid or folded.strip():
                cells.append((folded, start))
        yield from _of_cells(cells, keep_blanks=is_grid)


_TAIL = r"\(?(?P<unit>UNITS)\)?[|_:]*(?P<figures>\d[\d,\x1f|]*(?:\.\d+)?)?(?P<dot>[.、](?!\d))?"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A row with a declared label anywhere, and a row with any label."""
    units = "|".join(sorted(map(re.escape, _units()), key=len, reverse=True))
    tail = _TAIL.replace("UNITS", units)
    labels = "|".join(sorted(map(re.escape, known_labels()), key=len, reverse=True))
    known = rf"(?P<label>(?:{labels})(?:数量|数)?)(?:\([^()]{{1,40}}\))?{tail}"
    other = rf"(?P<label>[一-鿿《》\"、()]{{2,{_LONGEST_LABEL}}}?){tail}"
    return re.compile(known), re.compile(other)


def _compact(prose: Prose) -> tuple[str, list[int]]:
    """The text without blanks, one sign between two numbers, and the position of each character."""
    kept: list[str] = []
    positions: list[int] = []
    text = prose.folded
    for match in re.finditer(r"\S|\s+", text):
        if not match[0].isspace():
            kept.append(match[0])
        elif text[match.start() - 1 : match.start()].isdigit() and text[match.end() : match.end() + 1].isdigit():
            kept.append(_BETWEEN)
        else:
            continue
        positions.append(match.start())
    return "".join(kept), positions


def _label_of(match: re.Match[str], text: str, breaks: frozenset[int]) -> str:
    """The label that ends in a declared one: all of it, if the words before it are part of it."""
    start = match.start()
    while (
        start > max(0, match.start() - _LONGEST_LABEL)
        and start not in breaks
        and _HAN.match(text, start - 1)
        and not _HEADER_WORD.search(text, max(0, start - 4), start)
    ):
        start -= 1
    return text[start : match.end("label")]


def _ordinals_after(match: re.Match[str], text: str, before: Row | None) -> set[str]:
    """The ordinals that the next row may have: one more than this row's, or the first."""
    printed = _OWN_ORDINAL.search(text, max(0, match.start() - 4), match.start())
    own = before.following if before and before.following else printed[1] if printed else "0"
    return {"1", str(int(own) + 1)}


def _row_of_run(match: re.Match[str], label: str, text: str, positions: list[int], before: Row | None) -> Row:
    """One row of running text. What stands before a dot is the next row's ordinal, or ends in it."""
    row = Row(label, match["unit"])
    if match["figures"] is None:
        row.figures.append(Figure("", positions[match.start("unit")], positions[match.end() - 1] + 1))
        return row
    at = match.start("figures")
    spans = [(part[0].rstrip(","), at + part.start()) for part in re.finditer(r"[\d,.]+", match["figures"])]
    if match["dot"] and len(spans) > 1:
        row.following = spans.pop()[0][:2]
    elif match["dot"]:
        digits, start = spans[0]
        ordinals = [ordinal for ordinal in _ordinals_after(match, text, before) if digits.endswith(ordinal)]
        row.is_unsure = len(ordinals) != 1
        if not row.is_unsure:
            row.following = ordinals[0]
            spans = [(digits.removesuffix(ordinals[0]), start)]
    row.figures = [Figure(_plain(d), positions[s], positions[s + max(len(d), 1) - 1] + 1) for d, s in spans]
    row.is_run = len(spans) == 1
    return row


def _rows_of_runs(prose: Prose) -> tuple[list[Row], str]:
    """The rows of running text, known ones and those of other labels between them; and the header before them."""
    text, positions = _compact(prose)
    breaks = frozenset(n for n in range(1, len(positions)) if positions[n] != positions[n - 1] + 1)
    known, other = _patterns()
    matches = list(known.finditer(text.replace("其它", "其他")))
    printed = [place for place, match in enumerate(matches) if match["figures"]]
    if not printed:
        return [], ""
    matches = matches[printed[0] : printed[-1] + 1]
    rows: list[Row] = []
    end = matches[0].start()
    for match in matches:
        gap = text[end : match.start()]
        if len(gap) <= _LONGEST_GAP:
            for found in other.finditer(text, end, match.start()):
                rows.append(_row_of_run(found, found["label"], text, positions, rows[-1] if rows else None))
        label = _label_of(match, text, breaks)
        rows.append(_row_of_run(match, label, text, positions, rows[-1] if rows else None))
        end = match.end()
    return rows, text[max(0, matches[0].start() - _HEADER) : matches[0].start()]


def _is_table(rows: Iterable[Row]) -> bool:
    return len({row.key for row in rows if row.is_known and row.has_figures}) >= TABLE_ROWS


def _header_of_rows(rows: Sequence[Row]) -> str:
    first = next(place for place, row in enumerate(rows) if row.is_known and row.has_figures)
    return "".join(row.label for row in rows[max(0, first - 8) : first])[-2 * _HEADER :]


def _between_known(rows: list[Row]) -> list[Row]:
    """The rows from the first known one to the last figures of the table; headings stay, they say what follows."""
    places = [place for place, row in enumerate(rows) if row.is_known and (row.has_figures or row.unit)]
    end = places[-1] + 1
    while end < len(rows) and rows[end].has_figures and rows[end].unit and len(rows[end].label) <= _LONGEST_LABEL:
        end += 1
    chosen = rows[places[0] : end]
    return [row for row in chosen if len(row.label) <= _LONGEST_LABEL and _HAN.search(row.label)]


def read_table(prose: Prose) -> IndicatorTable | None:
    """The document's table of indicators, or None if it prints fewer than five of them.

    Args:
        prose: all pieces of the document, cells and lines, one after the other.
    """
    rows = list(_rows_of_pieces(prose))
    if _is_table(rows):
        header = _header_of_rows(rows)
        return IndicatorTable(_between_known(rows), 2 if CUMULATIVE in header else 1)
    rows, header = _rows_of_runs(prose)
    if not _is_table(rows):
        return None
    return IndicatorTable(rows, 2 if CUMULATIVE in header else 1)
