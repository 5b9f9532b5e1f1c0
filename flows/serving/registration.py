"""The work pool and the deployments of `prefect.yaml`, registered with a running server by Prefect's own commands."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import yaml

from flows.environment import NO_TELEMETRY
from flows.prefect_server import HOST
from flows.serving.errors import ServeError
from flows.serving.processes import MARK, POLL_SECONDS, mark_of
from pipelines.decisions.ledger import LEDGER_VARIABLE
from pipelines.warehouse import Warehouse

PROJECT = Path(__file__).parents[2]
POOL = "gongkai"
DEPLOY = ("--no-prompt", "deploy", "--all")
COMMAND = (sys.executable, "-m", "prefect", *DEPLOY)
TIMEOUT_SECONDS = 600


def serving_environment(warehouse: Warehouse, port: int, inbox: Path, urls: Path, ledger: Path) -> dict[str, str]:
    """The environment of everything that serves a warehouse; `prefect.yaml` takes its parameters from it.

    Runs work in the project's folder, so every path in it is whole.
    """
    home = warehouse.prefect_home.resolve()
    return {
        **os.environ,
        **NO_TELEMETRY,
        MARK: mark_of(warehouse.root),
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://{HOST}:{port}/api",
        "PREFECT_UI_STATIC_DIRECTORY": str(home / "ui"),  # else it is written into the installed package
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "GONGKAI_WAREHOUSE": str(warehouse.root.resolve()),
        "GONGKAI_INBOX": str(inbox.resolve()),
        "GONGKAI_URLS": str(urls.resolve()) if urls.exists() else "",  # none: nothing is fetched
        LEDGER_VARIABLE: str(ledger.resolve()),
    }


def prepare_server() -> list[str]:
    """Register the work pool, and end the scheduled runs whose process ended with an earlier `gongkai serve`.

    Call it before a worker runs, with `PREFECT_API_URL` set before Prefect was imported.

    Returns:
        The names of those runs.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
    from prefect.workers.process import ProcessWorker

    from flows.leftovers import end_dead_runs

    template = ProcessWorker.get_default_base_job_template()
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=template), overwrite=True)
    return end_dead_runs(FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(is_null_=False)))


def register_deployments(environment: Mapping[str, str], log: Path, stop: threading.Event) -> list[str]:
    """Register all deployments of `prefect.yaml`; returns their names, none if the serving is to end before.

    Raises:
        ServeError: Prefect refused them, or took too long.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            COMMAND,
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # an interrupt at the terminal is the supervisor's to handle
        )
    deadline = time.monotonic() + TIMEOUT_SECONDS
    try:
        while process.poll() is None and time.monotonic() < deadline:
            if stop.wait(POLL_SECONDS):
                return []
    finally:
        process.kill()  # nothing, if it has ended; the deployments are registered anew by the next one
        code = process.wait()
    if code:
        raise ServeError(f"`prefect {' '.join(DEPLOY)}` failed; its answer is in {log}.")
    declared = yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))
    return [str(deployment["name"]) for deployment in declared["deployments"]]
