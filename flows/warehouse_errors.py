"""Why a run stops."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.layers.results import LayerReport

if TYPE_CHECKING:
    from flows.fetching import FetchedList

MOST_NAMED = 5


class RedContractError(RuntimeError):
    """The contract of a layer is red; nothing downstream of it runs and nothing is published."""

    def __init__(self, report: LayerReport) -> None:
        """List the checks that failed."""
        listed = "\n  ".join(
            f"{result.check_id}: {result.rows_failed} of {result.rows_seen} rows. {result.detail}"
            for result in report.red_results
        )
        super().__init__(
            f"The contract of layer {report.layer} is red:\n  {listed or 'it holds no check'}\n"
            "Nothing was published, the live version stays. quality.contract_results of the warehouse has all results."
        )
        self.report = report


class AfterPublicationError(RuntimeError):
    """A step failed after the run's version had become the live one; `version` is its id."""

    def __init__(self, version: str, step: str, error: Exception) -> None:
        """Say what is live, which step failed, and what the next run does."""
        super().__init__(
            f"Version {version} is live, but a step after its publication failed, {step}: {type(error).__name__}: "
            f"{error}\nReaders see the new version. The next run cleans up; `gongkai rollback` brings the one before "
            "back."
        )
        self.version = version


class UnbuiltError(RuntimeError):
    """The working database lacks tables that the contracts read, so that they cannot be evaluated again."""

    def __init__(self, found: str) -> None:
        """Say what is missing, why it may be, and what makes it."""
        super().__init__(
            f"The contracts cannot be evaluated, the working database does not hold what they read: {found}. A run was "
            "stopped while it built everything anew, or other code built it. `gongkai run --full` builds it; the live "
            "version stays until then."
        )


class AuditError(RuntimeError):
    """What was captured or published is no longer as it was, or a contract is red. `problems` lists all of it."""

    def __init__(self, problems: Sequence[str]) -> None:
        """List the first problems."""
        shown = 20
        listed = "\n  ".join(problems[:shown])
        more = f"\n  and {len(problems) - shown} more" if len(problems) > shown else ""
        super().__init__(
            f"The audit found {len(problems)} problems:\n  {listed}{more}\n"
            "The live version was left as it is. docs/operations.md says how to restore a document or a version."
        )
        self.problems = tuple(problems)


class NothingFetchedError(RuntimeError):
    """A list was gone through and none of its addresses gave a document."""

    def __init__(self, urls: Path, fetched: "FetchedList") -> None:
        """Say what came of the addresses, and where all of it stands."""
        named = "".join(f"\n  {row.url}: {row.status}. {row.detail}" for row in fetched.rows[:MOST_NAMED])
        counted = ", ".join(f"{count:,} {status}" for status, count in fetched.counts.items())
        super().__init__(
            f"None of the {len(fetched.rows):,} addresses of {urls} gave a document ({counted}):{named}\n"
            f"{fetched.log} has all of them."
        )
