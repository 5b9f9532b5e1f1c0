"""Trials written as raw extracted JSON: every fault in many bodies, one body a trial, and bodies without any fault."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

from contracts.raw_tables import report_key
from tests.faults.faults import FAULTS, Damage, Fault, Impossible
from tests.faults.figures import Body, Cells, line_of, synthetic_bodies

CLEAN = "none"
_SHARD = 2000
_REAL_EVERY = 4  # so many trials of a fault use the figures of a real report, if there are any


class Trial(Struct, frozen=True):
    """One body with one fault in its later year; `truth` holds the true values of the changed cells."""

    fault: str
    table: str
    body: str
    year: int
    source: str
    report_key: int
    truth: Cells


def _hash(*parts: object) -> str:
    return sha256(":".join(map(str, parts)).encode()).hexdigest()


def draw(fault: Fault, number: int, bodies: Iterator[Body], real: list[Body], seed: int) -> tuple[Body, Damage]:
    """A body that can have the fault, and the damage."""
    random = Random(f"{seed}:{fault.name}:{number}")  # noqa: S311 - a sample, no secret
    while True:
        if real and number % _REAL_EVERY == 0:
            chosen = random.choice(real)
            body = Body(next(bodies).name, chosen.version, chosen.before, chosen.cells, chosen.source)
        else:
            body = next(bodies)
        try:
            return body, fault.put(random, body)
        except (Impossible, IndexError):  # all figures of the table are zero, say
            number += 1


def make_trials(size: int, seed: int, real: list[Body]) -> Iterator[tuple[Trial, list[dict[str, object]]]]:
    """`size` trials of each fault and as many clean bodies, each with its lines of raw extracted JSON."""
    bodies = synthetic_bodies(seed)
    for _ in range(size):
        body = next(bodies)
        yield _trial(CLEAN, "applications", body, Damage())
    for fault in FAULTS:
        for number in range(size):
            body, damage = draw(fault, number, bodies, real, seed)
            yield _trial(fault.name, fault.table, body, damage)


def _trial(fault: str, table: str, body: Body, damage: Damage) -> tuple[Trial, list[dict[str, object]]]:
    name = _hash(body.name, body.year)
    printed = damage.instead or body.cells
    lines = [line_of(body, body.year, printed | damage.cells, name, **damage.fields)]
    if damage.twice is not None:
        lines.append(line_of(body, body.year, damage.twice, _hash(body.name, body.year, "copy")))
    if body.before is not None:
        lines.append(line_of(body, body.year - 1, body.before, _hash(body.name, body.year - 1)))
    truth = {cell: body.cells[cell] for cell in damage.cells}
    return Trial(fault, table, body.name, body.year, body.source, report_key(name, 1), truth), lines


def write_trials(size: int, seed: int, real: list[Body], folder: Path) -> list[Trial]:
    """Write the trials' lines to shards in `folder`."""
    trials: list[Trial] = []
    lines: list[bytes] = []
    for trial, payloads in make_trials(size, seed, real):
        trials.append(trial)
        lines += map(msgspec.json.encode, payloads)
    folder.mkdir(parents=True)
    for number, start in enumerate(range(0, len(lines), _SHARD)):
        (folder / f"faults-{number:05d}.jsonl").write_bytes(b"\n".join(lines[start : start + _SHARD]) + b"\n")
    return trials
