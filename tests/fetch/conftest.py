"""A server that misbehaves, and a fetcher that is allowed to ask it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import structs

from pipelines.archive import Archive
from pipelines.fetch.answers import Row
from pipelines.fetch.collecting import Collected, collect
from pipelines.fetch.guard import Guard
from pipelines.fetch.settings import FetchSettings
from pipelines.fetch.url_list import Entry
from pipelines.limits import MEGABYTE, read_limits
from tests.fetch.faults import running_faulty_site
from tests.fetch.server import Site

HOST = "site.example"
QUICK = FetchSettings(
    delay_seconds=0,
    attempts=3,
    first_wait_seconds=0.001,
    longest_wait_seconds=0.01,
    document_bytes=MEGABYTE,
)
IMPATIENT = structs.replace(QUICK, attempts=2, read_seconds=1.5, answer_seconds=2)
ADDRESSES = {
    HOST: ["127.0.0.1"],
    "other.example": ["127.0.0.1"],
    "loopback.example": ["127.0.0.1"],
    "mixed.example": ["8.8.8.8", "10.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "2130706433": ["127.0.0.1"],
}


@pytest.fixture
def site() -> Iterator[Site]:
    """A server that misbehaves."""
    with running_faulty_site() as running:
        yield running


def resolve(host: str, _port: int) -> list[str]:
    """Names of the tests; a literal address is its own."""
    return ADDRESSES.get(host, [host])


Fetch = Callable[..., list[Collected]]


@pytest.fixture
def fetch(site: Site, tmp_path: Path) -> Fetch:
    """Fetch paths of the server, or whole addresses, into the archive of the test."""
    guard = Guard(frozenset({f"{HOST}:{site.port}", f"other.example:{site.port}"}), resolve)

    def fetch(*paths: str, settings: FetchSettings = QUICK, **fields: object) -> list[Collected]:
        urls = [path if "://" in path else f"http://{HOST}:{site.port}{path}" for path in paths]
        entries = [structs.replace(Entry(url=url), **fields) for url in urls]
        archive = Archive(tmp_path / "archive")
        return list(collect(entries, archive, settings=settings, guard=guard, limits=read_limits({})))

    return fetch


def row_of(found: list[Collected]) -> Row:
    """The only row."""
    (item,) = found
    return item.row
