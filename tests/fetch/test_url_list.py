"""Lists of addresses: three formats, and errors that name the line."""

from pathlib import Path

import pytest

from pipelines.fetch.settings import FetchSettings, read_fetch_settings
from pipelines.fetch.url_list import Entry, UrlListError, read_url_list
from pipelines.limits import MEGABYTE, LimitError


def write(path: Path, text: str) -> Path:
    """A list."""
    path.write_text(text, encoding="utf-8")
    return path


def test_one_address_a_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "urls.txt", "\ufeff# bodies\n\n http://a.example/1 \nhttp://b.example/\nhttp://a.example/1\n"
    )
    assert read_url_list(path) == [Entry(url="http://a.example/1"), Entry(url="http://b.example/")]


FULL = Entry(url="http://a.example/", authority="甲市人民政府", year=2023, tier=0, dialect="trs")


def test_csv_and_yaml_say_the_same(tmp_path: Path) -> None:
    table = "url,authority,year,tier,dialect\nhttp://a.example/,甲市人民政府,2023,0,trs\nhttp://b.example/,,,,\n"
    document = "- {url: 'http://a.example/', authority: 甲市人民政府, year: 2023, tier: 0, dialect: trs}\n- http://b.example/\n"
    expected = [FULL, Entry(url="http://b.example/")]
    assert read_url_list(write(tmp_path / "list.csv", table)) == expected
    assert read_url_list(write(tmp_path / "list.yml", document)) == expected


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "url,tier\nhttp://a.example/,10\n", "line 2"),
        ("a.csv", "url,tier\nhttp://a.example/,near\n", "line 2"),
        ("a.csv", "url,dialekt\nhttp://a.example/,trs\n", "dialekt"),
        ("a.csv", "url,dialect\nhttp://a.example/,klingon\n", "`klingon` is no dialect; allowed are"),
        ("a.csv", "url\nhttp://a.example/,more\n", "beyond the last column"),
        ("a.csv", "authority\n甲市\n", "url"),
        ("a.yml", "- {url: 'http://a.example/', year: 1066}\n", "entry 1"),
        ("a.yml", "- 3\n", "entry 1"),
        ("a.yml", "url: x\n", "no list"),
        ("a.yml", "- [\n", "not what its name says"),
        ("a.yml", "", "names no address"),
        ("a.txt", "# nothing\n", "names no address"),
    ],
)
def test_a_list_that_cannot_be_used_says_where(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(UrlListError, match=told) as raised:
        read_url_list(write(tmp_path / name, text))
    assert str(tmp_path / name) in str(raised.value)


def test_a_list_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(UrlListError, match="cannot be read"):
        read_url_list(tmp_path / "missing.txt")
    (tmp_path / "gbk.txt").write_bytes("# 甲".encode("gbk"))
    with pytest.raises(UrlListError, match="not in UTF-8"):
        read_url_list(tmp_path / "gbk.txt")


def test_settings_come_from_the_environment() -> None:
    assert read_fetch_settings({}) == FetchSettings()
    set_ = {
        "GONGKAI_FETCH_MB": "1",
        "GONGKAI_FETCH_DELAY_SECONDS": "9",
        "GONGKAI_FETCH_CONTACT": "me@example.org\r\nx: y",
    }
    settings = read_fetch_settings(set_)
    assert (settings.document_bytes, settings.delay_seconds) == (MEGABYTE, 9)
    assert settings.user_agent.isprintable()
    with pytest.raises(LimitError, match="GONGKAI_FETCH_HOSTS"):
        read_fetch_settings({"GONGKAI_FETCH_HOSTS": "0"})
