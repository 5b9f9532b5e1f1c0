"""Each dialect has a page of our own making: recognised, its words and files found, and its report read as if alone."""

from functools import cache
from pathlib import Path

import httpx
import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from pipelines.extract.document import extract_document
from pipelines.fetch.dialects import Dialect, dialect_names, dialects
from pipelines.fetch.page import MOST_BYTES, MOST_PARTS, Page, read_page
from pipelines.render.sample_source import read_sources
from pipelines.render.samples import SAMPLES

PAGES = Path(__file__).parent / "pages"
PROSE = "<p>" + "本报告由本机关编制，" * 20 + "</p>"
FOLDER = "http://www.example.cn/xxgk/"


class Expected(Struct, forbid_unknown_fields=True):
    """What a page says; addresses relative to its folder."""

    url: str
    about: dict[str, str]
    attachments: list[str] = []
    parts: list[str] = []


EXPECTED = msgspec.convert(yaml.safe_load((PAGES / "expected.yml").read_bytes()), dict[str, Expected])


@cache
def report_page() -> bytes:
    """A page that is nothing but a report."""
    source = read_sources(SAMPLES / "reports")["001_pipes_simplified.txt"]
    return structs.replace(source, layout="html").document()


def page_of(name: str, body: str = PROSE) -> bytes:
    """A page of a dialect with a text in it, in the encoding that it declares."""
    text = (PAGES / f"{name}.html").read_text(encoding="utf-8").replace("{report}", body)
    return text.encode("gb18030" if 'charset="gb2312"' in text else "utf-8")


def addresses(relative: list[str]) -> list[str]:
    """Whole addresses."""
    return [str(httpx.URL(FOLDER).join(link)) for link in relative]


def test_every_dialect_has_its_page() -> None:
    assert sorted(dialect_names()) == sorted(EXPECTED)
    assert dialect_names()[-1] == "any"


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_page_is_recognised_and_read(name: str) -> None:
    expected = EXPECTED[name]
    page = read_page(page_of(name), FOLDER + expected.url)
    assert page == Page(
        dialect=name,
        about=page.about,
        attachments=addresses(expected.attachments),
        parts=addresses(expected.parts),
        is_shell=False,
    )
    assert page.about == expected.about


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_report_in_a_page_is_read_as_if_it_stood_alone(name: str) -> None:
    alone = extract_document(report_page(), "", "2024-01-01").reports[0]
    body = report_page().decode().partition("<body>")[2].partition("</body>")[0]
    framed = extract_document(page_of(name, body), FOLDER + EXPECTED[name].url, "2024-01-01").reports[0]
    assert framed.tables == alone.tables
    assert (framed.year, framed.authority.normalised) == (alone.year, alone.authority.normalised)


def test_a_dialect_that_the_list_names_is_not_guessed() -> None:
    page = read_page(page_of("trs"), FOLDER + "t20240122_100.html", "any")
    assert page.dialect == "any"
    assert page.parts == []


def test_files_that_are_no_report_are_left_on_a_page_that_is_none() -> None:
    text = '<title>通知</title><div id="zoom"><a href="a.pdf">名单</a><a href="b.pdf">2023年年报</a></div>'
    assert read_page(text.encode(), FOLDER).attachments == addresses(["b.pdf"])


def test_attachments_and_parts_have_an_end() -> None:
    links = "".join(f'<a href="{number}.pdf">年报</a>' for number in range(50))
    script = '<script>createPageHTML(999, 0, "index", "html")</script>'
    text = f'<div class="TRS_Editor">{links}</div>{script}'.encode()
    page = read_page(text, FOLDER + "index.html", most_attachments=3)
    assert page.attachments == addresses(["0.pdf", "1.pdf", "2.pdf"])
    assert len(page.parts) == MOST_PARTS - 1
    assert read_page(text, FOLDER + "index_1.html").parts == [], "parts belong to the first one"


@pytest.mark.parametrize(
    ("text", "is_shell"),
    [
        ("<div id=app></div><script src=/app.js></script>", True),
        ("", True),
        ("<body>正在加载，请稍候</body>", True),
        (f"<noscript>{'请开启脚本后再访问本站，' * 20}</noscript>", True),
        (f"<div id=app></div>{'<!-- 头部导航开始 -->' * 20}<!--\n-->", True),
        (f"<p>{'甲区人民政府办公室' * 10}</p>", False),
        (f"<div><!-- 正文 -->{'甲区人民政府办公室' * 10}</div>", False),
        (f"<script>var page = '<p>{'甲区人民政府办公室' * 10}</p>'</script>", False),
        ('<div id="zoom"><a href="a.pdf">2023年年报</a></div>', False),
    ],
)
def test_a_shell_has_nothing_to_read(text: str, is_shell: bool) -> None:
    assert read_page(text.encode(), FOLDER).is_shell is is_shell


def test_a_hostile_page_is_only_a_page() -> None:
    deep = b"<div>" * 100_000 + b'<a href="a.pdf">'
    for content in (
        deep,
        b"\0" * 100,
        b"<a href='http://[::1'>x",
        b'<base href="x"><a href="\xff">',
        b"x" * (MOST_BYTES + 1),
    ):
        assert isinstance(read_page(content, FOLDER), Page)


@settings(max_examples=60)
@given(st.sampled_from(sorted(EXPECTED)), st.integers(0, 2000), st.integers(0, 300), st.binary(max_size=40))
def test_a_mutated_page_is_only_a_page(name: str, start: int, length: int, put: bytes) -> None:
    content = page_of(name)
    assert isinstance(read_page(content[:start] + put + content[start + length :], FOLDER + "a.html"), Page)


@pytest.mark.parametrize("wrong", [{"signs": ["div > p"]}, {"parts": r"page\((?P<total>\d+)\)"}])
def test_a_dialect_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"describes": "x", **wrong}, Dialect)


def test_every_dialect_says_what_it_is() -> None:
    assert all(dialect.describes and dialect.main for dialect in dialects().values())
