"""Tables and names as offices print them beside the form: what can be told is read, the rest is named."""

import pytest

from contracts.raw_json import Report
from pipelines.extract.document import extract_document
from pipelines.extract.form_reader.figures import parse_cell

T = "2022年政府信息公开工作年度报告"
TITLE = f"杭州市商务局{T}"
RESULTS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
CASES = (1, 0, 2, 0, 3, 4, 0, 0, 1, 5, 0, 1, 0, 0, 1)
FIRST = ("review", "lawsuit_direct", "lawsuit_after_review")


def cells(texts: tuple[object, ...], attribute: str = "") -> str:
    return "".join(f"<td{attribute}>{text}</td>" for text in texts)


def page(*parts: str, before: str = "", title: str = TITLE) -> str:
    return f"{before}<h1>{title}</h1><p>一、总体情况</p>{''.join(parts)}<p>五、存在的主要问题及改进情况</p><p>无。</p>"


def regulations(*headers: str, first: tuple[object, ...] = (1, 2, 3)) -> str:
    return (
        "<p>二、主动公开政府信息情况</p><table><tr><td colspan=4>第二十条第（一）项</td></tr>"
        f"<tr>{cells(('信息内容', *headers))}</tr><tr>{cells(('规章', *first))}</tr>"
        f"<tr>{cells(('行政规范性文件', 4, 5, 6))}</tr></table>"
    )


def cases(top: str, middle: str, *, stub: str = "") -> str:
    corner = "<td rowspan=3></td>" if stub else ""
    figures = cells((*([stub] if stub else []), *CASES))
    return (
        f"<p>四、政府信息公开行政复议、行政诉讼情况</p><table><tr>{corner}{top}</tr><tr>{middle}</tr>"
        f"<tr>{cells(RESULTS * 2)}</tr><tr>{figures}</tr></table>"
    )


REVIEW, LAWSUITS = "<td colspan=5>行政复议</td>", "<td colspan=10>行政诉讼</td>"
CHANNELS = "<td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td>"
OVER = cells(RESULTS, " rowspan=2")
FORM = regulations("本年制发件数", "本年废止件数", "现行有效件数")


def read(html: str) -> Report:
    document = extract_document(html.encode(), "page.html", "2023-03-01T00:00:00Z")
    assert document.rejection is None, document.rejection
    (report,) = document.reports
    return report


def row_of(report: Report, table: str, row: str) -> tuple[object, ...]:
    found = getattr(getattr(report.tables, table).cells, row)
    return tuple(getattr(found, column) for column in found.__struct_fields__)


def left(report: Report) -> list[str]:
    return [leftover.raw for leftover in report.leftovers]


def test_a_header_that_is_not_read_shifts_no_figure() -> None:
    found = read(page(regulations("本年制发数", "现行有效数", "废止数")))
    assert row_of(found, "proactive_disclosure", "regulations") == (None, None, None)
    assert set(left(found)) == {"1", "2", "3", "4", "5", "6"}
    in_place = read(page(regulations("本年制发数", "废止数", "现行有效数")))
    assert row_of(in_place, "proactive_disclosure", "regulations") == (1, 2, 3)


def test_rows_side_by_side_are_those_of_the_columns_below_their_labels() -> None:
    usual = read(page(cases(REVIEW + LAWSUITS, OVER + CHANNELS)))
    assert [row_of(usual, "reviews_and_lawsuits", row)[0] for row in FIRST] == [1, 4, 0]
    other = read(page(cases(LAWSUITS + REVIEW, CHANNELS + OVER)))
    assert [row_of(other, "reviews_and_lawsuits", row)[0] for row in FIRST] == [0, 1, 4]


@pytest.mark.parametrize("between", ["", "</table><table>"])
@pytest.mark.parametrize("is_swapped", [False, True])
def test_a_table_in_two_lines_of_figures_is_read_line_by_line(between: str, *, is_swapped: bool) -> None:
    channels = "<td colspan=5>复议后起诉</td><td colspan=5>未经复议直接起诉</td>" if is_swapped else CHANNELS
    suits = CASES[10:] + CASES[5:10] if is_swapped else CASES[5:]
    table = (
        f"<table><tr>{REVIEW}</tr><tr>{cells(RESULTS)}</tr><tr>{cells(CASES[:5])}</tr>{between}"
        f"<tr>{LAWSUITS}</tr><tr>{channels}</tr><tr>{cells(RESULTS * 2)}</tr><tr>{cells(suits)}</tr></table>"
    )
    report = read(page(FORM, f"<p>四、政府信息公开行政复议、行政诉讼情况</p>{table}"))
    rows = [row_of(report, "reviews_and_lawsuits", row) for row in FIRST]
    assert (rows, left(report)) == ([CASES[:5], CASES[5:10], CASES[10:]], [])


def test_a_line_of_fewer_figures_than_its_labels_have_is_left_over() -> None:
    table = (
        f"<table><tr>{REVIEW}</tr><tr>{cells(RESULTS)}</tr><tr>{cells(CASES[:5])}</tr>"
        f"<tr>{LAWSUITS}</tr><tr>{CHANNELS}</tr><tr>{cells(RESULTS * 2)}</tr><tr>{cells(CASES[5:12])}</tr></table>"
    )
    report = read(page(FORM, f"<p>四、政府信息公开行政复议、行政诉讼情况</p>{table}"))
    rows = [row_of(report, "reviews_and_lawsuits", row) for row in FIRST]
    assert all(value is None for row in rows[1:] for value in row)
    assert len(left(report)) >= len(CASES[5:12])


@pytest.mark.parametrize("stub", ["件数", "数量（件）", "2022年", "本年度"])
def test_a_cell_that_says_what_the_figures_count_hides_none(stub: str) -> None:
    found = read(page(cases(REVIEW + LAWSUITS, OVER + CHANNELS, stub=stub)))
    assert [row_of(found, "reviews_and_lawsuits", row)[4] for row in FIRST] == [3, 5, 1]


def test_figures_of_a_table_that_gives_none_are_named() -> None:
    turned = [cells(("", "行政复议", "直接起诉", "复议后起诉"))]  # a label that the form does not have
    turned += [cells((result, *CASES[place::5])) for place, result in enumerate(RESULTS)]
    table = "".join(f"<tr>{row}</tr>" for row in turned)
    found = read(page(FORM, f"<p>四、政府信息公开行政复议、行政诉讼情况</p><table>{table}</table>"))
    assert len(left(found)) == len(CASES)


@pytest.mark.parametrize("printed", ["7*", "7[1]", "12万", "1.2万件", "1.2E+05", "1,23", "5/6"])
def test_a_figure_that_says_another_number_keeps_its_place_and_is_named(printed: str) -> None:
    found = read(page(regulations("本年制发件数", "本年废止件数", "现行有效件数", first=(1, printed, 3))))
    assert row_of(found, "proactive_disclosure", "regulations") == (1, None, 3)
    (reading,) = (one for one in found.readings if one.cell == "proactive_disclosure.regulations.repealed")
    assert (reading.state, reading.raw) == ("ambiguous", printed)


@pytest.mark.parametrize(("text", "number"), [("3 479", "3479"), ("12\u00a0345 678", "12345678"), ("0 479", None)])
def test_blanks_between_thousands_are_one_figure_in_a_cell(text: str, number: str | None) -> None:
    figure = parse_cell(text)
    assert (figure.number if figure else None) == number
    if number:
        found = read(page(regulations("本年制发件数", "本年废止件数", "现行有效件数", first=(1, text, 3))))
        assert row_of(found, "proactive_disclosure", "regulations") == (1, int(number), 3)


def test_zero_in_words_is_a_mark() -> None:
    found = read(page(regulations("本年制发件数", "本年废止件数", "现行有效件数", first=(1, "零", 3))))
    assert row_of(found, "proactive_disclosure", "regulations") == (1, None, 3)


@pytest.mark.parametrize(
    "title",
    [
        f"杭州市商务局关于公布{T}的公告",
        f"杭州市人民政府办公厅关于印发杭州市商务局{T}的通知",
        f"关于印发《杭州市商务局{T}》的通知",
        f"杭州市商务局（市粮食和物资储备局）{T}",
        f"杭州市商务局、杭州市投资促进局{T}",
        *(f"杭州市商务局关于{done}{T}的说明" for done in ("更正", "修订", "重新公布", "公开", "上报", "对", "全市")),
        *(f"杭州市商务局{done}{T}" for done in ("发布", "公布", "报送")),
        *(f"{mark}杭州市商务局{T}" for mark in ("【更正】", "（更正）", "[公示]")),
        f"【更正】2022年杭州市商务局{T[5:]}",
        f"关于更正杭州市商务局{T}的说明",
        f"杭州市人民政府办公厅关于重新印发杭州市商务局{T}的通知",
    ],
)
def test_words_around_a_body_are_no_part_of_its_name(title: str) -> None:
    found = read(page(FORM, title=title))
    assert (found.authority.normalised, found.year) == ("杭州市商务局", 2022)


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("杭州市（本级）", "杭州市人民政府"),
        ("上城区（市本级）", "杭州市上城区人民政府"),
        ("杭州市本级", "杭州市人民政府"),
        ("杭州市政府本级", "杭州市人民政府"),
        ("杭州市本级政府", "杭州市人民政府"),
        ("杭州市商务局本级", "杭州市商务局"),
    ],
)
def test_a_title_that_says_the_body_alone_is_of_the_body_alone(printed: str, name: str) -> None:
    for title in (f"{printed}{T}", f"2022年{printed}{T[5:]}"):
        found = read(page(FORM, title=title))
        assert (found.authority.normalised, found.scope) == (name, "own")
        assert ("own", "title") in [(e.value, e.source) for e in found.evidence if e.field == "scope"]
        assert "本级" not in found.authority.printed


def test_titles_of_the_body_alone_and_of_the_whole_region_leave_the_scope_open() -> None:
    found = read(page(FORM, title=f"杭州市{T}", before=f"<p>杭州市本级{T}</p>"))
    assert (found.authority.normalised, found.scope) == ("杭州市人民政府", "unknown")
    assert [e.value for e in found.evidence if e.field == "scope"] == ["own", "consolidated"]
    publisher = read(page(FORM, title=f"杭州市{T}", before="<p>发布机构：杭州市本级</p>"))
    assert (publisher.scope, bodies(publisher)) == ("consolidated", {"杭州市人民政府"})


def test_a_notice_of_another_kind_gives_no_name() -> None:
    found = read(page(FORM, title=f"杭州市商务局关于通报{T}的函"))
    assert (found.authority.printed, found.authority.normalised, found.year) == ("", None, 2022)


OTHER_YEAR = "<ul><li>杭州市商务局2023年政府信息公开工作年度报告</li></ul>"


@pytest.mark.parametrize("before", [OTHER_YEAR, OTHER_YEAR + "<p>发布日期：2023-01-20</p>"])
def test_a_list_above_the_title_gives_no_year(before: str) -> None:
    assert read(page(FORM, before=before)).year == 2022


LINK = "2023年政府信息公开年报"


@pytest.mark.parametrize(
    "before",
    [
        f"<p>{LINK}</p>",
        f"<ul><li>{LINK}</li></ul>",
        f"<table><tr><td>{LINK}</td></tr></table>",
        "<p>2023年杭州市商务局政府信息公开年报</p>",
        "<p>2023年全市政府信息公开年报</p>",
        "<p>2021年政府信息公开年报</p><p>发布日期：2023-01-12</p>",
        f"<p>2021年政府信息公开年报</p><p>{LINK}</p>",
    ],
)
@pytest.mark.parametrize("title", [TITLE, T])
def test_a_link_to_another_year_is_no_first_sentence(before: str, title: str) -> None:
    found = read(page(FORM, before=before, title=title))
    assert found.year == 2022
    assert ("2022", "title", True) in [(e.value, e.source, e.agrees) for e in found.evidence if e.field == "year"]


def test_the_title_nearest_to_the_text_weighs_less_than_the_text_and_is_evidence() -> None:
    found = read(page("<p>2023年，我局认真工作。</p>", FORM, before="<p>2021年政府信息公开年报</p>"))
    assert (found.year, [e.value for e in found.evidence if e.agrees is False]) == (2023, ["2022"])
    document = extract_document(page(FORM, before=OTHER_YEAR).encode(), "2023.html", "2023-03-01T00:00:00Z")
    assert document.reports[0].year == 2022


def test_a_sentence_that_begins_as_a_link_is_a_first_sentence() -> None:
    found = read(page("<p>2022年度政府信息公开的情况，由杭州市商务局报告如下。</p>", FORM, before=f"<p>{LINK}</p>"))
    years = [(e.value, e.source) for e in found.evidence if e.field == "year"]
    assert (found.year, years) == (2022, [("2022", "title"), ("2022", "first_sentence")])


def test_a_title_without_a_body_names_none() -> None:
    assert read(page(FORM, title=T)).authority.printed == ""


def test_a_list_above_the_title_gives_no_body() -> None:
    names = "".join(f"<li>{body}{T}</li>" for body in ("杭州市财政局", "杭州市教育局"))
    found = read(page(FORM, before=f"<ul>{names}</ul><p>发布机构：杭州市商务局</p>"))
    assert found.authority.normalised == "杭州市商务局"


def bodies(report: Report) -> set[str]:
    return {e.value for e in report.evidence if e.field == "authority"}


@pytest.mark.parametrize("title", [TITLE, f"杭州市商务局</h1><h1>{T}", f"杭州市商务局{T[:7]}</h1><h1>{T[7:]}"])
@pytest.mark.parametrize("links", [("杭州市财政局",), ("杭州市财政局", "杭州市教育局", "杭州市人民政府")])
def test_of_titles_of_several_bodies_the_nearest_to_the_text_counts(links: tuple[str, ...], title: str) -> None:
    found = read(page(FORM, before="".join(f"<div><a>{body}{T}</a></div>" for body in links), title=title))
    assert found.authority.normalised == found.authority.printed == "杭州市商务局"
    assert bodies(found) == {"杭州市商务局", *links}


def test_titles_of_several_bodies_above_no_section_leave_the_body_open() -> None:
    html = page(FORM, before=f"<p>杭州市财政局{T}</p>").replace("一、总体情况", "总体情况")
    found = read(html)
    assert (found.authority.printed, found.authority.normalised, found.scope) == ("", None, "unknown")
    assert bodies(found) == {"杭州市商务局", "杭州市财政局"}


def test_a_body_that_the_nearest_title_does_not_decide_is_not_that_of_a_link() -> None:
    found = read(page(FORM, before=f"<p>南京市财政局{T}</p>", title=f"商务局{T}"))
    assert (found.authority.printed, found.authority.normalised) == ("商务局", None)
    assert bodies(found) == {"南京市财政局"}


def test_what_stands_above_a_title_is_no_part_of_the_name() -> None:
    found = read(page(FORM, before="<p>杭州市财政局</p>", title=f"杭州市商务局</h1><h1>{T}"))
    assert (found.authority.normalised, bodies(found)) == ("杭州市商务局", {"杭州市商务局"})


def test_a_row_of_figures_with_full_width_commas_is_read() -> None:
    head = f"{TITLE}\n一、总体情况\n二、主动公开政府信息情况\n第二十条第（一）项\n"
    rows = "信息内容 本年制发件数 本年废止件数 现行有效件数\n规章 0 0 1，234\n行政规范性文件 4 5 6\n"
    document = extract_document(f"{head}{rows}".encode(), "a.txt", "2023-03-01T00:00:00Z")
    assert row_of(document.reports[0], "proactive_disclosure", "regulations") == (0, 0, 1234)


def test_a_long_line_of_figures_that_ends_in_none_is_read_to_its_end() -> None:
    text = f"{TITLE}\n{'1 ' * 40_000}1/1\n"
    document = extract_document(text.encode(), "a.txt", "2023-03-01T00:00:00Z")
    assert document.rejection is not None


@pytest.mark.parametrize("printed", ["一百二十", "三千零五", "百二"])
def test_a_part_of_a_numeral_is_no_count(printed: str) -> None:
    found = read(page(f"<p>2022年，共收到政府信息公开申请{printed}件。</p>", FORM))
    assert found.claims == []
