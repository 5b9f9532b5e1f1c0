"""A list of addresses fetched into a warehouse's archive, each outcome written down as it comes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from flows.progress import step_progress
from pipelines.archive import Archive
from pipelines.capture import Document
from pipelines.fetch.answers import GOOD, Row
from pipelines.fetch.settings import read_fetch_settings
from pipelines.fetch.url_list import read_url_list
from pipelines.limits import read_limits
from pipelines.warehouse import Warehouse


@dataclass
class FetchedList:
    """What came of a list: a row for each address, and the documents that it gave, now or when it was last fetched."""

    log: Path
    rows: list[Row] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many addresses ended how, the most frequent outcome first."""
        return dict(Counter(row.status for row in self.rows).most_common())

    @property
    def is_fruitless(self) -> bool:
        """Whether no address of the list gave anything."""
        return not any(row.status in GOOD for row in self.rows)


@contextmanager
def _open_log(path: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        yield file


def fetch_list(urls: Path, warehouse: Warehouse, run_id: str) -> FetchedList:
    """Fetch a list into the archive; call it under the writer lock.

    Raises:
        UrlListError: the list cannot be used; nothing was fetched.
        LimitError: a variable that sets a limit holds no number.
        OSError: the archive cannot be written.
    """
    from pipelines.fetch.collecting import collect  # with them comes httpx, which only fetching needs
    from pipelines.fetch.guard import Guard, read_allowed_hosts

    entries = read_url_list(urls)
    settings, limits = read_fetch_settings(), read_limits()
    guard = Guard(read_allowed_hosts())
    fetched = FetchedList(warehouse.fetches / f"{run_id}.jsonl")
    archive = Archive(warehouse.archive)
    with _open_log(fetched.log) as log, step_progress("Fetch", total=len(entries)) as advance:
        for item in collect(entries, archive, settings=settings, guard=guard, limits=limits):
            log.write(msgspec.json.encode(item.row) + b"\n")
            fetched.rows.append(item.row)
            fetched.documents += item.documents
            advance(int(item.is_listed))
    return fetched
