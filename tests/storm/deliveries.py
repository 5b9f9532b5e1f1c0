"""What the runs of a storm take in: an inbox that grows at each delivery, and what the mart must hold of it.

Each delivery is a file of raw extracted JSON with a report of a new body, and perhaps a text with another one. Now
and then the file also holds a report that does not add up (it is held and explained), at the next delivery the same
document read rightly (it replaces what was loaded), or one more document of the first body (a revision).
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import msgspec

from contracts.regions import regions
from pipelines.inbox import RECEIPTS
from pipelines.warehouse import Warehouse
from tests.load.payloads import APPLICATIONS, Json, document_of, report_of

SAMPLE = Path(__file__).parents[2] / "samples" / "documents" / "001_pipes_simplified.txt"
SAMPLE_PLACE, SAMPLE_NEW = "杭州市", 10
LEAST_NEW = 100
REVISED = datetime(2024, 3, 3, tzinfo=UTC)  # after the documents of tests/load/payloads.py
SETTLED = 1_700_000_000
OFFICES = ("商务局", "财政局", "司法局", "教育局", "民政局")
HELD_EACH, REVISED_EACH = 3, 4  # deliveries

Figures = dict[str, int | None]


class Losses(msgspec.Struct, frozen=True):
    """How many of the delivered reports a mart lacks, holds more than once, or holds with other figures."""

    lost: int
    doubled: int
    altered: int


class Inbox:
    """A folder into which documents of one report each are delivered; `documents` counts them, equal ones once."""

    def __init__(self, folder: Path) -> None:
        """Start with an empty folder."""
        self.folder = folder
        self.documents = 0
        self.files: list[str] = []
        self.expected: Figures = {}
        """The new requests that the mart must hold of each body; None where the table is held."""
        folder.mkdir(parents=True)
        places = [region.name_zh for region in regions() if region.level == "prefecture" and region.valid_to is None]
        self._bodies = [f"{place}{office}" for office in OFFICES for place in places if place.endswith("市")]
        self._text = SAMPLE.read_text(encoding="utf-8")
        self.deliveries = 0
        self._first = self._bodies.pop()
        self._held: tuple[str, str, int] | None = None

    def deliver(self, *, with_text: bool = True) -> None:
        """Put one more file of lines into the inbox, and perhaps a text before it, each whole at once."""
        number = self.deliveries = self.deliveries + 1
        if with_text:
            body = self._bodies.pop()
            self._put(f"{number:05d}.txt", self._text.replace(f"{SAMPLE_PLACE}商务局", body).encode())
            self._expect(body, SAMPLE_NEW)
        lines = [self._line(self._bodies.pop(), LEAST_NEW + number)]
        if number % HELD_EACH == 0:
            lines.append(self._held_line(LEAST_NEW + number))
        elif self._held:
            lines.append(self._cured_line())
        if number % REVISED_EACH == 0:
            lines.append(self._line(self._first, LEAST_NEW + number, f"{REVISED + timedelta(seconds=number):%FT%TZ}"))
        self._put(f"{number:05d}.jsonl", b"".join(msgspec.json.encode(line) + b"\n" for line in lines))

    def _expect(self, body: str, figure: int | None) -> None:
        self.expected[body] = figure
        self.documents += 1

    def _line(self, body: str, figure: int, captured_at: str = "") -> Json:
        self._expect(body, figure)
        return _document(f"{body} {figure}", body, figure, captured_at)

    def _held_line(self, figure: int) -> Json:
        """A document whose table does not add up, as a bad reader would read it."""
        body = self._bodies.pop()
        name = f"{body} held"
        self._held = (name, body, figure)
        self._expect(body, None)
        line = _document(name, body, figure)
        line["reports"][0]["tables"][APPLICATIONS]["cells"]["granted"]["total"] = figure + 1
        return line

    def _cured_line(self) -> Json:
        """The same document, read rightly."""
        assert self._held is not None
        name, body, figure = self._held
        self._held = None
        self.expected[body] = figure
        return _document(name, body, figure)

    def compare(self, warehouse: Warehouse, expected: Mapping[str, int | None] | None = None) -> Losses:
        """What of the deliveries, or of `expected`, the live mart lacks, doubles or alters."""
        with duckdb.connect(warehouse.live_mart.resolve(), read_only=True) as connection:
            rows = connection.execute("select authority_zh, new_received from marts.authority_year").fetchall()
        return compare(self.expected if expected is None else expected, rows)

    def astray(self) -> list[str]:
        """Names of files that were delivered and lie nowhere in the inbox's folders, or more than once."""
        found = Counter(path.name for path in self.folder.rglob("*") if path.is_file() and RECEIPTS not in path.parts)
        return [name for name in self.files if found[name] != 1]

    def _put(self, name: str, content: bytes) -> None:
        part = self.folder / f".{name}"
        part.write_bytes(content)
        os.utime(part, (SETTLED, SETTLED))  # else the inbox takes it for one that is still being written
        part.replace(self.folder / name)
        self.files.append(name)


def _document(name: str, body: str, figure: int, captured_at: str = "") -> Json:
    report = report_of(figure) | {"authority": {"printed": body, "normalised": body}}
    line = document_of(name, figure, reports=[report])
    if captured_at:
        line["document"]["captured_at"] = captured_at
    return line


def compare(expected: Mapping[str, int | None], rows: Sequence[tuple[str, int | None]]) -> Losses:
    """Expected figures by body against the rows of a mart."""
    bodies = [body for body, _number in rows]
    return Losses(
        lost=len(set(expected) - set(bodies)),
        doubled=len(bodies) - len(set(bodies)),
        altered=sum(1 for body, number in rows if body not in expected or expected[body] != number),
    )


def is_clean(losses: Losses) -> bool:
    """Whether nothing is lost, doubled or altered."""
    return losses == Losses(lost=0, doubled=0, altered=0)
