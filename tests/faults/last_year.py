"""The year before a report: other figures of like size, from which the report's own follow."""

from collections.abc import Mapping, Sequence
from random import Random

from contracts.form import form
from pipelines.render.report import Value

_DOCUMENTS = ("regulations", "normative_documents")


def last_year(random: Random, version: str, cells: Mapping[str, Value]) -> dict[str, Value]:
    """Figures that satisfy every identity, also those that reach into the report's year.

    Args:
        random: where differences are drawn from.
        version: the version of the form of both years.
        cells: the report's figures, balanced and complete but for table 二.
    """
    return {
        **{cell: _near(random, value) for cell, value in cells.items()},
        **_applications(random, version, cells),
        **_cases(random, version, cells),
        **_disclosures(random, version, cells),
    }


def _near(random: Random, value: Value) -> Value:
    """Some figure of like size; money and blanks as they are."""
    if not isinstance(value, int) or value < 1:
        return value
    return max(0, round(value * random.uniform(0.75, 1.25)) + random.choice((-1, 0, 1)))


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _applications(random: Random, version: str, cells: Mapping[str, Value]) -> dict[str, Value]:
    table = form().versions[version].tables["applications"]
    flows = form().flows
    *types, total = table.columns
    columns: dict[str, dict[str, int]] = {}
    for applicant in types:
        here = {row: _number(cells[f"applications.{row}.{applicant}"]) for row in table.rows}
        made = {row: _number(_near(random, here[row])) for row, each in table.rows.items() if each.is_outcome}
        decided, left = sum(made.values()), here[flows["carried_in"]]
        had = min(_number(_near(random, here[flows["carried_out"]])), decided + left)
        made |= {flows["decided"]: decided, flows["carried_out"]: left, flows["carried_in"]: had}
        columns[applicant] = made | {flows["new_received"]: decided + left - had}
    columns[total] = {row: sum(columns[applicant][row] for applicant in types) for row in table.rows}
    return {f"applications.{row}.{column}": columns[column][row] for row in table.rows for column in table.columns}


def _cases(random: Random, version: str, cells: Mapping[str, Value]) -> dict[str, Value]:
    """What was pending last year is in this year's total."""
    made: dict[str, Value] = {}
    table = form().versions[version].tables["reviews_and_lawsuits"]
    *parts, total = table.columns
    for row in table.rows:
        names = [f"reviews_and_lawsuits.{row}.{part}" for part in parts]
        counted = [_number(_near(random, cells[name])) for name in names]
        counted[-1] = min(counted[-1], _number(cells[f"reviews_and_lawsuits.{row}.{total}"]))
        made |= dict(zip(names, counted, strict=True))
        made[f"reviews_and_lawsuits.{row}.{total}"] = sum(counted)
    return made


def _disclosures(random: Random, version: str, cells: Mapping[str, Value]) -> dict[str, Value]:
    made: dict[str, Value] = {}
    for row in form().versions[version].tables["proactive_disclosure"].rows:
        name = f"proactive_disclosure.{row}."
        if row in _DOCUMENTS:
            made |= _documents(random, name, [cells.get(name + one) for one in ("issued", "repealed", "in_force")])
            made |= _totals(random, name, cells)
        if name + "change" in cells:
            made |= {name + "prior_year_items": cells[name + "prior_year_items"], name + "change": 0}
    return {cell: value for cell, value in made.items() if cell in cells}


def _documents(random: Random, name: str, this_year: Sequence[Value]) -> dict[str, Value]:
    """What was in force leads to what is in force now; what was issued was in force or repealed."""
    issued, repealed, in_force = map(_number, this_year)
    before = max(0, in_force - issued + repealed)
    gone = _number(_near(random, repealed))
    return {
        name + "issued": min(_number(_near(random, issued)), before + gone),
        name + "repealed": gone,
        name + "in_force": before,
    }


def _totals(random: Random, name: str, cells: Mapping[str, Value]) -> dict[str, Value]:
    """What was newly disclosed is part of what was disclosed in total."""
    total = _number(cells.get(name + "total_disclosed"))
    new = min(_number(_near(random, cells.get(name + "newly_disclosed"))), total)
    return {name + "newly_made": new, name + "newly_disclosed": new, name + "total_disclosed": total}
