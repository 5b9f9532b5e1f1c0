"""Shards to the raw tables: what arrives, what is rejected and why."""

import gzip
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from contracts.form import form
from contracts.raw_tables import RAW_TABLES, key_of, report_key
from pipelines.load import load_raw
from pipelines.raw_schema import SQL_TYPES
from tests.load.payloads import (
    claim_of,
    counts,
    document_of,
    load,
    query,
    rejected_of,
    report_of,
    sha_of,
    write_shard,
)


def test_a_document_arrives_whole(tmp_path: Path) -> None:
    result = load(tmp_path, [document_of("a", 7)])
    warehouse = tmp_path / "warehouse"
    assert (result.payloads, result.documents, result.reports, result.inserted) == (1, 1, 1, 1)
    assert counts(warehouse) == {
        "documents": 1,
        "reports": 1,
        "claims": 1,
        "legacy_indicators": 0,
        "rejected_documents": 0,
    }
    found = query(
        warehouse,
        "select report_key, document_key, applications__granted__total, applications__form_version, "
        "reviews_and_lawsuits__review__total, captured_at at time zone 'UTC', source_tier, scope from raw.reports",
    )
    when = datetime(2024, 2, 2, 20, 5, 6)  # noqa: DTZ001 - as UTC wall time
    assert found == [(report_key(sha_of("a"), 1), key_of(sha_of("a")), 7, "2021", None, when, 5, "unknown")]
    assert query(warehouse, "select terms, agrees, value from raw.claims") == [
        ('[{"operand":"applications.new_received.total","weight":1}]', True, 7)
    ]


def test_the_tables_have_exactly_their_declared_columns(tmp_path: Path) -> None:
    load(tmp_path, [rejected_of("a")])  # no report, no claim: all columns of most tables are without a value
    found = query(
        tmp_path / "warehouse",
        "select table_name, column_name, data_type from duckdb_columns() "
        "where schema_name = 'raw' and table_name not like '\\_dlt%' escape '\\' order by table_oid, column_index",
    )
    declared = {(t, f.name, SQL_TYPES[f.type]) for t, schema in RAW_TABLES.items() for f in schema}
    assert set(found) == declared
    assert len(found) == len(declared)


def test_every_cell_of_every_version_arrives_in_its_column(tmp_path: Path) -> None:
    documents, expected = [], {}
    for version in form().versions.values():
        tables, number = {}, 1
        for table in version.tables.values():
            cells: dict[str, dict[str, object]] = {}
            for cell in table.cells:
                number += 1
                value: object = number if cell.type == "integer" else f"{number}.50"
                cells.setdefault(cell.row, {})[cell.column] = value
                expected[sha_of(version.version), cell.name] = value
            tables[table.id] = {"form_version": version.version, "cells": cells}
        report = {"authority": {"printed": "甲市"}, "year": 2020, "tables": tables}
        documents.append(document_of(version.version, 0, reports=[report]))
    load(tmp_path, documents)
    names = sorted({name for _, name in expected})
    rows = query(tmp_path / "warehouse", f"select document_sha256, {', '.join(names)} from raw.reports")
    found = {(row[0], name): value for row in rows for name, value in zip(names, row[1:], strict=True)}
    assert found == {(sha, name): expected.get((sha, name)) for sha, name in found}
    assert {key for key, value in found.items() if value is not None} == set(expected)


def test_tables_of_two_versions_in_one_report_keep_apart(tmp_path: Path) -> None:
    fees = {"administrative_fees": {"amount_cny_10k": "2023.852"}, "regulations": {"issued": 3, "in_force": None}}
    report = report_of(7)
    report["tables"]["applications"]["form_version"] = "2019"
    report["tables"]["applications"]["cells"] = {"granted": {"total": 7}, "other_handling": {"total": 1}}
    report["tables"]["proactive_disclosure"] = {"form_version": "2021", "cells": fees}
    report["claims"] = []
    load(tmp_path, [document_of("a", 0, reports=[report])])
    columns = (
        "applications__form_version, proactive_disclosure__form_version, reviews_and_lawsuits__form_version, "
        "applications__granted__total, applications__other_handling__total, applications__carried_in__total, "
        "proactive_disclosure__administrative_fees__amount_cny_10k, proactive_disclosure__regulations__issued, "
        "proactive_disclosure__regulations__in_force, proactive_disclosure__administrative_fees__change"
    )
    found = query(tmp_path / "warehouse", f"select {columns} from raw.reports")
    assert found == [("2019", "2021", None, 7, 1, None, "2023.852", 3, None, None)]


def test_lineage_keeps_spans_readings_leftovers_and_evidence(tmp_path: Path) -> None:
    report = report_of(7)
    report["spans"] = {"applications.granted": {"line": 3}}
    report["readings"] = [{"cell": "applications.granted.total", "state": "printed", "raw": "7\u0000 件"}]
    report["leftovers"] = [{"table": "applications", "raw": "91.61"}]
    report["evidence"] = [{"field": "year", "value": str(report["year"]), "source": "title", "agrees": True}]
    load(tmp_path, [document_of("a", 7, reports=[report])])
    lineage = query(tmp_path / "warehouse", "select lineage from raw.reports")[0][0]
    kept = ("spans", "readings", "leftovers", "evidence")
    assert msgspec.json.decode(lineage) == {name: report[name] for name in kept}


def test_two_reports_of_one_document_have_two_keys(tmp_path: Path) -> None:
    load(tmp_path, [document_of("a", 0, reports=[report_of(7, 2022), report_of(8, 2023)])])
    found = query(tmp_path / "warehouse", "select report_key, report_year, ordinal from raw.reports order by ordinal")
    assert found == [(report_key(sha_of("a"), 1), 2022, 1), (report_key(sha_of("a"), 2), 2023, 2)]


def test_legacy_indicators_keep_order_and_print(tmp_path: Path) -> None:
    found = [
        {"label": "甲", "indicator": None, "period": "year", "value": 3, "unit": "件"},
        {"label": "乙", "indicator": "fees_waived_cny", "period": "cumulative", "value": "12.50", "unit": "元"},
        {"label": "丙", "indicator": None, "period": "year", "value": None, "unit": "件"},
    ]
    report = {"authority": {"printed": "甲市"}, "year": 2014, "tables": {}, "legacy": {"indicators": found}}
    load(tmp_path, [document_of("a", 0, reports=[report])])
    rows = query(tmp_path / "warehouse", "select position, label, value, unit from raw.legacy_indicators order by all")
    assert rows == [(1, "甲", "3", "件"), (2, "乙", "12.50", "元"), (3, "丙", None, "件")]


def _broken_lines() -> list[tuple[bytes, str, str]]:
    """Lines, the reason of their rejection and a part of its detail; those that speak of a document have their own."""

    def whole(name: str) -> bytes:
        return msgspec.json.encode(document_of(name, 7))

    wrong_claim, impossible_day, two_claims = (document_of(name, 7) for name in ("claim", "day", "claims"))
    wrong_claim["reports"][0]["claims"][0]["agrees"] = False
    impossible_day["document"]["captured_at"] = "2024-02-31"
    two_claims["reports"][0]["claims"] = [claim_of(7), claim_of(7)]
    return [
        (b"{not json", "invalid_json", ""),
        (b'{"a": "\xff\xfe"}', "invalid_json", ""),
        (b"[" * 100_000, "invalid_json", ""),
        (whole("cut")[:-1], "invalid_json", "truncated"),
        (b"{}", "schema_violation", "schema"),
        (whole("column").replace(b'"granted":{', b'"granted":{"zz":1,'), "schema_violation", "granted"),
        (whole("negative").replace(b'"total":7', b'"total":-7', 1), "schema_violation", "total"),
        (whole("text").replace(b'"total":7', b'"total":"7"', 1), "schema_violation", "total"),
        (msgspec.json.encode(rejected_of("reason", "no_idea")), "schema_violation", "no_idea"),
        (msgspec.json.encode(impossible_day), "schema_violation", "captured_at"),
        (msgspec.json.encode(wrong_claim), "claim_mismatch", "agrees"),
        (msgspec.json.encode(two_claims), "claim_mismatch", "twice"),
    ]


def test_broken_lines_are_rejected_with_reason_and_payload(tmp_path: Path) -> None:
    broken = _broken_lines()
    result = load(tmp_path, [document_of("a", 7), *(line for line, _, _ in broken), rejected_of("b", "undecodable")])
    reasons = Counter(reason for _, reason, _ in broken) + Counter({"undecodable": 1})
    assert (result.documents, result.rejected, result.inserted) == (1, reasons, len(broken) + 2)
    sql = "select payload, reason, detail, run_id, source_uri from raw.rejected_documents"
    rejected = {row[0]: row[1:] for row in query(tmp_path / "warehouse", sql)}
    for line, reason, detail in broken:
        found = rejected.pop(line.decode(errors="replace"))
        assert (found[0], found[2]) == (reason, "run-1")
        assert detail in found[1]
        assert found[3].endswith(".txt") or found[3].startswith("shard.jsonl#byte=")
    assert [row[:2] for row in rejected.values()] == [("undecodable", "nothing found")]
    status = "select status, reports, count(*) from raw.documents group by all order by all"
    assert query(tmp_path / "warehouse", status) == [("read", 1, 1), ("rejected", 0, len(broken) + 1)]


def test_what_is_loaded_is_what_was_checked(tmp_path: Path) -> None:
    """Of a key written twice the checked value is loaded, whatever DuckDB's JSON reader would have taken."""
    line = msgspec.json.encode(document_of("a", 7))
    twice = line.replace(b'"new_received":{', b'"new_received":{"natural_person":999,', 1)
    load(tmp_path, [twice])
    assert query(tmp_path / "warehouse", "select applications__new_received__natural_person from raw.reports") == [(7,)]


def test_all_kinds_of_files_are_read(tmp_path: Path) -> None:
    plain = write_shard(tmp_path / "a.jsonl", [document_of("a", 1)])
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(msgspec.json.encode(document_of("b", 2)) + b"\n\n"))
    single = tmp_path / "c.json"
    single.write_bytes(b"\xef\xbb\xbf" + msgspec.json.format(msgspec.json.encode(document_of("c", 3)), indent=2))
    seen: list[int] = []
    result = load_raw([plain, packed, single], tmp_path / "warehouse", "run-1", seen.append)
    assert (result.documents, sum(seen)) == (3, 3)
    found = query(tmp_path / "warehouse", "select applications__granted__total from raw.reports order by all")
    assert found == [(1,), (2,), (3,)]


def test_lines_are_split_exactly_at_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [document_of(f"d{number}", number) for number in range(40)]
    shard = write_shard(tmp_path / "shard.jsonl", list(lines))
    for size in (999, 2_048, len(msgspec.json.encode(lines[0])) + 1):
        monkeypatch.setattr("pipelines.validation.chunks.CHUNK_BYTES", size)
        monkeypatch.setattr("pipelines.validation.pool.CHUNK_BYTES", 2**30)  # in this process
        warehouse = tmp_path / f"warehouse-{size}"
        assert load_raw([shard], warehouse, "run-1").documents == 40
        assert query(warehouse, "select sum(applications__granted__total) from raw.reports") == [(sum(range(40)),)]


def test_a_large_batch_goes_through_two_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.validation.chunks.CHUNK_BYTES", 20_000)
    monkeypatch.setattr("pipelines.validation.pool.CHUNK_BYTES", 20_000)
    result = load(tmp_path, [document_of(f"d{number}", number) for number in range(30)])
    assert (result.documents, counts(tmp_path / "warehouse")["reports"]) == (30, 30)


def test_captured_at_without_zone_is_utc(tmp_path: Path) -> None:
    document = document_of("a", 1)
    document["document"]["captured_at"] = "2024-02-03"
    load(tmp_path, [document])
    found = query(tmp_path / "warehouse", "select epoch(captured_at) from raw.documents")
    assert found == [(datetime(2024, 2, 3, tzinfo=UTC).timestamp(),)]
