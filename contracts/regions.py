"""Administrative regions by GB/T 2260 code, with the years in which a code was valid.

`contracts/regions/regions.csv`: one row per region and validity. `valid_from` is empty where the code is older than
the first reports (on 2008), `valid_to` is the last year of the code, empty while it is in force; `parent_code` is the
region above, empty for provinces. `contracts/regions/succession.csv`: which region followed which, and in what year.
"""

import csv
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from contracts.declared import DeclarationError, declared_in

REGIONS_FILE = Path(__file__).parent / "regions" / "regions.csv"
SUCCESSION_FILE = Path(__file__).parent / "regions" / "succession.csv"
Level = Literal["province", "prefecture", "county"]
R = TypeVar("R", bound=msgspec.Struct)


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One region: its code, its name and the years `valid_from` to `valid_to` in which both held."""

    code: str
    name_zh: str
    level: Level
    parent_code: str
    valid_from: int | None
    valid_to: int | None
    name_en: str

    def is_valid_in(self, year: int | None) -> bool:
        """Whether the code was in force at the end of `year`; without a year, whether it is in force."""
        if year is None:
            return self.valid_to is None
        return (self.valid_from or 0) <= year <= (self.valid_to or year)


@cache
def regions() -> tuple[Region, ...]:
    """All declared regions in order of their codes, read once.

    Raises:
        DeclarationError: a row has an unknown level or no year, or names a parent that is not declared.
    """
    return read_regions(REGIONS_FILE)


def read_regions(path: Path) -> tuple[Region, ...]:
    """The regions of a file; it raises as :func:`regions` does."""
    with declared_in(path):
        found = _read_rows(path, Region, ("valid_from", "valid_to"))
        codes = {region.code for region in found}
        for region in found:
            if region.parent_code and region.parent_code not in codes:
                raise DeclarationError(
                    f"{region.code} names the undeclared parent {region.parent_code}; declare it, or correct the code"
                )
        return found


def _read_rows(path: Path, kind: type[R], optional: Collection[str] = ()) -> tuple[R, ...]:
    """The rows of a CSV file; an empty value of an optional column is none."""
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            values = {name: None if name in optional and not value else value for name, value in row.items()}
            try:
                found.append(msgspec.convert(values, kind, strict=False))
            except msgspec.ValidationError as error:
                raise DeclarationError(f"line {reader.line_num}: {error}; correct that line") from error
    return tuple(found)


@cache
def regions_by_name() -> dict[str, tuple[Region, ...]]:
    """Regions by their full name; one name may have several rows, of other places or other years."""
    named: dict[str, tuple[Region, ...]] = {}
    for region in regions():
        named[region.name_zh] = (*named.get(region.name_zh, ()), region)
    return named


@cache
def regions_by_code() -> dict[str, tuple[Region, ...]]:
    """Regions by code; a code whose name or parent changed has several rows."""
    coded: dict[str, tuple[Region, ...]] = {}
    for region in regions():
        coded[region.code] = (*coded.get(region.code, ()), region)
    return coded


def region_of_code(code: str, year: int | None) -> Region | None:
    """The region that a code stood for in `year`, else its latest row; None if the code is not declared."""
    coded = regions_by_code().get(code, ())
    return next((region for region in coded if region.is_valid_in(year)), coded[-1] if coded else None)


SuccessionKind = Literal["split", "merger", "renamed", "recoded"]


class Succession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step from a region to its successor; `year` is the first year on which the successor reports.

    A `split` or a `merger` moves people and files between bodies, so figures do not carry over it. `renamed` and
    `recoded` are the same place under another name or another code.
    """

    predecessor: str
    successor: str
    year: int
    kind: SuccessionKind


@cache
def successions() -> tuple[Succession, ...]:
    """All declared steps in order of their years, read once.

    Raises:
        DeclarationError: a row has an unknown kind or no year, or a code is not declared in that role: the
            predecessor before the year, the successor in it.
    """
    return read_successions(SUCCESSION_FILE)


def read_successions(path: Path) -> tuple[Succession, ...]:
    """The steps of a file; it raises as :func:`successions` does."""
    with declared_in(path):
        found = _read_rows(path, Succession)
        for step in found:
            for code, year in ((step.predecessor, step.year - 1), (step.successor, step.year)):
                if not any(region.is_valid_in(year) for region in regions_by_code().get(code, ())):
                    raise DeclarationError(
                        f"{code} was not in force in {year}; correct the step, or the years in regions.csv"
                    )
        return found


@cache
def divided_regions() -> frozenset[tuple[str, int]]:
    """The codes that took part in a split or a merger, each with the first report year after it."""
    moved = (step for step in successions() if step.kind in ("split", "merger"))
    return frozenset((code, step.year) for step in moved for code in (step.predecessor, step.successor))
