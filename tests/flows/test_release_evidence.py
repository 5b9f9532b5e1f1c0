"""What explains a changed figure: a document that was not there, a line of the ledger, and nothing else."""

import re
from pathlib import Path

import duckdb
import pytest

from pipelines.publishing.audit import audit_release
from pipelines.publishing.release.compare import compare_marts
from pipelines.warehouse import MART_FILE
from tests.flows.test_release import Figure


def mart_of(path: Path, facts: list[Figure], reports: list[tuple[int, int]], state: str = "active") -> Path:
    """A mart of body 10 with a fact of one table, all reports by document and year, and a decision about the first."""
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema marts; use marts;
            create table fct_applications (report_key int, authority_key int, report_year int, applicant_type varchar,
                outcome varchar, applications int);
            create table dim_report (report_key int, document_key int, authority_key int, report_year int);
            create table dim_document as select i as document_key, 'sha' || i as document_sha256 from range(9) as t (i);
            create table dim_authority as select 10 as authority_key, 'body 1' as authority_zh;
        """)
        for report, year, outcome, number in facts:
            connection.execute(
                "insert into fct_applications values (?, 10, ?, 'all', ?, ?)", [report, year, outcome, number]
            )
        connection.executemany("insert into dim_report values ($1, $1, 10, $2)", reports)
        connection.execute(
            "create table fct_decisions as select 'd-1' as decision_id, 'sha1' as document_sha256, ? as state, "
            "case when ? = 'withdrawn' then 'd-2' end as withdrawn_by, null::varchar as replaced_by",
            [state, state],
        )
    return path


def test_a_known_document_that_is_read_on_another_year_is_no_evidence(tmp_path: Path) -> None:
    facts = [(1, 2023, "granted", 7), (3, 2022, "granted", 5)]
    before = mart_of(tmp_path / "before" / MART_FILE, facts, [(1, 2023), (2, 2023), (3, 2022)])
    moved = [(1, 2023, "granted", 7), (2, 2022, "granted", 7)]
    after = mart_of(tmp_path / "after" / MART_FILE, moved, [(1, 2023), (2, 2022), (3, 2022)])
    (change,) = compare_marts("v1", before, after).unexplained
    assert (change.year, change.before, change.after) == (2022, "5", None)
    new = mart_of(
        tmp_path / "new" / MART_FILE, [*facts[:1], (4, 2022, "granted", 7)], [(1, 2023), (2, 2023), (4, 2022)]
    )
    assert compare_marts("v1", before, new).unexplained_changes == 0


@pytest.mark.parametrize(("state", "unexplained"), [("active", 1), ("expired", 1), ("withdrawn", 0)])
def test_a_decision_is_evidence_by_what_the_ledger_says_of_it(tmp_path: Path, state: str, unexplained: int) -> None:
    before = mart_of(tmp_path / "before" / MART_FILE, [(1, 2023, "granted", 7)], [(1, 2023)])
    after = mart_of(tmp_path / "after" / MART_FILE, [(1, 2023, "granted", 9)], [(1, 2023)], state)
    assert compare_marts("v1", before, after).unexplained_changes == unexplained


@pytest.mark.parametrize(
    ("statement", "lost"),
    [
        ("alter table marts.fct_applications drop column applications", r"fct_applications \(applications\)"),
        ("drop table marts.fct_applications", r"fct_applications \(applicant_type, applications, outcome\)"),
        ("alter table marts.dim_report rename column document_key to document", r"dim_report \(document_key\)"),
        ("alter table marts.fct_applications drop column is_corrected", ""),
    ],
)
def test_figures_that_go_with_their_column_block(tmp_path: Path, statement: str, lost: str) -> None:
    before, after = (
        mart_of(tmp_path / name / MART_FILE, [(1, 2023, "granted", 7)], [(1, 2023)]) for name in ("before", "after")
    )
    for path in (before, after):
        with duckdb.connect(path) as connection:
            connection.execute("alter table marts.fct_applications add column is_corrected boolean")
    with duckdb.connect(after) as connection:
        connection.execute(statement)
    release = compare_marts("v1", before, after)
    reasons = audit_release(release, None)
    assert [bool(re.search(lost, reason)) for reason in reasons] == [True] * bool(lost)
    assert audit_release(release, "the column has another name") == []
