"""The verdict: what the printed page shows of a table that contradicts itself, and what is kept of it."""

import json
from pathlib import Path

import duckdb
import pytest

from contracts.decision_rows import decision_row
from contracts.form import form
from contracts.raw_json import cells_of
from pipelines.archive import ManifestLine
from pipelines.extract.document import extract_document
from pipelines.extract.places import trace_document
from pipelines.limits import Limits
from pipelines.proof import Problem, localise
from pipelines.proof.explain import explain_held
from pipelines.proof.held import find_held
from pipelines.proof.printed import SecondReading, printed_number, read_again
from pipelines.proof.verdict import disputed_cells, judge
from pipelines.render.document import render
from pipelines.render.report import Flaws, Layout, RenderedReport, Style, TableFigures
from tests.dbt.warehouse import Row, insert_row, ones, report_row, write_raw
from tests.decisions.made import rejected, withdrawn
from tests.proof.tables import APPLICATIONS, CASES, Cells, balanced_tables

GRANTED = f"{APPLICATIONS}.granted.natural_person"
ARCHIVE = Path("no archive")
STAGED = """
create schema staging;
create view staging.stg_reports as
select *, 1::bigint as authority_key, false as is_leftover from raw.reports;
create view staging.stg_claims as select *, false as is_leftover from raw.claims;
create view staging.stg_decisions as from raw.decisions;
create view staging.stg_report_lineage as select report_key, lineage from raw.reports;
create schema quality;
create table quality.explanations (report_key bigint, table_id varchar, fingerprint varchar, verdict varchar,
    explanations varchar, span varchar, explained_at timestamptz default now());
"""


def document(tables: dict[str, Cells], layout: Layout) -> bytes:
    """A printed report with the given tables of the 2021 form."""
    figures = {}
    for table, cells in tables.items():
        rows: dict[str, dict[str, int | str | None]] = {}
        for cell, value in cells.items():
            _, row, column = cell.split(".")
            rows.setdefault(row, {})[column] = value
        figures[table] = TableFigures(form_version="2021", cells=rows)
    report = RenderedReport(
        authority="某市某局",
        year=2022,
        title=("某市某局2022年政府信息公开工作年度报告",),
        before=(),
        tables=figures,
        after=(),
        style=Style(headers="whole", punctuation="full"),
        flaws=Flaws(),
    )
    return render(report, layout, "simplified")


def read(content: bytes, problem: Problem) -> SecondReading | None:
    """The second reading of the cells in dispute."""
    return read_again(trace_document(content, "report"), 1, disputed_cells(problem, localise(problem)), "report")


def contradictory() -> Cells:
    """Table 三 in which one digit of one cell is another."""
    (cells,) = balanced_tables("2021", APPLICATIONS, 1)
    return cells | {GRANTED: (cells[GRANTED] or 0) + 3}


@pytest.mark.parametrize("layout", ["pipes", "html", "lines"])
def test_what_the_page_prints_is_an_error_of_the_report(layout: Layout) -> None:
    problem = Problem(APPLICATIONS, "2021", contradictory())
    again = read(document({APPLICATIONS: problem.cells}, layout), problem)
    proof = judge(problem, localise(problem), again)
    assert proof.verdict == "reporting_error"
    place = proof.span[GRANTED]
    assert place.words[slice(*place.mark)] == str(problem.cells[GRANTED])


def test_what_the_page_prints_otherwise_is_an_error_of_reading() -> None:
    problem = Problem(APPLICATIONS, "2021", contradictory())
    (true,) = balanced_tables("2021", APPLICATIONS, 1)
    proof = judge(problem, localise(problem), read(document({APPLICATIONS: true}, "pipes"), problem))
    assert proof.verdict == "extraction_error"
    (change,) = proof.explanations[0].cells
    assert [change.cell, change.old, change.new] == [GRANTED, problem.cells[GRANTED], true[GRANTED]]
    assert proof.explanations[0].kind == "read_again"


def test_without_the_page_a_lone_explanation_is_likely_and_a_tie_ambiguous() -> None:
    problem = Problem(APPLICATIONS, "2021", contradictory())
    assert judge(problem, localise(problem), None).verdict == "likely"
    tie = ones("2021", CASES) | {f"{CASES}.review.total": 5}
    problem = Problem(CASES, "2021", tie)
    assert judge(problem, localise(problem), None).verdict == "ambiguous"


def test_a_page_that_prints_something_else_and_clears_nothing_decides_nothing() -> None:
    problem = Problem(APPLICATIONS, "2021", contradictory())
    other = problem.cells | {GRANTED: (problem.cells[GRANTED] or 0) + 1}
    assert (
        judge(problem, localise(problem), read(document({APPLICATIONS: other}, "pipes"), problem)).verdict == "likely"
    )


def test_a_drawn_row_is_read_again_as_it_was_read() -> None:
    cases: Cells = {cell.id: 0 for cell in form().versions["2021"].tables[CASES].cells}
    cases |= {f"{CASES}.review.upheld": 10, f"{CASES}.review.corrected": 1, f"{CASES}.lawsuit_after_review.upheld": 5}
    (applications,) = balanced_tables("2021", APPLICATIONS, 1)
    content = document({APPLICATIONS: applications, CASES: cases}, "html")
    (first,) = extract_document(content, "report.html", "2023-01-01").reports
    assert cells_of(trace_document(content, "report.html").reports[0].report) == cells_of(first)


@pytest.mark.parametrize(("text", "number"), [("12,417", 12417), (" 7 ", 7), ("—", None), ("3件", None), ("", None)])
def test_only_digits_are_a_printed_number(text: str, number: int | None) -> None:
    assert printed_number(text) == number


def staged(tmp_path: Path, reports: list[Row], claims: list[Row]) -> duckdb.DuckDBPyConnection:
    """A warehouse with raw tables and the staging relations that are asked."""
    write_raw(tmp_path / "warehouse.duckdb", {"reports": reports, "claims": claims})
    connection = duckdb.connect(tmp_path / "warehouse.duckdb")
    connection.execute(STAGED)
    return connection


def rows() -> tuple[list[Row], list[Row]]:
    """A body with three years, of which the middle one is held and has a claim, and a copy of that one."""
    versions = {APPLICATIONS: "2021"}
    held = ones("2021") | {GRANTED: 4}
    reports = [
        report_row(1, versions, ones("2021"), report_year=2021),
        report_row(2, versions, held, lineage=json.dumps({"readings": [{"cell": GRANTED, "state": "resolved"}]})),
        report_row(3, versions, ones("2021"), report_year=2023),
        report_row(4, versions, ones("2021"), source_tier=1),
    ]
    claim = {"report_key": reports[1]["report_key"], "payload_sha256": "payload 2", "quote": "6件", "value": 6}
    terms = json.dumps([{"operand": f"{APPLICATIONS}.granted.total", "weight": 1}])
    return reports, [claim | {"claim_id": "c1", "kind": "granted", "terms": terms, "agrees": True}]


def test_the_held_tables_are_found_with_their_evidence(tmp_path: Path) -> None:
    reports, claims = rows()
    with staged(tmp_path, reports, claims) as connection:
        (held,) = find_held(connection)
    assert held.report_key == reports[1]["report_key"]
    names = [equation.id for equation in held.problem.evidence]
    carried = [name for name in names if name.startswith("carry.")]
    assert len([name for name in carried if name.endswith(".next_year")]) == 7
    assert len(carried) == 14
    assert "claim.c1" in names
    assert len([name for name in names if name.startswith("copy.")]) == len(held.problem.cells)
    assert held.problem.doubtful == {GRANTED: ()}
    assert {e.id: e.holds(held.problem.cells) for e in held.problem.evidence if "copy" in e.id and GRANTED in e.id} == {
        f"copy.{reports[3]['document_sha256'][:12]}.{GRANTED}": False
    }
    best = localise(held.problem).explanations[0]
    assert best.cells[0].new == 1
    assert all(name.startswith("copy.") for name in best.clears if name not in localise(held.problem).identities)


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_rejected_document_is_no_evidence(tmp_path: Path, *, is_withdrawn: bool) -> None:
    reports, claims = rows()
    made = [rejected(1, reports[3]["document_sha256"]), rejected(2, reports[0]["document_sha256"])]
    with staged(tmp_path, reports, claims) as connection:
        decisions = [*made, withdrawn(3, 1), withdrawn(4, 2)] if is_withdrawn else made
        for number, decision in enumerate(decisions, 1):
            insert_row(connection, "decisions", decision_row(number, decision))
        (held,) = find_held(connection)
    names = [equation.id for equation in held.problem.evidence]
    assert any(name.startswith("copy.") for name in names) is is_withdrawn
    assert len([name for name in names if name.startswith("carry.")]) == (14 if is_withdrawn else 7)


def test_the_same_figures_are_explained_once_and_what_is_held_no_more_is_forgotten(tmp_path: Path) -> None:
    reports, claims = rows()

    def explain(code: str) -> tuple[int, int]:
        done = explain_held(connection, ARCHIVE, {}, Limits(workers=1), code, lambda _count: None)
        return done.held, done.explained

    with staged(tmp_path, reports, claims) as connection:
        before = connection.execute("select * from raw.reports order by report_key").fetchall()
        assert explain("code") == (1, 1)
        assert explain("code") == (1, 0)
        assert explain("other code") == (1, 1)
        ((verdict, text),) = connection.execute("select verdict, explanations from quality.explanations").fetchall()
        assert verdict == "likely"
        assert json.loads(text)[0]["cells"] == [{"cell": GRANTED, "old": 4, "new": 1}]
        assert connection.execute("select * from raw.reports order by report_key").fetchall() == before
        connection.execute(f"update raw.reports set {GRANTED.replace('.', '__')} = 1")
        assert explain("code") == (0, 0)
        assert connection.execute("select count(*) from quality.explanations").fetchall() == [(0,)]


def test_a_table_is_explained_again_once_its_document_is_there_and_when_it_is_read_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports, claims = rows()
    sha256 = reports[1]["document_sha256"]
    line = ManifestLine(sha256, "report.txt", 6, "2023-01-01T00:00:00Z", "text/plain")

    def explained(seconds: float = 120) -> int:
        limits = Limits(workers=1, document_seconds=seconds)
        return explain_held(connection, tmp_path, {sha256: line}, limits, "code", lambda _count: None).explained

    with staged(tmp_path, reports, claims) as connection:
        assert [explained(), explained(), explained(60)] == [1, 0, 0]
        (tmp_path / sha256[:2]).mkdir()
        (tmp_path / sha256[:2] / sha256).write_bytes("年度报告".encode())
        assert [explained(), explained(), explained(60)] == [1, 0, 1]
        monkeypatch.setattr("pipelines.proof.explain.list_tools", lambda: ["a tool"])
        assert [explained(60), explained(60)] == [1, 0]


def test_a_document_that_cannot_be_read_again_leaves_the_verdict_open(tmp_path: Path) -> None:
    reports, claims = rows()
    sha256 = reports[1]["document_sha256"]
    (tmp_path / sha256[:2]).mkdir()
    (tmp_path / sha256[:2] / sha256).write_bytes(b"%PDF-1.7 broken")
    line = ManifestLine(sha256, "report.pdf", 15, "2023-01-01T00:00:00Z", "application/pdf")
    with staged(tmp_path, reports, claims) as connection:
        explain_held(connection, tmp_path, {sha256: line}, Limits(workers=1), "code", lambda _count: None)
        assert connection.execute("select verdict, span from quality.explanations").fetchall() == [("likely", None)]
