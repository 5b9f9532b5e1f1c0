"""The rows of the dbt seeds, read off the form; each function's columns are declared in `seeds`."""

from collections.abc import Iterable, Sequence
from typing import Any

from contracts.claims import claim_rules
from contracts.form import LEGACY_VERSION, UNSPECIFIED, Column, Form, Row, Table
from contracts.jurisdictions import jurisdictions
from contracts.regions import regions as declared_regions
from contracts.regions import successions

UNSPECIFIED_ZH = "未细分"
UNSPECIFIED_EN = "Not broken down"
Values = Sequence[Any]


def newest_rows(form: Form, table: str) -> dict[str, Row]:
    """The rows of a table over all versions by id, each as its newest version declares it, in printed order."""
    rows: dict[str, Row] = {}
    for name in form.versions_with(table):
        declared = form.versions[name].tables[table].rows
        order = [*rows, *(row for row in declared if row not in rows)]
        anchors = {row: list(declared).index(row) for row in declared}
        previous = -1.0
        position: dict[str, float] = {}
        for row in order:
            previous = position[row] = float(anchors[row]) if row in anchors else previous + 0.001
        rows = {row: rows.get(row) or declared[row] for row in sorted(order, key=lambda row: position[row])}
    return rows


def newest_columns(form: Form, table: str) -> dict[str, Column]:
    """The columns of a table over all versions by id, each as its newest version declares it."""
    columns: dict[str, Column] = {}
    for name in form.versions_with(table):
        for column in form.versions[name].tables[table].columns.values():
            columns.setdefault(column.id, column)
    return columns


def _newest_table(form: Form, table: str) -> Table:
    return form.versions[form.versions_with(table)[0]].tables[table]


def category_labels(form: Form) -> dict[str, tuple[str, str]]:
    """Chinese and English label of each outcome category: its group's, or its only row's."""
    table = _newest_table(form, "applications")
    labels: dict[str, tuple[str, str]] = {}
    for row in newest_rows(form, "applications").values():
        if row.is_outcome:
            group = table.groups.get(row.category)
            zh = group.zh if group else row.zh.split("（")[0]
            labels.setdefault(row.category, (zh, row.category.replace("_", " ").capitalize()))
    return labels


def form_versions(form: Form) -> Iterable[Values]:
    """Rows of the seed `form_versions`."""
    for position, version in enumerate(form.versions.values(), 1):
        years = version.report_years
        yield version.version, version.basis, years["from"], years.get("to", ""), position
    legacy = form.legacy_years
    yield LEGACY_VERSION, form.legacy_basis, legacy["from"], legacy["to"], len(form.versions) + 1


def form_tables(form: Form) -> Iterable[Values]:
    """Rows of the seed `form_tables`."""
    for version in form.versions.values():
        for position, table in enumerate(version.tables.values(), 1):
            heading = table.heading
            kinds = (table.row_kind, table.column_kind, table.unit)
            yield version.version, table.id, heading["zh"], heading["en"], *kinds, len(table.cells), position


def form_cells(form: Form) -> Iterable[Values]:
    """Rows of the seed `form_cells`."""
    for version in form.versions.values():
        for table in version.tables.values():
            for position, cell in enumerate(table.cells, 1):
                row, column = table.rows[cell.row], table.columns[cell.column]
                role = "total" if "total" in (column.role, row.category) else "part"
                labels = (row.zh, row.en, column.zh, column.en)
                yield (
                    version.version,
                    cell.id,
                    table.id,
                    cell.row,
                    cell.column,
                    role,
                    cell.type,
                    cell.unit,
                    *labels,
                    position,
                )


def form_identities(form: Form) -> Iterable[Values]:
    """Rows of the seed `form_identities`."""
    for version in form.versions.values():
        for identity in version.identities.values():
            kind = (identity.rule, identity.table, identity.enforced, identity.within_report, identity.source)
            yield version.version, identity.id, *kind, len(identity.terms), identity.zh, identity.en


def form_identity_terms(form: Form) -> Iterable[Values]:
    """Rows of the seed `form_identity_terms`."""
    for version in form.versions.values():
        for identity in version.identities.values():
            for term in identity.terms:
                yield version.version, identity.id, term.cell.id, term.weight, term.year_offset


def applicant_types(form: Form) -> Iterable[Values]:
    """Rows of the seed `applicant_types`: the parts of the table's columns and `unspecified`."""
    parts = [column for column in newest_columns(form, "applications").values() if column.role == "part"]
    for position, column in enumerate(parts, 1):
        yield column.id, column.zh, column.en, bool(column.group), position
    yield UNSPECIFIED, UNSPECIFIED_ZH, UNSPECIFIED_EN, "", len(parts) + 1


def outcomes(form: Form) -> Iterable[Values]:
    """Rows of the seed `outcomes`: every outcome row of any version with its category."""
    labels = category_labels(form)
    rows = [row for row in newest_rows(form, "applications").values() if row.is_outcome]
    for position, row in enumerate(rows, 1):
        having = [name for name, version in form.versions.items() if row.id in version.tables["applications"].rows]
        zh, en = labels[row.category]
        yield row.id, row.category, row.zh, row.en, zh, en, " ".join(having), position


def channels(form: Form) -> Iterable[Values]:
    """Rows of the seed `channels`: reviews and the two kinds of lawsuits."""
    table = _newest_table(form, "reviews_and_lawsuits")
    for position, row in enumerate(newest_rows(form, table.id).values(), 1):
        kind = row.group or "reviews"
        yield row.id, f"{table.groups[row.group].zh}（{row.zh}）" if row.group else row.zh, row.en, kind, position


def results(form: Form) -> Iterable[Values]:
    """Rows of the seed `results`: the parts of the table's columns and `unspecified`."""
    parts = [column for column in newest_columns(form, "reviews_and_lawsuits").values() if column.role == "part"]
    for position, column in enumerate(parts, 1):
        yield column.id, column.zh, column.en, column.id != "pending", position
    yield UNSPECIFIED, UNSPECIFIED_ZH, UNSPECIFIED_EN, "", len(parts) + 1


def disclosure_items(form: Form) -> Iterable[Values]:
    """Rows of the seed `disclosure_items`."""
    for position, row in enumerate(newest_rows(form, "proactive_disclosure").values(), 1):
        yield row.id, row.zh, row.en, position


def disclosure_measures(form: Form) -> Iterable[Values]:
    """Rows of the seed `disclosure_measures`."""
    for position, column in enumerate(newest_columns(form, "proactive_disclosure").values(), 1):
        yield column.id, column.zh, column.en, column.unit, position


def legacy_indicators(form: Form) -> Iterable[Values]:
    """Rows of the seed `legacy_indicators`."""
    for position, indicator in enumerate(form.indicators.values(), 1):
        kind = (indicator.unit, indicator.is_reply, indicator.comparable)
        yield indicator.id, indicator.zh, indicator.en, *kind, position


def claim_kinds(_: Form) -> Iterable[Values]:
    """Rows of the seed `claim_kinds`: the unit of each kind of claim, and what a disagreement means."""
    for name, kind in claim_rules().kinds.items():
        yield name, kind.zh, kind.en, kind.unit, kind.conflict


def regions(_: Form) -> Iterable[Values]:
    """Rows of the seed `regions`: codes with the years in which they were valid."""
    for region in declared_regions():
        years = ("" if year is None else year for year in (region.valid_from, region.valid_to))
        yield region.code, *years, region.name_zh, region.name_en, region.level, region.parent_code


def region_succession(_: Form) -> Iterable[Values]:
    """Rows of the seed `region_succession`: which region followed which."""
    for step in successions():
        yield step.predecessor, step.successor, step.year, step.kind


def expected_bodies(_: Form) -> Iterable[Values]:
    """Rows of the seed `expected_bodies`: the listed bodies with the years on which they must report."""
    for code, jurisdiction in jurisdictions().items():
        for body in jurisdiction.bodies:
            years = ("" if year is None else year for year in (body.first_year, body.last_year))
            yield body.name, body.region or code, body.kind, *years
