"""Figures of a part of what a kind names, and lists that say only a part: no claim, or one that is not assessed."""

import pytest

from contracts.claims import claim_problems
from contracts.raw_cells import Tables
from contracts.raw_json import Authority, Report, Span
from pipelines.extract.claims.prose import read_prose
from pipelines.extract.legacy.prose import read_prose_indicators
from pipelines.extract.pieces import Piece
from tests.extract.test_claims import claims_in, table_cells

Found = tuple[str, int, bool | None]


def found_in(text: str, *, has_tables: bool = True) -> list[Found]:
    """Kind, figure and agreement of the claims of a text; what they say of themselves holds."""
    claims = claims_in(text, table_cells() if has_tables else {})
    if not has_tables:
        report = Report(authority=Authority(printed=""), year=2023, tables=Tables(), claims=claims)
        assert claim_problems(report) == []
    return [(claim.kind, claim.value, claim.agrees) for claim in claims]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("办结申请45件，其中按时办结43件，延期办结2件。", [("decided", 45, True)]),
        ("（二）依申请公开。43件申请按期答复，2件逾期答复。", []),
        ("（二）依申请公开。在法定期限内答复43件，均予以公开。", []),
        ("（二）依申请公开。按时办结45件。", [("decided", 45, True)]),
        ("（二）依申请公开。按时办结46件。", [("decided", 46, False)]),  # more than all cannot be a part
    ],
)
def test_what_was_decided_in_time_may_be_a_part(text: str, found: list[Found]) -> None:
    assert found_in(text) == found


def test_what_was_decided_in_time_is_in_no_balance() -> None:
    text = "（二）依申请公开。收到申请46件，按时答复40件，结转下年2件。"
    assert found_in(text, has_tables=False) == [("received", 46, None), ("decided", 40, None), ("carried_out", 2, None)]


ALL_BUT_OTHER = "予以公开20件，部分公开9件，不予公开6件，无法提供6件"


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("（二）依申请公开。办结45件，予以公开20件，部分公开9件。", []),
        (f"（二）依申请公开。办结46件，{ALL_BUT_OTHER}，不予处理3件，其他处理1件。", [("outcome_sum", 46, False)]),
        ("（二）依申请公开。办结45件，予以公开40件，部分公开9件。", [("outcome_sum", 45, False)]),  # more than all
        (
            f"（二）依申请公开。办理51件，{ALL_BUT_OTHER}，不予处理3件，其他处理1件，结转下年度6件。",
            [("outcome_sum", 51, True)],
        ),
        (f"（二）依申请公开。收到46件，{ALL_BUT_OTHER}，不予处理3件，其他处理1件。", []),  # five were carried in
        ("行政复议7件，维持5件，纠正1件，撤回1件。", []),
        ("行政复议7件，维持5件，纠正0件，其他结果0件，尚未审结1件。", [("result_sum", 7, False)]),
        ("收到申请46件，自然人40件，商业企业5件。", []),
    ],
)
def test_a_list_must_add_up_only_if_it_names_every_class(text: str, sums: list[Found]) -> None:
    assert [found for found in found_in(text) if found[0].endswith("_sum")] == sums


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{ALL_BUT_OTHER}，不予处理3件，其他1件", ("other_handling", 1, True)),
        (f"{ALL_BUT_OTHER}，不予处理3件，其他2件", ("other_handling", 2, False)),
        (f"{ALL_BUT_OTHER}，不予处理3件，其他处理1件，其他2件", ("reply_part", 2, None)),
        ("予以公开20件，部分公开9件，其他1件", ("other_handling", 1, True)),
        ("予以公开20件，部分公开9件，其他情形16件", ("outcomes_combined", 16, True)),
        ("予以公开20件，部分公开9件，其他3件", ("reply_part", 3, None)),
        ("不予公开6件，其中其他法律法规禁止0件", ("outcome_row", 0, True)),
        ("不予公开6件，其中其他原因2件", ("denied", 6, True)),
        ("不予公开6件，其中国家秘密2件，其他4件", ("outcome_row", 2, True)),
    ],
)
def test_others_are_what_the_list_before_them_leaves(text: str, found: Found) -> None:
    assert found_in(f"（二）依申请公开。{text}。")[-1] == found


def test_a_class_that_no_form_has_is_no_indicator() -> None:
    text = f"（二）依申请公开。{ALL_BUT_OTHER}，不予处理3件，其他处理1件，其他2件。"
    prose = read_prose([Piece("line", text, Span(line=1, char_start=0))], ())
    assert [entry.value for entry in read_prose_indicators(prose, 2023) if entry.indicator] == [20, 9, 6, 1]


def test_the_rest_of_a_list_adds_up_with_it() -> None:
    text = "（二）依申请公开。办结45件，予以公开20件，部分公开9件，其他16件。"
    assert found_in(text)[-1] == ("outcome_sum", 45, True)
    assert found_in(text.replace("16", "15"))[-1] == ("outcome_sum", 45, False)


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("收到申请46件。通过网站申请3件，信函申请2件。", []),
        ("收到申请46件，通过网站申请3件，信函申请2件。", []),
        ("收到申请46件。通过网站申请40件，信函申请4件。", []),
        ("收到申请46件。通过网站申请40件，信函申请6件。", [("channel_sum", 46, True)]),
        ("收到申请46件，通过网站申请40件，信函申请8件。", [("channel_sum", 46, False)]),  # more than all
        ("收到申请46件，通过网站申请40件，信函申请4件。", [("channel_sum", 46, False)]),
    ],
)
def test_a_few_channels_are_no_list_of_all(text: str, sums: list[Found]) -> None:
    found = found_in(f"（二）依申请公开。{text}")
    assert [one for one in found if one[0].endswith("_sum")] == sums
    assert [one[0] for one in found if one[0] == "channel"] == ["channel"] * 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("公民申请46件、法人和其他组织申请0件。", [("applicant", 46, True), ("applicant", 0, True)]),
        ("公民申请43件、法人和其他组织申请2件。", [("applicant", 43, False), ("applicant", 2, False)]),
        (
            "收到申请46件，其中公民申请46件、法人申请2件。",
            [("received", 46, True), ("applicant", 46, True), ("applicant", 2, None)],
        ),
        ("收到公民申请43件。", []),
        ("收到公民申请46件，均已答复。", [("received", 46, True)]),
        ("公民、法人申请46件。", [("received", 46, True)]),
    ],
)
def test_citizens_are_not_all_applicants(text: str, found: list[Found]) -> None:
    claims = found_in(f"（二）依申请公开。{text}")
    assert [one for one in claims if one[0] != "applicant_sum"] == found


@pytest.mark.parametrize(
    "text",
    [
        "转办申请5件。",
        "收到上级转办申请5件，均已办结。",
        "申请转办件5件，移送申请3件。",
        "告知申请人向其他机关提出申请5件。",
        "建议向市住房和城乡建设局申请公开5件。",
    ],
)
def test_what_goes_to_others_was_not_received(text: str) -> None:
    assert found_in(f"（二）依申请公开。{text}") == []
    received = found_in(f"（二）依申请公开。收到申请46件。{text}")
    assert received == [("received", 46, True)]


@pytest.mark.parametrize("to", ["我局", "本机关", "行政机关", "市人民政府"])
def test_what_is_applied_for_at_the_body_was_received(to: str) -> None:
    assert found_in(f"（二）依申请公开。申请人向{to}提出申请46件。") == [("received", 46, True)]


def test_what_may_be_a_part_of_what_was_received_is_no_indicator_of_it() -> None:
    text = "（二）依申请公开。告知申请人向市住建局提出申请5件，收到申请46件。"
    prose = read_prose([Piece("line", text, Span(line=1, char_start=0))], ())
    found = [(entry.indicator, entry.value) for entry in read_prose_indicators(prose, 2012)]
    assert found == [(None, 5), ("requests_received", 46)]
