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
