"""The types of the declared form: versions, tables, rows, columns, cells, identities, legacy indicators."""

from functools import cached_property
from typing import Literal

import msgspec

CellType = Literal["integer", "decimal", "text"]
UNSPECIFIED = "unspecified"  # the applicant type or result of a report that prints totals only
IdentitySource = Literal["official", "implied", "hint"]


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
    """One row of a table; `category` places it in the flow or among the outcomes, `flow` names the flow it states."""

    id: str
    zh: str
    en: str
    ordinal: str = ""
    group: str = ""
    category: str = ""
    flow: str = ""
    columns: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def is_outcome(self) -> bool:
        """Whether the row is one of the outcomes that add up to the total decided."""
        return self.category not in ("", "flow", "total")


class Cell(msgspec.Struct, frozen=True, dict=True):
    """One cell of a version of the form. `id` is `table.row.column`; `name` is the same as a column name."""

    table: str
    row: str
    column: str
    type: CellType
    unit: str
    may_be_negative: bool

    @cached_property
    def id(self) -> str:
        """The cell's id, e.g. `applications.granted.total`."""
        return f"{self.table}.{self.row}.{self.column}"

    @property
    def name(self) -> str:
        """The cell's name as a column of a wide table, e.g. `applications__granted__total`."""
        return f"{self.table}__{self.row}__{self.column}"


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
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

    @cached_property
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

    @property
    def is_reply(self) -> bool:
        """Whether it is one of the classes of replies that add up to all replies."""
        return self.id.startswith("replies_") and self.id != "replies_total"


class LegacyRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of a table of indicators; `of`: the indicator that it is a part of. Without `indicator` it has no id."""

    label: str
    indicator: str | None = None
    of: str = ""


class LegacySum(msgspec.Struct, frozen=True):
    """An indicator of a table of indicators that its parts add up to, year by year and since the beginning."""

    id: str
    total: str
    parts: tuple[str, ...]


class LegacyVariant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One table of indicators of 2008-2018, national or a province's, with its rows in printed order."""

    id: str
    zh: str
    en: str
    basis: str
    report_years: dict[str, int]
    rows: tuple[LegacyRow, ...]
    sums: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    @cached_property
    def relations(self) -> dict[str, LegacySum]:
        """The sums that the table keeps, by their ids `<variant>.<total>`."""
        return {
            f"{self.id}.{total}": LegacySum(
                f"{self.id}.{total}",
                total,
                tuple(row.indicator for row in self.rows if row.of == total and row.indicator),
            )
            for total in self.sums
        }


class FormVersion(msgspec.Struct, frozen=True, dict=True):
    """One version of the form with its tables and its identities, both in declared order."""

    version: str
    basis: str
    report_years: dict[str, int]
    tables: dict[str, Table]
    identities: dict[str, Identity]

    @cached_property
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


class Form(msgspec.Struct, frozen=True, dict=True):
    """All versions of the form, newest first, the legacy indicators and the tables that print them."""

    versions: dict[str, FormVersion]
    indicators: dict[str, Indicator]
    legacy_basis: str
    legacy_years: dict[str, int]
    legacy_units: tuple[str, ...] = ()
    legacy_variants: dict[str, LegacyVariant] = {}

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The ids of all tables over all versions."""
        return tuple(dict.fromkeys(table for version in self.versions.values() for table in version.tables))

    @cached_property
    def flows(self) -> dict[str, str]:
        """The flows of applications, and the row of table `applications` that states each."""
        newest = next(iter(self.versions.values())).tables["applications"]
        return {row.flow: row.id for row in newest.rows.values() if row.flow}

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """All cells over all versions by id: the columns of the wide tables."""
        return {cell.id: cell for version in self.versions.values() for cell in version.cells.values()}

    def versions_with(self, table: str) -> tuple[str, ...]:
        """The versions which have `table`, newest first."""
        return tuple(name for name, version in self.versions.items() if table in version.tables)
