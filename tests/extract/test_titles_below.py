"""Titles below a report's own one, which lead to another document: they give neither the year nor the body."""

import pytest

from contracts.raw_json import Report
from tests.extract.test_authority import identity_of
from tests.extract.test_odd_prints import FORM, TITLE, page, read

T = "政府信息公开工作年度报告"
OWN = f"无锡市水利局2023年{T}"
OTHER = f"无锡市财政局2022年{T}"


@pytest.mark.parametrize(
    "below",
    [
        (f"上一篇：{OTHER}",),
        (f"上一篇 {OTHER}", f"下一篇 无锡市财政局2024年{T}"),
        (f"上一篇 2022年{T}",),
        ("上一篇：", OTHER),
        ("【下一条】", f"2024年{T}"),
        (f"相关链接：{OTHER}",),
    ],
)
def test_the_article_before_or_behind_is_another_document(below: tuple[str, ...]) -> None:
    found = identity_of(OWN, *below, "一、总体情况")
    assert (found.authority.normalised, found.year) == ("无锡市水利局", 2023)
    assert {e.value for e in found.evidence if e.field in ("year", "authority")} == {"无锡市水利局", "2023"}


def test_a_title_that_is_a_heading_goes_before_one_that_is_none() -> None:
    found = identity_of(f"# {OWN}", OTHER, "## 一、总体情况")
    assert (found.authority.normalised, found.year) == ("无锡市水利局", 2023)
    broken = identity_of("# 无锡市水利局", f"2023年{T}", "## 一、总体情况")
    assert (broken.authority.normalised, broken.year) == ("无锡市水利局", 2023)


def test_a_title_below_the_introduction_is_not_the_reports() -> None:
    found = identity_of(OWN, "根据《中华人民共和国政府信息公开条例》编制本报告。", OTHER, "一、总体情况")
    assert (found.authority.normalised, found.year) == ("无锡市水利局", 2023)


def test_of_titles_of_several_years_that_of_the_texts_year_names_the_body() -> None:
    found = identity_of(OWN, OTHER, "一、总体情况", "统计期限为2023年1月1日至12月31日。")
    assert (found.authority.normalised, found.year) == ("无锡市水利局", 2023)


def linked(*links: str) -> Report:
    below = "".join(f"<li>{link}</li>" for link in links)
    return read(page(FORM).replace("</h1>", f"</h1><ul>{below}</ul>"))


@pytest.mark.parametrize("title", [f"杭州市财政局2021年{T}", f"杭州市商务局2021年{T}", f"2021年{T}"])
@pytest.mark.parametrize(
    "link", ['<a href="1.htm">{}</a>', '<b><a href="1.htm"> {}</a></b>', '上一篇：<a href="1">{}</a>']
)
def test_a_link_is_another_document(link: str, title: str) -> None:
    found = linked(link.format(title))
    assert (found.authority.normalised, found.year) == ("杭州市商务局", 2022)


def test_a_page_whose_only_title_is_a_link_has_that_title() -> None:
    found = read(page(FORM, title=f'<a href="">{TITLE}</a>'))
    assert (found.authority.normalised, found.year) == ("杭州市商务局", 2022)
