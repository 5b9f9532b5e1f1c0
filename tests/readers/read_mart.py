"""Read every table and view of a mart with whatever DuckDB there is; prints a digest of the rows of each as JSON."""

import hashlib
import json
import sys

import duckdb


def main() -> None:
    """Read the mart named by the first argument."""
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' order by all"
        ).fetchall()
        digests = {}
        for (name,) in names:
            rows = connection.execute(f'select columns(*)::varchar from marts."{name}" order by all').fetchall()
            digests[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    json.dump(digests, sys.stdout)


if __name__ == "__main__":
    main()
