"""Identity of a report: names written out, years never from the date of publication, scope by kind of body."""

import pytest

from contracts.raw_json import Span
from contracts.regions import region_of_code, regions, regions_by_name
from pipelines.extract.authority import ReportIdentity, read_identity
from pipelines.extract.authority_names import body_of
from pipelines.extract.pieces import Piece
from pipelines.extract.place_context import Context


def identity_of(*lines: str, source: str = "file:///report.txt") -> ReportIdentity:
    """The identity of a document of lines; a line with `|` is a row of cells."""
    pieces: list[Piece] = []
    for number, line in enumerate(lines, 1):
        cells = line.split("|")
        if len(cells) == 1:
            pieces.append(Piece("line", line, Span(line=number)))
            continue
        pieces.extend(Piece("cell", cell, Span(line=number), column) for column, cell in enumerate(cells))
        pieces.append(Piece("row_end", "", Span(line=number)))
    return read_identity(pieces, source)


TITLES = [
    ("宁波市政府2021年政府信息公开工作年度报告", "宁波市人民政府", "330200", "consolidated"),
    ("寧波市人民政府2021年政府信息公開工作年度報告", "宁波市人民政府", "330200", "consolidated"),
    ("2021年温州市财政局政府信息公开工作年度报告", "温州市财政局", "330300", "own"),
    ("萧山区发改局2021年度政府信息公开年度报告", "杭州市萧山区发展和改革局", "330109", "own"),
    ("浙江省杭州市临平区政府2021年政府信息公开工作年度报告", "杭州市临平区人民政府", "330113", "consolidated"),
    ("桐庐县人民政府2021年政府信息公开工作年度报告", "桐庐县人民政府", "330122", "consolidated"),
    ("浙江省教育厅2021年政府信息公开工作年度报告", "浙江省教育厅", "330000", "own"),
    ("温州市人民政府办公厅2021年政府信息公开工作年度报告", "温州市人民政府办公厅", "330300", "own"),
    ("衢州市2021年政府信息公开工作年度报告", "衢州市人民政府", "330800", "consolidated"),
]


@pytest.mark.parametrize(("title", "normalised", "code", "scope"), TITLES)
def test_titles(title: str, normalised: str, code: str, scope: str) -> None:
    found = identity_of(title, "发布时间：2022-01-20", "本年度工作情况如下。")
    assert found.authority.normalised == normalised
    assert (found.year, found.region_code, found.scope) == (2021, code, scope)
    assert found.published == "2022-01-20"


def test_a_title_broken_over_two_lines() -> None:
    found = identity_of("余杭区民政局2020年政府信息公开", "工作年度报告", "2020年，我局认真工作。")
    assert (found.authority.normalised, found.year) == ("杭州市余杭区民政局", 2020)


def test_the_index_block_and_the_city_in_the_text() -> None:
    found = identity_of(
        "公开日期：|2019-02-21|索引号：|000/2019",
        "发布单位：|市人社局|主题分类：|其他",
        "本报告由金华市有关处室编写，所列数字属于2018年1月1日至2018年12月31日。金华市按季度公布。",
    )
    assert found.authority.printed == "市人社局"
    assert found.authority.normalised == "金华市人力资源和社会保障局"
    assert (found.year, found.published) == (2018, "2019-02-21")
    assert found.period == "2018-01-01/2018-12-31"


def test_the_first_sentence_names_the_body() -> None:
    found = identity_of("一、总体情况", "2022年，钱塘区人民政府认真落实各项要求。")
    assert (found.authority.normalised, found.year) == ("杭州市钱塘区人民政府", 2022)


def test_the_body_as_the_subject_of_the_first_sentence() -> None:
    found = identity_of("杭州市临平区人民政府按照统一格式报告，数据所属期间为2022年1月1日至12月31日。")
    assert (found.authority.normalised, found.region_code, found.year) == ("杭州市临平区人民政府", "330113", 2022)


def test_the_year_is_never_the_date_of_publication() -> None:
    assert identity_of("政府信息公开工作报告", "公开日期：2024-02-06").year is None
    assert identity_of("政府信息公开工作报告", source="https://a.gov.cn/202402/t20240206_1.htm").year is None
    assert identity_of("政府信息公开工作报告", source="https://a.gov.cn/report_2019_city.html").year == 2019
    assert identity_of("报告", "数字属于2023年1月1日起至2023年12月31日，2024年2月公布。").year == 2023


def test_what_the_text_does_not_decide_stays_open() -> None:
    assert identity_of("市统计局2021年政府信息公开工作年度报告").authority.normalised is None
    assert identity_of("财政局2021年政府信息公开工作年度报告").scope == "unknown"
    assert body_of("西湖区人民政府", Context("本区工作", 2021)) is None
    body = body_of("西湖区人民政府", Context("按照浙江省的要求", 2021))
    assert body is not None
    assert body.name == "杭州市西湖区人民政府"
    assert body_of("例东区人民政府", Context("", 2021)) is None


BODIES = [
    ("宁波市上城区人民政府", "宁波市上城区人民政府", None, True),
    ("杭州市上城区人民政府", "杭州市上城区人民政府", "330102", True),
    ("浙江省杭州市上城区政府", "杭州市上城区人民政府", "330102", True),
    ("福建省厦门市人民政府", "厦门市人民政府", "350200", True),
    ("厦门市人民政府", "厦门市人民政府", "350200", True),
    ("绍兴市柯桥区人民政府", "绍兴市柯桥区人民政府", "330603", True),
    ("绍兴市柯桥区教育局", "绍兴市柯桥区教育局", "330603", False),
    ("浙江省宁波市人民政府", "宁波市人民政府", "330200", True),
    ("浙江省国资委", "浙江省国有资产监督管理委员会", "330000", False),
    ("杭州市城市建设管理委员会", "杭州市城市建设管理委员会", "330100", False),
    ("福建省平潭综合实验区管委会", "福建省平潭综合实验区管委会", None, True),
    ("杭州市西湖风景名胜区管理委员会", "杭州市西湖风景名胜区管理委员会", None, True),
    ("杭州市萧山区瓜沥镇人民政府", "杭州市萧山区瓜沥镇人民政府", "330109", False),
    ("厦门市新圩镇人民政府", "厦门市新圩镇人民政府", "350200", False),
    ("杭州市萧山区城厢街道办事处", "杭州市萧山区城厢街道办事处", "330109", False),
]


@pytest.mark.parametrize(("printed", "name", "code", "governs"), BODIES)
def test_a_body_has_its_own_region_or_none(printed: str, name: str, code: str | None, governs: bool) -> None:
    body = body_of(printed, Context("", 2021))
    assert body is not None
    assert (body.name, body.region.code if body.region else None, body.governs) == (name, code, governs)


def test_regions_have_history() -> None:
    (linping,), (jianggan,) = (regions_by_name()[name] for name in ("临平区", "江干区"))
    assert not linping.is_valid_in(2020)
    assert jianggan.is_valid_in(2020)
    assert not jianggan.is_valid_in(2021)
    former = region_of_code("330103", 2023)
    assert former is not None
    assert former.valid_to == 2020
    provinces = [region for region in regions() if region.level == "province"]
    assert len(provinces) == 34
    assert all(region.code.endswith("0000") for region in provinces)
    assert len({(region.code, region.name_zh, region.valid_from) for region in regions()}) == len(regions())
