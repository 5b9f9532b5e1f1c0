"""Fetching from a server that misbehaves: each fault has its outcome, and nowhere is reached that may not be."""

import hashlib
from pathlib import Path

import httpcore
import pytest
from msgspec import structs

from pipelines.archive import Archive, read_manifest
from pipelines.fetch import collecting
from pipelines.fetch.asking import Asker
from pipelines.fetch.collecting import collect
from pipelines.fetch.guard import Guard
from pipelines.fetch.url_list import Entry
from pipelines.limits import read_limits
from tests.fetch.conftest import HOST, IMPATIENT, QUICK, Fetch, resolve, row_of
from tests.fetch.faults import PAGE, to
from tests.fetch.server import Site
from tests.fetch.tls import running_secure_site


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
