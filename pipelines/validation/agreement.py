"""What a raw extracted JSON says of its readings, recomputed from its own figures: are the proofs proofs?"""

from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import UNSET

from contracts.form import FormVersion, Identity, form
from contracts.identities import residual
from contracts.raw_json import Reading, Report, cells_of


@cache
def _cell_ids(version: str) -> frozenset[str]:
    return frozenset(form().versions[version].cells)


def _version_of(report: Report, cell_id: str) -> FormVersion | None:
    table = getattr(report.tables, cell_id.partition(".")[0], UNSET)
    return None if table is UNSET else form().versions[type(table).__struct_config__.tag]


def _proof_of(reading: Reading, version: FormVersion | None) -> tuple[list[Identity], str | None]:
    """The identities that a reading names as proof, and what is wrong with them."""
    if version is None or reading.cell not in _cell_ids(version.version):
        return [], "is no cell of the report's tables"
    unknown = [name for name in reading.proof if name not in version.identities]
    if unknown:
        return [], f"its proof {', '.join(unknown)} is no identity of version {version.version}"
    identities = [version.identities[name] for name in reading.proof]
    if any(not identity.within_report for identity in identities):
        return [], "its proof reaches into another year"
    if not any(term.cell.id == reading.cell for identity in identities for term in identity.terms):
        return [], "its proof has no term in the cell"
    return identities, None


def _forced_values(identity: Identity, cells: Mapping[str, int | None]) -> dict[str, int]:
    """The blank cells whose values one identity forces: its only blank term, or blank counts that add up to zero."""
    blank = [term for term in identity.terms if cells.get(term.cell.id) is None]
    known = sum(term.weight * (cells.get(term.cell.id) or 0) for term in identity.terms)
    if len(blank) == 1:
        value, remainder = divmod(-known, blank[0].weight)
        return {} if remainder else {blank[0].cell.id: value}
    one_sign = len({term.weight > 0 for term in blank}) == 1
    if known == 0 and one_sign and not any(term.cell.may_be_negative for term in blank):
        return {term.cell.id: 0 for term in blank}
    return {}


def _with_forced(cells: Mapping[str, int | None], identities: Iterable[Identity]) -> dict[str, int | None]:
    """`cells` with every blank filled in that the identities force, step by step."""
    filled, rules = dict(cells), list(identities)
    while forced := {cell: value for rule in rules for cell, value in _forced_values(rule, filled).items()}:
        filled.update(forced)
    return filled


def _find_fault(
    reading: Reading, proof: Iterable[Identity], printed: Mapping[str, int | None], filled: Mapping[str, int | None]
) -> str | None:
    if reading.state == "blank_proven" and printed.get(reading.cell) is not None:
        return "is blank_proven but not null"
    if reading.state == "blank_proven" and filled.get(reading.cell) != reading.value:
        return f"says {reading.value}, its proof forces {filled.get(reading.cell)}"
    for identity in proof:
        rest = residual(identity, filled)
        if rest != 0:
            return f"its proof {identity.id} leaves {'a term missing' if rest is None else rest}"
    return None


def reading_problems(report: Report) -> list[str]:
    """What is not true of a report's `resolved` and `blank_proven` readings; empty if nothing.

    A proof must name identities with a term in the cell, which hold over the report's cells once the proven values
    stand in the blank ones. A `blank_proven` cell must be null, and the proofs must force its value.
    """
    readings = [reading for reading in report.readings if reading.state in ("blank_proven", "resolved")]
    if not readings:
        return []
    found = [(reading, *_proof_of(reading, _version_of(report, reading.cell))) for reading in readings]
    blanks = {rule.id: rule for reading, proof, _ in found if reading.state == "blank_proven" for rule in proof}
    printed = cells_of(report)
    filled = _with_forced(printed, blanks.values())
    faults = [(reading.cell, fault or _find_fault(reading, proof, printed, filled)) for reading, proof, fault in found]
    return [f"{cell}: {fault}" for cell, fault in faults if fault]
