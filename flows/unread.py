"""Documents that are archived and were never read: of a list that was only fetched, of a run that was stopped."""

from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb
import msgspec
from msgspec import Struct

from pipelines.archive import ManifestLine, read_manifest
from pipelines.extract.readers.media_types import ZIP
from pipelines.fetch.answers import GOOD
from pipelines.warehouse import Warehouse


class _Outcome(Struct):
    """What a line of `fetches/` says of the document that an address gave."""

    status: str
    sha256: str = ""


def find_unread(warehouse: Warehouse, read: Collection[str]) -> list[ManifestLine]:
    """The archived documents that are to be read and are not among those `read`, by sha256.

    A ZIP archive is none, its members are; nor is a fetched page that has nothing to read.

    Raises:
        DamagedManifestError: a whole line of the manifest is no manifest line.
    """
    lines = read_manifest(warehouse.archive).values()
    unread = [line for line in lines if line.sha256 not in read and line.media_type != ZIP]
    if any(line.fetch for line in unread):
        shells = _find_shells(warehouse.fetches)
        unread = [line for line in unread if line.sha256 not in shells]
    return unread


def _find_shells(fetches: Path) -> set[str]:
    """What addresses gave that never was a document."""
    decoder = msgspec.json.Decoder(_Outcome)
    good: set[str] = set()
    others: set[str] = set()
    for log in sorted(fetches.glob("*.jsonl")):
        content = log.read_bytes()
        for line in content[: content.rfind(b"\n") + 1].splitlines():  # a killed run may have torn the last one
            outcome = decoder.decode(line)
            (good if outcome.status in GOOD else others).add(outcome.sha256)
    return others - good


def count_unread(warehouse: Warehouse) -> int:
    """How many archived documents no run has extracted and no published mart has; the database stays closed.

    Raises:
        DamagedManifestError: a whole line of the manifest is no manifest line.
    """
    if not find_unread(warehouse, extracted := set(_list_extracted(warehouse.extracted))):
        return 0
    return len(find_unread(warehouse, extracted | _read_published(warehouse)))


def _list_extracted(folder: Path) -> Iterator[str]:
    """The documents that any version of the extractor has read, or rejected, in this warehouse."""
    return (path.stem for path in folder.glob("*/*/*.json"))


def _read_published(warehouse: Warehouse) -> set[str]:
    """The documents of the live mart; none, if there is none that can be read."""
    if not warehouse.current.is_symlink():
        return set()
    try:
        with duckdb.connect(warehouse.live_mart.resolve(), read_only=True) as connection:
            rows = connection.execute("select document_sha256 from marts.dim_document").fetchall()
    except duckdb.Error:
        return set()  # the status and the doctor tell of it elsewhere
    return {sha256 for (sha256,) in rows}
