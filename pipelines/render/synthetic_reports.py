"""Synthetic reports of bodies over the years, as lines of raw extracted JSON, a few of them broken on purpose."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from random import Random

import msgspec

from contracts.claims import recompute_agreement
from contracts.form import Cell, FormVersion, form
from contracts.raw_json import Claim, Operand, Reading
from pipelines.render.report import Value
from pipelines.render.synthetic_bodies import Body, list_bodies
from pipelines.render.synthetic_figures import FigureMaker, start_body
from pipelines.render.synthetic_line import Heading, build_template, fill_template

YEARS = range(2019, 2026)
_SHARE_WITH_CLAIMS = 0.3
_SHARE_OF_WRONG_CLAIMS = 0.03
_SHARE_WITH_BLANK = 0.01
_STATED = {
    "new_received": "applications.new_received.total",
    "decided": "applications.outcome_total.total",
    "review": "reviews_and_lawsuits.review.total",
}


class Breakage(msgspec.Struct, frozen=True):
    """One digit changed on purpose: the report's document, its place in the shards, the cell, true and false value."""

    sha256: str
    shard: str
    line: int
    cell: str
    true_value: int
    printed_value: int


class SyntheticReport(msgspec.Struct, frozen=True):
    """One line of a shard, and the change made to it: cell, true and printed value."""

    line: str
    sha256: str
    broken: tuple[str, int, int] | None


class _Version:
    """What one version of the form needs for every report."""

    def __init__(self, version: FormVersion) -> None:
        self.cells: list[Cell] = list(version.cells.values())
        self.places = {cell.id: place for place, cell in enumerate(self.cells)}
        self.breakable = [place for place, cell in enumerate(self.cells) if cell.table == "applications"]
        self.maker = FigureMaker(version)
        self.template = build_template(version)


def make_reports(count: int, seed: int, broken_share: float) -> Iterator[SyntheticReport]:
    """`count` reports, body after body, each body with all of :data:`YEARS`; the same for the same arguments.

    The documents of a smaller count are the first ones of a larger count.
    """
    versions = {name: _Version(version) for name, version in form().versions.items()}
    by_year = {year: versions["2019" if year in _trial_years() else "2021"] for year in YEARS}
    bodies = list_bodies()
    reports = (report for body in bodies for report in _reports_of(body, by_year, seed, broken_share))
    return islice(reports, count)


def _trial_years() -> range:
    years = form().versions["2019"].report_years
    return range(years["from"], years["to"] + 1)


def _reports_of(body: Body, by_year: dict[int, _Version], seed: int, broken_share: float) -> Iterator[SyntheticReport]:
    random = Random(f"{seed}:{body.name}")  # noqa: S311 - figures, not secrets
    state = start_body(random, is_government=body.is_government)
    for year, version in by_year.items():
        values = version.maker.make_year(random, state)
        broken = None
        readings: list[Reading] = []
        if random.random() < broken_share:
            broken = _break(random, version, values)
        elif random.random() < _SHARE_WITH_BLANK:
            readings = _blank(random, version, values)
        claims = _claims(random, version, values) if random.random() < _SHARE_WITH_CLAIMS else []
        heading = _heading(random, body, year, seed)
        line = fill_template(
            version.template, heading, values, msgspec.json.encode(readings), msgspec.json.encode(claims)
        )
        yield SyntheticReport(line, heading.sha256, broken)


def _heading(random: Random, body: Body, year: int, seed: int) -> Heading:
    day = random.randrange(1, 29)
    return Heading(
        sha256=sha256(f"{seed}:{body.name}:{year}".encode()).hexdigest(),
        source_uri=f"synthetic:///{seed}/{body.region_code}/{body.name}/{year}.html",
        size=random.randrange(15_000, 60_000),
        captured_at=f"{year + 1}-04-{day:02d}T00:00:00Z",
        authority=body.name,
        year=year,
        scope="consolidated" if body.is_government else "own",
        region_code=body.region_code,
        period=f"{year}-01-01/{year}-12-31",
        published=f"{year + 1}-01-{day:02d}",
    )


def _break(random: Random, version: _Version, values: list[Value]) -> tuple[str, int, int]:
    """Change one digit of one cell of table 三 in place."""
    place = random.choice(version.breakable)
    true = values[place]
    if not isinstance(true, int):
        raise TypeError(f"{version.cells[place].id} holds {true!r}, not an integer")
    digits = list(str(true))
    position = random.randrange(len(digits))
    others = [digit for digit in "123456789" if digit != digits[position]]
    digits[position] = random.choice(others)
    printed = int("".join(digits))
    values[place] = printed
    return version.cells[place].id, true, printed


def _blank(random: Random, version: _Version, values: list[Value]) -> list[Reading]:
    """Leave one cell of table 三 unprinted; the sum over its row's applicants proves what it was."""
    place = random.choice(version.breakable)
    cell = version.cells[place]
    true = values[place]
    values[place] = None
    proof = [f"applicants.{cell.row}"]
    return [Reading(cell=cell.id, state="blank_proven", value=true if isinstance(true, int) else None, proof=proof)]


def _claims(random: Random, version: _Version, values: list[Value]) -> list[Claim]:
    claims = []
    for kind, cell in _STATED.items():
        value = values[version.places[cell]]
        if not isinstance(value, int):
            continue
        stated = value + 9 if random.random() < _SHARE_OF_WRONG_CLAIMS else value
        terms = [Operand(operand=cell)]
        agrees = recompute_agreement(terms, stated, {cell: value}, {}, {})
        claims.append(Claim(id=kind, kind=kind, terms=terms, value=stated, quote=f"{stated}件", agrees=agrees))
    return claims
