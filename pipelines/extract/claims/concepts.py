"""Concepts: which kind of claim the words beside a number name, given what the sentence is about."""

from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import Struct

from contracts.claims import claim_rules
from contracts.form import form
from pipelines.extract.claims.tokens import YEAR, Token

Domain = Literal["", "application", "cases", "disclosure", "foreign"]
_CASES = ("review", "lawsuit", "lawsuit_direct", "lawsuit_after_review")
_CASE_KINDS = {"review": "review", "lawsuit": "lawsuits"}
_ITEMS = (
    "normative_documents",
    "regulations",
    "administrative_licenses",
    "administrative_penalties",
    "administrative_coercion",
)
_DOMAINS: dict[str, Domain] = {
    "application": "application",
    "disclosure": "disclosure",
    "publish": "disclosure",
    "foreign": "foreign",
    **dict.fromkeys(_CASES, "cases"),
    **dict.fromkeys(_ITEMS, "disclosure"),
}
_ROWS_OF_CASES = {
    "review": ("review",),
    "lawsuits": ("lawsuit_direct", "lawsuit_after_review"),
    "lawsuit_direct": ("lawsuit_direct",),
    "lawsuit_after_review": ("lawsuit_after_review",),
}
_UNCLEAR = "applicant.unclear"
_BESIDE = 5  # characters between a bare subject and its number


class Concept(Struct, frozen=True):
    """A kind of claim with its rows or columns. `is_bare`: only the subject is named, no verb and no class.

    `rest`: what a list leaves, if only that is said.
    """

    kind: str
    members: tuple[str, ...] = ()
    is_bare: bool = False
    case: str = ""
    item: str = ""
    rest: tuple[str, ...] = ()


def domain_of(tokens: Iterable[Token]) -> Domain:
    """What the last telling word is about: applications, cases, disclosures or something else."""
    found: Domain = ""
    for token in tokens:
        found = _DOMAINS.get(token.kind, found)
    return found


def _rows_of(category: str) -> tuple[str, ...]:
    return (f"{{{category}}}",)


def _outcome(tokens: list[Token]) -> Concept | None:
    kinds = claim_rules().kinds
    rows = dict.fromkeys(token.kind[4:] for token in tokens if token.kind.startswith("row."))
    groups = dict.fromkeys(
        token.kind for token in tokens if token.kind in kinds and kinds[token.kind].role == "outcome"
    )
    if rows:
        return Concept("outcome_row", tuple(rows))
    if len(groups) > 1:
        return Concept("outcomes_combined", tuple(_rows_of(group)[0] for group in groups))
    if groups:
        group = next(iter(groups))
        return Concept(group, _rows_of(group))
    reply = next((token.kind for token in tokens if token.kind.startswith("reply.")), None)
    return Concept("reply_part", (reply[6:],)) if reply else None


def _direction(tokens: list[Token], year: int | None) -> str:
    """`in`, `out` or nothing: words for last or next year, or a year printed before or after the verb."""
    kinds = {token.kind for token in tokens}
    if "last_year" in kinds:
        return "in"
    if "next_year" in kinds:
        return "out"
    verb = next((token for token in tokens if token.kind == "carry"), None)
    if verb is None:
        return "out" if "unfinished" in kinds else ""
    for token in tokens:
        if token.kind == YEAR and token.value != year:
            return "in" if token.start < verb.start else "out"
    return ""


def _carry(tokens: list[Token], year: int | None) -> Concept | None:
    kinds = {token.kind for token in tokens}
    is_carry = "carry" in kinds or "unfinished" in kinds or ("next_year" in kinds and kinds & {"decide", "handle"})
    if not is_carry:
        return None
    if "new" in kinds:
        return Concept("received")
    direction = _direction(tokens, year)
    return Concept(f"carried_{direction}" if direction else "carried")


def _channel(tokens: list[Token]) -> Concept | None:
    channels = dict.fromkeys(token.kind[8:] for token in tokens if token.kind.startswith("channel."))
    verbs = {token.kind for token in tokens} & {"receive", "new", "decide", "handle"}
    if not channels or (len(channels) > 1 and verbs):
        return None
    return Concept("channel", tuple(channels))


def _organizations() -> tuple[str, ...]:
    table = next(iter(form().versions.values())).tables["applications"]
    return tuple(column.id for column in table.columns.values() if column.group == "organizations")


def _applicant(tokens: list[Token]) -> Concept | None:
    columns: dict[str, None] = {}
    for token in tokens:
        if token.kind.startswith("applicant.") and token.kind != _UNCLEAR:
            name = token.kind[10:]
            columns |= dict.fromkeys(_organizations() if name == "organizations" else (name,))
    is_applicant = columns or any(token.kind == _UNCLEAR for token in tokens)
    return Concept("applicant", tuple(columns)) if is_applicant else None


def _flow(tokens: list[Token]) -> Concept | None:
    kinds = {token.kind for token in tokens}
    order = {"decide": "decided", "handle": "handled", "new": "new_received", "receive": "received"}
    verb = next((word for word in order if word in kinds), None)
    if verb == "handle" and "receive" in kinds:
        return Concept("received")
    if verb:
        return Concept(order[verb])
    if "public" in kinds:
        return Concept("granted", _rows_of("granted"))
    subject = kinds & {"application", "application_weak"}
    return Concept("received", is_bare=True) if subject else None


def application_concept(tokens: list[Token], year: int | None) -> Concept | None:
    """The concept of words about applications: the most telling ones first."""
    readers: tuple[Callable[[], Concept | None], ...] = (
        lambda: _carry(tokens, year),
        lambda: _outcome(tokens),
        lambda: _channel(tokens),
        lambda: _applicant(tokens),
        lambda: _flow(tokens),
    )
    return next((concept for read in readers if (concept := read()) is not None), None)


def case_concept(tokens: list[Token], subject: str) -> Concept | None:
    """The concept of words about reviews and lawsuits; `subject` is the case kind that the text spoke of last."""
    named = dict.fromkeys(token.kind for token in tokens if token.kind in _CASES)
    result = next((token.kind[7:] for token in tokens if token.kind.startswith("result.")), None)
    if len(named) > 1 and "lawsuit" in named and not {"review"} & set(named):
        del named["lawsuit"]
    if any(token.kind == "lost" for token in tokens) or (len(named) > 1 and result):
        return None
    if len(named) > 1:
        return Concept("cases")
    case = _CASE_KINDS.get(next(iter(named)), next(iter(named))) if named else subject
    if result and case in _ROWS_OF_CASES:
        return Concept("case_result", tuple(f"{row}.{result}" for row in _ROWS_OF_CASES[case]), case=case)
    if named:
        return Concept(case, case=case)
    is_case = any(token.kind == "case" for token in tokens)
    return Concept(subject, case=subject) if is_case and subject else None


def disclosure_concept(tokens: list[Token], subject: str) -> Concept | None:
    """The concept of words about proactive disclosure: an item of the form, or information on a platform.

    `subject` is the item that the sentence spoke of last: `9 documents, of which 1 repealed`.
    """
    kinds = {token.kind for token in tokens}
    measured = subject if kinds & {"in_force", "repealed"} else ""
    item = next((token.kind for token in tokens if token.kind in _ITEMS), measured)
    if item:
        if kinds & {"activity", "foreign"}:
            return None
        measure = next((f"_{name}" for name in ("in_force", "repealed") if name in kinds), "")
        return Concept(f"{item}{measure}" if f"{item}{measure}" in claim_rules().kinds else item, item=item)
    if "foreign" in kinds:
        return None
    if "platform" in kinds:
        return Concept("disclosures_part")
    return Concept("disclosures") if "disclosure" in kinds else None


def is_beside(tokens: list[Token], number: Token) -> bool:
    """Whether a bare subject stands right before its number."""
    subjects = [token for token in tokens if token.kind in ("application", "application_weak")]
    return bool(subjects) and number.start - subjects[-1].end <= _BESIDE


def total_of(role: str, kinds: set[str]) -> Concept | None:
    """The total that follows a list of parts of one role: `…, 10 in all`."""
    totals = {"channel": "received", "applicant": "received", "outcome": "decided"}
    return Concept(totals[role]) if role in totals and "together" in kinds else None


def rest_of(role: str, left: tuple[str, ...]) -> Concept | None:
    """The last part of a list of outcomes: `… and 1 other`; a class of its own if the list has `left` nothing."""
    if role != "outcome":
        return None
    return Concept("other_handling", _rows_of("other_handling"), rest=left) if left else Concept("reply_part")
