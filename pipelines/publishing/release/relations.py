"""Two marts attached side by side as `before` and `after`, and how a relation of both is compared."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from contracts.layers.scope import LISTS, is_listed
from pipelines.publishing.audit import PUBLISHED_SCHEMA
from pipelines.publishing.release.keys import Part
from pipelines.sql_paths import quote

BODY_YEAR = ("authority_key", "report_year")
VERSIONS = ("before", "after")
WORK = "warehouse"  # the database that lists what was touched, under its own name, which its macros may use
IN_TOUCHED_BODIES = is_listed("bodies", f"{WORK}.")
IN_TOUCHED_DOCUMENTS = is_listed("documents", f"{WORK}.")  # all of the bodies' documents are listed
Columns = dict[str, str]  # the types of a table's columns by their names, in order


@contextmanager
def open_both(before: Path, after: Path, touched: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both marts, read-only, in one connection; beside them the database that lists what was touched."""
    with duckdb.connect() as connection:
        for version, path in zip(VERSIONS, (before, after), strict=True):
            connection.execute(f"attach '{quote(path)}' as {version} (read_only)")
        if touched is not None:
            connection.execute(f"attach '{quote(touched)}' as {WORK} (read_only)")
        yield connection


def read_columns(connection: duckdb.DuckDBPyConnection, version: str) -> dict[str, Columns]:
    """Columns by table of one version; views are left out, they show again what tables hold."""
    rows = connection.execute(
        "select columns.table_name, map(list(columns.column_name order by columns.column_index), "
        "list(columns.data_type order by columns.column_index)) "
        "from duckdb_columns() as columns inner join duckdb_tables() as tables "
        "using (database_name, schema_name, table_name) "
        "where columns.database_name = ? and columns.schema_name = ? group by columns.table_name",
        [version, PUBLISHED_SCHEMA],
    ).fetchall()
    return dict(rows)


@dataclass(frozen=True)
class Relation:
    """A table that both versions have: its key, and the other columns that both have.

    `part` is what of it was rebuilt, by the lists of the schema `touched`; None if all of it. `texts` are the columns
    that are compared as text: the number behind a code differs where the lists of codes differ, its text does not.
    `numbers` are the types of the columns that are numbers in both. `is_regrained` says that both versions do not have
    the same key: `key` is then what both keys have, with the body-year, and a version may have several rows of it.
    """

    name: str
    key: tuple[str, ...]
    others: tuple[str, ...]
    part: Part | None = None
    texts: frozenset[str] = frozenset()
    numbers: Mapping[str, str] = field(default_factory=dict)
    is_regrained: bool = False

    @property
    def has_body_year(self) -> bool:
        """Whether its rows belong to a body-year, so that only body-years that differ need be looked at row by row."""
        return set(BODY_YEAR) <= {*self.key, *self.others}

    def regrained(self) -> "Relation":
        """The relation if the versions turn out to have different keys."""
        key = (*self.key, *(column for column in BODY_YEAR if self.has_body_year and column not in self.key))
        others = tuple(column for column in self.others if column not in key)
        return replace(self, key=key, others=others, is_regrained=True)

    def take_part(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Copy the rows that are compared, if they are a part, so that the whole is searched for them only once."""
        if self.part is not None:
            for version in VERSIONS:
                rows = self._part_of(version, self.part)
                connection.execute(f"create or replace temp table {version}_part as from {rows}")

    def find_differing(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Fill the temporary table `differing` with the body-years whose rows differ, with one row if it has none."""
        part = ", ".join(BODY_YEAR) if self.has_body_year else "0 as everything"
        values = ", ".join(
            f'"{column}"::varchar' if column in self.texts else f'"{column}"' for column in (*self.key, *self.others)
        )
        before, after = (
            f"select {part}, count(*) as rows, sum(hash({values})) as content from {self._in(version)} group by all"
            for version in VERSIONS
        )
        connection.execute(
            "create or replace temp table differing as select distinct * exclude (rows, content) "
            f"from ((({before}) except ({after})) union all (({after}) except ({before})))"
        )

    def rows_of_differing(self, version: str) -> str:
        """A query of the rows of the body-years in `differing`, every column as text."""
        columns = ", ".join(f'rows."{column}"::varchar as "{column}"' for column in (*self.key, *self.others))
        # Null-safe: a body that was never seen has no key.
        same = " and ".join(f"rows.{column} is not distinct from differing.{column}" for column in BODY_YEAR)
        only = f"semi join differing on {same}" if self.has_body_year else "where exists (from differing)"
        return f"select {columns} from {self._in(version)} as rows {only}"

    def figures_of_differing(self, version: str) -> str:
        """A query of those rows, one for each key: several rows of a key that is another now make one of their sums."""
        if not self.is_regrained:
            return self.rows_of_differing(version)
        columns = [f'"{column}"' for column in self.key]
        for column in self.others:
            texts = f'string_agg(distinct "{column}", \', \' order by "{column}")'
            joined = f'sum("{column}"::{self.numbers[column]})::varchar' if column in self.numbers else texts
            columns.append(f'{joined} as "{column}"')
        return f"select {', '.join(columns)} from ({self.rows_of_differing(version)}) group by all"

    def count_rows(self, connection: duckdb.DuckDBPyConnection, version: str) -> int:
        """All rows of one version."""
        ((rows,),) = connection.execute(f"select count(*) from {self._all_in(version)}").fetchall()
        return int(rows)

    def count_changes(self, connection: duckdb.DuckDBPyConnection) -> tuple[int, int, int] | None:
        """Rows of `differing` whose key is new, is gone, or stays over other values; None if a key has several rows."""
        key = ", ".join(f'"{column}"' for column in self.key)
        content = ", ".join(f'"{column}"' for column in self.others) or "0"
        sides = " union all ".join(
            f"select {key}, {side} as side, hash({content}) as content from ({self.rows_of_differing(version)})"
            for side, version in enumerate(VERSIONS)
        )
        ((added, removed, changed, repeated),) = connection.execute(
            "select count(*) filter (earliest = 1), count(*) filter (latest = 0), "
            "count(*) filter (earliest < latest and differs), "
            "count(*) filter (rows > 1 + (earliest < latest)::integer) "
            "from (select min(side) as earliest, max(side) as latest, count(*) as rows, "
            f"min(content) <> max(content) as differs from ({sides}) group by {key})"
        ).fetchall()
        return None if repeated else (added, removed, changed)

    def count_exchanged(self, connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
        """Rows of `differing` that only the later version has, and those that only the earlier one has, as wholes."""
        before, after = (self.rows_of_differing(version) for version in VERSIONS)
        counts = (
            f"(select count(*) from (({one}) except all ({other})))"
            for one, other in ((after, before), (before, after))
        )
        ((added, removed),) = connection.execute(f"select {', '.join(counts)}").fetchall()
        return added, removed

    def _in(self, version: str) -> str:
        return self._all_in(version) if self.part is None else f"{version}_part"

    def _part_of(self, version: str, part: Part) -> str:
        column = LISTS[part.unit]
        condition = is_listed(part.unit, f"{WORK}.")
        if part.is_keyless:
            condition += f" or {column} is null"
        if part.rule_column is not None:
            whole = ", ".join(f"'{rule}'" for rule in part.rules)
            condition += f" or {part.rule_column}::varchar in ({whole})"
            condition += f" or {part.rule_column}::varchar like 'decision.%'"
        return f"{self._all_in(version)} where {condition}"

    def _all_in(self, version: str) -> str:
        return f'{version}.{PUBLISHED_SCHEMA}."{self.name}"'
