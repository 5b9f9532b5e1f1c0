"""What the facts must hold, computed with polars from the wide rows of staging: the second opinion on dbt's SQL."""

from collections.abc import Mapping

import polars as pl

from contracts.form import UNSPECIFIED, Row, form
from contracts.layers.frames import KEY, cells_of

STATUS_ORDER = {"passed": 1, "accepted": 2, "not_assessed": 3, "held": 4, "absent": 5, "rejected": 6}
COUNTED = ("passed", "accepted", "not_assessed")


def rows_of(table: str) -> dict[str, Row]:
    """The rows of a table over all versions."""
    return {
        row.id: row for name in form().versions_with(table) for row in form().versions[name].tables[table].rows.values()
    }


def parts_of(table: str) -> list[str]:
    """The columns of a table that are parts of a total, over all versions."""
    versions = [form().versions[name].tables[table] for name in form().versions_with(table)]
    return list(dict.fromkeys(c.id for table in versions for c in table.columns.values() if c.role == "part"))


def outcomes() -> list[str]:
    """The rows of table 三 that are outcomes, over all versions."""
    return [row.id for row in rows_of("applications").values() if row.is_outcome]


def long_cells(table: str, row: str) -> dict[str, pl.Expr]:
    """The parts of one row by column; the total stands as `unspecified` where no part is printed."""
    cells = {part: pl.col(f"{table}__{row}__{part}") for part in parts_of(table)}
    no_part = pl.all_horizontal(cell.is_null() for cell in cells.values())
    return {**cells, UNSPECIFIED: pl.when(no_part).then(pl.col(f"{table}__{row}__total"))}


def expect_cells(frame: pl.DataFrame, table: str, rows: dict[str, str]) -> pl.DataFrame:
    """The facts of the named rows, one wide row per report that has any; columns `<name>__<column>`."""
    columns = [
        cell.alias(f"{name}__{column}") for name, row in rows.items() for column, cell in long_cells(table, row).items()
    ]
    wide = frame.select(KEY, *columns)
    return wide.filter(~pl.all_horizontal(pl.all().exclude(KEY).is_null()))


def expect_type_sums(frame: pl.DataFrame) -> pl.DataFrame:
    """The sums of the applications of each report by applicant type, 0 where nothing is printed."""
    wide = expect_cells(frame, "applications", {outcome: outcome for outcome in outcomes()})
    types = [*parts_of("applications"), UNSPECIFIED]
    return wide.select(
        KEY, *(pl.sum_horizontal(pl.col(f"{o}__{t}") for o in outcomes()).alias(f"type__{t}") for t in types)
    )


def expect_places(frame: pl.DataFrame, weights: Mapping[tuple[str, str], int]) -> pl.DataFrame:
    """Of each report's applications how many places are filled, the sum of their weights, and their weighted sum.

    Two rows in one place, a row in the wrong place, a zero that is missing: each changes one of the three.

    Args:
        frame: the wide rows of the reports that count.
        weights: by outcome and applicant type.
    """
    wide = expect_cells(frame, "applications", {outcome: outcome for outcome in outcomes()})
    kinds = (*parts_of("applications"), UNSPECIFIED)
    cells = [(pl.col(f"{outcome}__{kind}"), weights[outcome, kind]) for outcome in outcomes() for kind in kinds]
    return wide.select(
        KEY,
        places=pl.sum_horizontal(cell.is_not_null().cast(pl.Int64) for cell, _ in cells),
        weights=pl.sum_horizontal(cell.is_not_null().cast(pl.Int64) * weight for cell, weight in cells),
        weighted=pl.sum_horizontal(cell * weight for cell, weight in cells),
    )


def expect_disclosures(frame: pl.DataFrame) -> pl.DataFrame:
    """Table 二 of each report, every count and amount as a decimal, one column per cell."""
    cells = [cell for cell in cells_of("proactive_disclosure") if cell.type != "text"]
    wide = frame.select(KEY, *(pl.col(cell.name).cast(pl.Decimal(38, 6)) for cell in cells))
    return wide.filter(~pl.all_horizontal(pl.all().exclude(KEY).is_null()))


def order_revisions(reports: pl.DataFrame) -> pl.DataFrame:
    """Reports with their `preference` among revisions of one standing: the lowest number is the one to use.

    The scope of the body's reports, the better source tier, then the later capture, the document's hash and the
    ordinal. `is_of_another_scope`: a government and its general office report for all of their region, others for
    themselves, and this report does otherwise.

    Args:
        reports: `report_key`, `authority_key`, `report_year`, and what orders the revisions: `scope`, `authority_zh`,
            `source_tier`, `captured_at`, `document_sha256`, `ordinal`.
    """
    scope, name = pl.col("scope"), pl.col("authority_zh")
    consolidated = (scope == "consolidated") | ((scope == "unknown") & is_government(name))
    scoped = reports.with_columns(is_of_another_scope=consolidated != reports_for_all(name))
    order = ("is_of_another_scope", "source_tier", "captured_at", "document_sha256", "ordinal")
    ordered = scoped.sort(*order, descending=[False, False, True, False, False], nulls_last=True)
    return ordered.with_row_index("preference")


def is_government(name: pl.Expr) -> pl.Expr:
    """Whether a body is the government of a region: that of a 地区 or 盟 (行政公署) too, that of a town not."""
    return name.str.contains("(人民政府|行政公署)$") & ~name.str.contains("(镇|乡|苏木)人民政府$")


def reports_for_all(name: pl.Expr) -> pl.Expr:
    """Whether a body's reports are consolidated ones: a government's, and its general office's."""
    return is_government(name) | name.str.contains("政府办公[室厅]$")


def choose_current(reports: pl.DataFrame, statuses: pl.DataFrame) -> pl.DataFrame:
    """The revision of each body-year that counts for one table, with its `status`.

    Passed, accepted, not assessed, held, absent, rejected, in this order, then by preference. A held revision never
    displaces a passed one of its scope, and what is printed in another scope than the body's never what is printed in
    the body's.

    Args:
        reports: the reports with their preference (:func:`order_revisions`).
        statuses: `report_key` and `status` of the table.
    """
    return (
        reports.join(statuses, on=KEY)
        .with_columns(status_order=pl.col("status").replace_strict(STATUS_ORDER, return_dtype=pl.Int64))
        .sort(pl.col("status").is_in(("absent", "rejected")), "is_of_another_scope", "status_order", "preference")
        .unique(["authority_key", "report_year"], keep="first", maintain_order=True)
        .select(KEY, "authority_key", "report_year", "status")
    )


def expect_differences(decided: pl.DataFrame, reported: pl.DataFrame) -> pl.DataFrame:
    """The figures that were decided otherwise than reported, a row each: `report_key`, `place`, `decided`, `reported`.

    Args:
        decided: a fact's figures of some reports, wide, as decided.
        reported: the same as reported.
    """
    sides = [
        frame.unpivot(index=KEY, variable_name="place", value_name=name)
        for frame, name in ((decided, "decided"), (reported, "reported"))
    ]
    both = sides[0].join(sides[1], on=[KEY, "place"], how="full", coalesce=True)
    return both.filter(pl.col("decided").ne_missing(pl.col("reported")))
