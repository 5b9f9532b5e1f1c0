"""What a run hands back."""

from dataclasses import dataclass, field

from flows.fetching import FetchedList
from pipelines.inbox import Left, Receipt
from pipelines.load import LoadResult
from pipelines.publishing import Version


@dataclass(frozen=True)
class RunOutcome:
    """One finished run.

    `captured` counts the documents given (raw extracted JSON is not among them), `loaded` what came out of those
    that were new to this code; `version` is None if there was nothing new to publish. `receipts` has one entry for
    each file that went out of the inbox, `left` one for each that stays in it;
    `fetched` is None if no list was given.
    """

    run_id: str
    captured: int
    loaded: LoadResult
    version: Version | None
    receipts: list[Receipt] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    fetched: FetchedList | None = None
