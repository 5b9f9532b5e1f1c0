"""What is handed over is accounted for: a document or line lost on the way, nothing at all, a cut shard."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from flows import steps
from flows.commands.failures import EXPLAINED
from flows.conservation import LostInputError, check_documents, check_loaded
from flows.runs import Captured, Handover, Run
from pipelines.capture import CaptureError, Document
from pipelines.decisions import Ledger
from pipelines.extract.batch import Extracted, extract_documents
from pipelines.load import LoadResult, load_raw
from pipelines.validation.chunks import DamagedShardError, count_payloads
from pipelines.warehouse import Warehouse
from tests.load.payloads import Json, document_of, rejected_of, sha_of, write_shard

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(Warehouse(tmp_path / "warehouse"), "run-1")


def drop_last_line(shard: Path) -> None:
    """Remove the last line of a shard."""
    shard.write_bytes(b"".join(shard.read_bytes().splitlines(keepends=True)[:-1]))


def take_in(run: Run, *inputs: Path) -> tuple[Handover, LoadResult]:
    """Capture, extract and load as the flow does, without Prefect."""
    captured = steps.capture.fn(run, inputs)
    handed_over = steps.extract.fn(run, captured)
    return handed_over, steps.load.fn(run, captured, handed_over, Ledger(Path("none")))


def test_documents_and_payloads_of_every_fate_are_accounted_for(run: Run, tmp_path: Path) -> None:
    bad = {**document_of("a", 1), "extra": 1}
    lines: list[Json | bytes] = [
        *(document_of("a", 1), document_of("a", 2), bad),
        *(rejected_of("b"), {**document_of("b", 1), "extra": 1}, b"no json", b"", b"\xef\xbb\xbf", b" "),
    ]
    shard = write_shard(tmp_path / "mixed.jsonl", lines)
    handed_over, loaded = take_in(run, SAMPLES, shard)
    assert handed_over.payloads == len(list(SAMPLES.iterdir())) + 6
    assert handed_over.payloads - loaded.not_written == loaded.written == len(list(SAMPLES.iterdir())) + 3
    assert (loaded.superseded_in_batch, loaded.beside) == (2, 1)
    _, again = take_in(run, shard)
    assert (again.written, again.unchanged) == (0, 3)


def test_a_document_lost_in_extraction_stops_the_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_one(documents: list[Document], *others: object) -> Iterator[Extracted]:
        return extract_documents(documents[1:], *others)  # type: ignore[arg-type]

    monkeypatch.setattr(steps, "extract_documents", lose_one)
    with pytest.raises(LostInputError, match="5 documents were handed over, 4 are"):
        take_in(run, SAMPLES)


def test_an_extraction_the_warehouse_lacks_is_taken_from_the_store(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fates: list[str] = []

    def watch(*arguments: object) -> Iterator[Extracted]:
        for extracted in extract_documents(*arguments):  # type: ignore[arg-type]
            fates.append(extracted.fate)
            yield extracted

    monkeypatch.setattr(steps, "extract_documents", watch)
    take_in(run, SAMPLES)
    take_in(run, SAMPLES)  # all are loaded, also if nothing was published
    assert fates == ["read"] * 5
    run.warehouse.database.unlink()
    take_in(run, SAMPLES)
    assert fates == ["read"] * 5 + ["kept"] * 5


def test_a_line_lost_between_capture_and_load_stops_the_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard = write_shard(tmp_path / "shard.jsonl", [document_of("a", 1), document_of("b", 2)])

    def lose_one(*arguments: object) -> LoadResult:
        drop_last_line(shard)
        return load_raw(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(steps, "load_raw", lose_one)
    with pytest.raises(LostInputError, match="2 payloads were handed over, 1 are"):
        take_in(run, shard)


def test_a_load_that_miscounts_and_a_document_without_a_row_are_told(run: Run, tmp_path: Path) -> None:
    _, loaded = take_in(run, write_shard(tmp_path / "shard.jsonl", [document_of("a", 1)]))
    check_loaded(1, loaded)
    check_documents(run.warehouse, [sha_of("a"), sha_of("a")])
    with pytest.raises(LostInputError, match="1 payloads were handed over, 2"):
        check_loaded(1, msgspec.structs.replace(loaded, unchanged=1))
    with pytest.raises(LostInputError, match="2 documents were handed over, 1"):
        check_documents(run.warehouse, [sha_of("a"), sha_of("b")])


def test_inputs_that_hold_nothing_are_refused(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    write_shard(folder / "a.jsonl", [])
    write_shard(folder / "b.jsonl", [b"", b" "])
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(b"\n"))
    for given in (folder, folder / "a.jsonl"):
        with pytest.raises(CaptureError, match="holds nothing"):
            steps.capture.fn(run, [given])
    full = write_shard(folder / "d.jsonl", [document_of("a", 1)])
    assert steps.capture.fn(run, [folder]) == Captured([], sorted([*folder.glob("[abc]*"), full]), 1)


@pytest.mark.parametrize("damage", [lambda whole: whole[:-9], lambda whole: whole[:60], lambda _: b"no gzip"])
def test_a_cut_shard_is_named(run: Run, tmp_path: Path, damage: object) -> None:
    shard = tmp_path / "cut.jsonl.gz"
    whole = gzip.compress(msgspec.json.encode(document_of("a", 1)) + b"\n")
    shard.write_bytes(whole)
    assert count_payloads(shard) == 1
    shard.write_bytes(damage(whole))  # type: ignore[operator]
    with pytest.raises(DamagedShardError, match=r"cut\.jsonl\.gz"):
        steps.capture.fn(run, [shard])
    with pytest.raises(DamagedShardError, match=r"cut\.jsonl\.gz"):
        load_raw([shard], run.warehouse.root, run.id)


def test_the_command_line_explains_all_of_them() -> None:
    assert {CaptureError, DamagedShardError, LostInputError} <= set(EXPLAINED)
