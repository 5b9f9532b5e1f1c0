"""What the runs of a storm take in: an inbox that grows by a text document and a line of raw JSON at each delivery."""

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec

from contracts.regions import regions
from pipelines.warehouse import Warehouse
from tests.load.payloads import document_of, report_of

SAMPLE = Path(__file__).parents[2] / "samples" / "documents" / "001_pipes_simplified.txt"
SAMPLE_PLACE, SAMPLE_NEW = "杭州市", 10
SETTLED = 1_700_000_000
OFFICES = ("商务局", "财政局", "司法局", "教育局", "民政局")


class Losses(msgspec.Struct, frozen=True):
    """How many of the delivered reports a mart lacks, holds more than once, or holds with other figures."""

    lost: int
    doubled: int
    altered: int


class Inbox:
    """A folder with `delivered` documents of one report each, every second one raw extracted JSON."""

    def __init__(self, folder: Path) -> None:
        """Start with an empty folder."""
        self.folder = folder
        self.delivered = 0
        folder.mkdir(parents=True)
        places = [region.name_zh for region in regions() if region.level == "prefecture" and region.valid_to is None]
        self._bodies = [f"{place}{office}" for office in OFFICES for place in places if place.endswith("市")]
        self._text = SAMPLE.read_text(encoding="utf-8")

    def deliver(self) -> None:
        """Put two more documents into the inbox, each whole at once."""
        body = self._bodies[self.delivered]
        text = self._text.replace(f"{SAMPLE_PLACE}商务局", body)
        self._put(f"{self.delivered:05d}.txt", text.encode())
        self.delivered += 1
        body = self._bodies[self.delivered]
        report = report_of(self.delivered) | {"authority": {"printed": body, "normalised": body}}
        line = msgspec.json.encode(document_of(f"document {self.delivered}", 0, reports=[report]))
        self._put(f"{self.delivered:05d}.jsonl", line + b"\n")
        self.delivered += 1

    def expected(self) -> dict[str, int]:
        """The new requests that the mart must hold of each body."""
        return {
            body: number if number % 2 else SAMPLE_NEW for number, body in enumerate(self._bodies[: self.delivered])
        }

    def compare(self, warehouse: Warehouse) -> Losses:
        """What of the deliveries the live mart lacks, doubles or alters."""
        with duckdb.connect(warehouse.live_mart.resolve(), read_only=True) as connection:
            rows = connection.execute("select authority_zh, new_received from marts.authority_year").fetchall()
        return compare(self.expected(), rows)

    def _put(self, name: str, content: bytes) -> None:
        part = self.folder / f".{name}"
        part.write_bytes(content)
        os.utime(part, (SETTLED, SETTLED))  # else the inbox takes it for one that is still being written
        part.replace(self.folder / name)


def compare(expected: dict[str, int], rows: Sequence[tuple[str, int | None]]) -> Losses:
    """Expected figures by body against the rows of a mart."""
    bodies = [body for body, _number in rows]
    return Losses(
        lost=len(set(expected) - set(bodies)),
        doubled=len(bodies) - len(set(bodies)),
        altered=sum(1 for body, number in rows if expected.get(body) != number),
    )
