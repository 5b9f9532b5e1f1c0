"""Python's search for cycles, told to look rarely: decoded documents and parsed models are many objects, few in cycles.

Each full search stops every thread and looks at all objects there are. https://docs.python.org/3/library/gc.html
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLD = 100_000  # objects made since the last search


def _is_rare() -> bool:
    """Whether the context lasts; the number of objects left out would say it too, but Python counts them one by one."""
    return gc.get_threshold()[0] == THRESHOLD


@contextmanager
def rare_garbage_collection() -> Iterator[None]:
    """Leave what is there out of all searches and search rarely; inside another such context nothing changes."""
    if _is_rare():
        yield
        return
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def leave_out_of_searches() -> None:
    """Leave also what has been made since out of the searches, to the end of the context; outside of one do nothing."""
    if _is_rare():
        gc.freeze()
