"""Published figures that changed though neither a document nor a decision on their body-year is new."""

from collections.abc import Collection, Iterator

import duckdb

from pipelines.publishing.audit import PUBLISHED_SCHEMA
from pipelines.publishing.release.models import HistoricChange
from pipelines.publishing.release.relations import BODY_YEAR, IN_TOUCHED_BODIES, Relation

# The facts that hold printed figures. What is derived from them changes with other years' and other bodies' reports.
FIGURES = (
    "fct_applications",
    "fct_application_flows",
    "fct_reviews_and_lawsuits",
    "fct_proactive_disclosures",
    "fct_legacy_indicators",
)
EVIDENCE = ("dim_report", "dim_document", "dim_authority")
DECISIONS = "fct_decisions"
NO_FIGURE = frozenset({*BODY_YEAR, "report_key", "status", "is_corrected", "decision_id"})

_EVIDENCE = f"""
    select authority_key, report_year, document_sha256
    from {{version}}.{PUBLISHED_SCHEMA}.dim_report
    inner join {{version}}.{PUBLISHED_SCHEMA}.dim_document using (document_key)
"""
_DECISIONS = f"""
    select authority_key, report_year, decisions.decision_id || ' ' || decisions.state
    from {{version}}.{PUBLISHED_SCHEMA}.dim_report
    inner join {{version}}.{PUBLISHED_SCHEMA}.dim_document using (document_key)
    inner join {{version}}.{PUBLISHED_SCHEMA}.{DECISIONS} as decisions using (document_sha256)
"""


def find_explained(
    connection: duckdb.DuckDBPyConnection, with_decisions: Collection[str], *, only_touched: bool
) -> None:
    """Fill the temporary table `explained` with the body-years that have evidence they had not before.

    Evidence is a document, or a decision in the state that it is in now.

    Args:
        connection: both marts, attached as `before` and `after`.
        with_decisions: which of them have a table of decisions.
        only_touched: whether only the bodies that the run touched can have new evidence.
    """
    scope = f" where {IN_TOUCHED_BODIES}" if only_touched else ""
    before, after = (
        " union all ".join(
            query.format(version=version) + scope
            for query in (_EVIDENCE, *([_DECISIONS] if version in with_decisions else []))
        )
        for version in ("before", "after")
    )
    connection.execute(
        "create or replace temp table explained as select distinct authority_key, report_year "
        f"from (({after}) except ({before}))"
    )


def find_unexplained(connection: duckdb.DuckDBPyConnection, relation: Relation) -> Iterator[HistoricChange]:
    """The changed and vanished figures of one fact; `differing` holds its body-years, `explained` those explained."""
    same = " and ".join(f'old_rows."{one}" is not distinct from new_rows."{one}"' for one in relation.key)
    place = ", ".join(f'old_rows."{column}"' for column in relation.key if column not in NO_FIGURE)
    for column in relation.others:
        if column in NO_FIGURE:
            continue
        rows = connection.execute(
            f"""
            with old_rows as ({relation.figures_of_differing("before")}),
            new_rows as ({relation.figures_of_differing("after")})
            select coalesce(authorities.authority_zh, old_rows.authority_key), old_rows.report_year::bigint,
                concat_ws('.', {place}, '{column}'), old_rows."{column}", new_rows."{column}"
            from old_rows
            left join new_rows on {same}
            left join before.{PUBLISHED_SCHEMA}.dim_authority as authorities
                on old_rows.authority_key = authorities.authority_key::varchar
            left join explained
                on old_rows.authority_key = explained.authority_key::varchar
                and old_rows.report_year = explained.report_year::varchar
            where old_rows."{column}" is distinct from new_rows."{column}" and old_rows."{column}" is not null
                and explained.authority_key is null
            order by all
            """
        ).fetchall()
        for authority, year, figure, before, after in rows:
            yield HistoricChange(
                table=relation.name, authority=authority, year=year, figure=figure, before=before, after=after
            )
