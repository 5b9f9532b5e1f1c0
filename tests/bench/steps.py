"""The steps that are measured, each as a command: `python -m tests.bench.steps STEP SOURCE WAREHOUSE`."""

import sys
from pathlib import Path

from contracts.layers.raw import check_raw
from contracts.layers.results import RunExpectation
from pipelines.database import open_for_writing
from pipelines.load import load_raw
from tests.bench.floor import evaluate_identities, load_wide_table, read_frames


def shards_of(source: Path) -> list[Path]:
    """The JSONL shards of a folder."""
    return sorted(source.glob("*.jsonl"))


def main() -> None:
    """Run one step and print what it counted."""
    step, source, warehouse = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    warehouse.mkdir(parents=True, exist_ok=True)
    if step == "floor":
        print(load_wide_table(shards_of(source), warehouse / "floor.duckdb"))
    elif step == "load":
        print(load_raw(shards_of(source), warehouse, run_id="bench", progress=None))
    elif step == "polars":
        print(evaluate_identities(read_frames(warehouse / "warehouse.duckdb")))
    elif step == "contract":
        with open_for_writing(warehouse / "warehouse.duckdb") as connection:
            print(sum(result.rows_failed for result in check_raw(connection, RunExpectation("bench")).results))
    else:
        sys.exit(f"unknown step {step}: floor, load, polars or contract")


if __name__ == "__main__":
    main()
