"""Progress bars on the terminal: the steps report, and only a terminal shows anything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

Advance = Callable[[int], None]

_shown: ContextVar[Progress | None] = ContextVar("shown", default=None)


class RateColumn(ProgressColumn):
    """Units a second over the last ones; nothing before the first."""

    def render(self, task: Task) -> Text:
        """The rate of one step."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.1f}/s" if speed else "", style="progress.data.speed")


@contextmanager
def show_progress(console: Console) -> Iterator[None]:
    """Show the bars of all steps run inside; nothing at all if `console` is not a terminal."""
    if not console.is_terminal:
        yield
        return
    columns = (
        *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn()),
        *(TimeElapsedColumn(), TimeRemainingColumn()),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        token = _shown.set(progress)
        try:
            yield
        finally:
            _shown.reset(token)


@contextmanager
def step_progress(description: str, total: int | None = None) -> Iterator[Advance]:
    """One step's bar; yields the function that advances it by some units (`total` None: a bar without an end)."""
    progress = _shown.get()
    if progress is None:
        yield lambda _units: None
        return
    task = progress.add_task(description, total=total)
    try:
        yield lambda units: progress.advance(task, units)
    finally:
        progress.remove_task(task)
