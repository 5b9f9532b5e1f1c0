"""Compare two marts: rows by table, pass rates of the identities, historic figures that changed without evidence."""

from pathlib import Path

import duckdb

from pipelines.publishing.audit import PUBLISHED_SCHEMA
from pipelines.publishing.release.historic import DECISIONS, EVIDENCE, FIGURES, find_explained, find_unexplained
from pipelines.publishing.release.keys import read_keys
from pipelines.publishing.release.models import HistoricChange, PassRate, ReleaseDiff, TableDiff
from pipelines.publishing.release.relations import VERSIONS, Relation, open_both, read_columns

LISTED = 100
CHECKS = "fct_identity_checks"
_PASS_RATES = f"""
    select split_part(identity::varchar, '.', 1) as identities, {{side}} as side,
        count(*) filter (status <> 'not_assessed') as assessed, count(*) filter (status = 'pass') as passed
    from {{version}}.{PUBLISHED_SCHEMA}.{CHECKS} group by all
"""


def compare_marts(previous_id: str, previous: Path, mart: Path) -> ReleaseDiff:
    """Compare a mart with the one of an earlier version; views are left out.

    The hash of each body-year's rows is compared first; rows are compared where it differs, by the key that the
    model's yml tests.

    Raises:
        duckdb.Error: one of the marts cannot be read.
    """
    with open_both(previous, mart) as connection:
        before, after = (read_columns(connection, version) for version in VERSIONS)
        has_evidence = all(name in before and name in after for name in EVIDENCE)
        if has_evidence:
            with_decisions = [
                version for version, names in zip(VERSIONS, (before, after), strict=True) if DECISIONS in names
            ]
            find_explained(connection, with_decisions)
        keys = read_keys()
        tables: list[TableDiff] = []
        unexplained: list[HistoricChange] = []
        for name in sorted(before.keys() | after.keys()):
            relation = _relation(name, before.get(name, []), after.get(name, []), keys.get(name, ()))
            tables.append(_compare_table(connection, relation, before.get(name, []), after.get(name, [])))
            if has_evidence and name in FIGURES and name in before and name in after:
                unexplained += find_unexplained(connection, relation)
        return ReleaseDiff(
            previous=previous_id,
            tables=tables,
            pass_rates=_compare_pass_rates(connection) if CHECKS in before and CHECKS in after else [],
            unexplained_changes=len(unexplained),
            unexplained=unexplained[:LISTED],
        )


def _relation(name: str, before: list[str], after: list[str], key: tuple[str, ...]) -> Relation:
    """A table by the columns of both versions; all of them are its key if its own is not among them."""
    common = [column for column in after if column in before]
    known = key if key and set(key) <= set(common) else tuple(common)
    return Relation(name, known, tuple(column for column in common if column not in known))


def _compare_table(
    connection: duckdb.DuckDBPyConnection, relation: Relation, before: list[str], after: list[str]
) -> TableDiff:
    rows_before, rows_after = (
        relation.count_rows(connection, version) if columns else 0
        for version, columns in zip(VERSIONS, (before, after), strict=True)
    )
    added, removed, changed = rows_after, rows_before, 0
    if before and after:
        relation.find_differing(connection)
        added, removed, changed = relation.count_changes(connection)
    return TableDiff(
        table=relation.name,
        rows_before=rows_before,
        rows_after=rows_after,
        added=added,
        removed=removed,
        changed=changed,
        columns_added=[column for column in after if column not in before],
        columns_removed=[column for column in before if column not in after],
    )


def _compare_pass_rates(connection: duckdb.DuckDBPyConnection) -> list[PassRate]:
    sides = " union all ".join(_PASS_RATES.format(version=version, side=side) for side, version in enumerate(VERSIONS))
    rows = connection.execute(
        "select identities, "
        + ", ".join(
            f"coalesce(sum({count}) filter (side = {side}), 0)::bigint"
            for side in (0, 1)
            for count in ("assessed", "passed")
        )
        + f" from ({sides}) group by identities order by identities"
    ).fetchall()
    return [
        PassRate(
            identities=identities,
            assessed_before=assessed_before,
            passed_before=passed_before,
            assessed_after=assessed_after,
            passed_after=passed_after,
        )
        for identities, assessed_before, passed_before, assessed_after, passed_after in rows
    ]
