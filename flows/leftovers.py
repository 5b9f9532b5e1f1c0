"""What a run that was killed leaves behind, cleaned by the next one before it begins.

A load that was killed is finished by the next load (:mod:`pipelines.load`), and what was extracted is kept: neither
is a leftover.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.runtime import flow_run
from prefect.states import Crashed

from flows.log_file import LOGGER
from flows.unfinished import Unfinished, marked
from pipelines.changes import read_built, remember_built
from pipelines.database import open_for_writing
from pipelines.durability import find_parts
from pipelines.publishing import scan_versions
from pipelines.publishing.leftovers import remove_unpublished
from pipelines.warehouse import Warehouse

DBT_LEFTOVERS = r"__dbt_(backup|tmp|new)(__.*)?$"
UNDER_WAY = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)  # these have a place of their deployment
PAGE = 200  # Prefect's server gives no more at once
logger = logging.getLogger(f"{LOGGER}.leftovers")


@contextmanager
def run_marked(warehouse: Warehouse, run_id: str) -> Iterator[None]:
    """Remember from the first step on that a run has begun, until it has ended well; cleans after one that has not.

    Call it under the writer lock.
    """
    if warehouse.unfinished.exists():
        clean(warehouse)
    with marked(warehouse, run_id, flow_run.id):
        yield


def clean(warehouse: Warehouse) -> list[str]:
    """Clean a warehouse after runs that were killed or failed; returns what was done, one sentence each."""
    before = _read_unfinished(warehouse)
    done = remove_unpublished(warehouse)
    done += _remember_published(warehouse, before.run_id if before else "")
    done += [f"removed the part of a file {path.name}" for path in _remove_parts(warehouse)]
    done += [f"dropped {name}, left by dbt" for name in _drop_dbt_leftovers(warehouse)]
    if before is not None and before.flow_run_id is not None:
        chosen = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(before.flow_run_id)]))
        done += [f"told Prefect that {name} was killed" for name in end_dead_runs(chosen)]
    for sentence in done:
        logger.info("after run %s: %s", before.run_id if before else "unknown", sentence)
    return done


def _read_unfinished(warehouse: Warehouse) -> Unfinished | None:
    try:
        return msgspec.json.decode(warehouse.unfinished.read_bytes(), type=Unfinished)
    except (FileNotFoundError, msgspec.DecodeError):  # torn by the kill
        return None


def _remember_published(warehouse: Warehouse, run_id: str) -> list[str]:
    """Record that the working database's tables belong to the version of a run that ended before it could."""
    published = next((version for version in scan_versions(warehouse)[0] if version.id == run_id), None)
    if published is None or not warehouse.database.exists() or read_built(warehouse) != []:
        return []
    remember_built(warehouse, published)
    return [f"remembered that version {run_id} was built from this database"]


def _remove_parts(warehouse: Warehouse) -> Iterator[Path]:
    """Files of the archive, the store and Prefect's home that were being written."""
    for folder in (warehouse.archive, warehouse.extracted, warehouse.prefect_home):
        for path in find_parts(folder):
            path.unlink()
            yield path


def _drop_dbt_leftovers(warehouse: Warehouse) -> list[str]:
    """Relations under dbt's names for the old and the new one while it swaps them."""
    if not warehouse.database.exists():
        return []
    with open_for_writing(warehouse.database) as connection:
        found = connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables "
            "where table_catalog = current_database() and regexp_matches(table_name, ?)",
            [DBT_LEFTOVERS],
        ).fetchall()
        for schema, name, kind in found:
            what = "view" if kind == "VIEW" else "table"
            connection.execute(f'drop {what} if exists "{schema}"."{name}" cascade')
    return [f"{schema}.{name}" for schema, name, _kind in found]


def end_dead_runs(chosen: FlowRunFilter) -> list[str]:
    """Tell Prefect that runs it believes to be under way have ended with their process; returns their names.

    It cannot know: nobody told it. From its submission on (`PENDING`) such a run has the place of the next one of its
    deployment. Prefect gives it back after a while, but not if the server was killed too: it keeps in memory only
    until when a place is taken.
    """
    under_way = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(UNDER_WAY)))
    chosen = chosen.model_copy(update={"state": under_way})
    dead = list[FlowRun]()
    with get_client(sync_client=True) as client:
        while page := client.read_flow_runs(flow_run_filter=chosen, limit=PAGE, offset=len(dead)):
            dead += page
        for run in dead:
            client.set_flow_run_state(run.id, Crashed(message="Its process was killed."), force=True)
    return [run.name for run in dead]
