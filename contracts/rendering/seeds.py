"""The dbt seeds: the form, its labels and its identities as small tables of the schema `form`."""

import csv
import io
from collections.abc import Callable, Iterable

from msgspec import Struct

from contracts.form import Form
from contracts.rendering import seed_rows as rows
from contracts.rendering.rule_catalogue import rule_rows
from contracts.rendering.seed_rows import Values


class SeedColumn(Struct, frozen=True):
    """A column of a seed: name, DuckDB type, description."""

    name: str
    data_type: str
    description: str


class Seed(Struct, frozen=True):
    """A seed: its grain, its columns (the first `key` of them identify a row) and the function that gives its rows."""

    name: str
    description: str
    key: int
    columns: tuple[SeedColumn, ...]
    rows: Callable[[Form], Iterable[Values]]


def _columns(*declared: tuple[str, str, str]) -> tuple[SeedColumn, ...]:
    return tuple(SeedColumn(*column) for column in declared)


def _labels(entity: str) -> tuple[tuple[str, str, str], ...]:
    return (
        (f"{entity}_zh", "varchar", "Chinese label, as in the newest version of the form that has it."),
        (f"{entity}_en", "varchar", "English label."),
    )


SORT_ORDER = ("sort_order", "integer", "Position in the printed form, from 1.")
VERSION = ("form_version", "varchar", "Version of the form.")
TABLE = ("table_id", "varchar", "Id of the table.")


SEEDS: tuple[Seed, ...] = (
    Seed(
        "form_versions",
        "One row per version of the form.",
        1,
        _columns(
            VERSION,
            ("basis", "varchar", "Number of the official notice."),
            ("first_report_year", "integer", "First year the version is meant for."),
            ("last_report_year", "integer", "Last year the version is meant for; empty while in force."),
            SORT_ORDER,
        ),
        rows.form_versions,
    ),
    Seed(
        "form_tables",
        "One row per version and table.",
        2,
        _columns(
            VERSION,
            TABLE,
            *_labels("table"),
            ("row_kind", "varchar", "What a row of the table is."),
            ("column_kind", "varchar", "What a column of the table is."),
            ("unit", "varchar", "Unit of all cells, where they share one."),
            ("cells", "integer", "Number of cells."),
            SORT_ORDER,
        ),
        rows.form_tables,
    ),
    Seed(
        "form_cells",
        "One row per version and cell.",
        2,
        _columns(
            VERSION,
            ("cell_id", "varchar", "Id of the cell: table.row.column."),
            TABLE,
            ("row_id", "varchar", "Id of the row."),
            ("column_id", "varchar", "Id of the column."),
            ("role", "varchar", "part, or total where the cell sums others."),
            ("value_type", "varchar", "integer, decimal or text."),
            ("unit", "varchar", "Unit of the cell."),
            *_labels("row"),
            *_labels("column"),
            SORT_ORDER,
        ),
        rows.form_cells,
    ),
    Seed(
        "form_identities",
        "One row per version and identity.",
        2,
        _columns(
            VERSION,
            ("identity_id", "varchar", "Id of the identity: rule.member."),
            ("rule", "varchar", "Rule the identity belongs to."),
            TABLE,
            ("is_enforced", "boolean", "Whether a violation holds the table."),
            ("is_within_report", "boolean", "Whether all terms are cells of one report."),
            ("source", "varchar", "official, implied or hint."),
            ("terms", "integer", "Number of terms."),
            *_labels("description"),
        ),
        rows.form_identities,
    ),
    Seed(
        "form_identity_terms",
        "One row per version, identity and cell with its weight; the weighted sum must be zero.",
        5,
        _columns(
            VERSION,
            ("identity_id", "varchar", "Id of the identity."),
            ("cell_id", "varchar", "Id of the cell."),
            ("weight", "integer", "1 or -1."),
            ("year_offset", "integer", "0 for the report's year, -1 for last year's report of the same body."),
        ),
        rows.form_identity_terms,
    ),
    Seed(
        "applicant_types",
        "One row per applicant type.",
        1,
        _columns(
            ("applicant_type", "varchar", "Id of the applicant type."),
            *_labels("applicant_type"),
            ("is_organization", "boolean", "Whether a legal person or other organization; empty if not broken down."),
            SORT_ORDER,
        ),
        rows.applicant_types,
    ),
    Seed(
        "outcomes",
        "One row per outcome of any version, with the category that is comparable across versions.",
        1,
        _columns(
            ("outcome", "varchar", "Id of the outcome."),
            ("outcome_category", "varchar", "Category, comparable across versions."),
            *_labels("outcome"),
            *_labels("outcome_category"),
            ("form_versions", "varchar", "Versions that have the outcome."),
            SORT_ORDER,
        ),
        rows.outcomes,
    ),
    Seed(
        "channels",
        "One row per channel of legal remedy.",
        1,
        _columns(
            ("channel", "varchar", "Id of the channel."),
            *_labels("channel"),
            ("channel_kind", "varchar", "reviews or lawsuits."),
            SORT_ORDER,
        ),
        rows.channels,
    ),
    Seed(
        "results",
        "One row per result of a review or lawsuit.",
        1,
        _columns(
            ("result", "varchar", "Id of the result."),
            *_labels("result"),
            ("is_closed", "boolean", "Whether the case is decided; empty if not broken down."),
            SORT_ORDER,
        ),
        rows.results,
    ),
    Seed(
        "disclosure_items",
        "One row per item of proactive disclosure of any version.",
        1,
        _columns(("item", "varchar", "Id of the item."), *_labels("item"), SORT_ORDER),
        rows.disclosure_items,
    ),
    Seed(
        "disclosure_measures",
        "One row per measure of proactive disclosure of any version.",
        1,
        _columns(
            ("measure", "varchar", "Id of the measure."),
            *_labels("measure"),
            ("unit", "varchar", "Unit of the measure."),
            SORT_ORDER,
        ),
        rows.disclosure_measures,
    ),
    Seed(
        "legacy_indicators",
        "One row per indicator of the reports on 2008-2018.",
        1,
        _columns(
            ("indicator", "varchar", "Id of the indicator."),
            *_labels("indicator"),
            ("unit", "varchar", "Unit of the indicator."),
            ("is_reply", "boolean", "Whether it is one of the classes of replies that add up to all replies."),
            ("comparable_category", "varchar", "Outcome category with the same meaning; empty if not comparable."),
            SORT_ORDER,
        ),
        rows.legacy_indicators,
    ),
    Seed(
        "claim_kinds",
        "One row per kind of claim.",
        1,
        _columns(
            ("claim_kind", "varchar", "Id of the kind."),
            *_labels("claim_kind"),
            ("unit", "varchar", "What its figures count: count, or percent."),
            ("conflict_verdict", "varchar", "What a disagreement means: claim_conflict or ambiguous."),
        ),
        rows.claim_kinds,
    ),
    Seed(
        "regions",
        "One row per region code and the years in which it was valid.",
        2,
        _columns(
            ("region_code", "varchar", "Six-digit region code (GB/T 2260)."),
            ("valid_from", "integer", "First year of the code; empty if older than the first reports."),
            ("valid_to", "integer", "Last year of the code; empty while in force."),
            *_labels("region"),
            ("region_level", "varchar", "province, prefecture or county."),
            ("parent_code", "varchar", "Code of the region above; empty for a province."),
        ),
        rows.regions,
    ),
    Seed(
        "region_succession",
        "One row per region that another one followed.",
        3,
        _columns(
            ("predecessor_code", "varchar", "Region code before."),
            ("successor_code", "varchar", "Region code after."),
            ("first_report_year", "integer", "First year that the successor reports on."),
            ("succession_kind", "varchar", "split, merger, renamed or recoded."),
        ),
        rows.region_succession,
    ),
    Seed(
        "expected_bodies",
        "One row per body that a jurisdiction lists as one that must report.",
        1,
        _columns(
            ("authority_zh", "varchar", "Full name of the body."),
            ("region_code", "varchar", "Six-digit region code (GB/T 2260)."),
            ("authority_kind", "varchar", "government or department."),
            ("first_report_year", "integer", "First year it must report on; empty: from its first report on file on."),
            ("last_report_year", "integer", "Last year it must report on; empty while it must."),
        ),
        rows.expected_bodies,
    ),
    Seed(
        "rules",
        "One row per rule of the catalogue.",
        1,
        _columns(
            ("rule_id", "varchar", "Id of the rule."),
            ("rule_group", "varchar", "Group of the rule: rules_<group> evaluates it."),
            ("rule_scope", "varchar", "What the rule looks at: report, body (its years), hierarchy or dataset."),
            ("severity", "varchar", "error, warning or info."),
            ("table_id", "varchar", "Table of the form that the rule is about; empty if none or several."),
            ("rule_zh", "varchar", "Chinese name."),
            ("rule_en", "varchar", "English name."),
            ("description_zh", "varchar", "What the rule says, in Chinese."),
            ("description_en", "varchar", "What the rule says, in English."),
            ("formula", "varchar", "The condition."),
            ("needs", "varchar", "What must be at hand for the rule to be assessed."),
            ("parameters", "varchar", "Thresholds and cells, as JSON."),
            ("is_finding", "boolean", "Whether its failures stand among the findings already."),
            ("sort_order", "integer", "Position in the catalogue, from 1."),
        ),
        rule_rows,
    ),
)


def _printed(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def seed_csv(seed: Seed, form: Form) -> str:
    """A seed as CSV with a header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([column.name for column in seed.columns])
    writer.writerows([_printed(value) for value in row] for row in seed.rows(form))
    return buffer.getvalue()
