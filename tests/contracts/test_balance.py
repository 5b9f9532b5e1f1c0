"""The identity contracts say held, passed, not assessed and absent, each for its own reason."""

import polars as pl
import pytest

from contracts.form import form
from contracts.layers.balance import judge
from contracts.layers.frames import cells_of, check_schema


def balanced_row(key: int, version: str = "2021", table: str = "applications") -> dict[str, int | str | None]:
    """One wide row whose identities all hold: every part 1, totals accordingly."""
    declared = form().versions[version].tables[table]
    outcomes = sum(row.is_outcome for row in declared.rows.values())
    row: dict[str, int | str | None] = {cell.name: None for cell in cells_of(table)}
    row |= {"report_key": key, f"{table}__form_version": version}
    for cell in declared.cells:
        column_size = len(declared.columns) - 1 if declared.columns[cell.column].role == "total" else 1
        per_row = outcomes if declared.rows[cell.row].category == "total" else 1
        if cell.row == "new_received":
            per_row = outcomes
        row[cell.name] = column_size * per_row
    return row


def frame_of(*rows: dict[str, int | str | None], table: str = "applications") -> pl.DataFrame:
    types = {cell.name: pl.Int64 if cell.type == "integer" else pl.String for cell in cells_of(table)}
    schema = {"report_key": pl.Int64, f"{table}__form_version": pl.String, **types}
    return pl.DataFrame(list(rows), schema=schema)


def statuses(frame: pl.DataFrame, table: str = "applications") -> dict[int, str]:
    return dict(judge(frame, table).statuses.rows())


@pytest.mark.parametrize("version", list(form().versions))
@pytest.mark.parametrize("table", ["applications", "reviews_and_lawsuits"])
def test_a_balanced_table_passes(version: str, table: str) -> None:
    assert statuses(frame_of(balanced_row(1, version, table), table=table), table) == {1: "passed"}


@pytest.mark.parametrize("version", list(form().versions))
@pytest.mark.parametrize("table", ["applications", "reviews_and_lawsuits"])
def test_every_altered_cell_fails_exactly_its_identities(version: str, table: str) -> None:
    declared = form().versions[version]
    cells = declared.tables[table].cells
    rows = []
    for key, cell in enumerate(cells):
        row = balanced_row(key, version, table)
        row[cell.name] = int(row[cell.name] or 0) + 10
        rows.append(row)
    judgement = judge(frame_of(*rows, table=table), table)
    found = {key: set(group["identity"]) for (key,), group in judgement.failures.group_by("report_key")}
    expected = {
        key: {
            identity.id
            for identity in declared.identities_of(table, enforced=True)
            if cell.id in {term.cell.id for term in identity.terms}
        }
        for key, cell in enumerate(cells)
    }
    assert found == expected
    assert set(judgement.failures["residual"].abs()) == {10}


def test_a_missing_term_is_neither_zero_nor_a_pass() -> None:
    row = balanced_row(1)
    row["applications__granted__total"] = None
    judgement = judge(frame_of(row), "applications")
    assert dict(judgement.statuses.rows()) == {1: "not_assessed"}
    missing = judgement.counts.filter(pl.col("not_assessed") > 0)["identity"].to_list()
    assert sorted(missing) == ["applicants.granted", "outcomes.total"]


def test_a_failure_holds_a_table_that_also_has_a_gap() -> None:
    row = balanced_row(1)
    row["applications__granted__total"] = None
    row["applications__new_received__natural_person"] = 0
    assert statuses(frame_of(row)) == {1: "held"}


def test_an_absent_table_is_absent_and_an_empty_one_not_assessed() -> None:
    absent = {"report_key": 1}
    empty = {"report_key": 2, "applications__form_version": "2021"}
    assert statuses(frame_of(absent, empty)) == {1: "absent", 2: "not_assessed"}


def test_a_table_that_no_identity_covers_is_not_assessed() -> None:
    row = {"report_key": 1, "proactive_disclosure__form_version": "2021"}
    assert statuses(frame_of(row, table="proactive_disclosure"), "proactive_disclosure") == {1: "not_assessed"}


def test_the_schema_of_a_wide_frame_fires_on_each_fault() -> None:
    good = balanced_row(1)
    assert check_schema(frame_of(good), "applications").status == "pass"
    negative = balanced_row(1) | {"applications__granted__total": -1}
    assert "counts_are_natural" in check_schema(frame_of(negative), "applications").detail
    foreign = balanced_row(1) | {"applications__other_handling__total": 1}
    assert "cells_fit_version" in check_schema(frame_of(foreign), "applications").detail
    unknown = balanced_row(1) | {"applications__form_version": "1999"}
    assert "form_version" in check_schema(frame_of(unknown), "applications").detail
    assert "report_key" in check_schema(frame_of(good, good), "applications").detail
    assert check_schema(frame_of(), "applications").status == "not_assessed"
