"""Fingerprints of relations: a sum of row hashes, taken when a contract passes and compared by the next one."""

import duckdb

from contracts.layers.results import CheckResult, RunExpectation, prepare, verdict
from contracts.layers.scope import Relations, in_scope


def fingerprint(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """Row count and sum of the hashes of all rows of a relation; equal for equal rows in any order."""
    query = f"select count(*) || ':' || coalesce(sum(hash(r)), 0) from {relation} as r"
    ((found,),) = connection.execute(query).fetchall()
    return str(found)


def _kept_in(connection: duckdb.DuckDBPyConnection) -> str:
    """The table of fingerprints: the warehouse's, or one of the connection itself where it may only read."""
    query = "select readonly from duckdb_databases() where database_name = current_database()"
    ((is_read_only,),) = connection.execute(query).fetchall()
    if not is_read_only:
        prepare(connection)
        return "quality.layer_fingerprints"
    columns = "run_id varchar, relation varchar, fingerprint varchar"
    connection.execute(f"create temp table if not exists layer_fingerprints ({columns})")
    return "temp.layer_fingerprints"


def remember(connection: duckdb.DuckDBPyConnection, run: RunExpectation, relations: Relations) -> None:
    """Keep the fingerprints of a layer's relations for the next contract of the run."""
    table = _kept_in(connection)
    for relation, unit in relations.items():
        connection.execute(f"delete from {table} where run_id = ? and relation = ?", [run.run_id, relation])
        connection.execute(
            f"insert into {table} values (?, ?, ?)",
            [run.run_id, relation, fingerprint(connection, in_scope(connection, run, relation, unit))],
        )


def check_unaltered(connection: duckdb.DuckDBPyConnection, run: RunExpectation, relations: Relations) -> CheckResult:
    """Whether the relations are still as the contract before left them."""
    query = f"select relation, fingerprint from {_kept_in(connection)} where run_id = ?"
    kept = dict(connection.execute(query, [run.run_id]).fetchall())
    altered = [
        name
        for name, unit in relations.items()
        if kept.get(name) != fingerprint(connection, in_scope(connection, run, name, unit))
    ]
    return verdict("upstream_unaltered", len(relations), len(altered), f"altered since their contract: {altered}")
