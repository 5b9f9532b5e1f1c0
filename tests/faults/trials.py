"""Trials written as raw extracted JSON: every fault in many bodies, one body a trial, and bodies without any fault."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

from contracts.raw_tables import report_key
from tests.faults import scenes
from tests.faults.faults import APPLICATIONS, Damage, Fault, Impossible, Scene
from tests.faults.figures import Body, Cells, line_of, synthetic_bodies
from tests.faults.real import real_bodies
from tests.faults.rule_faults import FAULTS

CLEAN = "none"
CLEAN_SCENES: tuple[Scene, ...] = ("body", "county", "department", "prefecture", "merger")
_SHARD = 2000
_REAL_EVERY = 4  # so many trials of a fault use the figures of a real report, if there are any
_MAKERS: dict[Scene, Callable[[int], Iterator[Body]]] = {
    "body": synthetic_bodies,
    "county": scenes.counties,
    "department": scenes.departments,
    "prefecture": scenes.prefectures,
    "merger": scenes.merged,
}


class Trial(Struct, frozen=True):
    """One body with one fault in its later year; `truth` holds the true values of the changed cells.

    `keys` are all its reports, the one with the fault first, and those of others around it; `further` are those that
    should not be there. `received` is the region's true figure.
    """

    fault: str
    scene: Scene
    table: str
    body: str
    year: int
    source: str
    keys: tuple[int, ...]
    further: tuple[int, ...]
    truth: Cells
    region: str
    received: int


class Bodies:
    """Where trials take their bodies from, each once."""

    def __init__(self, seed: int, reports: list[tuple[str, Cells]]) -> None:
        """`reports` are the version and the figures of real ones, which may be none."""
        self._made = {scene: make(seed) for scene, make in _MAKERS.items() if scene != "department"}
        # Departments stand in counties: what one of the two takes is no place for the other.
        self._made["department"] = scenes.departments(seed)
        self._real = real_bodies(reports, seed) if reports else iter(())
        self._taken: set[tuple[str, int]] = set()

    def take(self, scene: Scene, *, is_real: bool) -> Body:
        """The next body of a scene.

        Raises:
            StopIteration: there is no further place for the scene.
        """
        if scene == "body" and is_real and (body := next(self._real, None)) is not None:
            return body
        while True:
            body = next(self._made[scene])
            place = (body.fields["region_code"], body.year)
            if scene not in ("county", "department"):
                return body
            if place not in self._taken:
                self._taken.add(place)
                return body


def _hash(*parts: object) -> str:
    return sha256(":".join(map(str, parts)).encode()).hexdigest()


def draw(fault: Fault, number: int, bodies: Bodies, seed: int) -> tuple[Body, Damage]:
    """A body that can have the fault, and the damage."""
    random = Random(f"{seed}:{fault.name}:{number}")  # noqa: S311 - a sample, no secret
    while True:
        body = bodies.take(fault.scene, is_real=number % _REAL_EVERY == 0)
        try:
            return body, fault.put(random, body)
        except (Impossible, IndexError):  # all figures of the table are zero, say
            number += 1


def make_trials(
    size: int, seed: int, reports: list[tuple[str, Cells]]
) -> Iterator[tuple[Trial, list[dict[str, object]]]]:
    """`size` trials of each fault and as many clean bodies of each scene, each with its lines of raw extracted JSON."""
    bodies = Bodies(seed, reports)
    for scene in CLEAN_SCENES:
        for number in range(size):
            body = bodies.take(scene, is_real=number % _REAL_EVERY == 0)
            yield _trial(CLEAN, scene, APPLICATIONS, body, Damage())
    for fault in FAULTS:
        for number in range(size):
            body, damage = draw(fault, number, bodies, seed)
            yield _trial(fault.name, fault.scene, fault.table, body, damage)


def _trial(fault: str, scene: Scene, table: str, body: Body, damage: Damage) -> tuple[Trial, list[dict[str, object]]]:
    printed = (damage.instead or body.cells) | damage.cells
    filings = [body.filing(printed, body.year), *damage.further, *body.others]
    if body.before is not None:
        filings.append(body.filing(body.before, body.year - 1))
    names = [_hash(body.name, place, each.name, each.year) for place, each in enumerate(filings)]
    lines = [line_of(filings[0], names[0], **damage.fields), *map(line_of, filings[1:], names[1:])]
    keys = tuple(report_key(name, 1) for name in names)
    beside = [filings[0], *body.beside]
    government = next((each for each in beside if each.fields["scope"] == "consolidated"), None)
    received = (body.cells if government is filings[0] else government.cells)[_RECEIVED] if government else 0
    return Trial(
        fault,
        scene,
        table,
        body.name,
        body.year,
        body.source,
        keys,
        keys[1 : 1 + len(damage.further)],
        {cell: body.cells[cell] for cell in damage.cells},
        body.fields["region_code"],
        received if isinstance(received, int) else 0,
    ), lines


_RECEIVED = f"{APPLICATIONS}.new_received.total"


def write_trials(size: int, seed: int, reports: list[tuple[str, Cells]], folder: Path) -> list[Trial]:
    """Write the trials' lines to shards in `folder`."""
    trials: list[Trial] = []
    lines: list[bytes] = []
    for trial, payloads in make_trials(size, seed, reports):
        trials.append(trial)
        lines += map(msgspec.json.encode, payloads)
    folder.mkdir(parents=True)
    for number, start in enumerate(range(0, len(lines), _SHARD)):
        (folder / f"faults-{number:05d}.jsonl").write_bytes(b"\n".join(lines[start : start + _SHARD]) + b"\n")
    return trials
