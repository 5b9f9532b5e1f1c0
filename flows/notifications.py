"""Messages to whoever runs the warehouse: when a run fails, when the coverage drops.

Addresses are those of Apprise (`json://host/path` for a webhook, `mailto://…`, `slack://…`): from the variable
`GONGKAI_NOTIFY_URLS`, separated by spaces, and from the file `notify.urls` of the warehouse, one a line.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from prefect.blocks.abstract import NotificationError
from prefect.blocks.notifications import AppriseNotificationBlock
from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow
from prefect.logging import get_logger
from pydantic import SecretStr

from pipelines.publishing import live_id
from pipelines.warehouse import Warehouse

VARIABLE = "GONGKAI_NOTIFY_URLS"
LONGEST = 2000
Kind = Literal["info", "success", "warning", "failure"]


def notify(warehouse: Warehouse, subject: str, body: str, kind: Kind = "info") -> int:
    """Send a message to every address; one that cannot be reached is logged and stops nothing.

    Returns:
        How many addresses took it.
    """
    reached = 0
    for address in read_addresses(warehouse):
        block = AppriseNotificationBlock(url=SecretStr(address), notify_type=kind)
        try:
            with block.raise_on_failure():
                block.notify(body[:LONGEST], subject)
        except (NotificationError, ValueError) as error:
            scheme = address.partition(":")[0]  # the rest may hold a password
            get_logger("notifications").warning("a message to a %s address was not sent: %s", scheme, error)
        else:
            reached += 1
    return reached


def read_addresses(warehouse: Warehouse, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The addresses of the environment and of the warehouse's file, each once; lines that begin with `#` are none."""
    lines = environment.get(VARIABLE, "").split()
    if warehouse.notify_urls.exists():
        lines += warehouse.notify_urls.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(line for line in map(str.strip, lines) if line and not line.startswith("#")))


def tell_failure(flow: Flow[Any, Any], flow_run: FlowRun, state: State[Any]) -> None:
    """A flow's hook: send why a run failed or crashed, and where it lies."""
    warehouse = Warehouse(Path(str(flow_run.parameters.get("warehouse", ".warehouse"))))
    reason = state.message or "no message"
    live = live_id(warehouse) or "none"
    body = f"{reason}\n\nWarehouse: {warehouse.root}\nLive version: {live}. `gongkai status` says more."
    notify(warehouse, f"Gongkai: {flow.name} {(state.name or 'failed').lower()} ({flow_run.name})", body, "failure")
