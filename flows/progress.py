"""Progress bars on the terminal: the steps report, and only a terminal shows anything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Advance = Callable[[int], None]

_shown: ContextVar[Progress | None] = ContextVar("shown", default=None)


@contextmanager
def show_progress(console: Console) -> Iterator[None]:
    """Show the bars of all steps run inside; nothing at all if `console` is not a terminal."""
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
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
