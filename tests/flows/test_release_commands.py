"""`gongkai diff` and `gongkai export`: what they print, and what they leave where."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from typer.testing import CliRunner

from flows.command_line import app
from pipelines.warehouse import Warehouse
from tests.flows.test_release import publish_figures


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Two versions: a figure of the first one changes without a new document, and a year comes."""
    folder = Warehouse(tmp_path / "warehouse")
    publish_figures(folder, "v1", [(11, 2023, "granted", 7)])
    publish_figures(folder, "v2", [(11, 2023, "granted", 8), (21, 2024, "refused", 3)], accepted="a better reader")
    return folder


def invoke(warehouse: Warehouse, *arguments: str | Path) -> str:
    """What a command prints."""
    result = CliRunner().invoke(app, [*map(str, arguments), "--warehouse", str(warehouse.root)])
    assert result.exit_code == 0, result.output
    return result.output


def test_diff_names_rows_rates_and_figures_without_evidence(warehouse: Warehouse) -> None:
    printed = " ".join(invoke(warehouse, "diff").split())
    assert "v2 against v1" in printed
    assert "1 figures changed without a new document or decision" in printed
    assert "Accepted with the reason: a better reader" in printed
    told = json.loads(invoke(warehouse, "diff", "v1", "v2", "--json"))
    assert (told["version"], told["previous"], told["unexplained_changes"]) == ("v2", "v1", 1)
    (fact,) = [table for table in told["tables"] if table["table"] == "fct_applications"]
    assert (fact["rows_before"], fact["rows_after"], fact["added"], fact["changed"]) == (1, 2, 1, 1)
    assert told["pass_rates"]


def test_diff_of_what_is_equal_or_first_says_so(warehouse: Warehouse) -> None:
    assert "v2 holds the same rows as v2" in invoke(warehouse, "diff", "v2", "v2")
    invoke(warehouse, "rollback", "v1")
    assert "Version v1 is the first one" in invoke(warehouse, "diff")


def test_export_writes_the_version_and_the_formats_asked_for(warehouse: Warehouse, tmp_path: Path) -> None:
    printed = invoke(warehouse, "export", "--version", "v1", "--format", "csv", "--out", tmp_path / "out")
    assert printed.startswith("Version v1: ")
    assert "(csv)" in printed
    written = json.loads((tmp_path / "out" / "export.json").read_text())
    assert (written["version"], written["formats"]) == ("v1", ["csv"])
    assert len((tmp_path / "out" / "csv" / "fct_applications.csv").read_text(encoding="utf-8").splitlines()) == 2
    assert not (tmp_path / "out" / "parquet").exists()
    assert written["row_counts"] == dict.fromkeys(sorted(written["row_counts"]), 1)
    assert {"fct_applications", "authority_year"} <= written["row_counts"].keys()
    invoke(warehouse, "export")
    assert json.loads((warehouse.exports / "export.json").read_text())["formats"] == ["parquet", "csv"]
    assert (warehouse.exports / "parquet" / "fct_applications" / "report_year=2024").is_dir()


@contextmanager
def listening(connection: duckdb.DuckDBPyConnection, asked: list[str]) -> Iterator[SimpleNamespace]:
    """A database of which is noted what it is asked."""

    def execute(query: str, *parameters: object) -> duckdb.DuckDBPyConnection:
        asked.append(query)
        return connection.execute(query, *parameters)

    with connection:
        yield SimpleNamespace(execute=execute)


def test_export_reads_a_view_once_for_each_format(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda *args, **options: listening(connect(*args, **options), asked))
    invoke(warehouse, "export")
    reading = [query for query in asked if "authority_year" in query and not query.startswith("describe")]
    assert [query.split()[0] for query in reading] == ["copy", "copy"]
