"""`gongkai show`: the printed number marked in its lines, by path, name or hash; and errors that help."""

import json
import zipfile
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from flows.command_line import app
from flows.commands import show
from pipelines.capture import Document, capture
from pipelines.warehouse import Warehouse

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
PIPES = SAMPLES / "001_pipes_simplified.txt"


def run_show(*arguments: str | Path, code: int = 0) -> str:
    """What the command prints: standard output, or standard error if it fails."""
    result = CliRunner().invoke(app, ["show", *map(str, arguments)])
    assert result.exit_code == code, result.stderr
    return result.stderr if code else result.stdout


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse whose archive holds the samples, one of them from an archive in a folder."""
    source = tmp_path / "source"
    source.mkdir()
    with zipfile.ZipFile(source / "reports.zip", "w") as archive:
        archive.write(PIPES, "2023/report.txt")
    folder = Warehouse(tmp_path / "warehouse")
    assert len(list(capture([source, SAMPLES], folder.archive))) == 6
    return folder


def test_a_cell_is_shown_with_its_labels_and_its_lines() -> None:
    shown = run_show(PIPES, "applications.granted.total").splitlines()
    assert shown[0] == "杭州市商务局 2023"
    assert "予以公开 · 总计 / Applications received and handled · Granted · Total" in shown[2]
    assert [line.split() for line in shown[3:5]] == [["value", "7"], ["state", "printed"]]
    assert shown[5].startswith("place      line 33, characters ")
    marked = [line for line in shown if line.startswith("> ")]
    assert len(marked) == 1
    assert marked[0].endswith("| 0 | >>7<<")
    assert len(shown) == 12


def test_a_terminal_highlights_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(force_terminal=True, width=160, record=True, highlight=False, soft_wrap=True)
    monkeypatch.setattr(show, "output", console)
    run_show(PIPES, "applications.granted.total")
    printed = console.export_text(styles=True)
    assert "\x1b[1;7m7\x1b[0m" in printed
    assert ">>" not in printed


def test_rows_claims_and_indicators_are_shown() -> None:
    assert "natural_person 7, commercial_enterprise 0" in run_show(PIPES, "applications.granted")
    claim = run_show(PIPES, "claim.c3")
    assert ">>739<<" in claim
    assert "stated in prose" in claim
    prose = run_show(SAMPLES / "004_prose_over_converted.txt", "legacy.requests_received.year")
    assert ">>215<<" in prose


def test_json_has_the_place() -> None:
    shown = json.loads(run_show(PIPES, "applications.granted.total", "--json"))
    assert (shown["value"], shown["printed"], shown["place"]["line"]) == (7, "7", 33)


def test_a_cell_without_a_number_shows_its_row(tmp_path: Path) -> None:
    text = PIPES.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if "(一)予以公开" in line)
    blank = tmp_path / "blank.txt"
    blank.write_text(text.replace(row, row.replace("| 7", "| ")), encoding="utf-8")
    shown = run_show(blank, "applications.granted.total")
    assert "value      none" in shown
    assert "> 三、本年度办理结果 | (一)予以公开" in shown


def test_archived_documents_are_found_by_name_source_and_hash(warehouse: Warehouse) -> None:
    place = ("--warehouse", warehouse.root)
    documents = capture([PIPES], warehouse.archive)
    (sha256,) = [document.sha256 for document in documents if isinstance(document, Document)]
    by_path = run_show(PIPES, "applications.granted.total")
    for name in ("report.txt", "reports.zip!/2023/report.txt", sha256[:8], sha256):
        assert run_show(name, "applications.granted.total", *place) == by_path


def test_what_is_not_there_is_explained(warehouse: Warehouse, tmp_path: Path) -> None:
    place = ("--warehouse", str(warehouse.root))
    unknown = run_show(PIPES, "applications.grantd.total", code=2)
    assert "applications.granted.total" in unknown
    assert "applications.other_remaining" in run_show(PIPES, "applications.other_handling.total", code=1)
    assert "none of the 5 documents" in run_show("nothing.txt", "claim.c1", *place, code=1)
    assert "none of the 5 documents" in run_show("abcdef0123", "claim.c1", *place, code=1)
    (tmp_path / "prose.txt").write_text("无关文本", encoding="utf-8")
    assert "no_report" in run_show(tmp_path / "prose.txt", "claim.c1", code=1)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.txt").write_text(name)
    list(capture([tmp_path / "a", tmp_path / "b"], warehouse.archive))
    assert "2 documents" in run_show("same.txt", "claim.c1", *place, code=1)
