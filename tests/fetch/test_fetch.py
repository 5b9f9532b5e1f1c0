"""Fetching from a server that misbehaves: each fault has its outcome, and what is whole is in the archive."""

import gzip
import hashlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import httpcore
import pytest
from msgspec import structs

from pipelines.archive import Archive, read_manifest, read_sightings
from pipelines.extract.readers import read_pieces
from pipelines.fetch import collecting
from pipelines.fetch.answers import Row
from pipelines.fetch.asking import Asker
from pipelines.fetch.collecting import Collected, collect
from pipelines.fetch.guard import Guard
from pipelines.fetch.settings import FetchSettings
from pipelines.fetch.url_list import Entry
from pipelines.limits import MEGABYTE, read_limits
from tests.fetch.server import PAGE, Site, good, running_secure_site, running_site, to

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
    with running_site() as running:
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


@pytest.mark.parametrize(
    ("path", "status", "told", "attempts"),
    [
        ("/truncated", "truncated", "without sending complete message body", 3),
        ("/truncated_chunks", "truncated", "incomplete chunked read", 3),
        ("/truncated_gzip", "truncated", "ends before it is whole", 3),
        ("/failing", "http_error", "answered 500", 3),
        ("/gone", "http_error", "answered 410", 1),
        ("/not_there", "http_error", "answered 404", 1),
        ("/too_many_for_long", "http_error", "answered 429", 1),
        ("/bomb", "too_large", "1 MB, packed and unpacked", 1),
        ("/undeclared_bomb", "too_large", "1 MB, packed and unpacked", 1),
        ("/endless", "too_large", "1 MB", 1),
        ("/empty", "empty", "no byte", 1),
        ("/large", "too_large", "999,999,999,999 bytes", 1),
        ("/movie", "wrong_type", "video/mp4", 1),
        ("/reset", "unreachable", "", 3),
        ("/huge_headers", "bad_response", "", 1),
        ("/nonsense", "bad_response", "", 1),
        ("/no_gzip", "bad_response", "not packed as `gzip`", 1),
        ("/brotli", "bad_response", "`br`, which was not asked for", 1),
        ("/loop", "bad_redirect", "leads back", 1),
        ("/chain", "bad_redirect", "more than 6 times", 1),
        ("/secret/page", "refused_by_robots", "disallows", 1),
    ],
)
def test_each_fault_has_its_outcome(
    fetch: Fetch, tmp_path: Path, path: str, status: str, told: str, attempts: int
) -> None:
    found = fetch(path)
    row = row_of(found)
    assert (row.status, row.attempts, found[0].documents) == (status, attempts, [])
    assert told in row.detail
    assert read_manifest(tmp_path / "archive") == {}, "nothing half is archived"


@pytest.mark.parametrize("path", ["/slow", "/dripping", "/dripping_headers"])
def test_an_answer_that_takes_too_long_is_given_up(fetch: Fetch, site: Site, path: str) -> None:
    row = row_of(fetch(path, settings=IMPATIENT))
    assert (row.status, row.attempts, site.asked[path]) == ("timeout", 2, 2)


@pytest.mark.parametrize(
    ("path", "attempts"),
    [
        ("/good", 1),
        ("/failing_twice", 3),
        ("/forced_gzip", 1),
        ("/undeclared_gzip", 1),
        ("/bare_deflate", 1),
        ("/moved", 1),
        ("/cookie_gate", 1),
    ],
)
def test_what_comes_in_the_end_is_archived_whole(fetch: Fetch, path: str, attempts: int) -> None:
    found = fetch(path)
    assert (row_of(found).status, row_of(found).attempts) == ("fetched", attempts)
    (document,) = found[0].documents
    assert document.path.read_bytes() == PAGE
    assert document.sha256 == row_of(found).sha256 == hashlib.sha256(PAGE).hexdigest()


def test_retry_after_is_waited_for(fetch: Fetch, site: Site) -> None:
    row = row_of(fetch("/too_many", settings=structs.replace(QUICK, longest_wait_seconds=10)))
    assert (row.status, row.attempts) == ("fetched", 2)
    first, second = (moment for moment, path, _headers in site.requests if path == "/too_many")
    assert second - first >= 2


def test_a_wrong_charset_changes_no_byte_and_hinders_no_reading(fetch: Fetch) -> None:
    (document,) = fetch("/wrong_charset")[0].documents
    pieces = read_pieces(document.path.read_bytes(), document.media_type)
    assert any("甲区人民政府办公室" in piece.text for piece in pieces)


def test_the_manifest_says_how_a_document_came(fetch: Fetch, site: Site, tmp_path: Path) -> None:
    site.routes["/moved"] = to("/tagged?a=1#part")
    found = fetch("/moved", authority="甲区人民政府", year=2023, tier=1)
    base = f"http://{HOST}:{site.port}"
    (line,) = read_sightings(tmp_path / "archive")
    assert (line.source_uri, line.source_tier, line.media_type) == (f"{base}/moved", 1, "text/html")
    assert line.fetch is not None
    assert (line.fetch.final_url, line.fetch.status, line.fetch.redirects) == (f"{base}/tagged?a=1", 200, [])
    assert (line.fetch.authority, line.fetch.year) == ("甲区人民政府", 2023)
    assert line.fetch.headers["etag"] == '"v1"'
    assert found[0].documents[0].source_tier == 1


def test_what_has_not_changed_is_not_sent_again(fetch: Fetch, site: Site, tmp_path: Path) -> None:
    first = fetch("/tagged")
    again = fetch("/tagged")
    assert [row_of(found).status for found in (first, again)] == ["fetched", "not_modified"]
    assert again[0].documents == first[0].documents, "the document is still given to the run"
    assert len(read_sightings(tmp_path / "archive")) == 1
    conditional = site.requests[-1][2]
    assert conditional["if-none-match"] == '"v1"'
    assert conditional["if-modified-since"] == "Wed, 31 Jan 2024 08:00:00 GMT"


def test_a_document_that_is_gone_from_the_archive_is_asked_for_again(fetch: Fetch) -> None:
    (document,) = fetch("/tagged")[0].documents
    document.path.unlink()
    assert row_of(fetch("/tagged")).status == "fetched"
    assert document.path.read_bytes() == PAGE


def test_one_document_at_two_addresses_and_two_documents_at_one(fetch: Fetch, site: Site, tmp_path: Path) -> None:
    site.routes["/copy"] = good
    found = fetch("/good", "/copy")
    assert len({item.documents[0].sha256 for item in found}) == 1
    archive = tmp_path / "archive"
    assert [line.source_uri.rpartition("/")[2] for line in read_sightings(archive)] == ["good", "copy"]
    assert fetch("/good")[0].documents == found[0].documents
    assert len(read_sightings(archive)) == 2, "seen again as before is no new sighting"
    site.routes["/good"] = lambda handler: handler.send(PAGE + b" ")
    (revised,) = fetch("/good")[0].documents
    assert revised.sha256 != found[0].documents[0].sha256
    assert len(read_manifest(archive)) == 2
    site.routes["/good"] = good
    assert fetch("/good")[0].documents == found[0].documents, "the first sighting speaks for its bytes"
    assert len(read_sightings(archive)) == 4


def test_a_shell_is_told_apart_and_asked_for_again(fetch: Fetch, site: Site) -> None:
    found = fetch("/shell")
    assert (row_of(found).status, found[0].documents) == ("shell_page", [])
    assert row_of(fetch("/shell")).status == "shell_page"
    assert "if-none-match" not in site.requests[-1][2]


@pytest.mark.parametrize(
    ("url", "status", "told"),
    [
        ("http://loopback.example/", "blocked_address", "loopback.example has the address 127.0.0.1"),
        ("http://mixed.example/", "blocked_address", "10.0.0.1"),
        ("http://mapped.example/", "blocked_address", "::ffff:127.0.0.1"),
        ("http://127.0.0.1/", "blocked_address", "127.0.0.1"),
        ("http://[::1]/", "blocked_address", "::1"),
        ("http://169.254.169.254/latest/meta-data", "blocked_address", "169.254.169.254"),
        ("http://user:secret@loopback.example/", "refused_url", "user name or password"),
        ("ftp://loopback.example/", "refused_url", "`ftp`"),
        ("file:///etc/passwd", "refused_url", "`file`"),
        ("http://loopback.example:22/", "refused_url", "its port is 22"),
        ("http:///path", "refused_url", "no host"),
        ("http://a b/", "refused_url", "space"),
    ],
)
def test_what_may_not_be_asked_for_is_not(fetch: Fetch, site: Site, url: str, status: str, told: str) -> None:
    row = row_of(fetch(url))
    assert (row.status, row.attempts) == (status, 1)
    assert told in row.detail
    assert site.requests == []


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://loopback.example/", "blocked_address"),
        ("//mixed.example/", "blocked_address"),
        ("http://2130706433/", "blocked_address"),
        ("http://[::ffff:10.0.0.1]/", "blocked_address"),
        ("http://user:secret@site.example/", "refused_url"),
        ("file:///etc/passwd", "refused_url"),
        ("gopher://loopback.example/", "refused_url"),
        ("http://127.0.0.1:6379/", "refused_url"),
    ],
)
def test_a_redirect_leads_nowhere_where_a_list_may_not_lead(fetch: Fetch, site: Site, url: str, status: str) -> None:
    site.routes["/away"] = to(url)
    row = row_of(fetch("/away"))
    assert row.status == status
    assert set(site.asked) == {"/away", "/robots.txt"}


def test_a_redirect_to_another_allowed_host_asks_its_robots(fetch: Fetch, site: Site) -> None:
    site.routes["/away"] = to(f"http://other.example:{site.port}/secret/page")
    row = row_of(fetch("/away"))
    assert (row.status, row.final_url) == ("refused_by_robots", f"http://other.example:{site.port}/secret/page")
    assert site.asked["/robots.txt"] == 2
    assert site.asked["/secret/page"] == 0


def test_robots_are_asked_for_once(fetch: Fetch, site: Site) -> None:
    fetch("/good", "/tagged", "/moved")
    assert site.asked["/robots.txt"] == 1


@pytest.mark.parametrize(
    ("code", "status"), [(404, "fetched"), (403, "fetched"), (200, "fetched"), (500, "refused_by_robots")]
)
def test_robots_that_cannot_be_had(fetch: Fetch, site: Site, code: int, status: str) -> None:
    site.routes["/robots.txt"] = lambda handler: handler.send(b"", code)
    assert row_of(fetch("/good")).status == status


def test_a_host_is_asked_at_its_pace(fetch: Fetch, site: Site) -> None:
    site.routes["/robots.txt"] = lambda handler: handler.send(b"User-agent: gongkai\nCrawl-delay: 0.4\n")
    fetch("/good", "/tagged", "/moved", settings=structs.replace(QUICK, delay_seconds=0.1))
    moments = [moment for moment, path, _headers in site.requests if path != "/robots.txt"]
    assert len(moments) == 4
    assert min(later - earlier for earlier, later in itertools.pairwise(moments)) >= 0.4


def test_every_request_says_who_asks(fetch: Fetch, site: Site) -> None:
    fetch("/good", settings=structs.replace(QUICK, contact="mailto:me@example.org"))
    agents = {headers["user-agent"] for _moment, _path, headers in site.requests}
    assert len(agents) == 1
    assert all(agent.startswith("gongkai/") and "mailto:me@example.org" in agent for agent in agents)
    assert {headers["host"] for _moment, _path, headers in site.requests} == {f"{HOST}:{site.port}"}


def test_a_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, site: Site
) -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"], ["127.0.0.1"]])
    connected: list[str] = []

    def connect(_self: object, host: str, *_arguments: object) -> None:
        connected.append(host)
        raise httpcore.ConnectError("no network in tests")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    guard = Guard(frozenset(), lambda _host, _port: next(answers))
    settings = structs.replace(QUICK, attempts=1)
    entry = Entry(url="http://rebound.example/")
    (item,) = collect([entry], Archive(tmp_path), settings=settings, guard=guard, limits=read_limits({}))
    assert connected == ["8.8.8.8"], "the second answer is checked like the first, and never connected to"
    assert item.row.status == "refused_by_robots", "robots.txt could not be had"


def test_a_fault_of_our_own_at_one_address_ends_no_other(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr(collecting, "read_page", fail)
    found = fetch("/good", "/file.txt")
    assert [(item.row.status, item.row.detail) for item in found] == [
        ("bad_response", "RuntimeError: not foreseen"),
        ("http_error", "the server answered 404 Not Found"),
    ]


def test_a_failing_disk_ends_the_run(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(collecting.Capture, "take_fetched", fail)
    with pytest.raises(OSError, match="No space"):
        fetch("/good", "/tagged")


def test_an_archive_of_documents_is_opened(fetch: Fetch, site: Site) -> None:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.html", PAGE)
        archive.writestr("b.txt", "乙")
    site.routes["/reports.zip"] = lambda handler: handler.send(
        packed.getvalue(), content_type="application/zip", etag='"z"'
    )
    found = fetch("/reports.zip", tier=2)
    names = [document.source_uri.rpartition("/reports.zip")[2] for document in found[0].documents]
    assert names == ["!/a.html", "!/b.txt"]
    assert {document.source_tier for document in found[0].documents} == {2}


def test_gzip_is_no_document_of_its_own(fetch: Fetch, site: Site) -> None:
    site.routes["/file.gz"] = lambda handler: handler.send(gzip.compress(PAGE), content_type="application/octet-stream")
    (document,) = fetch("/file.gz")[0].documents
    assert document.path.read_bytes() == gzip.compress(PAGE)


def test_the_files_of_a_page_come_with_it(fetch: Fetch, site: Site, tmp_path: Path) -> None:
    links = '<a href="/files/nb.pdf">2023年年报.pdf</a><a href="/files/lost.doc">年报附表</a>'
    paged = '<script>createPageHTML(2, 0, "a", "html")</script>'
    page = f'<title>2023年年报</title><div class="TRS_Editor">{links}</div>{paged}'.encode()
    site.routes["/xxgk/a.html"] = lambda handler: (
        handler.head(304) if "If-None-Match" in handler.headers else handler.send(page, etag='"p"')
    )
    site.routes["/xxgk/a_1.html"] = good
    site.routes["/files/nb.pdf"] = lambda handler: handler.send(b"%PDF-1.4\n", content_type="application/pdf")
    found = fetch("/xxgk/a.html", "/good", tier=3)
    base = f"http://{HOST}:{site.port}"
    outcomes = [(item.row.url.removeprefix(base), item.row.status, item.row.part_of, item.is_listed) for item in found]
    assert sorted(outcomes) == [
        ("/files/lost.doc", "http_error", f"{base}/xxgk/a.html", False),
        ("/files/nb.pdf", "fetched", f"{base}/xxgk/a.html", False),
        ("/good", "fetched", "", True),
        ("/xxgk/a.html", "fetched", "", True),
        ("/xxgk/a_1.html", "fetched", f"{base}/xxgk/a.html", False),
    ]
    lines = {line.source_uri.removeprefix(base): line for line in read_sightings(tmp_path / "archive")}
    assert lines["/files/nb.pdf"].source_tier == 3
    assert lines["/files/nb.pdf"].fetch is not None
    assert lines["/files/nb.pdf"].fetch.part_of == f"{base}/xxgk/a.html"
    assert lines["/xxgk/a.html"].fetch is not None
    assert lines["/xxgk/a.html"].fetch.dialect == "trs"
    site.routes["/files/nb.pdf"] = lambda handler: handler.send(b"%PDF-1.5\n", content_type="application/pdf")
    again = {item.row.url.removeprefix(base): item.row for item in fetch("/xxgk/a.html")}
    assert again["/xxgk/a.html"].status == "not_modified"
    assert again["/files/nb.pdf"].sha256 != lines["/files/nb.pdf"].sha256, "a page that is the same may have new files"


def test_hosts_are_asked_beside_each_other_and_one_that_hangs_holds_up_no_other(fetch: Fetch, site: Site) -> None:
    other = f"http://other.example:{site.port}"
    found = fetch("/slow", "/good", f"{other}/good", settings=IMPATIENT)
    statuses = {item.row.url.rpartition("example")[2].partition("/")[2]: item.row.status for item in found}
    assert statuses == {"slow": "timeout", "good": "fetched"}
    assert len(found) == 3
    assert found[0].row.url == f"{other}/good"


@pytest.mark.parametrize(
    ("host", "status", "told"),
    [(HOST, "fetched", ""), ("other.example", "refused_by_robots", "CERTIFICATE_VERIFY_FAILED")],
)
def test_the_certificate_is_that_of_the_name_not_of_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str, status: str, told: str
) -> None:
    with running_secure_site(tmp_path, HOST) as (site, certificate, asked):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        site.routes["/robots.txt"] = lambda handler: handler.send(b"", 404)
        guard = Guard(frozenset({f"{host}:{site.port}"}), resolve)
        asker = Asker(structs.replace(QUICK, attempts=1), guard)
        answer = asker.ask(f"https://{host}:{site.port}/good", {})
        asker.close()
    assert set(asked) == {host}
    assert answer.status == status
    assert told in answer.detail
