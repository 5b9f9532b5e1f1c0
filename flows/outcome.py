"""What a run hands back."""

from dataclasses import dataclass

from pipelines.load import LoadResult
from pipelines.publishing import Version


@dataclass(frozen=True)
class RunOutcome:
    """One finished run: what it loaded and the version it published, None if there was nothing new."""

    run_id: str
    loaded: LoadResult
    version: Version | None
