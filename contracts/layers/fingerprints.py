"""Fingerprints of relations: a sum of row hashes, taken when a contract passes and compared by the next one."""

import duckdb

from contracts.layers.results import CheckResult, prepare, verdict


def fingerprint(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """Row count and sum of the hashes of all rows of a relation; equal for equal rows in any order."""
    query = f"select count(*) || ':' || coalesce(sum(hash(r)), 0) from {relation} as r"
    ((found,),) = connection.execute(query).fetchall()
    return str(found)


def remember(connection: duckdb.DuckDBPyConnection, run_id: str, relations: tuple[str, ...]) -> None:
    """Keep the fingerprints of a layer's relations for the next contract of the run."""
    prepare(connection)
    for relation in relations:
        connection.execute(
            "delete from quality.layer_fingerprints where run_id = ? and relation = ?", [run_id, relation]
        )
        connection.execute(
            "insert into quality.layer_fingerprints values (?, ?, ?)",
            [run_id, relation, fingerprint(connection, relation)],
        )


def check_unaltered(connection: duckdb.DuckDBPyConnection, run_id: str, relations: tuple[str, ...]) -> CheckResult:
    """Whether the relations are still as the contract before left them."""
    prepare(connection)
    query = "select relation, fingerprint from quality.layer_fingerprints where run_id = ?"
    kept = dict(connection.execute(query, [run_id]).fetchall())
    altered = [name for name in relations if kept.get(name) != fingerprint(connection, name)]
    return verdict("upstream_unaltered", len(relations), len(altered), f"altered since their contract: {altered}")
