"""A reader as BI is one: opens what `current` leads to, again and again, and says what was wrong with what it saw."""

import time
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import msgspec

from pipelines.publishing.manifest import read_manifest

PAUSE_SECONDS = 1.0
# Each published table against the version's own manifest, and sums that must agree between facts and marts.
SUMS = """
    select
        (select sum(new_received) from marts.authority_year),
        (select sum(flows.new_received) from marts.fct_application_flows as flows),
        (select count(*) from marts.authority_year),
        (select count(distinct (authority_zh, report_year)) from marts.authority_year)
"""


class Seen(msgspec.Struct):
    """What one reader saw: reads, marts that were not whole, and steps back to an older version."""

    reads: int = 0
    inconsistent: int = 0
    backward: int = 0
    failures: list[str] = msgspec.field(default_factory=list)


def read_until(root: Path, stop: Event, results: "Queue[Seen]") -> None:
    """Read the live mart until told to stop; hands over what was seen."""
    seen, newest, counted = Seen(), "", ""
    while not stop.is_set():
        folder = (root / "current").resolve()
        problem = _read(folder, count_rows=folder.name != counted)
        counted = folder.name
        if problem and folder.exists():  # a version may be pruned between two lines, long after it was live
            seen.inconsistent += 1
            seen.failures.append(f"{folder.name}: {problem}")
        if folder.name < newest:
            seen.backward += 1
            seen.failures.append(f"{folder.name} after {newest}")
        seen.reads += 1
        newest = max(newest, folder.name)
        time.sleep(PAUSE_SECONDS)
    results.put(seen)


def _read(folder: Path, *, count_rows: bool) -> str:
    """What is wrong with the mart of a version; empty if nothing is."""
    try:
        rows = read_manifest(folder).row_counts
        with duckdb.connect(folder / "mart.duckdb", read_only=True) as connection:
            counts = {name: _count(connection, name) for name in rows} if count_rows else rows
            ((in_marts, in_facts, bodies, distinct),) = connection.execute(SUMS).fetchall()
    except (OSError, duckdb.Error, msgspec.DecodeError) as error:
        return f"{type(error).__name__}: {error}"
    if counts != rows:
        return f"holds {counts}, its manifest says {rows}"
    if in_marts != in_facts or bodies != distinct:
        return f"{in_marts} new requests in the marts, {in_facts} in the facts; {bodies} rows of {distinct} bodies"
    return ""


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    ((count,),) = connection.execute(f'select count(*) from marts."{name}"').fetchall()
    return int(count)
