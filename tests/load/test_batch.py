"""Many documents into a store: each is read or rejected, whatever its reader does, and none is read twice."""

import time
from pathlib import Path

import msgspec
import pytest

from contracts.raw_json import RawDocument, Rejection
from pipelines.capture import Document, capture
from pipelines.extract import store as store_module
from pipelines.extract.batch import extract_documents
from pipelines.extract.store import ExtractionStore, version_folder
from pipelines.limits import Limits
from tests.load.test_worker_pool import PATIENCE_SECONDS, is_running

LIMITS = Limits(workers=2, document_seconds=20, document_memory=256 * 2**20)
MISBEHAVE = "tests.extract.hostile_tasks:misbehave"


def documents_of(tmp_path: Path, contents: list[str]) -> list[Document]:
    """Captured text files of these contents."""
    for number, content in enumerate(contents):
        path = tmp_path / "source" / f"{number:03}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    found = capture([tmp_path / "source"], tmp_path / "archive")
    return [item for item in found if isinstance(item, Document)]


def fates_of(documents: list[Document], store: ExtractionStore, limits: Limits = LIMITS) -> dict[str, str]:
    """What became of each document, by its name."""
    done = extract_documents(documents, store, limits, MISBEHAVE)
    return {extracted.document.source_uri: extracted.fate for extracted in done}


def rejections_of(documents: list[Document], store: ExtractionStore) -> list[Rejection]:
    """Why each document was rejected, in their order."""
    decoder = msgspec.json.Decoder(RawDocument)
    lines = [decoder.decode(store.path_of(document).read_bytes()) for document in documents]
    assert [line.document.sha256 for line in lines] == [document.sha256 for document in documents]
    return [line.rejection for line in lines if line.rejection is not None]


def has_ended(place: Path) -> bool:
    """Whether the process whose id a file holds ends soon."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_running(int(place.read_text())) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(int(place.read_text()))


@pytest.fixture
def store(tmp_path: Path) -> ExtractionStore:
    return ExtractionStore(tmp_path / "extracted", LIMITS)


def test_the_ones_that_misbehave_are_rejected_and_the_others_go_on(tmp_path: Path, store: ExtractionStore) -> None:
    child, marker = tmp_path / "child", tmp_path / "marker"
    contents = ["one", "die", "two", "fill", f"hang {child}", "raise", "recurse", "three", f"die once {marker}", "four"]
    documents = documents_of(tmp_path, contents)
    begun = time.monotonic()
    fates = fates_of(documents, store, msgspec.structs.replace(LIMITS, document_seconds=8))
    assert fates == {document.source_uri: "rejected" for document in documents}
    assert time.monotonic() - begun < 60
    rejections = rejections_of(documents, store)
    assert [rejection.reason for rejection in rejections] == [
        *("no_report", "reader_error", "no_report", "memory_limit", "time_limit", "reader_error", "reader_error"),
        *("no_report", "no_report", "no_report"),
    ]
    assert "exit code 3" in rejections[1].detail
    assert "8 seconds" in rejections[4].detail
    assert "no idea about 005.txt" in rejections[5].detail
    assert "RecursionError" in rejections[6].detail
    assert marker.exists()
    assert has_ended(child), "a process that the reader had started goes on"


def test_a_document_is_read_once(tmp_path: Path, store: ExtractionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = documents_of(tmp_path, ["one", "two"])
    assert set(fates_of([*documents, documents[0]], store).values()) == {"rejected"}
    assert set(fates_of(documents, store).values()) == {"kept"}
    more = documents_of(tmp_path, ["one", "two", "three"])
    assert fates_of(more, store) == {"000.txt": "kept", "001.txt": "kept", "002.txt": "rejected"}
    torn = store.path_of(more[1])
    torn.write_bytes(torn.read_bytes()[:-1])
    assert fates_of(more, store)["001.txt"] == "rejected"
    monkeypatch.setattr(store_module, "EXTRACTOR_VERSION", "9.9.9")
    assert set(fates_of(more, ExtractionStore(tmp_path / "extracted", LIMITS)).values()) == {"rejected"}


def test_other_limits_and_other_code_are_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    version = version_folder(LIMITS)
    assert version_folder(msgspec.structs.replace(LIMITS, workers=8)) == version
    assert version_folder(msgspec.structs.replace(LIMITS, document_seconds=21)) != version
    monkeypatch.setattr(store_module, "_code", lambda: "other")
    assert version_folder(LIMITS) != version


def test_what_is_rejected_before_it_is_read_is_never_read(tmp_path: Path, store: ExtractionStore) -> None:
    large, preset = documents_of(tmp_path, ["die" + 9 * " ", "die"])
    preset = msgspec.structs.replace(preset, rejection=Rejection(reason="unsafe_archive", detail="a reason"))
    fates_of([large, preset], store, msgspec.structs.replace(LIMITS, document_bytes=10))
    assert [rejection.reason for rejection in rejections_of([large, preset], store)] == ["too_large", "unsafe_archive"]


def test_workers_stay_for_more_than_one_document(tmp_path: Path, store: ExtractionStore) -> None:
    documents = documents_of(tmp_path, [f"process{' ' * number}" for number in range(12)])
    fates_of(documents, store)
    assert len({rejection.detail for rejection in rejections_of(documents, store)}) <= 2


def test_an_unfinished_batch_ends_its_workers_and_keeps_what_is_done(tmp_path: Path, store: ExtractionStore) -> None:
    child = tmp_path / "child"
    documents = documents_of(tmp_path, ["one", f"hang {child}", "two", "slow"])
    done = extract_documents(documents, store, LIMITS, MISBEHAVE)
    names = {next(done).document.source_uri for _ in range(3)}
    assert names == {"000.txt", "002.txt", "003.txt"}
    deadline = time.monotonic() + 60
    while not child.exists() and time.monotonic() < deadline:
        time.sleep(0.05)  # on a busy machine the document that hangs may not have begun
    done.close()  # type: ignore[attr-defined]
    assert has_ended(child)
    assert [document.source_uri for document in documents if not store.holds(document)] == ["001.txt"]
