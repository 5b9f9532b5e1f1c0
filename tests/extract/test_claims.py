"""Claims of the prose: paraphrases of every kind, in three scripts, and figures that are none."""

import pytest
from opencc import OpenCC

from contracts.form import form
from contracts.raw_json import Claim, Span
from pipelines.extract.claims import read_claims
from pipelines.extract.pieces import Piece
from tests.verdicts import verdict_of

SCRIPTS = {"simplified": None, "traditional": OpenCC("s2t"), "taiwan": OpenCC("s2twp")}
APPLICATIONS = {
    "new_received": 46,
    "carried_in": 5,
    "granted": 20,
    "partially_granted": 9,
    "denied_state_secret": 2,
    "denied_third_party_rights": 4,
    "unable_not_held": 6,
    "not_processed_duplicate": 3,
    "other_overdue_fee": 1,
    "outcome_total": 45,
    "carried_out": 6,
}
CASES = {"review": 7, "lawsuit_direct": 2, "lawsuit_after_review": 1}


def table_cells() -> dict[str, int | None]:
    """The cells of a balanced report of the 2021 version, all applicants natural persons."""
    version = form().versions["2021"]
    cells: dict[str, int | None] = {cell.id: 0 for cell in version.cells.values() if cell.type == "integer"}
    for row, value in APPLICATIONS.items():
        cells[f"applications.{row}.total"] = value
        cells[f"applications.{row}.natural_person"] = value
    for row, value in CASES.items():
        cells[f"reviews_and_lawsuits.{row}.total"] = value
        cells[f"reviews_and_lawsuits.{row}.upheld"] = value
    cells["proactive_disclosure.normative_documents.issued"] = 12
    cells["proactive_disclosure.normative_documents.in_force"] = 80
    return cells


def claims_in(text: str, cells: dict[str, int | None] | None = None, year: int | None = 2023) -> list[Claim]:
    """The claims of a text whose lines are pieces, without tables' blocks."""
    pieces = [Piece("line", line, Span(line=n, char_start=0)) for n, line in enumerate(text.split("\n"), 1)]
    return read_claims(pieces, (), table_cells() if cells is None else cells, None, year)


# One line each: what is stated, in other words each time, and the claims (kind, value, meaning) that must come out.
AGREEING = [
    ("我局全年新收到政府信息公开申请46件。", [("new_received", 46, "new_received")]),
    ("本单位受理政府信息公开申请５１宗。", [("received", 51, "new_and_carried_in")]),
    ("收到公民、法人和其他组织政府信息公开申请46件。", [("received", 46, "new_received")]),
    ("收到公民，法人或者其他组织的信息公开申请46件。", [("received", 46, "new_received")]),
    (
        "公民法人及其他组织提出政府信息公开申请46件，其中法人或其他组织0件。",
        [("received", 46, "new_received"), ("applicant", 0, "new_received")],
    ),
    ("共有46件依申请公开申请被受理。", [("received", 46, "new_received")]),
    ("（二）依申请公开。全年接收申请：46件。", [("received", 46, "new_received")]),
    ("收悉信息公开申请，件数为46。", [("received", 46, "new_received")]),
    ("2023年1月1日至12月31日，收到申请46件。", [("received", 46, "new_received")]),
    ("2023年1月1日至2023年12月31日，收到申请46件。", [("received", 46, "new_received")]),
    ("2023年1—12月，收到申请46件。", [("received", 46, "new_received")]),
    ("2023年1月至12月收到申请46件。", [("received", 46, "new_received")]),
    ("截至2023年12月底，收到申请46件。", [("received", 46, "new_received")]),
    ("截至2023年12月，收到申请46件。", [("received", 46, "new_received")]),
    ("今年以来收到申请46件。", [("received", 46, "new_received")]),
    ("2023年以来，收到申请46件。", [("received", 46, "new_received")]),
    ("自2023年1月1日以来收到申请46件。", [("received", 46, "new_received")]),
    ("上半年收到申请20件，全年共收到申请46件。", [("received", 46, "new_received")]),
    (
        "一年来，收到依申请公开申请46件，上半年结转6件。",
        [("received", 46, "new_received"), ("carried", 6, "carried_out")],
    ),
    ("新收和上年结转的政府信息公开申请合计51件。", [("received", 51, "new_and_carried_in")]),
    ("依申请公开中，由去年转入的有5件。", [("carried_in", 5, "carried_in")]),
    ("（二）依申请公开。5件为2022年结转。", [("carried_in", 5, "carried_in")]),
    ("（二）依申请公开。结转至2024年继续办理6件。", [("carried_out", 6, "carried_out")]),
    ("（二）依申请公开。尚有6件将于次年答复。", [("carried_out", 6, "carried_out")]),
    ("依申请公开事项办理完毕45起。", [("decided", 45, "decided")]),
    ("（二）依申请公开。有45件在法定期限内作出答复。", [("decided", 45, "decided")]),
    ("（二）依申请公开。答复42件。", [("decided", 42, "decided_without_not_processed")]),
    (
        "新收申请46件，已办结40件，其余6件结转下年度。",  # 45 were decided, 5 of them carried in
        [
            ("new_received", 46, "new_received"),
            ("decided", 40, "decided_without_carried_in"),
            ("carried_out", 6, "carried_out"),
            ("balance_sum", 46, "decided_and_carried_out"),
        ],
    ),
    (
        "收到申请46件，办理40件。",
        [("received", 46, "new_received"), ("handled", 40, "decided_without_carried_in")],
    ),
    (
        "（二）依申请公开。予以公开20件，部分公开9件，不予公开6件，无法提供6件，不予处理3件，其他处理1件，共45件。",
        [
            ("granted", 20, "granted"),
            ("partially_granted", 9, "partially_granted"),
            ("denied", 6, "denied"),
            ("unable_to_provide", 6, "unable_to_provide"),
            ("not_processed", 3, "not_processed"),
            ("other_handling", 1, "other_handling"),
            ("decided", 45, "decided"),
            ("outcome_sum", 45, "sum_of_parts"),
        ],
    ),
    (
        "（二）依申请公开。予以公开、部分公开、不予公开分别为20、9、6件。",
        [("granted", 20, "granted"), ("partially_granted", 9, "partially_granted"), ("denied", 6, "denied")],
    ),
    (
        "（二）依申请公开。办结45件：公开20件，部分公开9件，不公开6件，无法提供6件，不予处理3件，其他1件。",
        [
            ("decided", 45, "decided"),
            ("granted", 20, "granted"),
            ("partially_granted", 9, "partially_granted"),
            ("denied", 6, "denied"),
            ("unable_to_provide", 6, "unable_to_provide"),
            ("not_processed", 3, "not_processed"),
            ("other_handling", 1, "other_handling"),
            ("outcome_sum", 45, "sum_of_parts"),
        ],
    ),
    ("（二）依申请公开。予以公开及部分公开的29件。", [("outcomes_combined", 29, "outcomes_combined")]),
    (
        "（二）依申请公开。本机关不掌握的6件，重复申请3件。",
        [("outcome_row", 6, "outcome_row"), ("outcome_row", 3, "outcome_row")],
    ),
    (
        "（二）依申请公开。新收申请46件，申请人均为自然人。",
        [("new_received", 46, "new_received"), ("applicant", 46, "new_received")],
    ),
    ("（二）依申请公开。45件申请全数办结。", [("all_decided", 45, "decided")]),
    ("被申请行政复议7件，被提起行政诉讼3件。", [("review", 7, "review"), ("lawsuits", 3, "lawsuits")]),
    ("行政复议和行政诉讼分别为7起和3起。", [("review", 7, "review"), ("lawsuits", 3, "lawsuits")]),
    ("7宗行政复议、3宗行政诉讼。", [("review", 7, "review"), ("lawsuits", 3, "lawsuits")]),
    (
        "未经复议直接起诉2件，复议后起诉1件。",
        [("lawsuit_direct", 2, "lawsuit_direct"), ("lawsuit_after_review", 1, "lawsuit_after_review")],
    ),
    ("行政复议7件，均维持。", [("review", 7, "review"), ("case_result", 7, "case_result")]),
    ("行政复议、行政诉讼案件共10件。", [("cases", 10, "reviews_and_lawsuits")]),
    (
        "制发行政规范性文件12件，现行有效80件。",
        [("normative_documents", 12, "issued"), ("normative_documents_in_force", 80, "in_force")],
    ),
    (
        "（二）依申请公开。受理申请51件，其中45件已答复，6件转入下年。",
        [
            ("received", 51, "new_and_carried_in"),
            ("decided", 45, "decided"),
            ("carried_out", 6, "carried_out"),
            ("balance_sum", 51, "decided_and_carried_out"),
        ],
    ),
]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("text", "expected"), AGREEING)
def test_paraphrases_agree_with_the_cells(text: str, expected: list[tuple[str, int, str]], script: str) -> None:
    converter = SCRIPTS[script]
    claims = claims_in(converter.convert(text) if converter else text)
    assert [(claim.kind, claim.value, claim.meaning) for claim in claims] == expected
    assert all(claim.agrees is True for claim in claims)


LISTS = [
    ("（二）依申请公开。新收申请46件（网络40件，信函4件，当面2件）。", [40, 4, 2], 46, True),
    ("（二）依申请公开。新收申请46件，其中40件通过网上提交，4件为信函，2件系现场提出。", [40, 4, 2], 46, True),
    ("（二）依申请公开。新收申请46件，网络、信函、当面申请分别为40件、4件、2件。", [40, 4, 2], 46, True),
    ("（二）依申请公开。新收申请46件，来源分别为网络40件、信函4件、当面2件。", [40, 4, 2], 46, True),
    ("（二）依申请公开。46件申请中，网络40件、信函4件、当面2件。", [40, 4, 2], 46, True),
    ("（二）依申请公开。新收申请46件，网络40件，信函和当面申请各3件。", [40, 3, 3], 46, True),
    ("（二）依申请公开。网络申请40份、邮寄申请4份、当面申请2份，合计46份。", [40, 4, 2], 46, True),
    ("（二）依申请公开。收到申请46件，其中书信申请5件，网络申请40件。", [5, 40], 46, False),
]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("text", "parts", "total", "agrees"), LISTS)
def test_channels_are_compared_with_their_total(
    text: str, parts: list[int], total: int, agrees: bool, script: str
) -> None:
    converter = SCRIPTS[script]
    claims = claims_in(converter.convert(text) if converter else text)
    channels = {f"claim.{claim.id}": claim.value for claim in claims if claim.kind == "channel"}
    assert list(channels.values()) == parts
    (listed,) = [claim for claim in claims if claim.kind == "channel_sum"]
    assert [term.operand for term in listed.terms] == list(channels)
    assert (listed.value, listed.agrees) == (total, agrees)
    assert verdict_of(listed.kind, listed.agrees) == ("agrees" if agrees else "ambiguous")


def test_disclosures_are_claims_where_their_sum_is_printed() -> None:
    claims = claims_in("主动公开政府信息300条，其中政府网站200条，政务微博60条，微信公众号40条。")
    assert [(claim.kind, claim.value, claim.agrees) for claim in claims] == [
        ("disclosures_part", 200, None),
        ("disclosures_part", 60, None),
        ("disclosures_part", 40, None),
        ("disclosure_sum", 300, True),
    ]
    assert claims_in("门户网站主动公开信息200条，微博60条。") == []


NONE_SENTENCES = [
    "无行政复议、行政诉讼案件。",
    "没有发生行政复议和行政诉讼。",
    "未发生复议诉讼情况。",
    "行政复议、行政诉讼均为零。",
    "行政复议0宗，行政诉讼0宗。",
    "未收到行政复议申请，未引发行政诉讼。",
]


@pytest.mark.parametrize("text", NONE_SENTENCES)
def test_none_is_zero(text: str) -> None:
    empty = {cell: 0 if cell.startswith("reviews") else value for cell, value in table_cells().items()}
    assert [(claim.kind, claim.value, claim.agrees) for claim in claims_in(text, empty)] == [
        ("review", 0, True),
        ("lawsuits", 0, True),
    ]
    assert [claim.agrees for claim in claims_in(text)] == [False, False]


@pytest.mark.parametrize(
    "text", ["无上年结转申请。", "没有上一年度转入的依申请公开件。", "（二）依申请公开。无往年结转。"]
)
def test_nothing_carried_in(text: str) -> None:
    (claim,) = claims_in(text)
    assert (claim.kind, claim.value, claim.agrees) == ("carried_in", 0, False)


ALL_GRANTED = [
    "（二）依申请公开。新收申请46件，46件全部予以公开。",
    "（二）依申请公开。新收申请46件，均按时答复并予以公开。",
    "（二）依申请公开。新收申请46件。(46件)全部按期答复，并予以公开。",
    "（二）依申请公开。新收申请46件，已全数同意公开。",
    "（二）依申请公开。新收46件申请，均予以公开。",
]


@pytest.mark.parametrize("text", ALL_GRANTED)
def test_all_granted_is_compared_with_the_granted(text: str) -> None:
    (granted,) = [claim for claim in claims_in(text) if claim.kind == "all_granted"]
    assert (granted.value, granted.agrees) == (46, False)
    assert [term.operand for term in granted.terms] == ["applications.granted.total"]
    assert verdict_of(granted.kind, granted.agrees) == "claim_conflict"


def test_all_decided_says_that_none_is_carried_out() -> None:
    claims = {claim.kind: claim for claim in claims_in("（二）依申请公开。新收申请46件，均已答复。")}
    assert claims["all_decided"].agrees is False
    assert (claims["none_carried_out"].value, claims["none_carried_out"].agrees) == (0, False)
    assert verdict_of("none_carried_out", False) == "ambiguous"


def test_a_figure_that_agrees_with_nothing_goes_to_the_nearest() -> None:
    (claim,) = claims_in("受理政府信息公开申请64件。")
    assert claim.agrees is False
    assert claim.meaning == "new_received"
    assert claim.candidates[0] == "new_received = 46 (distance 1)"
    assert len(claim.candidates) == 3


def test_without_tables_nothing_is_assessed_and_a_carry_in_is_implied() -> None:
    claims = claims_in("（二）依申请公开。收到申请46件，答复51件。行政复议1件。", {})
    assert [(claim.kind, claim.value, claim.agrees) for claim in claims] == [
        ("received", 46, None),
        ("decided", 51, None),
        ("review", 1, None),
        ("implied_carried_in", 5, None),
    ]


def test_the_span_is_the_number_in_its_printed_line() -> None:
    lines = ["（二）依申请公开", "全年新收政府信息 公开申请 1,046 件，結轉下年６件。"]
    new, carried = claims_in("\n".join(lines))
    for claim, printed in ((new, "1,046 件"), (carried, "６件")):
        assert claim.span is not None
        assert claim.span.line == 2
        assert lines[1][claim.span.char_start : claim.span.char_end] == printed
    assert carried.quote == "結轉下年６件"


def test_wrapped_lines_are_one_sentence() -> None:
    first = "本年度我局为依申请公开设了专门窗口，由同一位同事登记到底，共新收政府信息公开"
    (claim,) = claims_in(f"{first}\n申请46件，工作平稳有序。")
    assert (claim.kind, claim.value) == ("new_received", 46)
    assert claim.span is not None
    assert claim.span.line == 2


def test_lines_of_tables_are_no_prose() -> None:
    pieces = [Piece("line", "新收政府信息公开申请46件。", Span(line=1))]
    assert read_claims(pieces, [(0, 1)], table_cells(), None) == []
