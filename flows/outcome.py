"""What a run hands back."""

from dataclasses import dataclass

from pipelines.load import LoadResult
from pipelines.publishing import Version


@dataclass(frozen=True)
class RunOutcome:
    """One finished run.

    `captured` counts the documents given (raw extracted JSON is not among them), `loaded` what came out of those
    that were new to this code; `version` is None if there was nothing new to publish.
    """

    run_id: str
    captured: int
    loaded: LoadResult
    version: Version | None
