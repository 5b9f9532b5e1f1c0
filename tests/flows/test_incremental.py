"""A run that builds only what it touched leaves what a whole build leaves, row for row, in every relation."""

import copy
import shutil
from pathlib import Path

import duckdb
import orjson
import pytest
from rich.console import Console

from contracts.decisions import Decision, Premise
from contracts.layers.results import RunExpectation
from contracts.layers.scope import LISTS
from flows.contract_steps import Layer, check_again, evaluate_layer, open_warehouse
from pipelines import changes
from pipelines.changes import find_changes
from pipelines.decisions.making import Signature, Target, answer, correct, reject, withdraw
from pipelines.publishing import describe_code, list_versions
from pipelines.publishing.release.keys import read_parts
from pipelines.render.synthetic import write_synthetic
from pipelines.warehouse import MART_FILE, Warehouse
from tests.flows.changing import Line, build, differences, of_body, of_new_document, read_anew, with_more, without_prose

SAMPLES = Path(__file__).parents[2] / "samples" / "json"
LATER, MUCH_LATER = "2026-03-01T00:00:00Z", "2027-07-01T00:00:00Z"
GRANTED = ("new_received", "granted", "outcome_total")
BY = Signature("Reviewer <reviewer@example.org>", "the page prints it so", "the letter of the body")
# Two districts of Hangzhou were merged in 2021; above them the city, below the bureau of one.
GONGSHU, XIACHENG = ("杭州市拱墅区人民政府", "330105"), ("杭州市下城区人民政府", "330103")
CITY, BUREAU, OTHER = ("杭州市人民政府", "330100"), ("杭州市拱墅区教育局", "330105"), ("杭州市西湖区教育局", "330106")


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """80 synthetic reports: eleven bodies' of 2019 to 2025, in this order."""
    folder = tmp_path_factory.mktemp("synthetic")
    write_synthetic(80, 5, folder, 0.0, Console(quiet=True))
    return [orjson.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def broken(line: Line) -> Line:
    """A figure that contradicts the others: the identities hold the table."""
    return with_more(line, 1, ["granted"], ["total"])


def renamed(line: Line, name: str) -> Line:
    """The same document, whose body a new extraction reads otherwise."""
    changed = read_anew(copy.deepcopy(line))
    changed["reports"][0]["authority"] = {"printed": name, "normalised": name}
    return changed


def rejected(line: Line) -> Line:
    """The same document, of which a new extraction makes nothing."""
    return read_anew({**line, "reports": [], "rejection": {"reason": "no_report", "detail": "nothing in it"}})


def two_reports(line: Line, other: Line) -> Line:
    """A document with the reports of both lines."""
    return {**line, "reports": [*line["reports"], *other["reports"]]}


def on_year(line: Line, year: int, published: str) -> Line:
    """The line on another year, of another document."""
    changed = of_new_document(without_prose(line), published + "T00:00:00Z")
    changed["reports"][0] |= {"year": year, "published": published}
    return changed


def with_other_indicator(line: Line) -> Line:
    """A report of the old form of which a new extraction reads an indicator otherwise."""
    changed = read_anew(without_prose(line))
    changed["reports"][0]["legacy"]["indicators"][0]["value"] += 1
    return changed


def decide(warehouse: Warehouse, accepted: Line, corrected: Line, refused: Line) -> list[Decision]:
    """One held table is accepted as reported, a cell of another is corrected, and a document does not count."""
    ((identities, residuals),) = (
        duckdb.connect(warehouse.live_mart, read_only=True)
        .execute(
            "select identities, residuals from marts.fct_findings where document_sha256 = ? and table_id is not null",
            [accepted["document"]["sha256"]],
        )
        .fetchall()
    )
    found = Premise(residuals=dict(zip(identities, residuals, strict=True)))
    printed = corrected["reports"][0]["tables"]["applications"]["cells"]["granted"]["total"]
    return [
        answer("accept_as_reported", Target(accepted["document"]["sha256"], 1, "identities.applications"), found, BY),
        correct(Target(corrected["document"]["sha256"], 1), "applications.granted.total", printed - 1, printed, BY),
        reject(refused["document"]["sha256"], BY),
    ]


def state_of(warehouse: Warehouse, decision: Decision) -> str:
    """The state of a decision in the live version."""
    with duckdb.connect(warehouse.live_mart, read_only=True) as mart:
        ((state,),) = mart.execute(
            "select state from marts.fct_decisions where decision_id = ?", [decision.id]
        ).fetchall()
    return str(state)


def build_in_steps(warehouse: Warehouse, lines: list[Line]) -> list[bool]:
    """A first build, and two that touch some bodies and change what rules say of others; which of them were whole."""
    samples = [orjson.loads(path.read_bytes()) for path in sorted(SAMPLES.glob("*.json"))]
    xiacheng, bureau = of_body(lines[8], *XIACHENG, "consolidated"), of_body(lines[51], *BUREAU)
    gongshu = [of_body(line, *GONGSHU, "consolidated") for line in lines[1:3]]
    decided = [broken(line) for line in lines[12:14]]
    first = [
        *(line for number, line in enumerate(lines[:60]) if number not in (12, 13)),
        *(xiacheng, bureau, *gongshu, of_body(lines[16], *CITY, "consolidated")),
        *(*decided, two_reports(lines[70], lines[78]), *samples),
    ]
    # The bureau was given the figures of another body, whose report no later step touches: that expires with them.
    answered = answer(
        "accept_as_reported",
        Target(lines[51]["document"]["sha256"], 1, "rule.same_figures_two_bodies"),
        Premise(observed="2 bodies"),
        BY,
    )
    whole = [build(warehouse, first, [answered])]
    assert state_of(warehouse, answered) == "active"
    decisions = decide(warehouse, *decided, lines[47])
    second = [
        lines[60],  # a new report
        of_new_document(with_more(lines[3], 7, GRANTED), LATER),  # a revision that takes its place
        of_new_document(broken(lines[10]), LATER),  # one that is held and does not
        renamed(lines[20], "甲例市新例县财政局"),  # the body of a known document is another one
        rejected(lines[30]),
        broken(lines[40]),  # the only extraction of a body-year is held now
        of_new_document(with_more(xiacheng, 5, ("new_received", "carried_out")), LATER),  # the successor's carry
        with_more(bureau, 10_000, GRANTED),  # more than the government above it has
        of_body(lines[5], *OTHER),  # the figures of another body
        with_other_indicator(samples[-1]),
        on_year(lines[26], 2026, "2027-05-02"),  # a new year for all, and a later day as of which they are late
    ]
    whole.append(build(warehouse, second, decisions))
    assert state_of(warehouse, answered) == "expired"
    third = [
        *lines[61:64],
        renamed(lines[20], lines[20]["reports"][0]["authority"]["normalised"]),  # and back
        of_new_document(with_more(lines[3], 9, GRANTED), MUCH_LATER),
        lines[40],
        read_anew(lines[13]),  # the premise of a correction is gone
        read_anew(lines[70]),  # one of two reports of a document is gone
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(changes, "SHORT_LIST", 0)  # as if very much were touched
        whole.append(build(warehouse, third, [withdraw(decisions[-1].id, BY)]))
    return whole


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, lines: list[Line]) -> tuple[Warehouse, Warehouse]:
    """A warehouse that changed in two steps, and a copy in which all was built anew then."""
    folder = tmp_path_factory.mktemp("changing")
    warehouse, whole = Warehouse(folder / "changing"), Warehouse(folder / "whole")
    assert build_in_steps(warehouse, lines) == [True, False, False]
    shutil.copytree(warehouse.root, whole.root, symlinks=True)
    assert build(whole, whole=True)
    return warehouse, whole


def test_what_is_built_on_equals_what_is_built_anew(changed: tuple[Warehouse, Warehouse]) -> None:
    found = differences(*changed)
    assert {"warehouse.staging.stg_reports", "mart.marts.coverage", "warehouse.quality.explanations"} <= found.keys()
    assert {relation: rows for relation, rows in found.items() if rows} == {}


def test_what_a_run_touched_lies_at_the_end_of_each_table(changed: tuple[Warehouse, Warehouse]) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{changed[0].database}' as warehouse (read_only)")
        connection.execute(f"attach '{changed[0].live_mart}' as mart (read_only); use warehouse")
        counts = {
            name: connection.execute(
                "select count(*) filter (not is_last and is_touched), count(*) filter (not is_last), "
                "count(*) filter (is_last and is_touched) from ("
                f"select rowid >= touched.first_row_of_{name}() as is_last, "
                f"touched.has_{part.unit}({LISTS[part.unit]}) as is_touched from mart.marts.{name})"
            ).fetchall()[0]
            for name, part in read_parts().items()
        }
    assert {name: before for name, (before, _, _) in counts.items() if before} == {}
    assert min(counts["fct_applications"][1:]) > 0
    assert min(counts["fct_rule_results"][1:]) > 0


def test_a_whole_build_of_the_same_changes_nothing(changed: tuple[Warehouse, Warehouse]) -> None:
    release = list_versions(changed[1])[-1].manifest.release
    assert release is not None
    assert [table.table for table in release.tables if not table.is_unchanged] == []


def test_every_contract_of_a_warehouse_that_was_built_on_is_green(changed: tuple[Warehouse, Warehouse]) -> None:
    reports = check_again(changed[0]).reports
    assert [report.layer for report in reports if report.is_red] == []


def test_the_release_diff_of_a_run_names_what_it_touched(changed: tuple[Warehouse, Warehouse]) -> None:
    before, after = list_versions(changed[0])[-2:]
    release = after.manifest.release
    assert release is not None
    by_table = {table.table: table for table in release.tables}
    for table, found in by_table.items():
        assert found.rows_after - found.rows_before == found.added - found.removed, table
        assert found.rows_after == after.manifest.row_counts[table]
        assert found.rows_before == before.manifest.row_counts[table]
    assert by_table["fct_applications"].changed > 0


def test_the_rows_that_a_manifest_names_are_there(changed: tuple[Warehouse, Warehouse]) -> None:
    live = list_versions(changed[0])[-1]
    with duckdb.connect(live.folder / MART_FILE, read_only=True) as mart:
        tables = mart.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        found = {name: mart.execute(f"select count(*) from marts.{name}").fetchall()[0][0] for (name,) in tables}
    assert live.manifest.row_counts == found


@pytest.mark.parametrize(("which", "is_whole"), [("in", False), ("not in", True)])
def test_a_run_sees_what_was_altered_in_what_it_touched_and_the_audit_what_was_elsewhere(
    changed: tuple[Warehouse, Warehouse], tmp_path: Path, which: str, *, is_whole: bool
) -> None:
    warehouse, _ = changed
    mart = tmp_path / MART_FILE
    mart.write_bytes((warehouse.live_mart).read_bytes())
    expectation = RunExpectation(f"again {which}", None, is_whole=is_whole)
    layers: tuple[Layer, ...] = ("raw", "staging", "facts")
    assert not [layer for layer in layers if evaluate_layer(warehouse, mart, layer, expectation).is_red]
    with open_warehouse(warehouse, mart) as connection:
        connection.execute(
            "update mart.marts.fct_applications set applications = applications + 1 "
            f"where authority_key {which} (from touched.bodies)"
        )
    red = {result.check_id for result in evaluate_layer(warehouse, mart, "facts", expectation).red_results}
    assert {"conservation.applications", "places.applications"} <= red


def test_a_run_that_was_killed_is_followed_by_a_whole_one(changed: tuple[Warehouse, Warehouse]) -> None:
    warehouse, _ = changed
    live = list_versions(warehouse)[-1]
    assert live.manifest.code == describe_code()
    assert find_changes(warehouse) == live  # and is killed after it
    assert find_changes(warehouse) is None
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        left = connection.execute(
            "select count(*) from duckdb_tables() where schema_name in ('staging', 'intermediate')"
        ).fetchall()
    assert left == [(0,)]
