"""A warehouse may lie in a folder whose name means something to SQL or to a pattern."""

from pathlib import Path

import pytest

from pipelines.load import LoadError, load_raw
from tests.load.payloads import document_of, query, write_shard


@pytest.mark.parametrize("name", ["its [x]"])
def test_odd_folder_names_are_names(tmp_path: Path, name: str) -> None:
    warehouse = tmp_path / name
    for number in (1, 2):
        load_raw([write_shard(tmp_path / "a.jsonl", [document_of("a", number)])], warehouse, f"run-{number}")
    assert query(warehouse, "select run_id from raw.documents") == [("run-2",)]
    assert query(warehouse, "select applications__granted__total from raw.reports") == [(2,)]


def test_a_path_that_dlt_cannot_name_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    shard = write_shard(tmp_path / "a.jsonl", [document_of("a", 1)])
    with pytest.raises(LoadError, match="no single quote"):
        load_raw([shard], tmp_path / "it's [x]", "run")
    assert not (tmp_path / "it's [x]").exists()
