"""Splits: all ways to cut a string of digits into numbers, lazily, with the sums of rows as a guide.

A number has no leading zero; a boundary that was printed is never cut over. What is written here knows of strings
only; `glued_units` knows of slots and cells.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct

MOST_SPLITS = 300
_MOST_STEPS = 20_000
_LONGEST_NUMBER = 20
ATOM = "#"  # stands on the tape for a figure that is never cut, e.g. one with a remark
_COUNT = r"(?:0|[1-9]\d{0,14})"
_MARK = r"--?|[/#]"
PATTERNS = {
    "integer": re.compile(rf"{_COUNT}|{_MARK}"),
    "signed": re.compile(rf"-?{_COUNT}|{_MARK}"),
    "decimal": re.compile(rf"{_COUNT}(?:\.\d{{1,6}})?|{_MARK}"),
    "text": re.compile(rf"{_COUNT}(?:\.\d{{1,6}})?(?:[亿万]?元)?|{_MARK}"),
}
Split = tuple[int, ...]  # where each number ends


class Tape(Struct, frozen=True):
    """The figures of several cells as one string; `cuts` are the boundaries in print, `atoms` values of `#`."""

    text: str
    cuts: frozenset[int]
    atoms: dict[int, int]


class RowShape(Struct, frozen=True):
    """The patterns of one row's cells in printed order, and whether the last is the sum of the others."""

    patterns: tuple[str, ...]
    is_sum: bool


class TooManySplits(Exception):  # noqa: N818 - an outcome of the search, not a fault
    """The search was given up; what is known then is that the figures are ambiguous."""


class Splitting:
    """All splits of one tape into the cells of some rows."""

    def __init__(self, tape: Tape, rows: Sequence[RowShape]) -> None:
        """Take the tape and the rows whose figures stand on it, one behind the other."""
        self._tape, self._text, self._rows = tape, tape.text, rows
        self._patterns = [pattern for row in rows for pattern in row.patterns]
        self._ends: dict[tuple[str, int], tuple[int, ...]] = {}
        self._steps = 0

    @cached_property
    def _starts(self) -> list[set[int]]:
        """Where each cell can start if the cells before and behind it are to fill the tape."""
        reached: list[set[int]] = [{0}]
        for pattern in self._patterns:
            reached.append({end for start in reached[-1] for end in self._ends_of(pattern, start)})
        starts = [reached[-1] & {len(self._text)}]
        for pattern, known in zip(reversed(self._patterns), reversed(reached[:-1]), strict=True):
            starts.append({start for start in known if not starts[-1].isdisjoint(self._ends_of(pattern, start))})
        return starts[::-1]

    def _ends_of(self, pattern: str, start: int) -> tuple[int, ...]:
        """Where a number that starts at `start` can end."""
        found = self._ends.get((pattern, start))
        if found is None:
            limit = min([cut for cut in self._tape.cuts if cut > start], default=len(self._text))
            ends = range(start + 1, min(limit, start + _LONGEST_NUMBER) + 1)
            found = tuple(end for end in ends if PATTERNS[pattern].fullmatch(self._text, start, end))
            self._ends[pattern, start] = found
        return found

    def _value(self, start: int, end: int) -> int:
        """What a count adds to a sum: a mark adds nothing."""
        if start in self._tape.atoms:
            return self._tape.atoms[start]
        printed = self._text[start:end]
        return int(printed) if printed[-1].isdigit() else 0

    def count(self) -> int:
        """How many splits there are, whether the sums hold or not."""
        ways = {len(self._text): 1}
        for place in range(len(self._patterns) - 1, -1, -1):
            pattern = self._patterns[place]
            ways = {
                start: sum(ways.get(end, 0) for end in self._ends_of(pattern, start)) for start in self._starts[place]
            }
        return ways.get(0, 0)

    def all(self) -> list[Split]:
        """The splits under which every sum holds.

        Raises:
            TooManySplits: they are more than `MOST_SPLITS`, or finding them takes too many steps.
        """
        return self._collect(self._rows)

    def unsummed(self) -> list[Split]:
        """All splits, whether the sums hold or not.

        Raises:
            TooManySplits: as in `all`.
        """
        return self._collect([RowShape(row.patterns, is_sum=False) for row in self._rows])

    def _collect(self, rows: Sequence[RowShape]) -> list[Split]:
        self._steps = 0
        found: list[Split] = []
        for split in self._tiles(rows, 0, 0):
            found.append(split)
            if len(found) > MOST_SPLITS:
                raise TooManySplits
        return found

    def _tiles(self, rows: Sequence[RowShape], start: int, first: int) -> Iterator[Split]:
        """The splits of the rows from `start` to the end of the tape; `first` counts the cells before them."""
        if not rows:
            if start == len(self._text):
                yield ()
            return
        row, behind = rows[0], first + len(rows[0].patterns)
        for end in sorted(self._starts[behind]):
            if end - start < len(row.patterns):
                continue
            for split in self._row(row, first, start, end):
                for rest in self._tiles(rows[1:], end, behind):
                    yield (*split, *rest)

    def _row(self, row: RowShape, first: int, start: int, end: int) -> Iterator[Split]:
        if not row.is_sum:
            yield from self._free(row.patterns, first, start, end)
            return
        *parts, total = row.patterns
        for place in sorted(self._starts[first + len(parts)], reverse=True):
            if start < place < end and end in self._ends_of(total, place):
                value = self._value(place, end)
                for split in self._add_up(parts, (start, place), value):
                    yield (*split, end)

    def _free(self, patterns: Sequence[str], first: int, start: int, end: int) -> Iterator[Split]:
        self._step()
        if not patterns:
            if start == end:
                yield ()
            return
        for place in self._ends_of(patterns[0], start):
            if place <= end and place in self._starts[first + 1]:
                for rest in self._free(patterns[1:], first + 1, place, end):
                    yield (place, *rest)

    def _add_up(self, patterns: Sequence[str], between: tuple[int, int], rest: int) -> Iterator[Split]:
        """The splits of the characters `between` whose numbers add up to `rest`."""
        self._step()
        start, end = between
        if not patterns:
            if start == end and rest == 0:
                yield ()
            return
        if end - start < len(patterns) or not self._can_hold(start, end, len(patterns), rest):
            return
        for place in self._ends_of(patterns[0], start):
            if place > end:
                break
            value = self._value(start, place)
            if value > rest:
                break
            for split in self._add_up(patterns[1:], (place, end), rest - value):
                yield (place, *split)

    def _can_hold(self, start: int, end: int, numbers: int, total: int) -> bool:
        """Whether so many numbers between `start` and `end` can add up to `total`, if these are all digits.

        At least: the longest number is as long as the digits demand. At most: one takes all digits that it can.
        """
        digits = end - start
        if not self._text[start:end].isdigit():
            return True
        longest = -(-digits // numbers)
        least = 10 ** (longest - 1) if longest > 1 else 0
        most: int = 10 ** (digits - numbers + 1) + 10 * numbers
        return least <= total < most

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise TooManySplits

    def others(self, split: Split) -> list[Split]:
        """For each cell that another split gives another number, one such split."""
        found: dict[Split, None] = {}
        for cell, (start, end) in enumerate(zip((0, *split), split, strict=False)):
            other = self._other(cell, self._text[start:end])
            if other is not None:
                found[other] = None
        return list(found)

    def _other(self, cell: int, printed: str) -> Split | None:
        for start in sorted(self._starts[cell]):
            for end in self._ends_of(self._patterns[cell], start):
                if end in self._starts[cell + 1] and self._text[start:end] != printed:
                    return (*self._before(cell, start), end, *self._behind(cell + 1, end))
        return None

    def _before(self, cell: int, end: int) -> Split:
        """Some split of the cells before `cell`, which starts at `end`."""
        ends: list[int] = []
        for place in range(cell - 1, -1, -1):
            ends.append(end)
            end = next(s for s in self._starts[place] if end in self._ends_of(self._patterns[place], s))
        return tuple(reversed(ends))

    def _behind(self, cell: int, start: int) -> Split:
        """Some split of `cell` and the cells behind it."""
        ends: list[int] = []
        for place in range(cell, len(self._patterns)):
            start = next(e for e in self._ends_of(self._patterns[place], start) if e in self._starts[place + 1])
            ends.append(start)
        return tuple(ends)
