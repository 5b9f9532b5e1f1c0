"""The ledger of decisions, `gongkai.decision/1`: what people decided about findings, one JSON object per line.

A decision names what it is about by the document's hash, the report's ordinal in it, the cell and the rule, never by
anything that another extraction would number anew. `expect` is the premise: what stood there when it was decided. A
decision whose premise is gone has expired and is not applied. The types give the JSON Schema
(`docs/decisions.schema.json`).
"""

import datetime
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, cast, get_args

import msgspec
from msgspec import Meta, Struct

from contracts.claims import claim_rules
from contracts.form import Cell, form
from contracts.raw_cells import Whole
from contracts.raw_json import EvidenceField, Sha256, Timestamp
from contracts.rules import rules

SCHEMA_ID = "gongkai.decision/1"
TABLE_RULE = "identities"
CLAIM_RULE = "claim"
FIELD_RULE = "field"
CATALOGUE_RULE = "rule"
DecisionId = Annotated[str, Meta(pattern=r"^d-[0-9a-f]{12}$")]
Words = Annotated[str, Meta(pattern=r"\S")]
Rule = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")]
Kind = Literal["accept_as_reported", "correct", "reject_document", "cannot_tell", "withdraw"]
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


class _Part(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, frozen=True):
    """Base of all parts: unknown fields are an error, nothing changes afterwards."""


class _Decision(_Part, kw_only=True, frozen=True, tag_field="kind"):
    """What every line has: its id, when it was decided (ISO 8601), by whom, and why."""

    schema: Literal["gongkai.decision/1"]
    id: DecisionId
    at: Timestamp
    by: Words
    reason: Words


class _OnReport(_Decision, kw_only=True, frozen=True):
    """What a decision about one report of a document names: the document's hash and the report's ordinal, from 1."""

    document: Sha256
    report: Annotated[int, Meta(ge=1)]
    evidence: str = ""


class Premise(_Part, kw_only=True, frozen=True):
    """What was found when a finding was decided: exactly one of the four.

    `residuals`: the violated identities of a table with their residuals, after the corrections that stood then;
    `value`: the figure that a claim states; `told`: what a document says of the report's body, year or place;
    `observed`: what a rule of the catalogue had found, in its words.
    """

    residuals: dict[str, int] | None = None
    value: int | None = None
    told: list[str] | None = None
    observed: str | None = None

    def __post_init__(self) -> None:
        """Exactly one kind of premise."""
        given = [self.residuals, self.value, self.told, self.observed]
        if given.count(None) != len(given) - 1:
            raise ValueError("expect has exactly one of residuals, value, told and observed")


class ReportedValue(_Part, kw_only=True, frozen=True):
    """The value that a corrected cell had as reported; None for a blank."""

    value: Whole | str | None


class AcceptAsReported(_OnReport, kw_only=True, frozen=True, tag="accept_as_reported"):
    """The document prints it so. A held table enters facts and marts, flagged; other findings are answered.

    `rule` is `identities.<table>`, `claim.<kind>`, `field.<field>`, or `rule.<rule>` of the catalogue.
    """

    rule: Rule
    expect: Premise


class CannotTell(_OnReport, kw_only=True, frozen=True, tag="cannot_tell"):
    """Nobody can tell from what there is. The finding is answered; a held table stays held."""

    rule: Rule
    expect: Premise


class Correct(_OnReport, kw_only=True, frozen=True, tag="correct"):
    """A cell of the form has another value than the one reported; None for a blank. `rule`: the finding it answers."""

    cell: str
    value: Whole | str | None
    evidence: Words
    expect: ReportedValue
    rule: Rule | None = None


class RejectDocument(_Decision, kw_only=True, frozen=True, tag="reject_document"):
    """Nothing of a document counts. Its premise is the document itself, which its hash names."""

    document: Sha256
    evidence: str = ""


class Withdraw(_Decision, kw_only=True, frozen=True, tag="withdraw"):
    """An earlier decision holds no longer."""

    decision: DecisionId


Decision = AcceptAsReported | CannotTell | Correct | RejectDocument | Withdraw
Answer = AcceptAsReported | CannotTell


def kind_of(decision: Decision) -> Kind:
    """The kind that a decision's line names."""
    return cast(Kind, type(decision).__struct_config__.tag)


def encode(decision: Decision) -> bytes:
    """A decision's line, without its end."""
    return msgspec.json.encode(decision)


def decode(line: bytes | str) -> Decision:
    """The decision of a line.

    Raises:
        msgspec.DecodeError: it is no JSON.
        msgspec.ValidationError: it does not follow the schema.
        ValueError: it contradicts the form; the message says how.
    """
    decision: Decision = msgspec.json.decode(line, type=Decision)
    if problem := _problem_of(decision):
        raise ValueError(problem)
    return decision


def value_problem(cell: Cell, value: int | str | None) -> str:
    """Why a cell cannot be given a value, empty if it can. A text that is printed for an amount becomes a decimal."""
    if value is None:
        return ""
    if cell.type != "integer":
        is_decimal = isinstance(value, str) and _DECIMAL.fullmatch(value)
        return "" if is_decimal else f'{cell.id} holds a decimal in a string such as "91.61", not {value!r}'
    if not isinstance(value, int):
        return f"{cell.id} holds a whole number, not {value!r}"
    return f"{cell.id} is never negative, found {value}" if value < 0 and not cell.may_be_negative else ""


def answerable_rules() -> list[str]:
    """The rules whose findings can be answered; claims of a kind that is not declared can be as well."""
    versions = form().versions.values()
    held_by = {identity.table for version in versions for identity in version.identities.values() if identity.enforced}
    return [
        *(f"{TABLE_RULE}.{table}" for table in form().tables if table in held_by),
        *(f"{CLAIM_RULE}.{kind}" for kind in claim_rules().kinds),
        *(f"{FIELD_RULE}.{field}" for field in get_args(EvidenceField)),
        *(f"{CATALOGUE_RULE}.{name}" for name, rule in rules().items() if not rule.is_finding),
    ]


def _problem_of(decision: Decision) -> str:
    try:
        datetime.datetime.fromisoformat(decision.at)
    except ValueError as error:
        return f"at: {decision.at} is no moment: {error}"
    if isinstance(decision, Correct):
        cell = form().cells.get(decision.cell)
        if cell is None:
            return f"{decision.cell} is no cell of the form (docs/form.md has them all)"
        is_text = cell.type == "text" and isinstance(decision.expect.value, str)  # whatever is printed there
        return value_problem(cell, decision.value) or ("" if is_text else value_problem(cell, decision.expect.value))
    return _answer_problem(decision) if isinstance(decision, Answer) else ""


def _answer_problem(decision: Answer) -> str:
    family, _, named = decision.rule.partition(".")
    expect = decision.expect
    premise = {
        TABLE_RULE: expect.residuals,
        CLAIM_RULE: expect.value,
        FIELD_RULE: expect.told,
        CATALOGUE_RULE: expect.observed,
    }
    if family not in premise or (family != CLAIM_RULE and decision.rule not in answerable_rules()):
        return f"{decision.rule} is no rule that can be answered; there are {', '.join(answerable_rules())}"
    if premise[family] is None:
        kinds = "residuals of identities, value of a claim, told of a field, observed of a rule"
        return f"the premise of {decision.rule} must be of its kind: {kinds}"
    if expect.residuals == {}:
        return f"the premise of {decision.rule} names no identity that is violated"
    versions = form().versions.values()
    known = {identity.id for version in versions for identity in version.identities_of(named, enforced=True)}
    unknown = sorted(set(expect.residuals or {}) - known)
    return f"{unknown} are no enforced identities of {named}" if unknown else ""


def target_of(decision: Decision) -> tuple[object, ...] | None:
    """What a decision is about: a later one about the same takes its place. None for a withdrawal."""
    if isinstance(decision, Correct):
        return decision.document, decision.report, decision.cell
    if isinstance(decision, Answer):
        # A report can state several figures of one kind; each is answered for itself.
        return decision.document, decision.report, decision.rule, decision.expect.value
    return (decision.document,) if isinstance(decision, RejectDocument) else None


def standing(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """What neither was withdrawn nor has a later decision about the same, by id.

    Args:
        decisions: a ledger's decisions in their order.
    """
    made = list(decisions)
    withdrawn = {decision.decision for decision in made if isinstance(decision, Withdraw)}
    last = {target_of(one): one for one in made if not isinstance(one, Withdraw) and one.id not in withdrawn}
    return {decision.id: decision for decision in last.values()}


def expected_text(decision: Decision) -> str | None:
    """The premise as one text that SQL compares: a value, or `identity=residual` by name, or what is told."""
    if isinstance(decision, Correct):
        return None if decision.expect.value is None else str(decision.expect.value)
    if isinstance(decision, Answer):
        premise = decision.expect
        if premise.residuals is not None:
            return ",".join(f"{name}={residual}" for name, residual in sorted(premise.residuals.items()))
        if premise.observed is not None:
            return premise.observed
        return "; ".join(premise.told) if premise.told is not None else str(premise.value)
    return None


def json_schema() -> dict[str, Any]:
    """The JSON Schema of one line of the ledger."""
    return msgspec.json.schema(Decision)
