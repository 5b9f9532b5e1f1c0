"""The identities of the form, evaluated in Python: for one report and for a frame of reports.

The SQL evaluation is the dbt macro `identity_residual`, fed by the terms that `contracts.render` writes.
A missing term is neither zero nor a pass: the identity is then `not_assessed`.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import polars as pl

from contracts.form import FormVersion, Identity, Term, form

Status = Literal["pass", "fail", "not_assessed", "not_applicable"]


def residual(
    identity: Identity, cells: Mapping[str, int | None], prior: Mapping[str, int | None] | None = None
) -> int | None:
    """The weighted sum of an identity's terms, or None if a term is missing.

    Args:
        identity: the identity to evaluate.
        cells: value by cell id for the report's year.
        prior: the same for last year's report of the body, where an identity reaches back.
    """
    total = 0
    for term in identity.terms:
        value = (cells if term.year_offset == 0 else prior or {}).get(term.cell.id)
        if value is None:
            return None
        total += term.weight * value
    return total


def status_of(value: int | None) -> Status:
    """The status of an applicable identity with the given residual."""
    if value is None:
        return "not_assessed"
    return "pass" if value == 0 else "fail"


def evaluate(version: FormVersion, table: str, cells: Mapping[str, int | None]) -> dict[str, tuple[int | None, Status]]:
    """Residual and status of every identity of one table that needs no other year, by identity id."""
    results: dict[str, tuple[int | None, Status]] = {}
    for identity in version.identities_of(table):
        if identity.within_report:
            value = residual(identity, cells)
            results[identity.id] = (value, status_of(value))
    return results


def term_column(term: Term) -> str:
    """The column of a wide frame that holds a term: `prior__` before the name for last year's."""
    return term.cell.name if term.year_offset == 0 else f"prior__{term.cell.name}"


def residual_expression(identity: Identity) -> pl.Expr:
    """The residual as a polars expression over a wide frame of one form version; null if a term is null."""
    plus = [pl.col(term_column(term)) * term.weight for term in identity.terms]
    total = plus[0]
    for expression in plus[1:]:
        total = total + expression
    return total.alias(identity.id)


def residuals(frame: pl.DataFrame, table: str, identities: Iterable[str] | None = None) -> pl.DataFrame:
    """Residuals of a table's identities over a wide frame of reports.

    Args:
        frame: one row per report with `report_key`, `<table>__form_version` and the table's cells by name.
        table: the table whose identities are evaluated.
        identities: only these ids; by default all enforced ones.

    Returns:
        One row per report whose version has the table: `report_key` and one column per identity id of any
        version, null where a term is missing or the version has no such identity.
    """
    wanted = None if identities is None else set(identities)
    parts: list[pl.DataFrame] = []
    for name in form().versions_with(table):
        version = form().versions[name]
        chosen = [
            identity
            for identity in version.identities_of(table)
            if (identity.id in wanted if wanted is not None else identity.enforced)
        ]
        rows = frame.filter(pl.col(f"{table}__form_version") == name)
        parts.append(rows.select("report_key", *(residual_expression(identity) for identity in chosen)))
    return pl.concat(parts, how="diagonal_relaxed")
