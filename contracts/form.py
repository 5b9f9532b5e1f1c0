"""The statutory form as frozen data, read from `contracts/form/*.yml`.

Source of the form: 国办公开办函〔2021〕30号 (version 2021), 国办公开办函〔2019〕60号 (version 2019),
国办发〔2014〕32号 and provincial forms (legacy indicators).
"""

from functools import cache
from pathlib import Path

from contracts.declared import DeclarationError, Json, convert_declared, declared_in, read_mapping
from contracts.form_model import (
    UNSPECIFIED,
    Cell,
    CellType,
    Column,
    Form,
    FormVersion,
    Group,
    Identity,
    IdentityRule,
    IdentitySource,
    Indicator,
    LegacySum,
    LegacyVariant,
    Row,
    Table,
    Term,
    TermRule,
)

__all__ = [
    "FORM_FOLDER",
    "LEGACY_VERSION",
    "UNSPECIFIED",
    "Cell",
    "CellType",
    "Column",
    "Form",
    "FormError",
    "FormVersion",
    "Group",
    "Identity",
    "IdentityRule",
    "IdentitySource",
    "Indicator",
    "LegacySum",
    "LegacyVariant",
    "Row",
    "Table",
    "Term",
    "form",
    "read_form",
]

FORM_FOLDER = Path(__file__).parent / "form"
LEGACY_VERSION = "legacy"
_PARTS = ("rows", "columns", "groups", "column_groups")
_KEYS = ("version", "basis", "report_years", "extends", "tables", "identities")


class FormError(DeclarationError):
    """A file of the declared form contradicts itself; the message names the file and the id."""


def _merge(base: Json, change: Json) -> Json:
    """`base` with `change` laid over it; `null` removes, `before: id` in an entry places a new one."""
    merged = dict(base)
    for key, value in change.items():
        if value is None:
            if key not in merged:
                raise FormError(f"{key} is removed but not inherited; remove the line or correct the id")
            del merged[key]
        elif isinstance(value, dict) and isinstance(merged.get(key), dict) and "zh" not in value:
            merged[key] = _merge(merged[key], value)
        elif isinstance(value, dict) and "before" in value:
            entry = {name: part for name, part in value.items() if name != "before"}
            items = list(merged.items())
            if value["before"] not in merged:
                allowed = ", ".join(merged)
                raise FormError(f"{key} stands before {value['before']}, which is not there; name one of {allowed}")
            position = list(merged).index(value["before"])
            merged = dict([*items[:position], (key, entry), *items[position:]])
        else:
            merged[key] = value
    return merged


def _with_ids(entries: Json) -> Json:
    if loose := [key for key, value in entries.items() if not isinstance(value, dict)]:
        raise FormError(f"{', '.join(loose)}: an entry has keys with values of its own; correct the declaration")
    return {key: {"id": key, **value} for key, value in entries.items()}


def _table(table_id: str, declared: Json) -> Table:
    parts = {part: _with_ids(declared.get(part, {})) for part in _PARTS}
    table = convert_declared({"id": table_id, **declared, **parts}, Table, ("tables", table_id))
    for row in table.rows.values():
        unknown = set(row.columns) - set(table.columns)
        if unknown or (row.group and row.group not in table.groups):
            raise FormError(
                f"{table_id}.{row.id} names unknown columns or group: {sorted(unknown) or row.group}; declare or "
                "correct them"
            )
    return table


def _selected_cells(rule: TermRule, table: Table, for_each: str, member: str) -> list[Cell]:
    """The cells of one term rule within one row (`for_each: row`) or one column of the table."""
    if for_each == "row":
        names = rule.columns or tuple(c.id for c in table.columns.values() if c.role == rule.role)
        wanted = {(member, name) for name in names}
    else:
        names = rule.rows or tuple(row.id for row in table.rows.values() if rule.role == "outcome" and row.is_outcome)
        wanted = {(name, member) for name in names}
    cells = [cell for cell in table.cells if (cell.row, cell.column) in wanted]
    if len(cells) != len(wanted) or not cells:
        raise FormError(
            f"a term of an identity over {table.id}.{member} names no cell: {sorted(wanted)}; correct its rows or "
            "columns"
        )
    return cells


def _identities(rules: dict[str, IdentityRule], tables: dict[str, Table]) -> dict[str, Identity]:
    identities: dict[str, Identity] = {}
    for name, rule in rules.items():
        if rule.table not in tables:
            raise FormError(f"identities.{name} is about the table {rule.table}; there are {', '.join(tables)}")
        table = tables[rule.table]
        members = rule.only or tuple(table.rows if rule.for_each == "row" else table.columns)
        for member in members:
            terms = tuple(
                Term(cell, term.weight, term.year_offset)
                for term in rule.terms
                for cell in _selected_cells(term, table, rule.for_each, member)
            )
            identity = f"{name}.{member}"
            identities[identity] = Identity(
                identity, name, rule.table, terms, rule.enforced, rule.source, rule.zh, rule.en
            )
    return identities


def _declared(name: str, folder: Path, later: tuple[str, ...] = ()) -> Json:
    """A version with what it extends; `later` are the versions that extend it."""
    path = folder / f"{name}.yml"
    with declared_in(path):
        declared = read_mapping(path)
        if unknown := sorted(set(declared) - set(_KEYS)):
            raise FormError(f"unknown keys {', '.join(unknown)}; there are {', '.join(_KEYS)}")
        if "extends" not in declared:
            return declared
        extended = str(declared.pop("extends"))
        others = [path.stem for path in sorted(folder.glob("2*.yml")) if path.stem not in (name, *later)]
        if extended not in others:
            raise FormError(f"extends: {extended} cannot be extended by it; there are {', '.join(others) or 'none'}")
        base = _declared(extended, folder, (*later, name))
        tables = dict(base["tables"])
        for table, change in declared.get("tables", {}).items():
            tables[table] = change if change is None or "heading" in change else _merge(tables.get(table, {}), change)
        identities = _merge(base["identities"], declared.get("identities", {}))
        return {**base, **declared, "tables": {k: v for k, v in tables.items() if v}, "identities": identities}


def _version(name: str, folder: Path) -> FormVersion:
    declared = _declared(name, folder)
    with declared_in(folder / f"{name}.yml"):
        tables = {table: _table(table, content) for table, content in declared["tables"].items()}
        rules = convert_declared(declared["identities"], dict[str, IdentityRule], ("identities",))
        years = convert_declared(declared["report_years"], dict[str, int], ("report_years",))
        basis = convert_declared(declared["basis"], str, ("basis",))
        return FormVersion(name, basis, years, tables, _identities(rules, tables))


def _legacy_variants(folder: Path, indicators: dict[str, Indicator]) -> dict[str, LegacyVariant]:
    """The tables of indicators, one file each, with every name in them known."""
    variants: dict[str, LegacyVariant] = {}
    for path in sorted(folder.glob("*.yml")):
        with declared_in(path):
            variant = convert_declared({"id": path.stem, **read_mapping(path)}, LegacyVariant)
            named = {row.indicator for row in variant.rows if row.indicator}
            unknown = sorted(named - set(indicators))
            loose = sorted(({row.of for row in variant.rows if row.of} | set(variant.sums)) - named)
            empty = [relation.id for relation in variant.relations.values() if not relation.parts]
            if unknown or loose or empty:
                raise FormError(f"no indicator {unknown}, no row for {loose}, no parts of {empty}; correct the rows")
        variants[variant.id] = variant
    return variants


def _is_extension(path: Path) -> bool:
    return "extends" in read_mapping(path)


def read_form(folder: Path = FORM_FOLDER) -> Form:
    """Read all versions of the form from a folder of `<version>.yml`.

    Raises:
        FormError: a version contradicts itself.
        DeclarationError: a file cannot be read, has an unknown key or a value of the wrong type.
    """
    # What a version extends is read before it: a mistake is told of the file that has it.
    paths = sorted(folder.glob("2*.yml"), key=_is_extension)
    read = {path.stem: _version(path.stem, folder) for path in paths}
    versions = {name: read[name] for name in sorted(read, reverse=True)}
    path = folder / f"{LEGACY_VERSION}.yml"
    with declared_in(path):
        legacy = read_mapping(path)
        indicators = convert_declared(_with_ids(legacy["indicators"]), dict[str, Indicator], ("indicators",))
        years = convert_declared(legacy["report_years"], dict[str, int], ("report_years",))
        units = convert_declared(legacy["units"], tuple[str, ...], ("units",))
        basis = convert_declared(legacy["basis"], str, ("basis",))
    variants = _legacy_variants(folder / LEGACY_VERSION, indicators)
    return Form(versions, indicators, basis, years, units, variants)


@cache
def form() -> Form:
    """The project's form, read once."""
    return read_form()
