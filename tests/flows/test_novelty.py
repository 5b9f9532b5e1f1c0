"""A run that finds nothing new says so before Prefect, dlt or dbt start; whatever might be new starts them."""

import gzip
import json
from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path

import duckdb
import pytest
import yaml

from flows import novelty
from flows.commands.run import DEFAULT_INPUT, _default_inputs
from flows.leftovers import clean
from flows.novelty import Given, find_nothing_new, has_nothing_to_build, select_unread
from flows.serving.registration import PROJECT
from flows.warehouse import run_warehouse
from pipelines.archive import Archive, read_manifest
from pipelines.capture import Capture, Document
from pipelines.changes import find_changes
from pipelines.decisions import Ledger, read_ledger
from pipelines.extract import store as store_module
from pipelines.extract.store import ExtractionStore
from pipelines.limits import read_limits
from pipelines.publishing import Code, WriterBusyError, describe_code, list_versions, roll_back, writer_lock
from pipelines.warehouse import Warehouse
from tests.flows.decided import DecidedWarehouse, reviews_extraction
from tests.load.payloads import document_of, load


@pytest.fixture
def settled(decided: DecidedWarehouse, tmp_path: Path) -> DecidedWarehouse:
    """A warehouse in which all is published that was given and decided."""
    return decided.copy(tmp_path / "settled")


def documents_of(settled: DecidedWarehouse) -> list[Path]:
    """The documents that it was made from."""
    return sorted((settled.folder / "documents").glob("*.txt"))


def ask(settled: DecidedWarehouse, *inputs: Path, inbox: Path | None = None) -> Given | None:
    """What a run would be told."""
    return find_nothing_new(settled.warehouse, [*inputs], inbox, read_ledger(settled.ledger))


def test_known_documents_and_an_empty_inbox_are_nothing_new(settled: DecidedWarehouse, tmp_path: Path) -> None:
    (tmp_path / "inbox" / "done").mkdir(parents=True)
    (tmp_path / "inbox" / "done" / "a.html").touch()
    documents = documents_of(settled)
    assert documents
    assert ask(settled, *documents, inbox=tmp_path / "inbox") == Given(len(documents), 0)
    assert ask(settled, inbox=tmp_path / "inbox") == Given(0, 0)
    status = json.loads(settled.gongkai("status", "--json"))
    assert [run["outcome"] for run in status["runs"][:2]] == ["nothing new", "nothing new"]
    assert status["pending"] == []


def make_anew(database: Path) -> None:
    """A database as a first load that was killed leaves it."""
    database.unlink()
    duckdb.connect(database).close()


def begin_build(settled: DecidedWarehouse) -> None:
    """What a run leaves that is killed while it builds everything anew."""
    assert find_changes(settled.warehouse, whole=True) is None


Change = Callable[[DecidedWarehouse], None]


@pytest.mark.parametrize(
    "change",
    [
        lambda settled: settled.warehouse.unfinished.touch(),
        lambda settled: (settled.warehouse.root / "dlt" / "staged").mkdir(),
        lambda settled: settled.warehouse.next_link.symlink_to("versions/x"),
        lambda settled: settled.warehouse.current.unlink(),
        lambda settled: documents_of(settled)[-1].write_text("another document"),
        lambda settled: settled.ledger.unlink(),
        lambda settled: settled.warehouse.database.unlink(),
        lambda settled: make_anew(settled.warehouse.database),
        begin_build,
    ],
)
def test_whatever_is_left_to_do_is_not_nothing(settled: DecidedWarehouse, change: Change) -> None:
    documents = documents_of(settled)
    change(settled)
    assert ask(settled, *documents) is None


def test_raw_json_is_known_payload_by_payload(settled: DecidedWarehouse, tmp_path: Path) -> None:
    given = settled.folder / "documents" / "reviews.json"
    known = given.read_bytes()
    assert ask(settled, given, documents_of(settled)[0]) == Given(1, 1)
    shard = tmp_path / "shard.jsonl.gz"
    with gzip.open(shard, "wb") as file:
        file.write(b"\n\n".join([known, known]))
    assert ask(settled, shard) == Given(0, 2)
    printed = settled.gongkai("run", "--input", shard)
    assert "This run: 0 documents and 2 extractions given, all of them known" in printed
    with gzip.open(shard, "ab") as file:
        file.write(b"\n{}")
    assert ask(settled, shard) is None
    given.write_bytes(reviews_extraction(17, "2.0.0"))
    assert ask(settled, given) is None


def test_a_handed_over_file_and_other_code_are_not_nothing(
    settled: DecidedWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.html").touch()
    assert ask(settled, inbox=tmp_path / "inbox") is None
    monkeypatch.setattr(novelty, "describe_code", lambda: Code("0", "0"))
    assert ask(settled, *documents_of(settled)) is None


def unread_of(settled: DecidedWarehouse) -> int:
    """How many of its archived documents a run would hand to the load."""
    lines = read_manifest(settled.warehouse.archive).values()
    documents = [Capture(Archive(settled.warehouse.archive), read_limits()).take_again(line) for line in lines]
    store = ExtractionStore(settled.warehouse.extracted, read_limits())
    return len(select_unread(settled.warehouse, [document for taken in documents for document in taken], store))


@pytest.mark.parametrize("change", ["code", "tools", "limits"])
def test_what_was_extracted_otherwise_is_unread_whatever_was_published_since(
    settled: DecidedWarehouse, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unread_of(settled) == 0
    if change == "code":
        monkeypatch.setattr(store_module, "_code", lambda: "other")
    elif change == "tools":
        monkeypatch.setattr(store_module, "list_tools", lambda: ["other"])
    else:
        monkeypatch.setenv("GONGKAI_ZIP_DEPTH", "9")
    assert list_versions(settled.warehouse)[-1].manifest.code == describe_code()
    assert unread_of(settled) == len(read_manifest(settled.warehouse.archive))
    assert ask(settled, *documents_of(settled)) is None


def test_an_extraction_that_was_not_loaded_is_unread(settled: DecidedWarehouse) -> None:
    with duckdb.connect(settled.warehouse.database) as connection:
        connection.execute("update raw.documents set payload_sha256 = 'of other code' where source_uri like '%001%'")
    assert unread_of(settled) == 1


@pytest.mark.parametrize(("reason", "unread"), [("schema_violation", 1), ("no_report", 0)])
def test_what_the_load_refused_is_given_to_it_again(settled: DecidedWarehouse, reason: str, unread: int) -> None:
    with duckdb.connect(settled.warehouse.database) as connection:
        columns = "document_key, document_sha256, payload_sha256, source_uri, reason, run_id"
        connection.execute(
            f"insert into raw.rejected_documents ({columns}) "
            "select document_key, document_sha256, payload_sha256, source_uri, ?, run_id from raw.documents "
            "where source_uri like '%001%'",
            [reason],
        )
    assert unread_of(settled) == unread


def test_a_run_that_is_stopped_while_it_captures_leaves_its_mark(
    settled: DecidedWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_arguments: object) -> Iterator[Document]:
        assert settled.warehouse.unfinished.exists()
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(novelty, "capture", stopped)
    with pytest.raises(KeyboardInterrupt):
        ask(settled, *documents_of(settled))
    monkeypatch.undo()
    assert settled.warehouse.unfinished.exists()
    assert ask(settled, *documents_of(settled)) is None


def test_nobody_is_asked_while_a_run_writes(settled: DecidedWarehouse) -> None:
    with writer_lock(settled.warehouse, "other"), pytest.raises(WriterBusyError):
        find_nothing_new(settled.warehouse, [], None, Ledger(settled.ledger))


def test_samples_never_come_beside_real_reports(settled: DecidedWarehouse, tmp_path: Path) -> None:
    before = len(list_versions(settled.warehouse))
    printed = settled.gongkai("run")
    assert "This run: 0 documents given" in printed
    assert "the live version stays" in printed
    assert len(list_versions(settled.warehouse)) == before
    assert _default_inputs(settled.warehouse, 0) == ([], False)
    assert _default_inputs(Warehouse(tmp_path / "new"), 0) == ([DEFAULT_INPUT], False)
    settled.warehouse.database.unlink()  # to be made from the archive
    assert _default_inputs(settled.warehouse, 0) == ([], True)


def test_samples_are_the_input_as_long_as_nothing_else_is_there(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "warehouse")
    sample = document_of("a", 1)
    sample["document"]["source_uri"] = min(path.name for path in DEFAULT_INPUT.iterdir())
    load(tmp_path, [sample])
    assert _default_inputs(warehouse, 0) == ([DEFAULT_INPUT], False)
    load(tmp_path, [document_of("b", 1)], "run-2")
    assert _default_inputs(warehouse, 0) == ([], False)


def test_a_scheduled_rebuild_leaves_a_rollback_alone(
    settled: DecidedWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def builds(*, whole: bool, keep_rollback: bool) -> bool:
        return not has_nothing_to_build(settled.warehouse, whole=whole, keep_rollback=keep_rollback)

    assert builds(whole=True, keep_rollback=True)
    roll_back(settled.warehouse)
    assert not builds(whole=True, keep_rollback=True)
    assert not builds(whole=False, keep_rollback=False)
    assert builds(whole=True, keep_rollback=False)
    monkeypatch.setattr(novelty, "describe_code", lambda: Code("0", "0"))
    assert builds(whole=True, keep_rollback=True)


def test_a_build_that_did_not_come_to_its_end_is_made_anew_except_after_a_rollback(settled: DecidedWarehouse) -> None:
    def builds() -> bool:
        return not has_nothing_to_build(settled.warehouse, whole=False, keep_rollback=False)

    newest = list_versions(settled.warehouse)[-1]
    assert not builds()
    begin_build(settled)
    assert builds()
    roll_back(settled.warehouse)
    assert not builds()
    assert ask(settled, *documents_of(settled)) is not None
    roll_back(settled.warehouse, newest.id)
    assert builds()


def test_a_database_from_a_backup_is_not_built_anew_for_an_older_version_of_the_same(settled: DecidedWarehouse) -> None:
    with duckdb.connect(settled.warehouse.database) as connection:
        connection.execute("update touched.built set version = 'older'")
    assert ask(settled, *documents_of(settled)) is not None
    with duckdb.connect(settled.warehouse.database) as connection:
        connection.execute("update touched.built set code = 'other'")
    assert ask(settled, *documents_of(settled)) is None


def test_a_run_that_was_killed_once_its_version_was_live_is_not_repeated(settled: DecidedWarehouse) -> None:
    newest = list_versions(settled.warehouse)[-1]
    with duckdb.connect(settled.warehouse.database) as connection:
        connection.execute("delete from touched.built")
    settled.warehouse.unfinished.write_text(f'{{"run_id": "{newest.id}", "flow_run_id": null}}')
    assert clean(settled.warehouse) == [f"remembered that version {newest.id} was built from this database"]
    settled.warehouse.unfinished.unlink()
    assert ask(settled, *documents_of(settled)) is not None
    assert find_changes(settled.warehouse) == newest


def test_deployments_name_parameters_of_their_flows() -> None:
    declared = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    given = {deployment["name"]: deployment["parameters"] for deployment in declared}
    assert given["weekly-rebuild"]["keep_rollback"] is True
    for name in ("daily", "weekly-rebuild"):
        assert set(given[name]) <= set(signature(run_warehouse.fn).parameters)
