"""Published figures that changed though neither a document nor a decision on their body-year is new."""

from collections.abc import Collection, Iterator

import duckdb

from pipelines.publishing.audit import PUBLISHED_SCHEMA
from pipelines.publishing.release.models import NO_FIGURE, HistoricChange
from pipelines.publishing.release.relations import IN_TOUCHED_BODIES, IN_TOUCHED_DOCUMENTS, Relation

DECISIONS = "fct_decisions"
_REPORTS = f"""
    {{version}}.{PUBLISHED_SCHEMA}.dim_report
    inner join {{version}}.{PUBLISHED_SCHEMA}.dim_document using (document_key)
"""
_NEW_DOCUMENTS = f"""
    select authority_key, report_year from {_REPORTS.format(version="after")}
    where document_sha256 not in (select document_sha256 from {_REPORTS.format(version="before")} where {{searched}})
    and {{scope}}
"""
_DECIDED = "decision_id, withdrawn_by, replaced_by"  # a decision's state follows from the documents as well
_NEW_DECISIONS = f"""
    select authority_key, report_year from {_REPORTS.format(version="after")}
    inner join (
        select document_sha256, {_DECIDED} from after.{PUBLISHED_SCHEMA}.{DECISIONS} {{known}}
    ) using (document_sha256) where {{scope}}
"""
_KNOWN_DECISIONS = f"except select document_sha256, {_DECIDED} from before.{PUBLISHED_SCHEMA}.{DECISIONS}"


def find_explained(
    connection: duckdb.DuckDBPyConnection, with_decisions: Collection[str], *, only_touched: bool
) -> None:
    """Fill the temporary table `explained` with the body-years that have new evidence.

    Evidence is a document of which there was no report before, on whatever body or year, or a line of the ledger: a
    decision, or what withdraws or replaces one. A known document that is read otherwise now is none.

    Args:
        connection: both marts, attached as `before` and `after`.
        with_decisions: which of them have a table of decisions.
        only_touched: whether only the bodies that the run touched can have new evidence.
    """
    scope = f"{IN_TOUCHED_BODIES} and {IN_TOUCHED_DOCUMENTS}" if only_touched else "true"
    queries = [_NEW_DOCUMENTS.format(scope=scope, searched=IN_TOUCHED_DOCUMENTS if only_touched else "true")]
    if "after" in with_decisions:
        known = _KNOWN_DECISIONS if "before" in with_decisions else ""
        queries.append(_NEW_DECISIONS.format(scope=scope, known=known))
    connection.execute(f"create or replace temp table explained as {' union '.join(queries)}")


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
