"""Synthetic reports: valid, balanced but for the listed ones, carried from year to year, the same for a seed."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec
import pytest
from rich.console import Console

from contracts.claims import claim_problems
from contracts.form import form
from contracts.identities import evaluate
from contracts.raw_json import RawDocument, Report, cells_of
from pipelines.render.synthetic import BROKEN_FILE, SHARD_SIZE, main, write_synthetic
from pipelines.render.synthetic_figures import BodyState, FigureMaker
from pipelines.render.synthetic_reports import YEARS, Breakage, make_reports

COUNT = 700
BROKEN_SHARE = 0.02


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("synthetic")
    write_synthetic(COUNT, 7, path, BROKEN_SHARE, Console(quiet=True))
    return path


@pytest.fixture(scope="module")
def documents(folder: Path) -> list[RawDocument]:
    lines = (folder / "synthetic-00001.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=RawDocument) for line in lines]


@pytest.fixture(scope="module")
def breakages(folder: Path) -> list[Breakage]:
    return msgspec.json.decode((folder / BROKEN_FILE).read_bytes(), type=list[Breakage])


def version_of(report: Report) -> str:
    tag = type(report.tables.applications).__struct_config__.tag
    return str(tag)


def failures(report: Report) -> list[str]:
    """The enforced identities that a report breaks."""
    version, cells = form().versions[version_of(report)], cells_of(report)
    return [
        identity
        for table in ("applications", "reviews_and_lawsuits")
        for identity, (_, status) in evaluate(version, table, cells).items()
        if status == "fail"
    ]


def test_every_document_is_valid_and_unique(documents: list[RawDocument]) -> None:
    assert len(documents) == COUNT
    assert len({document.document.sha256 for document in documents}) == COUNT
    assert [problem for document in documents for problem in claim_problems(document.reports[0])] == []


def test_exactly_the_listed_reports_are_broken(documents: list[RawDocument], breakages: list[Breakage]) -> None:
    broken = {document.document.sha256 for document in documents if failures(document.reports[0])}
    assert broken == {breakage.sha256 for breakage in breakages}
    assert 0 < len(broken) < COUNT * BROKEN_SHARE * 3


def test_a_breakage_names_the_changed_cell_and_one_digit(
    documents: list[RawDocument], breakages: list[Breakage]
) -> None:
    for breakage in breakages:
        document = documents[breakage.line - 1]
        assert document.document.sha256 == breakage.sha256
        assert cells_of(document.reports[0])[breakage.cell] == breakage.printed_value
        true, printed = str(breakage.true_value), str(breakage.printed_value)
        assert len(true) == len(printed)
        assert sum(a != b for a, b in zip(true, printed, strict=True)) == 1


def test_early_years_use_the_trial_form(documents: list[RawDocument]) -> None:
    versions: dict[int, set[str]] = defaultdict(set)
    for document in documents:
        versions[document.reports[0].year].add(version_of(document.reports[0]))
    assert versions == {year: {"2019" if year < 2021 else "2021"} for year in YEARS}


def test_carry_holds_between_unbroken_years_of_a_body(documents: list[RawDocument], breakages: list[Breakage]) -> None:
    skipped = {breakage.sha256 for breakage in breakages}
    compared = 0
    for before, after in pairwise(documents):
        if before.reports[0].authority != after.reports[0].authority:
            continue
        if {before.document.sha256, after.document.sha256} & skipped:
            continue
        out, carried = cells_of(before.reports[0]), cells_of(after.reports[0])
        for column in form().versions["2021"].tables["applications"].columns:
            pair = (out[f"applications.carried_out.{column}"], carried[f"applications.carried_in.{column}"])
            if None not in pair:
                compared += pair[0] != 0
                assert pair[0] == pair[1]
    assert compared > 100


def test_proofs_of_blanks_hold(documents: list[RawDocument]) -> None:
    proven = 0
    for document in documents:
        report = document.reports[0]
        cells = cells_of(report)
        for reading in report.readings:
            assert cells[reading.cell] is None
            completed = evaluate(
                form().versions[version_of(report)], "applications", {**cells, reading.cell: reading.value}
            )
            assert [completed[identity][1] for identity in reading.proof] == ["pass"]
            proven += 1
    assert proven > 0


def test_same_seed_same_bytes_and_another_seed_others() -> None:
    first = [report.line for report in make_reports(50, 3, 0.1)]
    assert first == [report.line for report in make_reports(50, 3, 0.1)]
    assert first == [report.line for report in make_reports(80, 3, 0.1)][:50]
    assert first != [report.line for report in make_reports(50, 4, 0.1)]


def test_a_report_has_the_size_of_real_ones(folder: Path) -> None:
    size = (folder / "synthetic-00001.jsonl").stat().st_size / COUNT
    assert 5_500 < size < 8_500


def test_command_fills_shards_and_refuses_a_used_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.render.synthetic.SHARD_SIZE", 20)
    arguments = ["--reports", "50", "--seed", "2", "--out", str(tmp_path / "shards")]
    assert SHARD_SIZE == 10_000
    assert main(arguments) == 0
    shards = sorted((tmp_path / "shards").glob("*.jsonl"))
    assert [len(shard.read_bytes().splitlines()) for shard in shards] == [20, 20, 10]
    assert main(arguments) == 1


def test_state_moves_on_by_a_year() -> None:
    state = BodyState(100.0, [5, 0, 0, 0, 0, 0], {"regulations": 0, "normative_documents": 10})
    version = form().versions["2021"]
    values = FigureMaker(version).make_year(Random(1), state)  # noqa: S311 - figures, not secrets
    cells = dict(zip(version.cells, values, strict=True))
    assert cells["applications.carried_in.natural_person"] == 5
    assert cells["applications.carried_out.natural_person"] == state.carried_out[0]
    assert cells["proactive_disclosure.normative_documents.in_force"] == state.in_force["normative_documents"]
