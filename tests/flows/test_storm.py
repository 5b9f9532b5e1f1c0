"""A short storm: a few runs killed in different stages while readers look on (`make storm` is the long one)."""

from pathlib import Path

from pipelines.warehouse import Warehouse
from tests.storm.__main__ import render
from tests.storm.deliveries import Inbox, Losses, compare
from tests.storm.storm import FEWEST_KILLS, Storm, Tally

KILLS, SECONDS = 6, 40.0


def test_killed_runs_lose_nothing_and_disturb_no_reader(prefect_api: str, tmp_path: Path) -> None:
    storm = Storm(Warehouse(tmp_path / "warehouse"), Inbox(tmp_path / "inbox"), prefect_api, seed=7)
    tally = storm.rage(KILLS, SECONDS)
    assert tally.is_clean, [*tally.failures, *tally.seen.failures]
    assert tally.kills.total() >= FEWEST_KILLS
    assert tally.seen.reads > 0
    assert tally.documents > tally.kills.total()


def test_what_a_mart_lacks_doubles_or_alters_is_counted() -> None:
    rows = [("a", 1), ("b", 2), ("b", 2), ("c", None)]
    assert compare({"a": 1, "b": 2, "c": 3, "d": 4}, rows) == Losses(lost=1, doubled=1, altered=1)
    tally = Tally(lost=1)
    assert not tally.is_clean
    assert "| lost reports | 1 |" in render(tally, 1, "abc")
