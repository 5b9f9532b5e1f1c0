"""What is fetched is archived with how it came, politely, and not sent again while it has not changed."""

import gzip
import io
import itertools
import zipfile
from pathlib import Path

import pytest
from msgspec import structs

from pipelines.archive import read_manifest, read_sightings
from pipelines.extract.readers.registry import read_pieces
from tests.fetch.conftest import HOST, IMPATIENT, QUICK, Fetch, row_of
from tests.fetch.faults import PAGE, good, tagged, to
from tests.fetch.server import Site


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


@pytest.mark.parametrize("path", ["/年报", "/report#top", "/re port"])
def test_conditions_are_sent_however_an_address_is_written(fetch: Fetch, site: Site, path: str) -> None:
    for sent in ("/%E5%B9%B4%E6%8A%A5", "/report", "/re%20port"):
        site.routes[sent] = tagged
    listed = path.replace(" ", "%20")
    assert [row_of(fetch(listed)).status for _ in range(2)] == ["fetched", "not_modified"]


def test_validators_that_cannot_be_sent_back_are_left_out(fetch: Fetch, site: Site) -> None:
    dated = "星期三, 31 一月 2024".encode().decode("latin-1")
    site.routes["/dated"] = lambda handler: handler.send(PAGE, last_modified=dated)
    site.routes["/half"] = lambda handler: (
        handler.head(304) if "If-None-Match" in handler.headers else handler.send(PAGE, etag='"h"', last_modified=dated)
    )
    assert [row_of(fetch("/dated")).status for _ in range(2)] == ["fetched", "fetched"]
    assert [row_of(fetch("/half")).status for _ in range(2)] == ["fetched", "not_modified"]


def test_an_answer_that_nobody_asked_for_is_no_success(fetch: Fetch, site: Site) -> None:
    site.routes["/unasked"] = lambda handler: handler.head(304)
    row = row_of(fetch("/unasked"))
    assert row.status == "http_error"
    assert "answered 304" in row.detail


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


def test_robots_are_asked_for_once(fetch: Fetch, site: Site) -> None:
    fetch("/good", "/tagged", "/moved")
    assert site.asked["/robots.txt"] == 1


def test_a_mark_of_the_byte_order_hides_no_rule(fetch: Fetch, site: Site) -> None:
    site.routes["/robots.txt"] = lambda handler: handler.send(b"\xef\xbb\xbfUser-agent: *\nDisallow: /good\n")
    assert row_of(fetch("/good")).status == "refused_by_robots"


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


def test_an_archive_of_documents_is_opened(fetch: Fetch, site: Site) -> None:
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
    packed = gzip.compress(PAGE)
    site.routes["/file.gz"] = lambda handler: handler.send(packed, content_type="application/octet-stream")
    (document,) = fetch("/file.gz")[0].documents
    assert document.path.read_bytes() == packed


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
