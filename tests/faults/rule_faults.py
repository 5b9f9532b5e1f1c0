"""Faults that leave every identity of a report alone: only its neighbours can give them away."""

from random import Random

from tests.faults.faults import APPLICATIONS, CASES, DISCLOSURES, IDENTITY_FAULTS, Damage, Fault, Impossible, changed
from tests.faults.figures import Body, Cells, added, counts, grid, moved

_FEE = f"{DISCLOSURES}.administrative_fees.amount_cny_10k"
_YUAN = 10_000
_MOVED = 3


def _zero_table(_random: Random, body: Body) -> Damage:
    return changed(body, {cell: 0 for row in grid(body.version, APPLICATIONS) for cell in row})


def _unit_of_table(_random: Random, body: Body) -> Damage:
    cells = [cell for row in grid(body.version, APPLICATIONS) for cell in row]
    return changed(body, {cell: value * _YUAN for cell, value in zip(cells, counts(body.cells, cells), strict=True)})


def _fees_in_yuan(_random: Random, body: Body) -> Damage:
    fee = body.cells.get(_FEE)
    if not isinstance(fee, str) or not float(fee):
        raise Impossible
    return Damage({_FEE: f"{float(fee) * _YUAN:.0f}"})


def _last_year_again(_random: Random, body: Body) -> Damage:
    if body.before is None or not any(counts(body.before, grid(body.version, APPLICATIONS)[0])):
        raise Impossible
    return Damage(instead=body.before)


def _same_copy(_random: Random, body: Body) -> Damage:
    return Damage(further=[body.filing(body.cells, body.year)])


def _other_copy(random: Random, body: Body) -> Damage:
    cell = random.choice([cell for cell, value in body.cells.items() if DISCLOSURES in cell and isinstance(value, int)])
    return Damage(further=[body.filing(body.cells | {cell: counts(body.cells, [cell])[0] + 1}, body.year)])


def _other_name(_random: Random, body: Body) -> Damage:
    other = moved(body, name=body.name.removesuffix("局") + "分局")
    return Damage(further=[other.filing(body.cells, body.year)])


def _period(_random: Random, body: Body) -> Damage:
    return Damage(fields={"period": f"{body.year - 1}-01-01/{body.year - 1}-12-31"})


def _title(_random: Random, body: Body) -> Damage:
    told = {"field": "year", "value": str(body.year - 1), "source": "title", "agrees": False}
    return Damage(fields={"evidence": [told]})


def _next_year(_random: Random, body: Body) -> Damage:
    year = body.year + 1
    return Damage(fields={"year": year, "period": f"{year}-01-01/{year}-12-31"})


def _year_before(_random: Random, body: Body) -> Damage:
    if body.before is None:
        raise Impossible
    year = body.year - 1
    return Damage(fields={"year": year, "period": f"{year}-01-01/{year}-12-31"})


def _broken_carry(random: Random, body: Body) -> Damage:
    """Some applications of this year count as last year's: the table still adds up."""
    received, carried = grid(body.version, APPLICATIONS)[:2]
    place = random.randrange(len(received) - 1)
    cells: Cells = {}
    for row, sign in ((received, -1), (carried, 1)):
        for cell in (row[place], row[-1]):
            value = counts(body.cells, [cell])[0] + sign * _MOVED
            if value < 0:
                raise Impossible
            cells[cell] = value
    return changed(body, cells)


def _marked_own(_random: Random, _body: Body) -> Damage:
    return Damage(fields={"scope": "own"})


def _marked_whole(_random: Random, _body: Body) -> Damage:
    return Damage(fields={"scope": "consolidated"})


def _reported_by_office_too(_random: Random, body: Body) -> Damage:
    return Damage(further=[moved(body, name=f"{body.name}办公室").filing(body.cells, body.year)])


def _parts(body: Body) -> list[Cells]:
    return [other.cells for other in body.beside]


def _counted(body: Body, cells: Cells) -> Damage:
    return changed(body, {cell: value for cell, value in cells.items() if cell.startswith((APPLICATIONS, CASES))})


def _parts_twice(_random: Random, body: Body) -> Damage:
    return _counted(body, added(body.cells, _parts(body)))


def _without_parts(_random: Random, body: Body) -> Damage:
    return _counted(body, added(body.cells, _parts(body), sign=-1))


def _fault(name: str, put: object, *rules: str, scene: str = "body", table: str = APPLICATIONS) -> Fault:
    return Fault(name, put, table, "nothing", scene=scene, rules=rules)  # type: ignore[arg-type]


_DATES = ("published_after_the_year", "captured_after_the_year")
_ZERO = ("applications_all_zero", "implausible_zero")
_COVERS = ("parent_covers_children", "government_covers_departments")
RULE_FAULTS = (
    _fault("all-zero table", _zero_table, *_ZERO),
    _fault("all-zero table of a county's government", _zero_table, *_ZERO, scene="county"),
    _fault("wrong unit of the table", _unit_of_table, "jump_ratio", "carry"),
    _fault("fees in yuan", _fees_in_yuan, "unit_jump", table=DISCLOSURES),
    _fault("last year's report again", _last_year_again, "copied_report", "carry"),
    _fault("duplicated document", _same_copy),
    _fault("duplicated document, one figure differs", _other_copy, "body_year_copies"),
    _fault("document under another body's name too", _other_name, "same_figures_two_bodies"),
    _fault("period of another year", _period, "year_of_period"),
    _fault("title of another year", _title, "year_uncontradicted"),
    _fault("filed under the next year", _next_year, *_DATES),
    _fault("filed under the year before", _year_before, "body_year_copies"),
    _fault("broken carry", _broken_carry, "carry"),
    _fault("broken carry after a merger", _broken_carry, "carry_after_merger", scene="merger"),
    _fault("double-counted parent: marked as its own report", _marked_own, "double_counting", scene="county"),
    _fault(
        "double-counted parent: its office reports the same",
        _reported_by_office_too,
        "one_consolidated_report",
        "same_figures_two_bodies",
        scene="county",
    ),
    _fault("double-counted parent: its parts added twice", _parts_twice, "carry", *_COVERS, scene="prefecture"),
    _fault("parent without its parts", _without_parts, *_COVERS, scene="prefecture"),
    _fault("department's report marked as consolidated", _marked_whole, "scope_of_body", scene="department"),
)
FAULTS = (*IDENTITY_FAULTS, *RULE_FAULTS)
