"""What a Prefect server that serves a warehouse has queued: runs that wait, are late or run, and their inbox."""

from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

TIMEOUT_SECONDS = 5.0
SHOWN = 20
OPEN_STATES = ("SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING")


class QueuedRun(Struct, frozen=True):
    """A run that has not ended; `state` is Prefect's word (`Scheduled`, `Late`, `Running`), `expected` ISO 8601."""

    name: str
    deployment: str
    state: str
    expected: str


class Queue(Struct, frozen=True):
    """The runs that have not ended, the next one first, and the inbox of the deployment that takes one.

    `problem` says why the server did not tell.
    """

    runs: list[QueuedRun] = []
    inbox: Path | None = None
    problem: str = ""

    @property
    def late(self) -> list[QueuedRun]:
        """Runs whose time has come without their being begun."""
        return [run for run in self.runs if run.state == "Late"]


def read_queue(api_url: str) -> Queue:
    """The queue of a server; never raises, for what is asked is whether something is wrong."""
    try:
        with httpx.Client(base_url=api_url, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            deployments = _ask(client, "deployments", {"limit": SHOWN})
            chosen = {"state": {"type": {"any_": list(OPEN_STATES)}}}
            query = {"flow_runs": chosen, "sort": "EXPECTED_START_TIME_ASC", "limit": SHOWN}
            runs = _ask(client, "flow_runs", query)
    except (httpx.HTTPError, ValueError) as error:
        return Queue(problem=f"{api_url} does not tell its queue: {error}")
    names = {found["id"]: str(found["name"]) for found in deployments}
    inboxes = [found["parameters"]["inbox"] for found in deployments if found["parameters"].get("inbox")]
    queued = [
        QueuedRun(
            str(run["name"]),
            names.get(run["deployment_id"], ""),
            str(run["state_name"]),
            str(run["expected_start_time"] or ""),
        )
        for run in runs
    ]
    return Queue(queued, Path(inboxes[0]) if inboxes else None)


def _ask(client: httpx.Client, what: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.post(f"{what}/filter", json=query)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()
    return found
