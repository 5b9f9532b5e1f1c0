"""Cells that print more, or something else, than one number: nothing in them is joined, shifted or lost."""

import io

import pytest
from docx import Document

from contracts.form import form
from contracts.raw_json import Reading, Report, Span
from pipelines.extract.errors import Unreadable
from pipelines.extract.legacy import read_legacy
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.cell_text import join_cell_text
from pipelines.extract.readers.docx import read_docx
from pipelines.extract.readers.html import read_html
from tests.extract.test_odd_prints import (
    CASES,
    CHANNELS,
    LAWSUITS,
    OVER,
    REVIEW,
    cases,
    cells,
    left,
    page,
    read,
    regulations,
    row_of,
)

HEADERS = ("本年制发件数", "本年废止件数", "现行有效件数")


def measures(penalties: str, fee: str = "1.5") -> str:
    """Table two with a row of one cell each for decisions and for fees."""
    over = "<tr><td>信息内容</td><td colspan=3>{}</td></tr>"
    row = "<tr><td>{}</td><td colspan=3>{}</td></tr>"
    more = (
        "<tr><td colspan=4>第二十条第（六）项</td></tr>",
        over.format("本年处理决定数量"),
        row.format("行政处罚", penalties),
        row.format("行政强制", 7),
        "<tr><td colspan=4>第二十条第（八）项</td></tr>",
        over.format("本年收费金额（单位：万元）"),
        row.format("行政事业性收费", fee),
    )
    return page(regulations(*HEADERS).replace("</table>", "".join(more) + "</table>"))


def reading_of(report: Report, cell: str) -> Reading:
    (found,) = (one for one in report.readings if one.cell == f"proactive_disclosure.{cell}")
    return found


def penalties_of(report: Report) -> object:
    assert row_of(report, "proactive_disclosure", "administrative_coercion") == (7,)
    return row_of(report, "proactive_disclosure", "administrative_penalties")[0]


@pytest.mark.parametrize("printed", ["<p>12</p><p>345</p>", "12<br>345", "<div>12</div>345", "12<br>34"])
def test_two_numbers_in_one_cell_are_not_one(printed: str) -> None:
    found = read(measures(printed))
    reading = reading_of(found, "administrative_penalties.decisions")
    assert (penalties_of(found), reading.state, reading.raw[:4]) == (None, "ambiguous", "12\n3")
    row = read(page(regulations(*HEADERS, first=(1, printed, 3))))
    assert row_of(row, "proactive_disclosure", "regulations") == (1, None, 3)


def test_a_line_of_the_source_is_no_line_of_the_page() -> None:
    assert penalties_of(read(measures("12\n345"))) == 12345
    assert penalties_of(read(measures("\n<p>\n12</p>\n"))) == 12


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("12", "345"), "12\n345"),
        (("12\n345",), "12\n345"),
        (("12 345",), "12 345"),
        (("行政", "处罚"), "行政处罚"),
        (("12 ", " ", "件"), "12件"),
    ],
)
def test_a_break_between_figures_is_kept_apart_from_a_blank(parts: tuple[str, ...], text: str) -> None:
    assert join_cell_text(parts) == text


def test_two_numbers_in_one_cell_of_an_old_table_are_not_one() -> None:
    rows = next(iter(form().legacy_variants.values())).rows
    lines = [("指标名称", "单位", "统计数"), *((row.label, "条", "7") for row in rows)]
    lines[-1] = (*lines[-1][:2], "12\n345")
    pieces = [
        piece
        for number, line in enumerate(lines, start=1)
        for piece in (
            *(Piece("cell", text, Span(line=number), column) for column, text in enumerate(line)),
            Piece("row_end", "", Span(line=number), 3),
        )
    ]
    found = read_legacy(pieces, 2012)
    assert found is not None
    assert [one.value for one in found.indicators] == [7] * (len(rows) - 1) + [None]
    assert (found.indicators[-1].state, found.indicators[-1].candidates) == ("ambiguous", ["12", "345"])


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("125000（元）", None),
        ("125000元", None),
        ("3（亿元）", None),
        ("125000（12.5万元）", None),
        ("12.5（万元）", "12.5"),
        ("12.5万元（125000元）", "12.5"),
    ],
)
def test_a_fee_in_another_unit_of_money_is_left_over(printed: str, value: str | None) -> None:
    found = read(measures("1", printed))
    assert row_of(found, "proactive_disclosure", "administrative_fees") == (value,)
    assert left(found) == ([] if value else [printed])


@pytest.mark.parametrize(
    "printed",
    [
        "<del>99</del>128",
        "<s>99</s>128",
        "<p><strike>99</strike></p><p>128</p>",
        '<span style="text-decoration:line-through">99</span>128',
        '<b style="color: red; text-decoration-line: underline line-through">99</b><u>128</u>',
        '<p style="text-decoration: line-through">99</p>128',
    ],
)
def test_what_is_struck_out_is_no_part_of_a_figure(printed: str) -> None:
    assert penalties_of(read(measures(printed))) == 128


def test_what_is_struck_out_in_a_line_is_left_out() -> None:
    texts = [piece.text for piece in read_html("<p>共<s>99</s>128件</p><p>共<del>9</del>12件</p>".encode())]
    assert texts == ["共128件", "共12件"]


def test_a_tag_that_is_never_closed_strikes_out_no_table() -> None:
    texts = [piece.text for piece in read_html("<div><s>以下<table><tr><td>7</td></tr></table></div>".encode())]
    assert texts[:2] == ["以下", "7"]


@pytest.mark.parametrize("mark", ["strike", "double_strike"])
def test_what_is_struck_out_in_a_word_file_is_left_out(mark: str) -> None:
    document = Document()
    paragraph = document.add_table(rows=1, cols=1).cell(0, 0).paragraphs[0]
    setattr(paragraph.add_run("9").font, mark, True)
    paragraph.add_run("0")
    setattr(paragraph.add_run("1").font, mark, False)
    stream = io.BytesIO()
    document.save(stream)
    assert [piece.text for piece in read_docx(stream.getvalue()) if piece.kind == "cell"] == ["01"]


@pytest.mark.parametrize("more", ["", "<html><head><style>p{}</style></head><body>"])
def test_what_stands_behind_the_end_of_a_page_is_read(more: str) -> None:
    first = regulations(*HEADERS)
    whole, _, end = page(first).partition("<p>五、")
    cases_table = cases(REVIEW + LAWSUITS, OVER + CHANNELS)
    found = read(f"<html><body>{whole}</body></html>{more}{cases_table}<p>五、{end}</BODY></html >")
    assert row_of(found, "proactive_disclosure", "regulations") == (1, 2, 3)
    assert row_of(found, "reviews_and_lawsuits", "review") == CASES[:5]


@pytest.mark.parametrize("content", ["</html>", "</body></html>", "<html></html>", " </html> "])
def test_a_page_of_nothing_but_its_end_is_empty(content: str) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read_html(content.encode())


def changes(printed: str) -> str:
    """Table two of 2019 with a change of one row."""
    over = "<tr><td>信息内容</td><td>上一年项目数量</td><td>本年增/减</td><td>处理决定数量</td></tr>"
    rows = (("行政许可", 10, printed, 7), ("其他对外管理服务事项", 4, 5, 6))
    table = f"<tr><td colspan=4>第二十条第（五）项</td></tr>{over}{''.join(f'<tr>{cells(row)}</tr>' for row in rows)}"
    return page(f"<p>二、主动公开政府信息情况</p><table>{table}</table>").replace("2022年", "2019年")


@pytest.mark.parametrize("printed", ["3（减）", "3（减少）", "3件（减少）", "-3（减少）", "-3"])
def test_a_change_that_is_a_fall_in_words_is_one(printed: str) -> None:
    found = read(changes(printed))
    assert row_of(found, "proactive_disclosure", "administrative_licenses") == (10, -3, 7)
    assert row_of(read(measures("3（减）")), "proactive_disclosure", "administrative_penalties") == (3,)


@pytest.mark.parametrize("printed", ["3（比上年减少）", "3（增2减1）"])
def test_a_change_whose_sign_is_unclear_is_no_rise(printed: str) -> None:
    found = read(changes(printed))
    assert row_of(found, "proactive_disclosure", "administrative_licenses") == (10, None, 7)
    reading = reading_of(found, "administrative_licenses.change")
    assert (reading.state, reading.raw) == ("ambiguous", printed)


@pytest.mark.parametrize("zero", ["\u3007", "\u25cb", "\u25ef"])
def test_a_round_zero_is_a_mark(zero: str) -> None:
    counts = [zero] * len(CASES)
    counts[2] = counts[4] = "2"
    table = cases(REVIEW + LAWSUITS, OVER + CHANNELS)
    table = table.replace(cells(CASES), cells(tuple(counts)))
    found = read(page(regulations(*HEADERS), table))
    assert row_of(found, "reviews_and_lawsuits", "review") == (None, None, 2, None, 2)
    states = {one.state for one in found.readings if one.cell.startswith("reviews_and_lawsuits.")}
    assert (states, left(found)) == ({"mark"}, [])


@pytest.mark.parametrize("places", [(2, 4), (0, 1, 2, 3, 14)])
def test_no_figure_between_cells_of_words_gets_lost(places: tuple[int, ...]) -> None:
    counts = ["见下"] * len(CASES)
    for place in places:
        counts[place] = str(place + 2)
    table = cases(REVIEW + LAWSUITS, OVER + CHANNELS)
    found = read(page(regulations(*HEADERS), table.replace(cells(CASES), cells(tuple(counts)))))
    assert all(one.table == "reviews_and_lawsuits" for one in found.leftovers)
    named = {*left(found), *(str(one) for reading in found.readings for one in reading.candidates)}
    assert named - {"见下"} == {str(place + 2) for place in places}


@pytest.mark.parametrize("printed", ["7*", "12<br>345"])
def test_a_figure_that_cannot_be_read_and_is_no_rows_is_named(printed: str) -> None:
    lone = f"<tr><td>共计</td><td>{printed}</td></tr>"
    found = read(page(regulations(*HEADERS).replace("<tr><td>规章", f"{lone}<tr><td>规章")))
    assert row_of(found, "proactive_disclosure", "regulations") == (1, 2, 3)
    assert left(found) == [printed.replace("<br>", "\n")]


@pytest.mark.parametrize("unit", ["起", "人次", "件次", "例", "次", "件"])
def test_a_count_with_what_it_counts_is_read(unit: str) -> None:
    assert penalties_of(read(measures(f"12{unit}"))) == 12


@pytest.mark.parametrize(
    "printed",
    ["约12", "共12件", "12、3", "12余件", "十二", "约十二件", "普通：10简易：2", "增12", "12件，其中简易程序处罚10件"],
)
def test_a_number_in_words_keeps_its_place_and_is_named(printed: str) -> None:
    found = read(measures(printed))
    reading = reading_of(found, "administrative_penalties.decisions")
    assert (penalties_of(found), reading.state, reading.raw) == (None, "ambiguous", printed)
    fee = read(measures("1", printed))
    assert reading_of(fee, "administrative_fees.amount_cny_10k").raw == printed
    row = read(page(regulations(*HEADERS, first=(1, printed, 3))))
    assert row_of(row, "proactive_disclosure", "regulations") == (1, None, 3)


def test_a_number_in_words_between_figures_keeps_its_place() -> None:
    counts = (*CASES[:3], "约2", *CASES[4:])
    table = cases(REVIEW + LAWSUITS, OVER + CHANNELS, stub="2022年")
    found = read(page(regulations(*HEADERS), table.replace(cells(CASES), cells(counts))))
    assert row_of(found, "reviews_and_lawsuits", "review") == (1, 0, 2, None, 3)
    assert row_of(found, "reviews_and_lawsuits", "lawsuit_after_review") == CASES[10:]
    assert [one.raw for one in found.readings if one.state == "ambiguous"] == ["约2"]


@pytest.mark.parametrize("remark", ["见附件1", "含上年结转3件"])
def test_a_remark_behind_the_figures_of_a_row_shifts_none(remark: str) -> None:
    found = read(page(regulations(*HEADERS, first=(1, 2, 3, remark))))
    assert row_of(found, "proactive_disclosure", "regulations") == (1, 2, 3)
    assert row_of(found, "proactive_disclosure", "normative_documents") == (4, 5, 6)
    assert left(found) == [remark]


@pytest.mark.parametrize("words", ["2022年度", "见附件", "1.新增事项"])
def test_words_that_count_nothing_are_no_figure(words: str) -> None:
    found = read(page(regulations(*HEADERS, first=(words, 1, 2, 3))))
    assert row_of(found, "proactive_disclosure", "regulations") == (1, 2, 3)


def test_a_figure_of_a_table_that_is_refused_twice_is_named_once() -> None:
    counts = ("见下", "2", *(["见下"] * 13))
    first, _, end = cases(REVIEW + LAWSUITS, OVER + CHANNELS).replace(cells(CASES), cells(counts)).partition("</table>")
    rows = first.partition("<table>")[2]
    found = read(page(regulations(*HEADERS), f"{first}<tr><td>{'说明' * 150}</td></tr>{rows}</table>{end}"))
    assert left(found) == ["2", "2"]
