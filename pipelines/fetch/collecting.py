"""All addresses of a list asked for, hosts beside each other, and what they gave archived by one thread."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from queue import SimpleQueue

import httpx
from msgspec import Struct, structs

from pipelines.archive import Archive, Fetch, ManifestLine
from pipelines.capture import Capture, Document
from pipelines.extract.readers.media_types import HTML, detect_media_type
from pipelines.fetch.answers import Answer, Row, Status
from pipelines.fetch.asking import Asker
from pipelines.fetch.guard import Guard, host_of
from pipelines.fetch.page import Page, read_page
from pipelines.fetch.settings import FetchSettings
from pipelines.fetch.url_list import Entry
from pipelines.limits import Limits

_NO_VALIDATORS = ("etag", "last-modified")


class Collected(Struct, frozen=True):
    """What became of an address, and the documents that it gave, now or when it was last fetched.

    `is_listed` is false for an attachment or a further part of a page.
    """

    row: Row
    documents: list[Document]
    is_listed: bool


class _Found(Struct, frozen=True):
    """An answer on its way from the thread that asked to the one that archives."""

    entry: Entry
    answer: Answer
    page: Page | None
    part_of: str


class _StoppedError(Exception):
    """The run ends before the list is through."""


def collect(
    entries: Sequence[Entry], archive: Archive, *, settings: FetchSettings, guard: Guard, limits: Limits
) -> Iterator[Collected]:
    """Fetch a list and archive what it gives.

    Args:
        entries: the addresses.
        archive: where documents go, and which tells what addresses gave before.
        settings: politeness and limits.
        guard: which addresses may be connected to.
        limits: what a document and a ZIP archive may cost.

    Yields:
        One item for each address as soon as it is done, those of its attachments and parts behind it.

    Raises:
        OSError: the archive cannot be written.
    """
    collector = _Collector(archive, settings, guard)
    taker = Capture(archive, limits)
    for found in collector.run(entries):
        yield _keep(found, archive, taker)
    archive.sync()


class _Collector:
    """Asks for addresses in threads, one for each host at a time."""

    def __init__(self, archive: Archive, settings: FetchSettings, guard: Guard) -> None:
        self._archive, self._settings = archive, settings
        self._stop = threading.Event()
        self._asker = Asker(settings, guard, self._sleep)
        self._found: SimpleQueue[_Found | BaseException | None] = SimpleQueue()
        self._claims = threading.Lock()
        self._claimed: set[str] = set()

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise _StoppedError

    def run(self, entries: Sequence[Entry]) -> Iterator[_Found]:
        self._claimed = {entry.url for entry in entries}
        hosts: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            hosts[_host(entry.url)].append(entry)
        with ThreadPoolExecutor(self._settings.hosts, thread_name_prefix="fetch") as pool:
            try:
                for chain in hosts.values():
                    pool.submit(self._work, chain)
                for _chain in hosts:
                    while (found := self._found.get()) is not None:
                        if isinstance(found, BaseException):
                            raise found
                        yield found
            finally:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                self._asker.close()

    def _work(self, chain: Sequence[Entry]) -> None:
        try:
            for entry in chain:
                if self._stop.is_set():
                    return
                self._fetch(entry)
            self._found.put(None)
        except _StoppedError:
            return
        except BaseException as error:
            self._found.put(error)

    def _fetch(self, entry: Entry) -> None:
        """One address of the list with what belongs to its page."""
        page = self._ask(entry, "")
        for url in [*page.parts, *page.attachments] if page else []:
            with self._claims:
                is_new = url not in self._claimed
                self._claimed.add(url)
            if is_new:
                self._ask(structs.replace(entry, url=url), entry.url)

    def _ask(self, entry: Entry, part_of: str) -> Page | None:
        known = self._archive.last_fetched(entry.url)
        if known is not None and not self._archive.path_of(known.sha256).exists():
            known = None
        validators = {known.fetch.final_url: known.validators} if known and known.fetch else {}
        try:
            answer = self._asker.ask(entry.url, validators)
            page = self._read(answer, entry, known)
        except (_StoppedError, MemoryError):
            raise
        except Exception as error:  # one address must not end a run over thousands; the reason is kept
            detail = f"{type(error).__name__}: {error}"
            answer, page = Answer(status="bad_response", detail=detail, final_url=entry.url), None
        self._found.put(_Found(entry, answer, page, part_of))
        return page

    def _read(self, answer: Answer, entry: Entry, known: ManifestLine | None) -> Page | None:
        """The page that an address gave, or gave when it was last fetched; None for any other document."""
        content = answer.content
        if answer.status == "not_modified" and known is not None and known.media_type == HTML:
            content = self._archive.path_of(known.sha256).read_bytes()
        if not content or detect_media_type(content, answer.final_url) != HTML:
            return None
        return read_page(content, answer.final_url, entry.dialect, self._settings.attachments)


def _host(url: str) -> str:
    try:
        return host_of(httpx.URL(url))
    except (httpx.InvalidURL, ValueError):
        return ""


def _keep(found: _Found, archive: Archive, taker: Capture) -> Collected:
    """Archive an answer that has content, and say what became of the address."""
    entry, answer, page = found.entry, found.answer, found.page
    line: ManifestLine | None = None
    status: Status = answer.status
    detail = answer.detail
    if status == "fetched":
        if page is not None and page.is_shell:
            status, detail = "shell_page", "the page has no text, and its scripts have none"
        line = taker.take_fetched(answer.content, entry.url, entry.tier, _describe(found, status))
    elif status == "not_modified":
        last = archive.last_fetched(entry.url)
        line = archive.find(last.sha256) if last else None
    documents = [] if line is None or status == "shell_page" else list(taker.take_again(line))
    row = Row(
        url=entry.url,
        status=status,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        detail=detail,
        http_status=answer.http_status,
        final_url=answer.final_url,
        redirects=answer.redirects,
        attempts=answer.attempts,
        sha256=line.sha256 if line else "",
        bytes=line.bytes if line else None,
        media_type=line.media_type if line else "",
        part_of=found.part_of,
        authority=entry.authority,
        year=entry.year,
        source_tier=entry.tier,
        dialect=entry.dialect or (page.dialect if page else ""),
    )
    return Collected(row, documents, not found.part_of)


def _describe(found: _Found, status: Status) -> Fetch:
    """How a document came; a shell is asked for again without conditions, because the server may think better of it."""
    entry, answer, page = found.entry, found.answer, found.page
    dropped = _NO_VALIDATORS if status == "shell_page" else ()
    return Fetch(
        final_url=answer.final_url,
        status=answer.http_status or 0,
        redirects=list(answer.redirects),
        headers={name: value for name, value in answer.headers.items() if name not in dropped},
        part_of=found.part_of,
        page=page.about if page else {},
        authority=entry.authority,
        year=entry.year,
        dialect=entry.dialect or (page.dialect if page else ""),
    )
