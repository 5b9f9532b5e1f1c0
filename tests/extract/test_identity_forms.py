"""Who reports on which year, over the forms in which titles, index blocks and sentences are printed."""

import pytest

from contracts.raw_json import EvidenceField
from pipelines.extract.authority import ReportIdentity
from tests.extract.test_authority import identity_of

T = "政府信息公开工作年度报告"
P = "本报告所列数据的统计期限为{0}年1月1日至12月31日。"

# Lines of a document -> normalised name, region code, year, scope. None: not decided.
FORMS: list[tuple[tuple[str, ...], str | None, str | None, int | None, str]] = [
    # Full and short names, provinces to counties.
    ((f"浙江省人民政府2023年{T}",), "浙江省人民政府", "330000", 2023, "consolidated"),
    ((f"广州市政府2022年{T}",), "广州市人民政府", "440100", 2022, "consolidated"),
    ((f"广东省广州市天河区政府2022年{T}",), "广州市天河区人民政府", "440106", 2022, "consolidated"),
    ((f"天河区2022年{T}",), "广州市天河区人民政府", "440106", 2022, "consolidated"),
    ((f"昆山市人民政府2021年{T}",), "昆山市人民政府", "320583", 2021, "consolidated"),
    ((f"上海市浦东新区人民政府2023年{T}",), "上海市浦东新区人民政府", "310115", 2023, "consolidated"),
    ((f"重庆市忠县人民政府2023年{T}",), "忠县人民政府", "500233", 2023, "consolidated"),
    ((f"济源市人民政府2022年{T}",), "济源市人民政府", "419001", 2022, "consolidated"),
    ((f"莘县人民政府2022年{T}",), "莘县人民政府", "371522", 2022, "consolidated"),
    # Autonomous regions and what a 地区 or a 盟 is governed by.
    ((f"广西壮族自治区人民政府2022年{T}",), "广西壮族自治区人民政府", "450000", 2022, "consolidated"),
    ((f"延边州人民政府2022年{T}",), "延边朝鲜族自治州人民政府", "222400", 2022, "consolidated"),
    ((f"恭城县人民政府2022年{T}",), "恭城瑶族自治县人民政府", "450332", 2022, "consolidated"),
    ((f"喀什地区2022年{T}",), "喀什地区行政公署", "653100", 2022, "consolidated"),
    ((f"锡林郭勒盟行署2022年{T}",), "锡林郭勒盟行政公署", "152500", 2022, "consolidated"),
    # Offices and departments.
    ((f"上海市人民政府办公厅2019年{T}",), "上海市人民政府办公厅", "310000", 2019, "own"),
    ((f"昆山市府办2021年{T}",), "昆山市人民政府办公室", "320583", 2021, "own"),
    ((f"苏州市工信局2021年{T}",), "苏州市工业和信息化局", "320500", 2021, "own"),
    ((f"天河区市场监管局2022年{T}",), "广州市天河区市场监督管理局", "440106", 2022, "own"),
    ((f"广西教育厅2022年{T}",), "广西壮族自治区教育厅", "450000", 2022, "own"),
    ((f"瓜州县渊泉镇人民政府2022年{T}",), "瓜州县渊泉镇人民政府", "620922", 2022, "own"),
    # A department without its place: the text, the publisher or the host name it.
    ((f"市财政局2022年{T}", "发布单位：无锡市财政局"), "无锡市财政局", "320200", 2022, "own"),
    ((f"市财政局2022年{T}", "无锡市各部门、无锡市各区"), "无锡市财政局", "320200", 2022, "own"),
    ((f"市财政局2022年{T}", "无锡市学习苏州市的做法，无锡市与苏州市。"), None, None, 2022, "unknown"),
    ((f"省审计厅2022年{T}", "湖北省审计厅编制本报告。"), "湖北省审计厅", "420000", 2022, "own"),
    ((f"县教育局2022年{T}", "桐庐县教育局认真工作。"), "桐庐县教育局", "330122", 2022, "own"),
    ((f"财政局2022年{T}",), None, None, 2022, "unknown"),
    # Names that several places bear.
    ((f"鼓楼区人民政府2022年{T}",), None, None, 2022, "unknown"),
    ((f"徐州市鼓楼区人民政府2022年{T}",), "徐州市鼓楼区人民政府", "320302", 2022, "consolidated"),
    (
        (f"鼓楼区人民政府2022年{T}", "发布机构：徐州市鼓楼区人民政府"),
        "徐州市鼓楼区人民政府",
        "320302",
        2022,
        "consolidated",
    ),
    ((f"鼓楼区教育局2022年{T}", "按照福州市的要求编制。"), "福州市鼓楼区教育局", "350102", 2022, "own"),
    ((f"鼓楼区教育局2022年{T}", "按照福州市的要求，学习南京市。"), None, None, 2022, "unknown"),
    ((f"朝阳区教委2022年{T}", "北京市统一安排。"), "北京市朝阳区教委", "110105", 2022, "own"),
    ((f"市中区人民政府2022年{T}", "枣庄市统一安排。"), "枣庄市市中区人民政府", "370402", 2022, "consolidated"),
    ((f"城区人民政府2022年{T}",), None, None, 2022, "unknown"),
    ((f"西湖区住建局2022年{T}", "按照江西省的要求。"), "南昌市西湖区住房和城乡建设局", "360103", 2022, "own"),
    (
        (f"鼓楼区教育局2022年{T}", "可登录江苏省人民政府网站查阅，请与江苏省人民政府办公厅联系。"),
        None,
        None,
        2022,
        "unknown",
    ),
    # Traditional script, also converted too far.
    (("瀋陽市人民政府2022年政府信息公開工作年度報告",), "沈阳市人民政府", "210100", 2022, "consolidated"),
    (("臺州市財政局2022年政府資訊公開工作年度報告",), "台州市财政局", "331000", 2022, "own"),
    (("2020年江幹區教育局政府信息公開工作年度報告",), "杭州市江干区教育局", "330104", 2020, "own"),
    # Characters of names that are the Traditional spelling of others.
    ((f"建德市乾潭镇人民政府2022年{T}",), "建德市乾潭镇人民政府", "330182", 2022, "own"),
    ((f"德清县乾元镇人民政府2022年{T}",), "德清县乾元镇人民政府", "330521", 2022, "own"),
    ((f"临安区於潜镇人民政府2022年{T}",), "杭州市临安区於潜镇人民政府", "330112", 2022, "own"),
    ((f"乾县2022年{T}",), "乾县人民政府", "610424", 2022, "consolidated"),
    ((f"县教育局2022年{T}", "乾县教育局认真工作。"), "乾县教育局", "610424", 2022, "own"),
    (("陝西省乾縣教育局2022年政府信息公開工作年度報告",), "乾县教育局", "610424", 2022, "own"),
    (("江乾區教育局2020年政府信息公開工作年度報告",), "杭州市江干区教育局", "330104", 2020, "own"),
    (("於都縣教育局關於2022年政府信息公開工作年度報告",), "于都县教育局", "360731", 2022, "own"),
    ((f"无锡市水利局关於2022年{T}",), "无锡市水利局", "320200", 2022, "own"),
    # Misread names.
    ((f"沐阳县人民政府2025年{T}",), "沭阳县人民政府", "321322", 2025, "consolidated"),
    ((f"杭州市余抗区人民政府2022年{T}",), "杭州市余杭区人民政府", "330110", 2022, "consolidated"),
    ((f"毫州市人民政府2022年{T}",), "亳州市人民政府", "341600", 2022, "consolidated"),
    ((f"昆仑山市人民政府2022年{T}",), None, None, 2022, "unknown"),
    ((f"昆出市人民政府2022年{T}",), None, None, 2022, "unknown"),
    ((f"昆出市人民政府2022年{T}", "昆山市按照要求编制。"), "昆山市人民政府", "320583", 2022, "consolidated"),
    # Broken over lines.
    (("天河区民政局2020年政府信息公开", "工作年度报告"), "广州市天河区民政局", "440106", 2020, "own"),
    (("沭阳县人民政府", "2023年", "政府信息公开工作年度报告"), "沭阳县人民政府", "321322", 2023, "consolidated"),
    (("#沭阳县人民政府 2023 年", "政府信息公开年度报告"), "沭阳县人民政府", "321322", 2023, "consolidated"),
    # Index blocks: pairs in a row, a row of keys over a row of values, one line.
    (
        (
            "索引号|0001/2024-1|信息名称|无锡市水利局2023年政府信息公开年度报告",
            "发布单位|无锡市水利局|公开日期|2024-01-16",
        ),
        *("无锡市水利局", "320200", 2023, "own"),
    ),
    (
        (
            "索引号|发布单位|公开日期|信息名称",
            "0001|无锡市水利局|2024-01-16|2023年度政府信息公开年报",
            "总体情况如下。",
        ),
        *("无锡市水利局", "320200", 2023, "own"),
    ),
    (
        (f"索引号：01 发布机构：无锡市水利局 公开日期：2024-1-6 15:34 信息名称：2023年{T}",),
        *("无锡市水利局", "320200", 2023, "own"),
    ),
    # Ways of writing the year.
    ((f"无锡市二〇二三年{T}",), "无锡市人民政府", "320200", 2023, "consolidated"),
    ((f"无锡市二○二一年度{T}",), "无锡市人民政府", "320200", 2021, "consolidated"),
    ((f"无锡市二零一九年{T}",), "无锡市人民政府", "320200", 2019, "consolidated"),
    ((f"无锡市 2023 年度{T}",), "无锡市人民政府", "320200", 2023, "consolidated"),
    (("无锡市人民政府政府信息公开工作年度报告（2023年度）",), "无锡市人民政府", "320200", 2023, "consolidated"),
    (("无锡市水利局政府信息公开工作2023年度报告",), "无锡市水利局", "320200", 2023, "own"),
    (("无锡市水利局关于2023年度政府信息公开工作情况的报告",), "无锡市水利局", "320200", 2023, "own"),
    (("无锡市民国112年政府信息公开工作年度报告",), None, None, None, "unknown"),
    # Zones have no code of their own.
    ((f"苏州工业园区管委会2022年{T}",), "苏州工业园区管委会", None, 2022, "consolidated"),
    ((f"平潭综合实验区2023年度{T}",), "平潭综合实验区", None, 2023, "consolidated"),
    # Names of another year.
    ((f"铜仁市人民政府2009年{T}",), "铜仁市人民政府", "522201", 2009, "consolidated"),
    ((f"铜仁市人民政府2013年{T}",), "铜仁市人民政府", "520600", 2013, "consolidated"),
    ((f"崇文区人民政府2009年{T}",), "北京市崇文区人民政府", "110103", 2009, "consolidated"),
    ((f"洪泽县人民政府2014年{T}",), "洪泽县人民政府", "320829", 2014, "consolidated"),
    # The text says otherwise than the kind of body.
    (
        (f"无锡市人民政府办公室2022年{T}", "本报告由汇总全市各部门、各区情况编制而成。"),
        *("无锡市人民政府办公室", "320200", 2022, "consolidated"),
    ),
    ((f"无锡市人民政府2022年{T}", "本报告数据仅包括本级机关。"), "无锡市人民政府", "320200", 2022, "own"),
    ((f"无锡市水利局2022年{T}", "根据各部门材料汇总编制。"), "无锡市水利局", "320200", 2022, "own"),
    (
        (f"无锡市人民政府2022年{T}", "不予公开：本机关不掌握相关政府信息"),
        "无锡市人民政府",
        "320200",
        2022,
        "consolidated",
    ),
]


@pytest.mark.parametrize(("lines", "name", "code", "year", "scope"), FORMS)
def test_forms(lines: tuple[str, ...], name: str | None, code: str | None, year: int | None, scope: str) -> None:
    found = identity_of(*lines)
    assert (found.authority.normalised, found.region_code, found.year, found.scope) == (name, code, year, scope)
    assert [evidence for evidence in found.evidence if evidence.agrees is False] == []


def test_a_file_is_named_as_the_body_is_spelt() -> None:
    found = identity_of("一、总体情况", source=f"file:///德清县乾元镇人民政府2022年{T}.docx")
    assert (found.authority.printed, found.authority.normalised) == ("德清县乾元镇人民政府", "德清县乾元镇人民政府")


def conflicts(found: ReportIdentity, field: EvidenceField) -> list[tuple[str, str]]:
    """Where and what the document says against the report."""
    return [(e.source, e.value) for e in found.evidence if e.field == field and e.agrees is False]


def test_last_years_period_sentence_is_left_in() -> None:
    found = identity_of(f"无锡市水利局2023年{T}", P.format(2022), "2023年，我局认真工作。")
    assert (found.year, conflicts(found, "year")) == (2023, [("period_sentence", "2022")])
    assert found.period == "2022-01-01/2022-12-31"


def test_an_old_title_over_a_new_text() -> None:
    found = identity_of(f"无锡市水利局2022年{T}", "公开日期：2024-01-16", P.format(2023), "2023年，我局认真工作。")
    assert (found.year, conflicts(found, "year")) == (2023, [("title", "2022")])
    assert conflicts(found, "published") == []


def test_a_title_decides_against_a_period_sentence_alone_and_the_date_of_publication_between_them() -> None:
    alone = identity_of(f"无锡市水利局2023年{T}", P.format(2022))
    assert (alone.year, conflicts(alone, "year")) == (2023, [("period_sentence", "2022")])
    dated = identity_of(f"无锡市水利局2023年{T}", "公开日期：2023-01-16", P.format(2022))
    assert (dated.year, conflicts(dated, "year")) == (2022, [("title", "2023")])


def test_a_list_of_titles_has_no_voice() -> None:
    listed = [f"无锡市水利局{year}年{T}" for year in (2024, 2023, 2022, 2021)]
    found = identity_of(*listed, P.format(2021))
    assert (found.year, conflicts(found, "year")) == (2021, [])


def test_a_publication_in_another_year_than_the_next_is_a_conflict() -> None:
    found = identity_of(f"无锡市水利局2023年{T}", "公开日期：2023-01-16", P.format(2023))
    assert (found.year, found.published) == (2023, "2023-01-16")
    assert conflicts(found, "published") == [("index_block", "2023-01-16")]
    assert identity_of("公开日期：2023-21-16").published == ""


def test_two_bodies_in_one_document_are_a_conflict_and_an_office_is_none() -> None:
    found = identity_of(f"无锡市人民政府2023年{T}", "发布机构：无锡市人民政府办公室")
    assert conflicts(found, "authority") == []
    other = identity_of(f"无锡市人民政府2023年{T}", "发布机构：昆山市人民政府")
    assert other.authority.normalised == "无锡市人民政府"
    assert conflicts(other, "authority") == [("index_block", "昆山市人民政府")]


def test_the_address_and_the_name_of_the_file_are_evidence() -> None:
    source = "https://www.wuxi.gov.cn/doc/t20240116_1.htm"
    found = identity_of(f"市财政局2023年{T}", "无锡市的报告", source=source)
    assert (found.authority.normalised, found.region_code) == ("无锡市财政局", "320200")
    assert [(e.source, e.value) for e in found.evidence if e.field == "published"] == [("url", "2024-01-16")]
    named = identity_of("一、总体情况", source="file:///昆山市教育局2022年政府信息公开工作年度报告.docx")
    assert (named.authority.normalised, named.year) == ("昆山市教育局", 2022)
    assert {e.source for e in named.evidence if e.field in ("authority", "year")} == {"file_name"}


@pytest.mark.parametrize(
    ("host", "agrees"),
    [
        ("www.wuxi.gov.cn", [True]),
        ("www.jiangsu.gov.cn", [None]),
        ("www.pingtan.gov.cn", [False]),
        ("www.suzhou.gov.cn", []),  # 苏州 and 宿州
        ("www.pingtan.com", []),
    ],
)
def test_the_site_of_another_region_is_a_conflict_and_that_of_the_region_above_is_none(
    host: str, agrees: list[bool | None]
) -> None:
    found = identity_of(f"无锡市人民政府2023年{T}", source=f"https://{host}/xxgk/nb.html")
    assert (found.authority.normalised, found.region_code) == ("无锡市人民政府", "320200")
    assert [e.agrees for e in found.evidence if (e.field, e.source) == ("region_code", "url")] == agrees
    assert {e.quote for e in found.evidence if e.source == "url"} <= {host}


def test_every_piece_of_evidence_has_its_words_and_its_place() -> None:
    found = identity_of("沐阳县人民政府2023年度政府信息公开工作年度报告", P.format(2023))
    told = {(e.field, e.source): (e.value, e.quote, e.span.line if e.span else None) for e in found.evidence}
    title = "沐阳县人民政府2023年度政府信息公开工作年度报告"
    assert told["authority", "title"] == ("沭阳县人民政府", title, 1)
    assert told["year", "period_sentence"] == ("2023", "2023年1月1日至12月31日", 2)
    assert told["region_code", "misread_name"] == ("321322", "沐阳县", None)
    assert told["scope", "kind_of_body"][0] == "consolidated"
