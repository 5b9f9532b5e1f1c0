"""The process that is killed: it does what `gongkai run` does, and says in which stage it is."""

from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

READY = "ready"
ENDED = "ended"


class _Stages:
    """Stands in for the progress bars: each step that begins is told to whoever kills."""

    def __init__(self, tell: Connection) -> None:
        self._tell = tell

    def add_task(self, description: str, total: int | None = None) -> int:
        """A step begins."""
        self._tell.send(description)
        return 0

    def advance(self, task: int, units: int) -> None:
        """Steps advance; nobody needs to know."""

    def remove_task(self, task: int) -> None:
        """Steps end when the next one begins."""


def run_again_and_again(inbox: Path, root: Path, api_url: str, conversation: Connection) -> None:
    """Run the flow on the inbox each time `conversation` says so; tells the stages, and how each run ended."""
    from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

    from flows import progress
    from flows.warehouse import run_warehouse

    _tell_inner_stages(conversation)
    progress._shown.set(_Stages(conversation))  # type: ignore[arg-type]
    conversation.send(READY)
    settings: dict[Any, Any] = {PREFECT_API_URL: api_url, PREFECT_LOGGING_TO_API_ENABLED: False}
    with temporary_settings(settings):
        while conversation.recv():
            state = run_warehouse(warehouse=str(root), inbox=str(inbox), return_state=True)
            message = "" if state.is_completed() else str(state.message)
            conversation.send((ENDED, message))


def _tell_inner_stages(conversation: Connection) -> None:
    """Tell also when dlt extracts, normalizes and loads, the inbox is settled, the link moves; nothing else changes."""
    import dlt

    from pipelines.inbox import Inbox
    from pipelines.load import destination
    from pipelines.publishing import publication

    def wrap(owner: object, name: str, stage: str) -> None:
        original: Callable[..., object] = getattr(owner, name)

        def told(*arguments: object, **options: object) -> object:
            conversation.send(stage)
            return original(*arguments, **options)

        setattr(owner, name, told)

    for name in ("extract", "normalize", "load"):
        wrap(dlt.Pipeline, name, f"dlt {name}")
    wrap(destination, "_sweep", "Sweep")
    wrap(Inbox, "settle", "Settle inbox")
    wrap(publication, "prepare_link", "Go live")
    wrap(publication, "prune_versions", "Prune")
