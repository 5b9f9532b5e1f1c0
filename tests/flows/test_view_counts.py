"""The rows of a view are counted where a run touched it, or whole where nothing says which of them it touched."""

from pathlib import Path

import duckdb
import pytest

from pipelines.publishing.release.views import recount_views

TOUCHED_BODY = 2


def write_mart(path: Path, bodies: list[int]) -> None:
    """A mart with a row for each body, and two views of them."""
    with duckdb.connect(path) as mart:
        mart.execute("create schema marts; use marts; create table facts (authority_key bigint)")
        mart.executemany("insert into facts values (?)", [[body] for body in bodies])
        mart.execute("create view by_body as from marts.facts")
        mart.execute("create view in_all as select count(*) as facts from marts.facts")


@pytest.fixture
def touched(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(path) as database:
        database.execute("create schema touched")
        database.execute(f"create macro touched.has_bodies(touched_key) as touched_key = {TOUCHED_BODY}")
    return path


def recounted(tmp_path: Path, touched: Path, after: list[int], known: dict[str, int]) -> dict[str, int]:
    """What is counted after a mart of two rows of body 1 and one of body 2."""
    for name, bodies in (("before", [1, 1, TOUCHED_BODY]), ("after", after)):
        write_mart(tmp_path / f"{name}.duckdb", bodies)
    return recount_views(tmp_path / "before.duckdb", tmp_path / "after.duckdb", touched, known)


def test_what_the_run_touched_is_added_to_what_was_known(tmp_path: Path, touched: Path) -> None:
    after = [1, 1, TOUCHED_BODY, TOUCHED_BODY, TOUCHED_BODY]
    assert recounted(tmp_path, touched, after, {"by_body": 3, "in_all": 1}) == {"by_body": 5, "in_all": 1}


def test_a_view_that_was_not_known_is_counted_whole(tmp_path: Path, touched: Path) -> None:
    assert recounted(tmp_path, touched, [1], {}) == {"by_body": 1, "in_all": 1}


def test_only_the_touched_bodies_are_looked_at(tmp_path: Path, touched: Path) -> None:
    assert recounted(tmp_path, touched, [1, 1, 1], {"by_body": 3, "in_all": 1})["by_body"] == 2
