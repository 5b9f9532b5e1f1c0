"""Compare two marts: rows by table, pass rates of the identities, historic figures that changed without evidence."""

from pathlib import Path

import duckdb

from pipelines.publishing.audit import PUBLISHED_SCHEMA
from pipelines.publishing.release.historic import DECISIONS, find_explained, find_unexplained
from pipelines.publishing.release.keys import Part, read_keys, read_parts
from pipelines.publishing.release.models import EVIDENCE, FIGURES, HistoricChange, PassRate, ReleaseDiff, TableDiff
from pipelines.publishing.release.relations import (
    IN_TOUCHED_BODIES,
    VERSIONS,
    Columns,
    Relation,
    open_both,
    read_columns,
)

LISTED = 100
CHECKS = "fct_identity_checks"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL", "DOUBLE", "FLOAT", "UBIGINT", "UINTEGER")
_PASS_RATES = f"""
    select split_part(identity::varchar, '.', 1) as identities, {{side}} as side,
        sum(checks) filter (status <> 'not_assessed') as assessed, sum(checks) filter (status = 'pass') as passed
    from (
        select identity, status, count(*) as checks from {{version}}.{PUBLISHED_SCHEMA}.{CHECKS} {{scope}} group by all
    ) group by all
"""


def compare_marts(
    previous_id: str, previous: Path, mart: Path, touched: Path | None = None, known: ReleaseDiff | None = None
) -> ReleaseDiff:
    """Compare a mart with the one of an earlier version; views are left out.

    The hash of each body-year's rows is compared first; rows are compared where it differs, by the key that the
    model's yml tests, or as wholes if that is not the key of the earlier mart. With `touched`, the database whose
    schema `touched` lists what was built anew on a copy of the earlier version, only that is compared; rows are counted
    in full. `known` is the earlier version's own diff, which has the pass rates it was left with.

    Raises:
        duckdb.Error: one of the marts cannot be read.
    """
    with open_both(previous, mart, touched) as connection:
        before, after = (read_columns(connection, version) for version in VERSIONS)
        has_evidence = all(
            set(columns) <= names.get(table, {}).keys()
            for table, columns in EVIDENCE.items()
            for names in (before, after)
        )
        if has_evidence:
            with_decisions = [
                version for version, names in zip(VERSIONS, (before, after), strict=True) if DECISIONS in names
            ]
            find_explained(connection, with_decisions, only_touched=touched is not None)
        keys = read_keys()
        parts = read_parts() if touched is not None else {}
        tables: list[TableDiff] = []
        unexplained: list[HistoricChange] = []
        for name in sorted(before.keys() | after.keys()):
            columns = before.get(name, {}), after.get(name, {})
            relation = _relation(name, *columns, keys.get(name, ()), parts.get(name))
            diff = _compare_table(connection, relation, *columns)
            tables.append(diff)
            if has_evidence and name in FIGURES and name in before and name in after:
                unexplained += find_unexplained(connection, relation.regrained() if diff.is_regrained else relation)
        return ReleaseDiff(
            previous=previous_id,
            tables=tables,
            pass_rates=_compare_pass_rates(connection, known.pass_rates if known and touched else [])
            if CHECKS in before and CHECKS in after
            else [],
            unexplained_changes=len(unexplained),
            unexplained=unexplained[:LISTED],
        )


def _relation(name: str, before: Columns, after: Columns, key: tuple[str, ...], part: Part | None) -> Relation:
    """A table by the columns of both versions; it is regrained if not all columns of its key are among them."""
    common = [column for column in after if column in before]
    known = tuple(column for column in key or common if column in common)
    others = tuple(column for column in common if column not in known)
    texts = frozenset(one for one in common if before[one] != after[one] or after[one].startswith("ENUM"))
    numbers = {one: after[one] for one in common if _is_number(before[one]) and _is_number(after[one])}
    relation = Relation(name, known, others, part, texts, numbers)
    return relation.regrained() if len(known) < len(key) else relation


def _is_number(type_: str) -> bool:
    return type_.startswith(_NUMBERS)


def _compare_table(
    connection: duckdb.DuckDBPyConnection, relation: Relation, before: Columns, after: Columns
) -> TableDiff:
    rows_before, rows_after = (
        relation.count_rows(connection, version) if columns else 0
        for version, columns in zip(VERSIONS, (before, after), strict=True)
    )
    counts: tuple[int, int, int] | None = (rows_after, rows_before, 0)
    if before and after:
        relation.take_part(connection)
        relation.find_differing(connection)
        counts = None if relation.is_regrained else relation.count_changes(connection)
    added, removed, changed = counts or (*relation.count_exchanged(connection), 0)
    return TableDiff(
        table=relation.name,
        rows_before=rows_before,
        rows_after=rows_after,
        added=added,
        removed=removed,
        changed=changed,
        columns_added=[column for column in after if column not in before],
        columns_removed=[column for column in before if column not in after],
        is_regrained=counts is None,
    )


def _compare_pass_rates(connection: duckdb.DuckDBPyConnection, known: list[PassRate]) -> list[PassRate]:
    """The pass rates of both versions; of the touched bodies only, added to the rates known before, if these are."""
    scope = f"where {IN_TOUCHED_BODIES}" if known else ""
    sides = " union all ".join(
        _PASS_RATES.format(version=version, side=side, scope=scope) for side, version in enumerate(VERSIONS)
    )
    rows = connection.execute(
        "select identities, "
        + ", ".join(
            f"coalesce(sum({count}) filter (side = {side}), 0)::bigint"
            for side in (0, 1)
            for count in ("assessed", "passed")
        )
        + f" from ({sides}) group by identities order by identities"
    ).fetchall()
    found = {identities: counts for identities, *counts in rows}
    before = {rate.identities: (rate.assessed_after, rate.passed_after) for rate in known}
    rates = []
    for identities in sorted(found.keys() | before.keys()):
        assessed, passed, assessed_now, passed_now = found.get(identities, (0, 0, 0, 0))
        others = [
            known - ours
            for known, ours in zip(before.get(identities, (assessed, passed)), (assessed, passed), strict=True)
        ]
        rates.append(
            PassRate(
                identities=identities,
                assessed_before=others[0] + assessed,
                passed_before=others[1] + passed,
                assessed_after=others[0] + assessed_now,
                passed_after=others[1] + passed_now,
            )
        )
    return rates
