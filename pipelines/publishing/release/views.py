"""How many rows the views of a mart have that was built on a copy of another: only what the run touched is counted."""

from collections.abc import Mapping
from pathlib import Path

from pipelines.publishing.audit import PUBLISHED_SCHEMA
from pipelines.publishing.release.relations import IN_TOUCHED_BODIES, open_both

_VIEWS = """
    select views.view_name, bool_or(columns.column_name = 'authority_key')
    from duckdb_views() as views inner join duckdb_columns() as columns
        on views.database_name = columns.database_name and views.schema_name = columns.schema_name
        and views.view_name = columns.table_name
    where views.database_name = 'after' and views.schema_name = ? group by views.view_name order by views.view_name
"""


def recount_views(previous: Path, mart: Path, touched: Path, known: Mapping[str, int]) -> dict[str, int]:
    """The rows of each view, from those it had and those of the bodies that the run touched, before and after.

    Args:
        previous: the mart that `mart` was a copy of.
        mart: the mart, closed.
        touched: the database whose schema `touched` lists what was built anew.
        known: the rows that the relations of `previous` have.

    Raises:
        duckdb.Error: one of the marts cannot be read.
    """
    counts: dict[str, int] = {}
    with open_both(previous, mart, touched) as connection:
        for name, has_bodies in connection.execute(_VIEWS, [PUBLISHED_SCHEMA]).fetchall():
            rows = f'select count(*) from {{}}.{PUBLISHED_SCHEMA}."{name}"'
            if has_bodies and name in known:
                moved = f"({rows} where {IN_TOUCHED_BODIES})"
                rows = f"select {known[name]} - {moved.format('before')} + {moved.format('after')}"
            ((counts[name],),) = connection.execute(rows.format("after")).fetchall()
    return counts
