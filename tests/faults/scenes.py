"""Governments among departments and counties, bodies that follow merged ones, each scene in a place of its own."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle
from random import Random

from contracts.form import form
from contracts.regions import Region, region_of_code, regions, successions
from contracts.rules import rules
from tests.faults.figures import Body, Cells, Filing, added, counts, draw_figures, grid
from tests.faults.last_year import last_year

# Pairs of years that do not touch: what is filed on one pair is no neighbour of another.
_LATER_YEARS = (2020, 2022, 2024)
_DEPARTMENTS = 3
_COUNTIES = 3
_FIRST_MERGER = 2020


class _Part:
    """One body of a scene with its figures of both years."""

    def __init__(self, random: Random, name: str, year: int, fields: dict[str, str], *, is_large: bool = False) -> None:
        self.name, self.year, self.fields = name, year, fields
        self.version = version_of(year)
        self.cells = draw_figures(random, self.version, is_large=is_large)
        self.before = last_year(random, self.version, self.cells)

    def filings(self) -> list[Filing]:
        return [
            Filing(self.name, self.version, self.year, self.cells, self.fields),
            Filing(self.name, self.version, self.year - 1, self.before, self.fields),
        ]


def version_of(year: int) -> str:
    """The version of the form in force for a year's reports."""
    for name, version in form().versions.items():
        years = version.report_years
        if years["from"] <= year <= years.get("to", year):
            return name
    raise ValueError(f"no version of the form is in force for {year}")


def _places(level: str) -> Iterator[tuple[int, int, Region, tuple[Region, ...]]]:
    """Number, year, prefecture and its counties; of four prefectures three are for `prefecture`, one for `county`."""
    number = 0
    changed = {code for step in successions() for code in (step.predecessor, step.successor)}
    for year in _LATER_YEARS:
        below: dict[str, list[Region]] = defaultdict(list)
        for region in regions():
            is_there = region.is_valid_in(year) and region.is_valid_in(year - 1)
            if region.level == "county" and is_there and region.code not in changed:
                below[region.parent_code].append(region)
        for place, (code, counties) in enumerate(sorted(below.items())):
            parent = region_of_code(code, year)
            is_whole = parent is not None and parent.level == "prefecture" and len(counties) >= _COUNTIES
            if not is_whole or (place % 4 == 0) != (level == "county"):
                continue
            number += 1
            assert parent is not None
            yield number, year, parent, tuple(counties)


def _at(region: Region, scope: str) -> dict[str, str]:
    return {"region_code": region.code, "scope": scope}


def _whole(random: Random, name: str, year: int, region: Region, parts: list[_Part]) -> Body:
    """A government with its consolidated report: what its office and all the parts report together."""
    office = _Part(random, name, year, {})
    return Body(
        name,
        office.version,
        year,
        added(office.before, [part.before for part in parts]),
        added(office.cells, [part.cells for part in parts]),
        "synthetic",
        _at(region, "consolidated"),
        [filing for part in parts for filing in part.filings()],
    )


def counties(seed: int) -> Iterator[Body]:
    """Governments of counties, each with the own reports of some departments beside its consolidated one."""
    for number, year, _, below in _places("county"):
        for region in below:
            random = Random(f"{seed}:county:{region.code}:{year}")  # noqa: S311 - figures, not secrets
            name = f"试验{number:04d}{region.name_zh}"
            own = _at(region, "own")
            departments = [_Part(random, f"{name}第{n}局", year, own) for n in range(_DEPARTMENTS)]
            yield _whole(random, f"{name}人民政府", year, region, departments)


def departments(seed: int) -> Iterator[Body]:
    """Departments of a county, beside the county's consolidated report."""
    for government in counties(seed):
        first = government.beside[0]
        before = next(each.cells for each in government.others if each.name == first.name and each.year < first.year)
        others = [each for each in government.others if each.name != first.name]
        others += [government.filing(government.cells, government.year)]
        if government.before is not None:
            others += [government.filing(government.before, government.year - 1)]
        yield Body(first.name, first.version, first.year, before, first.cells, "synthetic", first.fields, others)


def prefectures(seed: int) -> Iterator[Body]:
    """Governments of prefectures, each with the consolidated reports of counties and departments' own ones."""
    for number, year, prefecture, below in _places("prefecture"):
        random = Random(f"{seed}:prefecture:{prefecture.code}:{year}")  # noqa: S311 - figures, not secrets
        name = f"试验{number:04d}"
        parts = [
            _Part(random, f"{name}{region.name_zh}人民政府", year, _at(region, "consolidated"), is_large=True)
            for region in below[:_COUNTIES]
        ]
        own = _at(prefecture, "own")
        parts += [_Part(random, f"{name}{prefecture.name_zh}第{n}局", year, own) for n in range(_DEPARTMENTS)]
        yield _whole(random, f"{name}{prefecture.name_zh}人民政府", year, prefecture, parts)


def merged(seed: int) -> Iterator[Body]:
    """Bodies in their first year after their region was merged, with the last reports of those before, without end."""
    steps: dict[tuple[str, int], list[str]] = defaultdict(list)
    for step in successions():
        if step.kind == "merger" and step.year >= _FIRST_MERGER:
            steps[step.successor, step.year].append(step.predecessor)
    for number, ((code, year), before) in enumerate(cycle(sorted(steps.items()))):
        random = Random(f"{seed}:merger:{number}")  # noqa: S311 - figures, not secrets
        office = f"试验第{number:06d}局"
        known = [region for each in {code, *before} if (region := region_of_code(each, year - 1)) is not None]
        gone = [region for region in sorted(known, key=lambda r: r.code) if region.is_valid_in(year - 1)]
        then = version_of(year - 1)
        filings = [
            Filing(f"{r.name_zh}{office}", then, year - 1, draw_figures(random, then, is_large=True), _at(r, "own"))
            for r in gone
        ]
        region = region_of_code(code, year)
        assert region is not None
        now = version_of(year)
        before = [each.cells for each in filings]
        cells = draw_figures(random, now, is_large=True, carried=_carried_out(before, then)) | _done_by(before)
        yield Body(f"{region.name_zh}{office}", now, year, None, cells, "synthetic", _at(region, "own"), filings)


def _done_by(before: list[Cells]) -> Cells:
    """What those before did, as the work of the body that follows them: no figure of it jumps by powers of ten."""
    shared = [cell for cell in rules()["unit_jump"].parameters["cells"] if all(cell in each for each in before)]
    return added({cell: 0 if isinstance(before[0][cell], int) else before[0][cell] for cell in shared}, before)


def _carried_out(figures: list[Cells], version: str) -> list[int]:
    """What all of them carried out, by applicant type."""
    line = f"applications.{form().flows['carried_out']}."
    names = next(row for row in grid(version, "applications") if row[0].startswith(line))[:-1]
    return [sum(counts(cells, [name])[0] for cells in figures) for name in names]
