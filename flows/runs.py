"""What the steps of a run hand to each other."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.capture import Document
from pipelines.warehouse import Warehouse


@dataclass(frozen=True)
class Run:
    """One run: its warehouse and its id, and whether it builds everything anew or only what it touched."""

    warehouse: Warehouse
    id: str
    is_whole: bool = True

    @property
    def mart(self) -> Path:
        """The mart file it builds."""
        return self.warehouse.mart_being_built(self.id)


@dataclass(frozen=True)
class Captured:
    """What a run was given: documents in the archive, and raw extracted JSON as it lies with its payloads counted."""

    documents: list[Document]
    shards: list[Path]
    payloads: int


@dataclass(frozen=True)
class Handover:
    """What the load is to account for: the shards and how many payloads they were made of."""

    shards: list[Path]
    payloads: int
