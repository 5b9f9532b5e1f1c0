"""A warehouse that changes, built step by step in this process: reports, and what can happen to them."""

import copy
import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import orjson

from contracts.decisions import Decision
from contracts.layers.results import RunExpectation
from flows.contract_steps import evaluate_layer
from flows.dbt import parse_models, run_dbt
from flows.environment import prepare_environment
from flows.explain_step import explain
from flows.runs import Run
from flows.steps import DBT_COMMANDS, TOUCHED_COMMANDS
from pipelines.changes import find_changes, remember_built, widen_changes
from pipelines.decisions import read_ledger
from pipelines.decisions.ledger import append
from pipelines.decisions.records import load_decisions
from pipelines.load import load_raw
from pipelines.publishing import describe_inputs, publish, start_build, writer_lock
from pipelines.sql_paths import quote
from pipelines.warehouse import Warehouse

Line = dict[str, Any]
_numbers = itertools.count()
SCHEMAS = ["form", "staging", "intermediate", "quality", "marts"]
RECORDS = ["contract_results", "layer_fingerprints"]  # of runs, not of what they built
OF_RUN = frozenset({"run_id"})
UNTESTED = ("--exclude-resource-type", "test")  # every other test of the flow runs the models' tests on a whole build


def of_new_document(line: Line, captured_at: str) -> Line:
    """The line as that of another document, captured at another time."""
    sha256 = hashlib.sha256(f"{line['document']['sha256']} {captured_at}".encode()).hexdigest()
    return {**line, "document": {**line["document"], "sha256": sha256, "captured_at": captured_at}}


def with_more(line: Line, more: int, rows: Iterable[str], columns: Iterable[str] = ("natural_person", "total")) -> Line:
    """So much more in cells of table 三, without prose that would contradict them."""
    changed = without_prose(line)
    for row, column in itertools.product(rows, columns):
        changed["reports"][0]["tables"]["applications"]["cells"][row][column] += more
    return changed


def of_body(line: Line, name: str, region: str, scope: str = "own") -> Line:
    """The line's only report as that of another body; its document is another one too."""
    changed = without_prose(of_new_document(line, line["document"]["captured_at"] + name))
    changed["document"]["captured_at"] = line["document"]["captured_at"]
    changed["reports"][0] |= {"authority": {"printed": name, "normalised": name}, "region_code": region, "scope": scope}
    return changed


def without_prose(line: Line) -> Line:
    """The line without claims."""
    changed = copy.deepcopy(line)
    changed["reports"][0]["claims"] = []
    return changed


def read_anew(line: Line) -> Line:
    """The line as another extractor's."""
    return {**line, "extractor": {**line["extractor"], "version": "2"}}


def build(
    warehouse: Warehouse, lines: Iterable[Line] = (), decisions: Sequence[Decision] = (), *, whole: bool = False
) -> bool:
    """Load what is new and publish what comes of it, every layer with its contract; whether all was built anew.

    Raises:
        PublicationRefusedError: a contract is red, or the mart is not fit to be read.
    """
    prepare_environment(warehouse)
    parse_models(warehouse)
    warehouse.root.mkdir(parents=True, exist_ok=True)
    shard = warehouse.root / f"{next(_numbers):03}.jsonl"
    shard.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    ledger = warehouse.root / "decisions.jsonl"
    if decisions:
        append(ledger, lambda _: decisions)
    with writer_lock(warehouse) as run_id:
        run = Run(warehouse, run_id)
        loaded = load_raw([shard], warehouse.root, run.id, None)
        load_decisions(read_ledger(ledger), warehouse.root)
        live = find_changes(warehouse, whole=whole)
        start_build(warehouse, run.id, live)
        run = replace(run, is_whole=live is None)
        expectation = RunExpectation(run.id, loaded.written, run.is_whole)
        reports = [evaluate_layer(warehouse, run.mart, "raw", expectation)]
        for layer in ("staging", "facts", "marts"):
            command = (*DBT_COMMANDS[layer], *UNTESTED) if run.is_whole else TOUCHED_COMMANDS[layer]
            run_dbt(command, warehouse)
            if layer == "staging" and not run.is_whole:
                widen_changes(warehouse)
            reports.append(evaluate_layer(warehouse, run.mart, layer, expectation))
            if layer == "staging":
                explain.fn(run)
        with duckdb.connect(warehouse.database, read_only=True) as connection:
            inputs = describe_inputs(connection)
        touched = None if run.is_whole else warehouse.database
        version = publish(
            warehouse, run.id, inputs=inputs, contracts=reports, accepted_changes="a test", touched=touched
        )
        remember_built(warehouse, version)
    return run.is_whole


def contents(warehouse: Warehouse) -> dict[str, Counter[int]]:
    """The hashes of the rows of every relation from staging to the marts, without what names a run."""
    found: dict[str, Counter[int]] = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{quote(warehouse.database)}' as warehouse (read_only)")
        connection.execute(f"attach '{quote(warehouse.live_mart)}' as mart (read_only)")
        connection.execute("use mart")
        relations = connection.execute(
            """
            select database_name || '.' || schema_name || '.' || table_name, list(column_name order by column_index)
            from duckdb_columns()
            where list_contains(?, schema_name) and not list_contains(?, table_name) group by all
            """,
            [SCHEMAS, RECORDS],
        ).fetchall()
        for relation, columns in relations:
            listed = ", ".join(f'"{column}"::varchar' for column in columns if column not in OF_RUN)
            rows = connection.execute(f"select hash({listed}) from {relation}").fetchall()
            found[relation] = Counter(row for (row,) in rows)
    return found


def differences(one: Warehouse, other: Warehouse) -> dict[str, int]:
    """How many rows each relation of two warehouses does not share; every relation of both is in it."""
    before, after = contents(one), contents(other)
    empty = Counter[int]()
    return {
        name: (
            (before.get(name, empty) - after.get(name, empty)) + (after.get(name, empty) - before.get(name, empty))
        ).total()
        for name in sorted(before.keys() | after.keys())
    }
