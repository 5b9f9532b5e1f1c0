"""The step that explains what is held, between the contract of staging and the facts: a thin wrapper as all steps."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.progress import step_progress
from flows.runs import Run
from pipelines.archive import read_manifest
from pipelines.database import open_for_writing
from pipelines.limits import read_limits
from pipelines.proof.explain import Explained, explain_held
from pipelines.publishing import describe_code


@task(name="explain", task_run_name="explain", cache_policy=NO_CACHE)
def explain(run: Run) -> Explained:
    """Name the cells that may be wrong in each held table, and read its document again to see whose error it is.

    What was explained for the same figures by the same code, from a document that is read again in the same way, is
    left as it is. No figure is changed.
    """
    lines, limits = read_manifest(run.warehouse.archive), read_limits()
    with step_progress("Explain") as advance, open_for_writing(run.warehouse.database) as connection:
        code = describe_code().sha256
        return explain_held(
            connection, run.warehouse.archive, lines, limits, code, advance, only_touched=not run.is_whole
        )
