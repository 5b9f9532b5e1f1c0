"""Decisions for tests, each with an id that tells its number."""

from contracts.decisions import (
    SCHEMA_ID,
    AcceptAsReported,
    CannotTell,
    Correct,
    Premise,
    RejectDocument,
    ReportedValue,
    Withdraw,
)

SHA = "a" * 64
CELL = "applications.granted.total"
TABLE_RULE = "identities.applications"


def head(number: int) -> dict[str, str]:
    """What every line has."""
    at, by = "2026-03-01T09:00:00Z", "Reviewer <reviewer@example.org>"
    return {"schema": SCHEMA_ID, "id": f"d-{number:012x}", "at": at, "by": by, "reason": "the page prints it so"}


def accepted(number: int, residuals: dict[str, int], document: str = SHA, rule: str = TABLE_RULE) -> AcceptAsReported:
    return AcceptAsReported(**head(number), document=document, report=1, rule=rule, expect=Premise(residuals=residuals))  # type: ignore[arg-type]


def accepted_claim(number: int, value: int, document: str = SHA, kind: str = "received") -> AcceptAsReported:
    return AcceptAsReported(
        **head(number),
        document=document,
        report=1,
        rule=f"claim.{kind}",
        expect=Premise(value=value),  # type: ignore[arg-type]
    )


def untold(number: int, told: list[str], document: str = SHA, field: str = "year") -> CannotTell:
    return CannotTell(
        **head(number),
        document=document,
        report=1,
        rule=f"field.{field}",
        expect=Premise(told=told),  # type: ignore[arg-type]
    )


def accepted_rule(number: int, observed: str, rule: str, document: str = SHA) -> AcceptAsReported:
    return AcceptAsReported(
        **head(number),
        document=document,
        report=1,
        rule=f"rule.{rule}",
        expect=Premise(observed=observed),  # type: ignore[arg-type]
    )


def corrected(
    number: int,
    value: int | str | None,
    reported: int | str | None,
    document: str = SHA,
    cell: str = CELL,
    rule: str | None = None,
) -> Correct:
    return Correct(
        **head(number),  # type: ignore[arg-type]
        document=document,
        report=1,
        cell=cell,
        value=value,
        evidence="page 3",
        expect=ReportedValue(value=reported),
        rule=rule,
    )


def rejected(number: int, document: str = SHA) -> RejectDocument:
    return RejectDocument(**head(number), document=document)  # type: ignore[arg-type]


def withdrawn(number: int, decision: int) -> Withdraw:
    return Withdraw(**head(number), decision=f"d-{decision:012x}")  # type: ignore[arg-type]
