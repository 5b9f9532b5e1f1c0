"""Raw extracted JSON for tests: small documents with true figures, and what a warehouse holds of them."""

import hashlib
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from contracts.form import form
from contracts.raw_tables import RAW_TABLES
from pipelines.load import LoadResult, load_raw

Json = dict[str, Any]
VERSION = "2021"
APPLICATIONS = "applications"
COUNT = {table: f"select count(*) from raw.{table}" for table in RAW_TABLES if table != "decisions"}


def sha_of(name: str) -> str:
    """The sha256 that stands for a document called `name`."""
    return hashlib.sha256(name.encode()).hexdigest()


def table_of(number: int) -> Json:
    """Table 三 with `number` applications by natural persons, all granted, and zeros elsewhere."""
    table = form().versions[VERSION].tables[APPLICATIONS]
    filled_rows, filled_columns = {"new_received", "granted", "outcome_total"}, {"natural_person", "total"}
    cells = {
        row: {c: number if row in filled_rows and c in filled_columns else 0 for c in table.columns}
        for row in table.rows
    }
    return {"form_version": VERSION, "cells": cells}


def claim_of(number: int, name: str = "received") -> Json:
    """A true claim about the total received."""
    return {
        "id": name,
        "kind": "received",
        "terms": [{"operand": "applications.new_received.total"}],
        "value": number,
        "quote": f"{number} 件",
        "agrees": True,
    }


def report_of(number: int, year: int = 2023) -> Json:
    """A report with one table and one claim."""
    return {
        "authority": {"printed": "甲市", "normalised": "甲市"},
        "year": year,
        "tables": {APPLICATIONS: table_of(number)},
        "claims": [claim_of(number)],
    }


def document_of(name: str, number: int, *, reports: list[Json] | None = None) -> Json:
    """A document called `name` with one report, or with those given."""
    return {
        "schema": "gongkai.report/1",
        "document": {
            "sha256": sha_of(name),
            "media_type": "text/plain",
            "source_uri": f"{name}.txt",
            "bytes": 10,
            "captured_at": "2024-02-03T04:05:06+08:00",
        },
        "extractor": {"name": "test", "version": "1"},
        "reports": [report_of(number)] if reports is None else reports,
    }


def rejected_of(name: str, reason: str = "no_report") -> Json:
    """A document whose extractor found no report."""
    return {**document_of(name, 0, reports=[]), "rejection": {"reason": reason, "detail": "nothing found"}}


def write_shard(path: Path, documents: list[Json | bytes]) -> Path:
    """Write documents, or bytes as they are, one a line."""
    lines = [line if isinstance(line, bytes) else msgspec.json.encode(line) for line in documents]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def query(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query on the working database."""
    with duckdb.connect(warehouse / "warehouse.duckdb", read_only=True) as connection:
        return connection.execute(sql).fetchall()


def content_of(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all raw tables, sorted, without the run that wrote them."""
    columns = {
        table: ", ".join(name for name in schema.names if name != "run_id") for table, schema in RAW_TABLES.items()
    }
    return {
        table: query(warehouse, f"select {names} from raw.{table} order by all") for table, names in columns.items()
    }


def counts(warehouse: Path) -> dict[str, int]:
    """How many rows each raw table has."""
    return {table: query(warehouse, sql)[0][0] for table, sql in COUNT.items()}


def load(tmp_path: Path, documents: list[object], run_id: str = "run-1", name: str = "shard.jsonl") -> LoadResult:
    """Write one shard and load it."""
    shard = write_shard(tmp_path / name, documents)  # type: ignore[arg-type]
    return load_raw([shard], tmp_path / "warehouse", run_id)
