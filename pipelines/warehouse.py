"""Where everything of one warehouse lies: one folder, nothing outside it."""

import datetime
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

MART_FILE = "mart.duckdb"
MANIFEST_FILE = "manifest.json"
_TIME = "%Y%m%dT%H%M%SZ"
_RUN_ID = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{6}$")


@dataclass(frozen=True)
class Warehouse:
    """The folders and files of a warehouse; nothing is created by naming them."""

    root: Path

    @property
    def database(self) -> Path:
        """The working database: schemas raw, form, staging, intermediate and quality."""
        return self.root / "warehouse.duckdb"

    @property
    def archive(self) -> Path:
        """Captured documents by sha256, with their manifest."""
        return self.root / "archive"

    @property
    def extracted(self) -> Path:
        """JSONL shards of raw extracted JSON."""
        return self.root / "extracted"

    @property
    def fetches(self) -> Path:
        """What became of each address that was fetched: one JSONL file per run."""
        return self.root / "fetches"

    @property
    def prefect_home(self) -> Path:
        """Prefect's own folder: the history of runs."""
        return self.root / "prefect"

    @property
    def dbt(self) -> Path:
        """The target and logs of dbt."""
        return self.root / "dbt"

    @property
    def logs(self) -> Path:
        """One log file per run; a failure's traceback goes there, not to the terminal."""
        return self.root / "logs"

    @property
    def builds(self) -> Path:
        """Marts being built, one folder per run."""
        return self.root / "build"

    @property
    def next_mart(self) -> Path:
        """The mart being built under a name that is the same in every run: `build/next` links to the run's folder."""
        return self.builds / "next" / MART_FILE

    @property
    def versions(self) -> Path:
        """Published marts, one folder per version; the folder is named, the file never is."""
        return self.root / "versions"

    @property
    def current(self) -> Path:
        """The symbolic link to the live version: what BI opens."""
        return self.root / "current"

    @property
    def exports(self) -> Path:
        """A version as Parquet and CSV files, if nobody named another place."""
        return self.root / "export"

    @property
    def next_link(self) -> Path:
        """The link to a version that is about to become live."""
        return self.root / "current.new"

    @property
    def unfinished(self) -> Path:
        """The id of a run that has begun and not ended well: what lies about is to be cleaned before the next one."""
        return self.root / "unfinished.run"

    @property
    def lock(self) -> Path:
        """The file whose lock makes a process the only writer."""
        return self.root / "writer.lock"

    @property
    def serve_lock(self) -> Path:
        """The file whose lock makes a process the only one that serves scheduled runs."""
        return self.root / "serve.lock"

    @property
    def notify_urls(self) -> Path:
        """The addresses of those who are told when a run fails, one a line; the operator's own file."""
        return self.root / "notify.urls"

    @property
    def live_mart(self) -> Path:
        """The mart file of the live version, as BI names it."""
        return self.current / MART_FILE

    def build_of(self, run_id: str) -> Path:
        """The folder in which `run_id` builds its mart."""
        return self.builds / run_id

    def mart_being_built(self, run_id: str) -> Path:
        """The mart file that `run_id` builds; its catalog is `mart`, the stem of its name."""
        return self.build_of(run_id) / MART_FILE


def new_run_id(warehouse: Warehouse, now: datetime.datetime | None = None) -> str:
    """An id that sorts by time: `20260131T080000Z-1f2e3d` (UTC).

    It sorts after all versions that are kept, also when the clock was set back: else the newest version would be
    taken for an old one, and pruned.
    """
    moment = now or datetime.datetime.now(datetime.UTC)
    kept = (path.name for path in warehouse.versions.iterdir()) if warehouse.versions.is_dir() else iter(())
    newest = max((found[1] for name in kept if (found := _RUN_ID.match(name))), default="")
    if f"{moment:{_TIME}}" <= newest:
        moment = datetime.datetime.strptime(newest, _TIME) + datetime.timedelta(seconds=1)  # noqa: DTZ007 - always UTC
    return f"{moment:{_TIME}}-{secrets.token_hex(3)}"
