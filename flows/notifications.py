"""Messages to whoever runs the warehouse: when a run fails, when the coverage drops.

The addresses are in :mod:`flows.addresses`.
"""

import re
from pathlib import Path
from typing import Any, Literal

from prefect.blocks.abstract import NotificationError
from prefect.blocks.notifications import AppriseNotificationBlock
from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow
from prefect.logging import get_logger
from pydantic import SecretStr

from flows.addresses import read_addresses
from pipelines.publishing import live_id
from pipelines.warehouse import Warehouse

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
            reason = _reason(error, address)
            get_logger("notifications").warning("a message to a %s address was not sent: %s", scheme, reason)
        else:
            reached += 1
    return reached


def _reason(error: NotificationError | ValueError, address: str) -> str:
    """Why a message was not sent, on one line and without any part of the address but its scheme."""
    said = error.log if isinstance(error, NotificationError) else str(error)
    parts = [part for part in re.split(r"[/:@?&=,;\s]+", address.partition("://")[2]) if len(part) > 1]
    for part in sorted(parts, key=len, reverse=True):
        said = said.replace(part, "…")
    return " ".join(said.split()) or "the service gave no reason; is the address one of Apprise's?"


def tell_failure(flow: Flow[Any, Any], flow_run: FlowRun, state: State[Any]) -> None:
    """A flow's hook: send why a run failed or crashed, and where it lies."""
    warehouse = Warehouse(Path(str(flow_run.parameters.get("warehouse", ".warehouse"))))
    reason = state.message or "no message"
    live = live_id(warehouse) or "none"
    body = f"{reason}\n\nWarehouse: {warehouse.root}\nLive version: {live}. `gongkai status` says more."
    notify(warehouse, f"Gongkai: {flow.name} {(state.name or 'failed').lower()} ({flow_run.name})", body, "failure")
