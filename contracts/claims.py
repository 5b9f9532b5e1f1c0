"""Claims of the prose: their declared kinds and lexicon, the value of an operand, and the test of agreement.

The kinds are declared in `contracts/form/claims.yml`. Agreement is recomputed here from a claim's own operands,
independently of the extractor, so that a JSON which says something else of itself can be refused.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import UNSET

from contracts.declared import convert_declared, declared_in, read_declared
from contracts.form import FORM_FOLDER, FormError, form
from contracts.raw_json import Claim, LegacyIndicator, Operand, Report

CLAIMS_FILE = FORM_FOLDER / "claims.yml"
Conflict = Literal["claim_conflict", "ambiguous"]
MEMBERS = "members"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ROLES = Literal["", "total", "outcome", "applicant", "channel", "cases", "result", "disclosed", "platform"]


class ClaimKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of claim: what its words may mean, as sums of cells, and what a disagreement says."""

    zh: str
    en: str
    conflict: Conflict
    meanings: dict[str, tuple[str, ...]]
    unit: Literal["count", "percent"] = "count"
    role: _ROLES = ""
    legacy: str = ""
    near: tuple[str, ...] = ()


class ClaimRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All kinds of claims and the closed lexicon of the prose, in Simplified characters."""

    kinds: dict[str, ClaimKind]
    vocabulary: dict[str, str]
    share_words: tuple[str, ...]
    share_wholes: dict[str, tuple[str, ...]]
    rises: tuple[str, ...]
    falls: tuple[str, ...]
    more: tuple[str, ...]
    fewer: tuple[str, ...]
    more_than_last_year: tuple[str, ...]
    last_year_words: tuple[str, ...]
    rate_words: tuple[str, ...]
    rate_timely: tuple[str, ...]
    out_of_time: tuple[str, ...]
    rate_of_requests: tuple[str, ...]
    rate_of_others: tuple[str, ...]
    part_of_year: tuple[str, ...]
    since: str
    since_in_year: tuple[str, ...]
    until: tuple[str, ...]
    whole_year: tuple[str, ...]
    part_of_body: tuple[str, ...]
    counters: tuple[str, ...]
    numeral_counters: tuple[str, ...]
    units: tuple[str, ...]
    approximate_before: tuple[str, ...]
    approximate_after: tuple[str, ...]
    approximate_tail: tuple[str, ...]
    bare_before: tuple[str, ...]
    telling: tuple[str, ...]
    joints: tuple[str, ...]
    words: dict[str, tuple[str, ...]]


@cache
def claim_rules() -> ClaimRules:
    """The declared kinds and words, read once.

    Raises:
        FormError: a meaning names a cell or a category that the form does not have.
        DeclarationError: the file cannot be read, has an unknown key or a value of the wrong type.
    """
    return read_claim_rules(CLAIMS_FILE)


def read_claim_rules(path: Path) -> ClaimRules:
    """Kinds and words as a file declares them; it raises as :func:`claim_rules` does."""
    with declared_in(path):
        rules = convert_declared(read_declared(path), ClaimRules)
        _check_kinds(rules)
        return rules


def _check_kinds(rules: ClaimRules) -> None:
    for name, kind in rules.kinds.items():
        for terms in (*kind.meanings.values(), kind.near):
            for term in terms:
                cell = term.removeprefix("-")
                if "{" not in cell and cell not in form().cells:
                    raise FormError(f"{name} names {cell}, which is no cell; correct the id")
        if kind.legacy and kind.legacy not in form().indicators:
            raise FormError(f"{name} names the unknown indicator {kind.legacy}; correct the id")


def category_rows(category: str, cells: Mapping[str, int | None]) -> tuple[str, ...]:
    """The rows of an outcome category in the version of table `applications` that `cells` come from.

    Without any cell of that category the newest version answers.
    """
    newest: tuple[str, ...] = ()
    for version in form().versions.values():
        rows = tuple(row.id for row in version.tables["applications"].rows.values() if row.category == category)
        newest = newest or rows
        if rows and all(f"applications.{row}.total" in cells for row in rows):
            return rows
    return newest


def expand_terms(terms: Iterable[str], members: tuple[str, ...], cells: Mapping[str, int | None]) -> list[Operand]:
    """The operands of declared terms, with the placeholders replaced by `members` or by a category's rows."""
    operands: list[Operand] = []
    for term in terms:
        weight: Literal[1, -1] = -1 if term.startswith("-") else 1
        cell = term.removeprefix("-")
        found = _PLACEHOLDER.search(cell)
        if found is None:
            operands.append(Operand(operand=cell, weight=weight))
            continue
        names = members if found[1] == MEMBERS else category_rows(found[1], cells)
        operands.extend(Operand(operand=cell.replace(found[0], name), weight=weight) for name in names)
    return operands


def operand_value(
    operand: str,
    cells: Mapping[str, int | None],
    indicators: Mapping[str, int | None],
    claims: Mapping[str, int],
) -> int | None:
    """The value of one operand, or None if it is missing.

    Args:
        operand: a cell `table.row.column`, `legacy.<indicator>.<period>` or `claim.<id>`.
        cells: value by cell id.
        indicators: value by `<indicator>.<period>`.
        claims: the stated value by claim id.
    """
    if operand.startswith("claim."):
        return claims.get(operand[6:])
    if operand.startswith("legacy."):
        return indicators.get(operand[7:])
    return cells.get(operand)


def terms_value(
    terms: Iterable[Operand],
    cells: Mapping[str, int | None],
    indicators: Mapping[str, int | None],
    claims: Mapping[str, int],
) -> int | None:
    """The weighted sum of the operands; None if there is none or one of them is missing."""
    total: int | None = None
    for term in terms:
        value = operand_value(term.operand, cells, indicators, claims)
        if value is None:
            return None
        total = (total or 0) + term.weight * value
    return total


def recompute_agreement(
    terms: Iterable[Operand],
    value: int,
    cells: Mapping[str, int | None],
    indicators: Mapping[str, int | None],
    claims: Mapping[str, int],
) -> bool | None:
    """Whether the operands add up to the stated value; None, not assessed, if one is missing or none is named."""
    total = terms_value(terms, cells, indicators, claims)
    return None if total is None else total == value


def is_rounded_share(value: int, decimals: int, part: int, whole: int) -> bool:
    """Whether a percentage, its last `decimals` digits behind the point, is `part` of `whole`, rounded to its decimals.

    A share right between two roundings may be either.
    """
    if whole <= 0:
        return False
    scale: int = 10**decimals
    return abs(2 * value * whole - 200 * scale * part) <= whole


def recompute_claim(
    claim: Claim,
    cells: Mapping[str, int | None],
    indicators: Mapping[str, int | None],
    claims: Mapping[str, int],
) -> bool | None:
    """Whether a claim's operands give what it states, a figure or a percentage; None if one of them is missing.

    A percentage that names nothing it is of is not assessed.
    """
    if not claim.base:
        declared = claim_rules().kinds.get(claim.kind)
        if declared is not None and declared.unit == "percent":
            return None
        return recompute_agreement(claim.terms, claim.value, cells, indicators, claims)
    part = terms_value(claim.terms, cells, indicators, claims)
    whole = terms_value(claim.base, cells, indicators, claims)
    if part is None or whole is None:
        return None
    return is_rounded_share(claim.value, claim.decimals, part, whole)


def stated_figure(claim: Claim) -> int | str:
    """What a claim states: a number, or a percentage as it is printed."""
    declared = claim_rules().kinds.get(claim.kind)
    if not claim.base and not claim.decimals and (declared is None or declared.unit == "count"):
        return claim.value
    digits = f"{claim.value:0{claim.decimals + 1}d}"
    whole, fraction = digits[: len(digits) - claim.decimals], digits[len(digits) - claim.decimals :]
    return f"{whole}.{fraction}%" if fraction else f"{whole}%"


def indicator_values(indicators: Iterable[LegacyIndicator]) -> dict[str, int | None]:
    """Whole values of known indicators by `<indicator>.<period>`; the first of a kind counts."""
    values: dict[str, int | None] = {}
    for entry in indicators:
        if entry.indicator is not None:
            value = entry.value if isinstance(entry.value, int) else None
            values.setdefault(f"{entry.indicator}.{entry.period}", value)
    return values


def _report_cell(report: Report, operand: str) -> int | None:
    """One cell of a report straight from its tables, without a dictionary of all cells."""
    if operand not in _cell_ids():  # never an attribute of Python's own
        return None
    table_id, row_id, column = operand.split(".")
    table = getattr(report.tables, table_id, UNSET)
    if table is UNSET:
        return None
    row = getattr(table.cells, row_id, None)
    value = None if row is None else getattr(row, column, None)
    return value if isinstance(value, int) else None


def _is_known(operand: str, claims: Mapping[str, int]) -> bool:
    if operand.startswith("claim."):
        return operand[6:] in claims
    if operand.startswith("legacy."):
        return operand.split(".")[1] in form().indicators
    return operand in _cell_ids()


@cache
def _cell_ids() -> frozenset[str]:
    return frozenset(form().cells)


def claim_problems(report: Report) -> list[str]:
    """What a report's claims say of themselves that its own figures do not give; empty if nothing.

    Found are: an id used twice, an operand that does not exist, a claim that is its own operand, and an `agrees`
    which differs from the recomputed one.
    """
    if not report.claims:
        return []
    stated = {claim.id: claim.value for claim in report.claims}
    problems = [] if len(stated) == len(report.claims) else ["a claim's id is used twice"]
    indicators = indicator_values(report.legacy.indicators) if report.legacy else {}
    for claim in report.claims:
        problems.extend(_problems_of(claim, report, indicators, stated))
    return problems


def _problems_of(
    claim: Claim, report: Report, indicators: Mapping[str, int | None], stated: Mapping[str, int]
) -> list[str]:
    names = [term.operand for term in (*claim.terms, *claim.base)]
    problems = [f"{claim.id}: {name} does not exist" for name in names if not _is_known(name, stated)]
    if f"claim.{claim.id}" in names:
        problems.append(f"{claim.id}: is its own operand")
    cells = {name: _report_cell(report, name) for name in names}
    agrees = recompute_claim(claim, cells, indicators, stated)
    if agrees is not claim.agrees:
        problems.append(f"{claim.id}: says agrees={claim.agrees}, its operands give {agrees}")
    return problems
