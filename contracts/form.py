"""The statutory form as frozen data, read from `contracts/form/*.yml`.

Source of the form: 国办公开办函〔2021〕30号 (version 2021), 国办公开办函〔2019〕60号 (version 2019),
国办发〔2014〕32号 and provincial forms (legacy indicators).
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

FORM_FOLDER = Path(__file__).parent / "form"
LEGACY_VERSION = "legacy"
Json = dict[str, Any]
CellType = Literal["integer", "decimal", "text"]
IdentitySource = Literal["official", "implied", "hint"]


class FormError(ValueError):
    """A file of the declared form contradicts itself; the message names the file's version and the id."""


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label over several rows or columns that has no cells of its own."""

    id: str
    zh: str
    ordinal: str = ""
    parent: str = ""


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column of a table: its printed label, its unit and the type of its cells."""

    id: str
    zh: str
    en: str
    unit: str = ""
    role: Literal["part", "total"] = "part"
    type: CellType = "integer"
    may_be_negative: bool = False
    group: str = ""
    aliases: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of a table; `category` places it in the flow or among the outcomes."""

    id: str
    zh: str
    en: str
    ordinal: str = ""
    group: str = ""
    category: str = ""
    columns: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def is_outcome(self) -> bool:
        """Whether the row is one of the outcomes that add up to the total decided."""
        return self.category not in ("", "flow", "total")


class Cell(msgspec.Struct, frozen=True):
    """One cell of a version of the form. `id` is `table.row.column`; `name` is the same as a column name."""

    table: str
    row: str
    column: str
    type: CellType
    unit: str
    may_be_negative: bool

    @property
    def id(self) -> str:
        """The cell's id, e.g. `applications.granted.total`."""
        return f"{self.table}.{self.row}.{self.column}"

    @property
    def name(self) -> str:
        """The cell's name as a column of a wide table, e.g. `applications__granted__total`."""
        return f"{self.table}__{self.row}__{self.column}"


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of a version of the form."""

    id: str
    ordinal: str
    heading: dict[str, str]
    row_kind: str
    column_kind: str
    rows: dict[str, Row]
    columns: dict[str, Column]
    unit: str = ""
    stub: str = ""
    column_stub: str = ""
    layout: Literal["rows_below", "rows_side_by_side"] = "rows_below"
    groups: dict[str, Group] = {}
    column_groups: dict[str, Group] = {}

    def columns_of(self, row: str) -> tuple[str, ...]:
        """The ids of the columns in which `row` has a cell, in printed order."""
        return self.rows[row].columns or tuple(self.columns)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells of the table, row by row in printed order."""
        return tuple(
            Cell(self.id, row, column.id, column.type, column.unit or self.unit, column.may_be_negative)
            for row in self.rows
            for column in (self.columns[name] for name in self.columns_of(row))
        )


class Term(msgspec.Struct, frozen=True):
    """One term of an identity: a cell, its weight, and 0 for the report's year or -1 for the year before."""

    cell: Cell
    weight: int
    year_offset: int = 0


class Identity(msgspec.Struct, frozen=True):
    """A sum over cells that must be zero; `enforced` identities decide whether a table is held."""

    id: str
    rule: str
    table: str
    terms: tuple[Term, ...]
    enforced: bool
    source: IdentitySource
    zh: str
    en: str

    @property
    def within_report(self) -> bool:
        """Whether all terms are cells of the same report."""
        return all(term.year_offset == 0 for term in self.terms)


class TermRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The declaration of some terms of an identity rule: cells by row or column id, or by role."""

    weight: int
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    role: str = ""
    year_offset: int = 0


class IdentityRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The declaration of a family of identities, one for each row or column of a table."""

    table: str
    for_each: Literal["row", "column"]
    terms: tuple[TermRule, ...]
    enforced: bool
    source: IdentitySource
    zh: str
    en: str
    only: tuple[str, ...] = ()


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure of the reports on 2008-2018; `comparable` is the outcome category with the same meaning."""

    id: str
    zh: str
    en: str
    unit: str
    comparable: str = ""
    aliases: tuple[str, ...] = ()


class FormVersion(msgspec.Struct, frozen=True):
    """One version of the form with its tables and its identities, both in declared order."""

    version: str
    basis: str
    report_years: dict[str, int]
    tables: dict[str, Table]
    identities: dict[str, Identity]

    @property
    def cells(self) -> dict[str, Cell]:
        """All cells of the version by id."""
        return {cell.id: cell for table in self.tables.values() for cell in table.cells}

    def identities_of(self, table: str, *, enforced: bool | None = None) -> tuple[Identity, ...]:
        """The identities over `table`, all of them or only those (not) enforced."""
        return tuple(
            identity
            for identity in self.identities.values()
            if identity.table == table and enforced in (None, identity.enforced)
        )


class Form(msgspec.Struct, frozen=True):
    """All versions of the form, newest first, and the legacy indicators."""

    versions: dict[str, FormVersion]
    indicators: dict[str, Indicator]
    legacy_basis: str
    legacy_years: dict[str, int]

    @property
    def tables(self) -> tuple[str, ...]:
        """The ids of all tables over all versions."""
        return tuple(dict.fromkeys(table for version in self.versions.values() for table in version.tables))

    @property
    def cells(self) -> dict[str, Cell]:
        """All cells over all versions by id: the columns of the wide tables."""
        return {cell.id: cell for version in self.versions.values() for cell in version.cells.values()}

    def versions_with(self, table: str) -> tuple[str, ...]:
        """The versions which have `table`, newest first."""
        return tuple(name for name, version in self.versions.items() if table in version.tables)


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
    declared: Json = yaml.safe_load(path.read_text(encoding="utf-8"))
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
    return Form(versions, indicators, legacy["basis"], legacy["report_years"])


@cache
def form() -> Form:
    """The project's form, read once."""
    return read_form()
