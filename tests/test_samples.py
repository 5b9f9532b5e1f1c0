"""The samples: their JSON is what the extractor gives, and it says what their sources say."""

from functools import cache
from pathlib import Path

import msgspec
import pytest

from contracts.claims import claim_problems
from contracts.form import form
from contracts.raw_json import RawDocument
from pipelines.render.report import Value
from pipelines.render.sample_source import SampleSource, read_sources
from pipelines.render.samples import SAMPLES, build_extracted, list_differences, main, write_files

SOURCES = read_sources(SAMPLES / "reports")
WITH_TABLES = [name for name, source in SOURCES.items() if source.tables]
PROSE_ONLY = [name for name, source in SOURCES.items() if not source.tables]


@cache
def stored(name: str) -> RawDocument:
    """The stored extraction of one sample document."""
    content = (SAMPLES / "json" / f"{Path(name).stem}.json").read_bytes()
    return msgspec.json.decode(content, type=RawDocument)


def extracted_figures(name: str) -> dict[str, dict[str, dict[str, Value]]]:
    """`{table: {row: {column: value}}}` of the one report of a sample."""
    tables = msgspec.to_builtins(stored(name).reports[0].tables)
    return {table: content["cells"] for table, content in tables.items()}


def test_samples_cover_tables_and_prose() -> None:
    assert len(WITH_TABLES) == 4
    assert len(PROSE_ONLY) == 1


def test_stored_extractions_are_what_the_extractor_gives() -> None:
    extracted = build_extracted()
    assert len(extracted) == len(SOURCES)
    assert list_differences(extracted, SAMPLES / "json") == []


@pytest.mark.parametrize("name", WITH_TABLES)
def test_every_cell_is_as_in_the_source(name: str) -> None:
    source: SampleSource = SOURCES[name]
    figures = {table: content.cells for table, content in source.figures().items()}
    assert extracted_figures(name) == figures
    assert set(figures) == set(form().tables)


@pytest.mark.parametrize("name", list(SOURCES))
def test_authority_and_year_are_as_in_the_source(name: str) -> None:
    report = stored(name).reports[0]
    assert (report.authority.normalised, report.year) == (SOURCES[name].authority, SOURCES[name].year)


@pytest.mark.parametrize("name", list(SOURCES))
def test_stated_figures_are_read_and_judged(name: str) -> None:
    report = stored(name).reports[0]
    read = {(claim.value, claim.agrees) for claim in report.claims}
    stated = {(claim.value, claim.agrees) for claim in SOURCES[name].claims}
    assert stated <= read
    assert {value for value, agrees in read if agrees is False} <= {
        c.value for c in SOURCES[name].claims if c.agrees is False
    }
    assert claim_problems(report) == []


@pytest.mark.parametrize("name", PROSE_ONLY)
def test_legacy_indicators_are_as_in_the_source(name: str) -> None:
    legacy = stored(name).reports[0].legacy
    assert legacy is not None
    read = {entry.indicator: entry.value for entry in legacy.indicators if entry.period == "year"}
    assert {indicator: read.get(indicator) for indicator in SOURCES[name].legacy} == SOURCES[name].legacy


def test_stray_number_is_left_over_and_not_a_cell() -> None:
    name = next(name for name, source in SOURCES.items() if source.flaws.strays)
    strays = sorted(SOURCES[name].flaws.strays.values())
    assert sorted(leftover.raw for leftover in stored(name).reports[0].leftovers) == strays


def test_update_and_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(
        {tmp_path / "reports" / "a.yml": (SAMPLES / "reports" / f"{Path(WITH_TABLES[0]).stem}.yml").read_bytes()},
        tmp_path / "reports",
    )
    assert main(["--update"], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "json" / "a.json").write_text("{}")
    assert main(["--check"], tmp_path) == 1
    assert "a.json is outdated" in capsys.readouterr().out
