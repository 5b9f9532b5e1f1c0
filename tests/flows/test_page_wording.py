"""The page says what findings tell in both languages, cells by the labels of the form."""

import pytest

from contracts.form import form
from flows.page.findings import _quote
from flows.page.wording import cell_label, kind_label, place_label, rule_label, told_label

CELL = form().versions["2021"].tables["applications"]
NEW, CARRIED = CELL.rows["new_received"], CELL.rows["carried_in"]
CASES = form().versions["2021"].tables["reviews_and_lawsuits"]
TOTAL = CELL.columns["total"]


def test_cells_are_named_by_the_form_and_unknown_ones_by_their_id() -> None:
    assert cell_label("applications.new_received.total") == (f"{NEW.zh} · {TOTAL.zh}", f"{NEW.en} · {TOTAL.en}")
    assert cell_label("applications.unknown.total") == ("applications.unknown.total",) * 2
    assert kind_label("unknown") == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("told", "kind", "chinese"),
    [
        ("sum of the parts = 213", "channel_sum", "各部分之和 = 213"),
        ("new_received = 46 (distance 1)", "received", f"{NEW.zh} · {TOTAL.zh} = 46（相差 1 个数字）"),
        (
            "new_and_carried_in = 5 (distance 2)",
            "received",
            f"{NEW.zh} · {TOTAL.zh} + {CARRIED.zh} · {TOTAL.zh} = 5（相差 2 个数字）",
        ),
        (
            "legacy_requests_received = 7 (distance 1)",
            "received",
            f"{form().indicators['requests_received'].zh} = 7（相差 1 个数字）",
        ),
        ("5 of 7 = 71.43 %", "granted_share", "5 ÷ 7 = 71.43 %"),
        ("2023 (title)", None, "2023（标题）"),
        ("as it is", None, "as it is"),
    ],
)
def test_what_was_compared_is_said_in_both_languages(told: str, kind: str | None, chinese: str) -> None:
    found = told_label(told, kind)
    assert found[0] == chinese
    assert "（" not in found[1]


@pytest.mark.parametrize(
    ("told", "chinese"),
    [
        ("174 cells", "174 个单元格"),
        ("1 of 175 cells differ", "175 个单元格中 1 个不同"),
        ("without new_received.total, carried_in.total", f"缺 {NEW.zh} · {TOTAL.zh}, {CARRIED.zh} · {TOTAL.zh}"),
        ("source tier 5, in use: tier 1", "来源层级 5，采用者层级 1"),
        (
            "applications__new_received__total 9 to 90, applications__carried_in__total 1 to 20",
            f"{NEW.zh} · {TOTAL.zh}由 9 变为 90，{CARRIED.zh} · {TOTAL.zh}由 1 变为 20",
        ),
        ("review 9 pending, then 4", f"{CASES.rows['review'].zh}上年未审结 9 件，本年共 4 件"),
        ("applications.new_received.total", f"{NEW.zh} · {TOTAL.zh}"),
        ("2022-01-01/2022-11-30", "2022-01-01/2022-11-30"),
        (None, ""),
    ],
)
def test_what_a_rule_found_is_said_in_both_languages(told: str | None, chinese: str) -> None:
    assert rule_label(told) == (chinese, told or "")


def test_places_are_said_in_both_languages() -> None:
    assert place_label({"page": 2, "line": 7}) == ("第 2 页，第 7 行文字", "page 2, line 7")
    assert place_label({}) == ("", "")


@pytest.mark.parametrize(
    ("quote", "number", "before"),
    [
        ("2023年收到申请23件", "23", "2023年收到申请"),
        ("2023年，受理2023件", "2023", "2023年，受理"),
        ("收到10件，没有", "0", None),
        ("共1,230件，其中230件", "230", "共1,230件，其中"),
        ("占98.5%，计5件", "5", "占98.5%，计"),
    ],
)
def test_the_figure_itself_is_marked_in_a_quotation(quote: str, number: str, before: str | None) -> None:
    found = _quote(quote, number)
    assert (found.before, found.marked) == ((before, number) if before is not None else (quote, ""))
