"""What a raw extracted JSON says of its readings, recomputed from its own figures: are the proofs proofs?"""

from collections.abc import Iterable, Mapping

from contracts.form import Identity, form
from contracts.identities import residual
from contracts.raw_json import Reading, Report, cells_of
from pipelines.validation.references import version_of

NULL_STATES = frozenset(("blank", "mark", "missing", "ambiguous"))


def _is_filled(report: Report, cell_id: str) -> bool:
    """Whether the tables have a value in a cell."""
    if version_of(report, cell_id) is None:
        return False
    table, row, column = cell_id.split(".")
    return getattr(getattr(getattr(report.tables, table).cells, row), column, None) is not None


def _find_contradictions(report: Report) -> list[str]:
    """Cells that a reading says have no figure, but that have one."""
    return [
        f"{reading.cell}: is {reading.state} but not null"
        for reading in report.readings
        if reading.state in NULL_STATES and _is_filled(report, reading.cell)
    ]


def _proof_of(report: Report, reading: Reading) -> tuple[list[Identity], str | None]:
    """The identities that a reading names as proof, and what is wrong with them."""
    name = version_of(report, reading.cell)
    if name is None:
        return [], "is no cell of the report's tables"
    version = form().versions[name]
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
    """What is not true of a report's readings; empty if nothing.

    A cell that is said to have no figure must be null. A proof must name identities with a term in the cell, which
    hold over the report's cells once the proven values stand in the blank ones. A `blank_proven` cell must be
    null, and the proofs must force its value.
    """
    contradictions = _find_contradictions(report)
    readings = [reading for reading in report.readings if reading.state in ("blank_proven", "resolved")]
    if not readings:
        return contradictions
    found = [(reading, *_proof_of(report, reading)) for reading in readings]
    blanks = {rule.id: rule for reading, proof, _ in found if reading.state == "blank_proven" for rule in proof}
    printed = cells_of(report)
    filled = _with_forced(printed, blanks.values())
    faults = [(reading.cell, fault or _find_fault(reading, proof, printed, filled)) for reading, proof, fault in found]
    return contradictions + [f"{cell}: {fault}" for cell, fault in faults if fault]
