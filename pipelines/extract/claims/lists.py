"""Lists of the prose: whether the classes that a list names are all that there are, so that they must add up."""

from collections.abc import Iterable, Sequence
from functools import cache

from contracts.claims import category_rows, claim_rules
from contracts.form import form
from contracts.raw_json import Claim
from pipelines.extract.claims.figures import Statement

_TOTAL = "total"


@cache
def _columns(table: str) -> frozenset[str]:
    """The columns of a table beside its total."""
    columns = next(iter(form().versions.values())).tables[table].columns.values()
    return frozenset(column.id for column in columns if column.id != _TOTAL)


@cache
def _outcomes() -> frozenset[str]:
    """The categories of outcomes that the form has."""
    kinds = claim_rules().kinds
    return frozenset(name for name, kind in kinds.items() if kind.role == "outcome" and category_rows(name, {}))


def _categories(members: Iterable[str]) -> set[str]:
    """The categories that are named as a whole, by their own word or by all of their rows."""
    named = set(members)
    return {name for name in _outcomes() if f"{{{name}}}" in named or named.issuperset(category_rows(name, {}))}


def left_by(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The members that a list of outcomes leaves: the categories of which it names nothing, in the form's order."""
    members = {member for statement in statements for member in statement.members}
    left = [name for name in claim_rules().kinds if name in _outcomes()]
    return tuple(f"{{{name}}}" for name in left if members.isdisjoint((f"{{{name}}}", *category_rows(name, {}))))


def is_complete(role: str, statements: Sequence[Statement]) -> bool:
    """Whether a list names every class of its role, or the rest; the form knows no classes of channels and platforms.

    Args:
        role: what the list breaks down by.
        statements: its parts.
    """
    members = [member for statement in statements for member in statement.members]
    if role == "outcome":
        return _outcomes() <= _categories(members) or any(statement.rest for statement in statements)
    if role == "result":
        return _columns("reviews_and_lawsuits") <= {member.partition(".")[2] for member in members}
    return role != "applicant" or _columns("applications") <= set(members)


def must_add_up(role: str, statements: Sequence[Statement], total: Claim) -> bool:
    """Whether a list that does not add up to a total contradicts it.

    One that says less may leave a class out; so does one of channels that is not the greater part of its total.
    Outcomes add up to what was decided, not to what was received.
    """
    stated = sum(statement.value for statement in statements)
    if stated < total.value and not is_complete(role, statements):
        return False
    if role == "channel" and stated * 2 <= total.value:
        return False
    if role != "outcome":
        return True
    if total.kind == "handled":
        return bool(total.agrees) and total.meaning == "decided"
    return total.kind == "decided" and not (total.agrees and total.meaning.startswith("decided_without"))
