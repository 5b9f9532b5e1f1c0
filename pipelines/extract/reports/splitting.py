"""Splitting: the pieces of a document as segments, one for each report that it holds.

A title with another year, or a table that was printed before, says that another report begins. Its first piece is
the title above its first section; what stands between two reports without a title stays with the first.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipelines.extract.fold import fold
from pipelines.extract.form_reader.blocks import PrintedTable, find_printed_tables
from pipelines.extract.form_reader.tokens import read_tokens
from pipelines.extract.legacy import read_legacy
from pipelines.extract.pieces import Piece
from pipelines.extract.reports.years_beside import YearColumns, split_years_beside

_LONGEST_TITLE = 60
_SEARCHED = 300  # characters at the beginning of a line
_SHORTEST_REPORT = 30  # pieces between the titles of two reports on the same year
_LONGEST_INDEX = 60  # pieces
_LEAD = 12  # lines above the first section in which a report without a title may begin
_FEWEST_INDICATORS = 2
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?:年|(?=政府信息公开))")
_TITLE_END = re.compile(r"(?:信息|政务)公开.{0,8}(?:报告|年报|总结)(?:\(.{0,12}\))?$|公开.{0,8}\(20[0-4]\d年?度?\)$")
_OPENING = re.compile(r"20[0-4]\d年.*(?:信息|政务)公开|索引号|公开日期|发布机构|发布日期")
_PLAN = re.compile(r"将|下一步|今后|明年|计划")
_FIRST_SECTION = re.compile(r"^#*一[、.,:]")
_PERIOD = re.compile(r"(20[0-4]\d)年1月1日.{0,8}12月31日")
_OPENING_YEAR = re.compile(r"(20[0-4]\d)年")
_BLANK = re.compile(r"\s+")


class _Mark(Struct, frozen=True):
    """A line that names the year of a report; `title` is its text if it is a title."""

    index: int
    year: int
    title: str

    def begins_another_than(self, other: "_Mark") -> bool:
        """Whether this is no mark of the report that `other` begins."""
        is_other_title = bool(self.title and other.title) and self.title != other.title
        return self.year != other.year or (is_other_title and self.index - other.index > _SHORTEST_REPORT)


class Segment(Struct, frozen=True):
    """The pieces of one report; `year` only where the headers of its columns say it."""

    pieces: Sequence[Piece]
    year: int | None = None


def split_reports(pieces: Sequence[Piece]) -> list[Segment]:
    """The segments of a document by its titles and the years over its columns; one if it holds one report or none.

    Raises:
        Unreadable: `several_reports`, if columns of two years stand side by side and cannot be told apart.
    """
    return [part for segment in _split_by_marks(pieces) for part in _split_by_columns(segment)]


def split_by_tables(segment: Segment) -> list[Segment]:
    """Cut a segment where a table comes that the report before has already."""
    pieces = segment.pieces
    cuts = [
        _beginning(pieces, before[-1].end, behind[0].start)
        for before, behind in _neighbours(find_printed_tables(read_tokens(pieces)))
    ]
    return [Segment(part, segment.year) for part in _parts(pieces, cuts)]


def _split_by_columns(pieces: Sequence[Piece]) -> list[Segment]:
    columns: list[YearColumns] = split_years_beside(pieces)
    return [Segment(column.pieces, column.year) for column in columns] or [Segment(pieces)]


def _compact(text: str) -> str:
    return _BLANK.sub("", fold(text))


def _title_year(text: str) -> int | None:
    """The year of a text without blanks that is nothing but the title of a report."""
    year = _YEAR.search(text) if len(text) <= _LONGEST_TITLE and "20" in text else None
    return int(year[1]) if year and _TITLE_END.search(text) else None


def _is_title(piece: Piece) -> bool:
    return piece.kind == "line" and len(piece.text) <= _LONGEST_TITLE and _title_year(_compact(piece.text)) is not None


def _marks(pieces: Sequence[Piece]) -> Iterator[_Mark]:
    """The lines that say which year is reported on: titles in one line or two, periods, openings behind an index."""
    lines = [index for index, piece in enumerate(pieces) if piece.kind == "line" and piece.text.strip()]
    for place, index in enumerate(lines):
        text = pieces[index].text
        if "20" not in text[:_SEARCHED]:
            continue
        compact = _compact(text[:_SEARCHED])
        following = pieces[lines[place + 1]].text if place + 1 < len(lines) else ""
        year = _title_year(compact) or _title_year(compact + _compact(following[:_LONGEST_TITLE]))
        if year is not None:
            yield _Mark(index, year, compact)
            continue
        said = _PERIOD.search(compact) or (_is_behind_index(pieces, index) and _OPENING_YEAR.match(compact))
        if said:
            yield _Mark(index, int(said[1]), "")


def _is_behind_index(pieces: Sequence[Piece], index: int) -> bool:
    rows = pieces[_before_index(pieces, 0, index) : index]
    return any(piece.kind != "line" for piece in rows)


def _split_by_marks(pieces: Sequence[Piece]) -> list[Sequence[Piece]]:
    """Cut where another year or body is named with a report of its own behind it; lists of links have none."""
    cuts: list[_Mark] = []
    for mark in _marks(pieces):
        if not cuts or mark.begins_another_than(cuts[-1]):
            cuts.append(mark)
    if len(cuts) < 2 or (len({mark.year for mark in cuts}) == 1 and find_printed_tables(read_tokens(pieces))):
        return [pieces]  # tables of one year tell reports apart better: a title may head each page
    starts = [_before_index(pieces, 0, mark.index) for mark in cuts]
    ends = [*starts[1:], len(pieces)]
    with_report = [
        start for start, end, mark in zip(starts, ends, cuts, strict=True) if _has_report(pieces[start:end], mark.year)
    ]
    return _parts(pieces, with_report[1:])


def _has_report(pieces: Sequence[Piece], year: int) -> bool:
    if find_printed_tables(read_tokens(pieces)):
        return True
    legacy = read_legacy(pieces, year)
    return legacy is not None and sum(entry.value is not None for entry in legacy.indicators) >= _FEWEST_INDICATORS


def _parts(pieces: Sequence[Piece], cuts: Sequence[int]) -> list[Sequence[Piece]]:
    bounds = [0, *cuts, len(pieces)]
    return [pieces[start:end] for start, end in itertools.pairwise(bounds)]


def _neighbours(tables: Sequence[PrintedTable]) -> Iterator[tuple[list[PrintedTable], list[PrintedTable]]]:
    groups: list[list[PrintedTable]] = [[]]
    for printed in tables:
        if any(printed.table == other.table for other in groups[-1]):
            groups.append([])
        groups[-1].append(printed)
    return itertools.pairwise(groups)


def _beginning(pieces: Sequence[Piece], start: int, end: int) -> int:
    """Where between two tables the second one's report begins: its title, else its opening, else its first section."""
    sections = [index for index in range(start, end) if _FIRST_SECTION.match(_compact(pieces[index].text[:20]))]
    first = sections[-1] if sections else end
    titles = [index for index in range(start, first) if _is_title(pieces[index])]
    if titles:
        return _before_index(pieces, start, titles[-1])
    printed = [index for index in range(start, first) if pieces[index].text.strip()][-_LEAD:]
    openings = [index for index in printed if _is_opening(pieces[index])]
    return openings[0] if openings else first


def _is_opening(piece: Piece) -> bool:
    """Whether a report may begin here: not with what the one before plans for the next year."""
    text = _compact(piece.text[:_SEARCHED])
    return _OPENING.search(text) is not None and not _PLAN.search(text)


def _before_index(pieces: Sequence[Piece], start: int, title: int) -> int:
    """The rows of an index block straight above a title belong to it."""
    first = title
    while first > start and (pieces[first - 1].kind != "line" or not pieces[first - 1].text.strip()):
        first -= 1
    rows = pieces[max(first, title - _LONGEST_INDEX) : title]
    return first if any(_OPENING.search(_compact(piece.text)) for piece in rows) else title
