"""The mark of a run that has begun and not ended well; knows nothing of Prefect, so that any run can set it."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from pipelines.warehouse import Warehouse


class Unfinished(msgspec.Struct, frozen=True):
    """A run that has begun and not ended well: its id, and the one that Prefect gave it, if it did."""

    run_id: str
    flow_run_id: str | None


@contextmanager
def marked(warehouse: Warehouse, run_id: str, flow_run_id: str | None = None) -> Iterator[None]:
    """Keep the mark until what is inside has ended well; call it under the writer lock."""
    warehouse.unfinished.write_bytes(msgspec.json.encode(Unfinished(run_id, flow_run_id)))
    yield
    warehouse.unfinished.unlink()
