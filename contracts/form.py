"""The statutory form as frozen data, read from `contracts/form/*.yml`.

Source of the form: 国办公开办函〔2021〕30号 (version 2021), 国办公开办函〔2019〕60号 (version 2019),
国办发〔2014〕32号 and provincial forms (legacy indicators).
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

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
Json = dict[str, Any]


class FormError(ValueError):
    """A file of the declared form contradicts itself; the message names the file's version and the id."""


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
            position = list(merged).index(value["before"])
            items = list(merged.items())
            merged = dict([*items[:position], (key, entry), *items[position:]])
        else:
            merged[key] = value
    return merged


def _with_ids(entries: Json) -> Json:
    return {key: {"id": key, **value} for key, value in entries.items()}


def _table(table_id: str, declared: Json) -> Table:
    parts = {part: _with_ids(declared.get(part, {})) for part in ("rows", "columns", "groups", "column_groups")}
    table = msgspec.convert({"id": table_id, **declared, **parts}, Table)
    for row in table.rows.values():
        unknown = set(row.columns) - set(table.columns)
        if unknown or (row.group and row.group not in table.groups):
            raise FormError(f"{table_id}.{row.id} names unknown columns or group: {sorted(unknown) or row.group}")
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
        raise FormError(f"a term of an identity over {table.id}.{member} names no cell: {sorted(wanted)}")
    return cells


def _identities(rules: dict[str, IdentityRule], tables: dict[str, Table]) -> dict[str, Identity]:
    identities: dict[str, Identity] = {}
    for name, rule in rules.items():
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


def _read(path: Path) -> Json:
    declared: Json = msgspec.yaml.decode(path.read_bytes())
    return declared


def _declared(name: str, folder: Path) -> Json:
    declared = _read(folder / f"{name}.yml")
    if "extends" not in declared:
        return declared
    base = _declared(declared.pop("extends"), folder)
    tables = dict(base["tables"])
    for table, change in declared.get("tables", {}).items():
        tables[table] = change if change is None or "heading" in change else _merge(tables.get(table, {}), change)
    identities = _merge(base["identities"], declared.get("identities", {}))
    return {**base, **declared, "tables": {k: v for k, v in tables.items() if v}, "identities": identities}


def _legacy_variants(folder: Path, indicators: dict[str, Indicator]) -> dict[str, LegacyVariant]:
    """The tables of indicators, one file each, with every name in them known."""
    variants: dict[str, LegacyVariant] = {}
    for path in sorted(folder.glob("*.yml")):
        variant = msgspec.convert({"id": path.stem, **_read(path)}, LegacyVariant)
        named = {row.indicator for row in variant.rows if row.indicator}
        unknown = sorted(named - set(indicators))
        loose = sorted(({row.of for row in variant.rows if row.of} | set(variant.sums)) - named)
        empty = [relation.id for relation in variant.relations.values() if not relation.parts]
        if unknown or loose or empty:
            raise FormError(f"legacy/{path.name}: no indicator {unknown}, no row for {loose}, no parts of {empty}")
        variants[variant.id] = variant
    return variants


def read_form(folder: Path = FORM_FOLDER) -> Form:
    """Read all versions of the form from a folder of `<version>.yml`.

    Raises:
        FormError: a version contradicts itself.
        msgspec.ValidationError: a file has an unknown key or a value of the wrong type.
    """
    names = sorted((path.stem for path in folder.glob("2*.yml")), reverse=True)
    versions: dict[str, FormVersion] = {}
    for name in names:
        declared = _declared(name, folder)
        tables = {table: _table(table, content) for table, content in declared["tables"].items()}
        rules = msgspec.convert(declared["identities"], dict[str, IdentityRule])
        versions[name] = FormVersion(
            name, declared["basis"], declared["report_years"], tables, _identities(rules, tables)
        )
    legacy = _read(folder / f"{LEGACY_VERSION}.yml")
    indicators = msgspec.convert(_with_ids(legacy["indicators"]), dict[str, Indicator])
    variants = _legacy_variants(folder / LEGACY_VERSION, indicators)
    units = tuple(legacy["units"])
    return Form(versions, indicators, legacy["basis"], legacy["report_years"], units, variants)


@cache
def form() -> Form:
    """The project's form, read once."""
    return read_form()
