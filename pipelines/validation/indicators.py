"""What a raw extracted JSON says of its indicators of 2008-2018, recomputed: cut runs and the sums that cut them."""

from collections.abc import Mapping
from functools import cache

from contracts.claims import indicator_values
from contracts.form import LegacySum, form
from contracts.raw_json import LegacyIndicator, Report


@cache
def _relations() -> dict[str, LegacySum]:
    return {name: found for variant in form().legacy_variants.values() for name, found in variant.relations.items()}


def _proof_problem(entry: LegacyIndicator, name: str, values: Mapping[str, int | None]) -> str | None:
    relation = _relations().get(name.rpartition(".")[0])
    if relation is None or name.rpartition(".")[2] != entry.period:
        return f"its proof {name} is no sum of a declared table"
    if entry.indicator not in (relation.total, *relation.parts):
        return f"its proof {name} has no term in it"
    terms = [values.get(f"{term}.{entry.period}") for term in (relation.total, *relation.parts)]
    if None in terms or terms[0] != sum(term for term in terms[1:] if term is not None):
        return f"its proof {name} does not hold"
    return None


def _problem(entry: LegacyIndicator, values: Mapping[str, int | None]) -> str | None:
    if entry.state in ("blank", "ambiguous") and entry.value is not None:
        return f"is {entry.state} but not null"
    if entry.state != "resolved":
        return "has a proof, but is not resolved" if entry.proof else None
    cut = entry.raw.startswith if entry.period == "year" else entry.raw.endswith
    if entry.value is None or not cut(str(entry.value)):
        return f"is resolved from {entry.raw}, which does not give {entry.value}"
    return next((problem for name in entry.proof if (problem := _proof_problem(entry, name, values))), None)


def indicator_problems(report: Report) -> list[str]:
    """What is not true of a report's indicators; empty if nothing.

    One that is blank or ambiguous must be null. One that was cut from a run of digits must begin or end it, and the
    sums that it names as proof must have a term in it and hold over the report's indicators.
    """
    if report.legacy is None:
        return []
    variant = report.legacy.variant
    problems = [] if variant is None or variant in form().legacy_variants else [f"legacy: {variant} is no known table"]
    values = indicator_values(report.legacy.indicators)
    for entry in report.legacy.indicators:
        problem = _problem(entry, values)
        if problem:
            problems.append(f"legacy.{entry.indicator}.{entry.period}: {problem}")
    return problems
