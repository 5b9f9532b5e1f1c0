"""A warehouse that an earlier version made: columns that came since are added, anything else stops with the remedy."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from contracts.raw_tables import RAW_TABLES
from pipelines.load import LoadError, load_raw
from pipelines.raw_schema import find_differences
from tests.load.payloads import document_of, query, write_shard

ADDED = ["period", "reviews_and_lawsuits__review__total"]
DATABASE = "warehouse.duckdb"


def load_as_before(warehouse: Path, without: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Load a document as a version would have whose `raw.reports` had fewer columns."""
    fields = [field for field in RAW_TABLES["reports"] if field.name not in without]
    with monkeypatch.context() as earlier:
        earlier.setitem(RAW_TABLES, "reports", pa.schema(fields))
        load_raw([write_shard(warehouse / "old.jsonl", [document_of("old", 1)])], warehouse, "earlier")


def test_columns_that_came_since_are_added_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_as_before(tmp_path, ADDED, monkeypatch)
    (difference,) = find_differences(tmp_path / DATABASE)
    assert (difference.table, difference.missing, difference.is_additive) == ("reports", ADDED, True)
    new = document_of("new", 2)
    new["reports"][0]["period"] = "2023"
    load_raw([write_shard(tmp_path / "new.jsonl", [new])], tmp_path, "later")
    assert find_differences(tmp_path / DATABASE) == []
    rows = query(tmp_path, "select applications__granted__total, period, scope from raw.reports order by 1")
    assert rows == [(1, None, "unknown"), (2, "2023", "unknown")]


def test_column_that_no_row_may_leave_empty_stops_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_as_before(tmp_path, ["scope"], monkeypatch)
    with pytest.raises(LoadError, match=r"raw.reports lacks scope. .*gongkai run --archived"):
        load_raw([write_shard(tmp_path / "new.jsonl", [document_of("new", 2)])], tmp_path, "later")
    assert query(tmp_path, "select count(*) from raw.reports") == [(1,)]


def test_foreign_column_stops_with_the_remedy(tmp_path: Path) -> None:
    load_raw([write_shard(tmp_path / "old.jsonl", [document_of("old", 1)])], tmp_path, "earlier")
    with duckdb.connect(tmp_path / DATABASE) as connection:
        connection.execute("alter table raw.claims add column somebodys_own integer")
        connection.execute("alter table raw.documents alter bytes type integer")
    with pytest.raises(LoadError, match=r"raw.documents has with another type bytes; raw.claims has besides somebodys"):
        load_raw([], tmp_path, "later")
