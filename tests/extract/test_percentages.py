"""Percentages of the prose: shares with their parts, changes with last year's figure, and what is no claim."""

import pytest

from contracts.claims import claim_problems, is_rounded_share, stated_figure
from contracts.raw_cells import Tables
from contracts.raw_json import Authority, Claim, Operand, Report, Span
from pipelines.extract.claims import read_claims
from pipelines.extract.pieces import Piece

Found = tuple[str, int | str, bool | None]


def claims_in(text: str) -> list[Claim]:
    """The claims of one paragraph of a report on 2023."""
    return read_claims([Piece("line", text, Span(line=1, char_start=0))], (), {}, None, 2023)


def percentages_in(text: str) -> list[Found]:
    """Kind, printed figure and agreement of each percentage."""
    return [
        (claim.kind, stated_figure(claim), claim.agrees)
        for claim in claims_in(text)
        if claim.kind in ("share", "change")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全年收到申请48件，其中网络申请36件，占75%；信函申请12件，占申请总数的25%。", [("75%", True), ("25%", True)]),
        ("全年收到申请30件，其中自然人20件、商业企业10件，分别占66.7%和33.3%。", [("66.7%", True), ("33.3%", True)]),
        ("办结申请50件，其中予以公开20件，占40%，部分公开30件，占61%。", [("40%", True), ("61%", False)]),
        ("行政复议10件，其中维持8件，占80.0%。", [("80.0%", True)]),
        ("主动公开信息425条，其中机构职能类148条，占34.8%，规划类21条，占4.9%。", [("34.8%", True), ("4.9%", True)]),
        ("予以公开20件，占40%。", [("40%", None)]),
        ("收到申请50件，办结申请40件。其中予以公开9件，占答复总数的22.5%。", [("22.5%", True)]),
    ],
)
def test_a_share_is_read_with_its_part_and_its_whole(text: str, found: list[tuple[str, bool | None]]) -> None:
    assert percentages_in(text) == [("share", figure, agrees) for figure, agrees in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全年收到申请48件，同比增长20%（2022年为40件）。", [("20%", True)]),
        ("收到申请30件，比上年的40件下降25.00%。", [("25.00%", True)]),
        ("收到申请30件，比去年的40件增长25%。", [("25%", False)]),
        ("收到申请48件，比上年的40件上升21%。", [("21%", False)]),
        ("收到申请48件，同比增长20%。", []),
        ("收到申请48件，同比增长20%（2021年为40件）。", []),
        ("收到申请45件，较上年增加5件，增长12.5%。", [("12.5%", True)]),  # of 40, which is not printed
        ("收到申请45件，同比减少5件，下降10%。", [("10%", True)]),
        ("收到申请45件，比去年多5件，增长12.5%。", [("12.5%", True)]),
        ("收到申请45件，较上年新增5件，增长13.5%。", [("13.5%", False)]),
        ("收到申请45件，较上年减少5件，增长12.5%。", []),
        ("新收45件，较2022年的50件减少5件，下降10%。", [("10%", True)]),
        ("2022年收到申请50件，2023年收到申请45件，减少5件，降幅10%。", [("10%", True)]),
        ("新增申请45件，比上年的40件增长12.5%。", [("12.5%", True)]),
        ("收到申请45件，同比增长12.5%；上年结转2件。", []),
        ("收到申请45件，上年遗留2件，同比增长12.5%。", []),
        ("收到申请45件，比上年的40件增长12.5%，办结44件，增长3%。", [("12.5%", True)]),
        ("收到申请45件，同比增长12.5%，办结44件，上年为41件。", []),
        ("收到申请48件，其中网络申请36件，比上年的40件增长20%。", [("20%", True)]),
        ("收到申请48件，其中网络申请36件，比上年的40件增长21%。", [("21%", None)]),  # of either
    ],
)
def test_a_change_is_read_only_with_last_years_figure(text: str, found: list[tuple[str, bool | None]]) -> None:
    assert percentages_in(text) == [("change", figure, agrees) for figure, agrees in found]


@pytest.mark.parametrize(
    "text", ["公众满意度占比90%。", "按时办结率100%，满意率达98%。", "网站点击量占95%，咨询电话接听12次，占5%。"]
)
def test_other_percentages_are_no_claims(text: str) -> None:
    assert percentages_in(text) == []


def test_a_percentage_leads_back_to_its_words() -> None:
    text = "全年收到申请48件，其中网络申请36件，占75%。"
    (claim,) = [claim for claim in claims_in(text) if claim.kind == "share"]
    assert claim.span is not None
    assert text[claim.span.char_start : claim.span.char_end] == "占75%"
    assert claim.quote == "36件，占75%"


def test_rounding_is_to_the_printed_decimals() -> None:
    assert is_rounded_share(333, 1, 1, 3)
    assert not is_rounded_share(334, 1, 1, 3)
    assert is_rounded_share(12, 0, 1, 8)  # 12.5 may go down
    assert is_rounded_share(13, 0, 1, 8)
    assert not is_rounded_share(0, 0, 0, 0)


def test_a_percentage_that_says_what_it_is_not_is_refused() -> None:
    claims = claims_in("全年收到申请48件，其中网络申请36件，占75%。")
    report = Report(authority=Authority(printed=""), year=2023, tables=Tables(), claims=claims)
    assert claim_problems(report) == []
    (share,) = [claim for claim in claims if claim.kind == "share"]
    share.value = 76
    assert "says agrees=True" in claim_problems(report)[0]
    share.base = [Operand(operand="claim.none")]
    assert "claim.none does not exist" in claim_problems(report)[0]


@pytest.mark.parametrize(
    "text",
    [
        "予以公开20件，占40%。",
        "收到申请50件，办理申请40件。其中网络申请9件，占21%。",  # of either of two totals
        "收到申请48件，其中网络申请36件，比上年的40件增长21%。",
    ],
)
def test_a_percentage_of_something_unnamed_is_not_refused_at_the_border(text: str) -> None:
    report = Report(authority=Authority(printed=""), year=2023, tables=Tables(), claims=claims_in(text))
    assert percentages_in(text)[0][2] is None
    assert claim_problems(report) == []
