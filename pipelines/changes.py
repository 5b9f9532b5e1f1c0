"""What a run changes: the bodies whose documents or decisions are not those that the live version was built from.

The working database keeps in the schema `touched` which version its tables belong to (`built`) and what each document
was like then (`seen`). A run that finds both true builds on a copy of the live version and only what it touched;
`built` is empty from its first step to its last, so a run that was killed on the way is followed by a whole one.

The body is the unit: revisions and every fact are closed under it, carries also under the bodies that it followed.
Regions follow from their bodies.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import duckdb

from contracts.layers.scope import LISTS, is_listed
from contracts.raw_tables import RAW_TABLES
from pipelines.archive import archived_path
from pipelines.database import open_for_writing
from pipelines.publishing.manifest import Code, describe_code, hash_file
from pipelines.publishing.versions import Version, list_versions
from pipelines.sql_paths import quote
from pipelines.warehouse import MART_FILE, Warehouse

# Beyond this share of all documents a whole build costs less than one that looks for every row it replaces.
LARGEST_SHARE = 0.2
SHORT_LIST = 200  # from here on looking a key up among constants costs more than a join
_TYPES = {"region_code": "varchar"}  # of the columns of the lists; all others are keys
_STATE = """
create schema if not exists touched;
create table if not exists touched.built (version varchar not null, code varchar not null);
create table if not exists touched.seen (
    source varchar not null, document_key bigint not null, content ubigint not null);
"""
# Where the models of an earlier run found the rows it touched (`dbt_project/macros/touched_rows.sql`).
_PLACES = """
select 'drop macro touched.' || function_name from duckdb_functions()
where schema_name = 'touched' and starts_with(function_name, 'first_row_of_')
union all
select 'drop table touched.' || table_name from duckdb_tables()
where schema_name = 'touched' and starts_with(table_name, 'rows_of_')
"""
# What the models read of a document beside its reports, which its payload's hash stands for.
_SOURCES = {
    "documents": tuple(field.name for field in RAW_TABLES["documents"] if field.name != "run_id"),
    "rejected_documents": ("document_key", "payload_sha256", "reason", "detail"),
}
# The decisions on a document; a withdrawal bears on the document of what it withdraws.
_DECISIONS = """
select 'decisions' as source, document_key, bit_xor(hash(decisions.position, decisions.payload_sha256)) as content
from raw.decisions left join raw.decisions as withdrawn on decisions.withdraws = withdrawn.decision_id
inner join raw.documents on documents.document_sha256 = coalesce(decisions.document_sha256, withdrawn.document_sha256)
group by document_key
"""
# The documents of held tables that are at hand: these are read again.
_ARCHIVED = "select 'archive' as source, document_key, 0 as content from archived_held"
_NOW = " union all ".join(
    [
        *(
            f"select '{source}' as source, document_key, hash({', '.join(columns)}) as content from raw.{source}"  # noqa: S608 own names
            for source, columns in _SOURCES.items()
        ),
        f"({_DECISIONS})",
        f"({_ARCHIVED})",
    ]
)
_CHANGED = f"""
insert into touched.changed_documents
select distinct document_key from (
    select *, 1 as times from ({_NOW}) union all select *, -1 as times from touched.seen
) group by source, document_key, content having sum(times) <> 0
"""  # noqa: S608 own names
_TOUCHED_BEFORE = """
insert into touched.documents from touched.changed_documents;
insert into touched.changed_reports
    select report_key from staging.stg_reports semi join touched.changed_documents using (document_key)
    union
    select report_key from raw.reports semi join touched.changed_documents using (document_key);
insert into touched.reports from touched.changed_reports;
insert into touched.bodies
    select distinct authority_key from staging.stg_reports semi join touched.changed_documents using (document_key);
"""
_REGIONS = """
create or replace table touched.regions as
    select region_code from staging.stg_reports semi join touched.bodies using (authority_key)
    where region_code is not null
    union
    select region_code from intermediate.int_reports semi join touched.bodies using (authority_key)
    where region_code is not null
"""
_BODIES_NOW = """
create or replace table touched.bodies as
    from touched.bodies union
    select authority_key from staging.stg_reports semi join touched.changed_documents using (document_key)
"""
_SUCCESSORS = """
create or replace table touched.bodies as
    from touched.bodies union
    select authority_key from staging.stg_reports where region_code in (
        select successor_code from form.region_succession
        where predecessor_code in (from touched.regions)
    )
"""
# What is expected of every body follows from the years on file, and what it owes from the day of the data: whether a
# year comes or goes with the touched bodies, and whether that day passes one on which a report is due.
_TOUCHES_ALL = """
with
kept as (from intermediate.int_reports anti join touched.bodies using (authority_key)),
before as (from intermediate.int_reports semi join touched.bodies using (authority_key)),
after as (from staging.stg_reports semi join touched.bodies using (authority_key) where not is_leftover),
days as (
    select
        timezone('Asia/Shanghai', greatest(max(captured_at), (select max(captured_at) from before)))::date as was,
        timezone('Asia/Shanghai', greatest(max(captured_at), (select max(captured_at) from after)))::date as becomes
    from kept
)
select
    exists (
        (select report_year from before union select report_year from after)
        except select report_year from kept where not is_rejected
    )
    or exists (
        from live.marts.fct_expected_reports, days where report_key is null
        and due_on >= least(was, becomes) and due_on < greatest(was, becomes)
    )
"""
_ALL_BODIES = """
create or replace table touched.bodies as
    select authority_key from intermediate.int_reports
    union select authority_key from intermediate.int_expected_reports where authority_key is not null
    union select authority_key from staging.stg_reports
"""
_TOUCHED_NOW = """
create or replace temp table reports_of_bodies as
    select report_key, document_key from staging.stg_reports semi join touched.bodies using (authority_key);
create or replace table touched.reports as
    from touched.reports union select report_key from reports_of_bodies;
create or replace table touched.documents as
    from touched.documents union select document_key from reports_of_bodies;
"""
# The models read the wide rows of touched bodies here, of which a part was built before these were known.
_COPY = f"create table touched.rows_of_stg_reports as from staging.stg_reports where {is_listed('bodies')}"


def find_changes(warehouse: Warehouse, *, whole: bool = False) -> Version | None:
    """Find what changed since the live version was built; call it under the writer lock, after the load.

    Returns:
        The live version, if the run may build on a copy of it; None if everything is to be built anew: because that
        is asked for, because the live version was built by other code or not from this database's tables, because a
        run was killed, or because too much has changed. The tables of an earlier build are gone then.
    """
    live = next((version for version in list_versions(warehouse) if version.is_live), None)
    code = describe_code()
    with ThreadPoolExecutor() as pool, open_for_writing(warehouse.database) as connection:
        connection.execute(_STATE)
        built = connection.execute("from touched.built").fetchall()
        connection.execute("delete from touched.built")
        for (forget,) in connection.execute(_PLACES).fetchall():
            connection.execute(forget)
        for name, column in LISTS.items():
            connection.execute(f"create or replace table touched.{name} ({column} {_TYPES.get(column, 'bigint')})")
        if live is not None and built == [(live.id, code.sha256)] and not whole:
            belongs = pool.submit(is_as_published, live, code)
            if _find_touched(connection, warehouse.archive) and belongs.result():
                return live
        for schema in ("staging", "intermediate"):
            connection.execute(f"drop schema if exists {schema} cascade")
    return None


def _find_touched(connection: duckdb.DuckDBPyConnection, archive: Path) -> bool:
    """List what changed, as far as raw tables and the staging of before tell; returns whether it is little enough."""
    _find_archived(connection, archive)
    connection.execute(_CHANGED)
    ((changed, documents),) = connection.execute(
        "select (select count(*) from touched.changed_documents), (select count(*) from raw.documents)"
    ).fetchall()
    if changed > max(1, LARGEST_SHARE * documents):
        return False
    connection.execute(_TOUCHED_BEFORE)
    _make_conditions(connection)
    return True


def is_as_published(version: Version, code: Code) -> bool:
    """Whether a version was built by this code, and its file is still what was published."""
    manifest = version.manifest
    return manifest.code == code and hash_file(version.folder / MART_FILE) == manifest.mart_sha256


def _find_archived(connection: duckdb.DuckDBPyConnection, archive: Path) -> None:
    """Fill the temporary table `archived_held`: an explanation depends on whether its document can be read again."""
    connection.execute("create or replace temp table archived_held (document_key bigint)")
    explained = connection.execute("from duckdb_tables() where schema_name = 'quality' and table_name = 'explanations'")
    if not explained.fetchall():
        return
    held = connection.execute(
        "select distinct document_key, document_sha256 "
        "from raw.reports semi join quality.explanations using (report_key)"
    ).fetchall()
    keys = [key for key, sha256 in held if archived_path(archive, sha256).exists()]
    connection.execute("insert into archived_held select unnest(?::bigint[])", [keys])


def widen_changes(warehouse: Warehouse) -> None:
    """Once staging holds what changed: add the bodies as they are now, all their reports and their regions.

    All bodies are touched where what is expected of all changed. Call it before the live version is replaced.
    """
    with open_for_writing(warehouse.database) as connection:
        connection.execute(f"attach '{quote(warehouse.live_mart)}' as live (read_only)")
        for query in (_BODIES_NOW, _REGIONS, _SUCCESSORS):
            connection.execute(query)
        if connection.execute(_TOUCHES_ALL).fetchall() == [(True,)]:
            connection.execute(_ALL_BODIES)
            connection.execute(_REGIONS)
        connection.execute(_TOUCHED_NOW)
        _make_conditions(connection)
        connection.execute(_COPY)


def _make_conditions(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros of :func:`contracts.layers.scope.is_listed` anew from the lists."""
    ((catalog,),) = connection.execute("select current_database()").fetchall()
    for name, column in LISTS.items():
        listed = f"{catalog}.touched.{name}"
        query = f"select {column} from {listed} limit {SHORT_LIST + 1}"  # noqa: S608 own names
        keys = [key for (key,) in connection.execute(query).fetchall()]
        among = f"touched_key in (select {column} from {listed})"  # noqa: S608 own names
        if len(keys) <= SHORT_LIST:
            values = ", ".join(f"'{key}'" for key in keys)
            among = f"list_contains([{values}]::{_TYPES.get(column, 'bigint')}[], touched_key)"
        connection.execute(f"create or replace macro touched.has_{name}(touched_key) as {among}")


def read_built(warehouse: Warehouse) -> list[tuple[str, str]] | None:
    """The version that the working database's tables belong to, and the code that made it.

    Empty if a build has begun and not come to its end, None if the database was never built.
    """
    with closing(duckdb.connect(warehouse.database, read_only=True)) as connection:
        known = "from duckdb_tables() where schema_name = 'touched' and table_name = 'built'"
        return connection.execute("from touched.built").fetchall() if connection.execute(known).fetchall() else None


def is_built_as(warehouse: Warehouse, version: Version) -> bool:
    """Whether the working database's tables are those that a version was made with."""
    return read_built(warehouse) == [(version.id, version.manifest.code.sha256)]


def remember_built(warehouse: Warehouse, version: Version) -> None:
    """Record that the working database's tables belong to a version, which has just become the live one."""
    with open_for_writing(warehouse.database) as connection:
        _find_archived(connection, warehouse.archive)
        connection.begin()
        connection.execute("create or replace temp table now_seen as " + _NOW)
        connection.execute("delete from touched.seen where (source, document_key, content) not in (from now_seen)")
        connection.execute("insert into touched.seen (from now_seen) except all (from touched.seen)")
        connection.execute("insert into touched.built values (?, ?)", [version.id, version.manifest.code.sha256])
        connection.commit()
