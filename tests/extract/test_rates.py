"""Rates of the prose: compared with table 三 where that says what they are of, else named and not assessed."""

import pytest

from contracts.claims import claim_problems, stated_figure
from contracts.raw_cells import Tables
from contracts.raw_json import Authority, Report, Span
from pipelines.extract.claims import read_claims
from pipelines.extract.pieces import Piece

CELLS: dict[str, int | None] = {
    "applications.new_received.total": 120,
    "applications.carried_in.total": 5,
    "applications.outcome_total.total": 110,
    "applications.carried_out.total": 15,
}
Found = tuple[int | str, bool | None]


def rates_in(text: str, cells: dict[str, int | None]) -> list[Found]:
    """The printed rates and whether they agree."""
    claims = read_claims([Piece("line", text, Span(line=1, char_start=0))], (), cells, None, 2023)
    return [(stated_figure(claim), claim.agrees) for claim in claims if claim.kind == "rate"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("依申请公开方面，办结率88%。", [("88%", True)]),  # of those newly received and carried in
        ("收到的政府信息公开申请，答复率为91.67%，", [("91.67%", True)]),  # of those newly received
        ("政府信息公开申请办结率达到97.5%。", [("97.5%", False)]),
        ("（二）依申请公开。答复率100%，满意率98%。", [("100%", None)]),  # of all, or of those that were due
        ("政府信息公开申请按时办结率88%。", [("88%", None)]),
        ("公開申請辦結率88\uff05。", [("88%", True)]),
        ("办理人大建议、政协提案，办结率100%。", []),
        ("答复率100%。", []),
        ("收到申请120件；12345热线答复率100%。", []),
        ("政府信息公开申请满意率98%。", []),
    ],
)
def test_a_rate_is_compared_or_named(text: str, found: list[Found]) -> None:
    assert rates_in(text, CELLS) == found


def test_without_the_table_a_rate_is_not_assessed() -> None:
    assert rates_in("政府信息公开申请办结率97.5%。", {}) == [("97.5%", None)]


def test_the_claim_names_its_operands_and_what_it_may_be_of() -> None:
    piece = Piece("line", "政府信息公开申请办结率97.5%。", Span(line=1, char_start=0))
    (claim,) = read_claims([piece], (), CELLS, None, 2023)
    assert [term.operand for term in claim.terms] == ["applications.outcome_total.total"]
    assert claim.candidates == ["110 of 125 = 88.00 %", "110 of 120 = 91.67 %"]
    report = Report(authority=Authority(printed="某局"), year=2023, tables=Tables(), claims=[claim])
    assert claim_problems(report) == [f"{claim.id}: says agrees=False, its operands give None"]
