"""Fingerprints of relations: a sum of row hashes, taken when a contract passes and compared by the next one."""

import duckdb

from contracts.layers.results import CheckResult, RunExpectation, prepare, verdict
from contracts.layers.scope import Relations, in_scope


def fingerprint(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """Row count and sum of the hashes of all rows of a relation; equal for equal rows in any order."""
    query = f"select count(*) || ':' || coalesce(sum(hash(r)), 0) from {relation} as r"
    ((found,),) = connection.execute(query).fetchall()
    return str(found)


def remember(connection: duckdb.DuckDBPyConnection, run: RunExpectation, relations: Relations) -> None:
    """Keep the fingerprints of a layer's relations for the next contract of the run."""
    prepare(connection)
    for relation, unit in relations.items():
        connection.execute(
            "delete from quality.layer_fingerprints where run_id = ? and relation = ?", [run.run_id, relation]
        )
        connection.execute(
            "insert into quality.layer_fingerprints values (?, ?, ?)",
            [run.run_id, relation, fingerprint(connection, in_scope(run, relation, unit))],
        )


def check_unaltered(connection: duckdb.DuckDBPyConnection, run: RunExpectation, relations: Relations) -> CheckResult:
    """Whether the relations are still as the contract before left them."""
    prepare(connection)
    query = "select relation, fingerprint from quality.layer_fingerprints where run_id = ?"
    kept = dict(connection.execute(query, [run.run_id]).fetchall())
    altered = [
        name for name, unit in relations.items() if kept.get(name) != fingerprint(connection, in_scope(run, name, unit))
    ]
    return verdict("upstream_unaltered", len(relations), len(altered), f"altered since their contract: {altered}")
