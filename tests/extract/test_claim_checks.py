"""Words of claims have one meaning, and what a JSON says of its claims is recomputed."""

from contracts.claims import claim_problems, claim_rules, recompute_agreement
from contracts.raw_cells import Tables
from contracts.raw_json import Authority, Claim, Operand, Report
from pipelines.extract.claims.tokens import word_classes


def test_words_have_one_class_and_kinds_are_declared() -> None:
    declared = [word for words in claim_rules().words.values() for word in words]
    assert len(declared) == len(set(declared))
    outcomes = {name for name, kind in claim_rules().kinds.items() if kind.role == "outcome"}
    assert outcomes & set(word_classes().values()) >= {"granted", "denied", "other_handling"}


def test_agreement_needs_all_operands() -> None:
    terms = [Operand(operand="applications.new_received.total"), Operand(operand="claim.c1", weight=-1)]
    cells = {"applications.new_received.total": 46}
    assert recompute_agreement(terms, 40, cells, {}, {"c1": 6}) is True
    assert recompute_agreement(terms, 41, cells, {}, {"c1": 6}) is False
    assert recompute_agreement(terms, 40, cells, {}, {}) is None
    assert recompute_agreement([], 40, cells, {}, {}) is None


def report_with(*claims: Claim) -> Report:
    """A report without tables that makes these claims."""
    return Report(authority=Authority(printed="甲局"), year=2023, tables=Tables(), claims=list(claims))


def claim_of(number: str, operand: str, value: int, agrees: bool | None) -> Claim:
    """A claim with one operand."""
    terms = [Operand(operand=operand)]
    return Claim(id=number, kind="received", terms=terms, value=value, quote="", agrees=agrees)


def test_what_a_json_says_of_itself_is_recomputed() -> None:
    part = claim_of("c1", "applications.new_received.total", 46, None)
    assert claim_problems(report_with(part, claim_of("c2", "claim.c1", 46, True))) == []
    assert len(claim_problems(report_with(part, claim_of("c2", "claim.c1", 45, True)))) == 1
    assert len(claim_problems(report_with(claim_of("c1", "applications.no_row.total", 4, None)))) == 1
    assert len(claim_problems(report_with(part, part))) == 1
    assert len(claim_problems(report_with(claim_of("c1", "claim.c1", 4, True)))) == 1
