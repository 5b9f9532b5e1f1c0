"""Prefect's database for a new warehouse: a copy of an empty one, instead of a hundred migrations of one.

The first server of a new warehouse runs all migrations that Prefect ever had, some ten seconds. What they leave is kept
beside the code, for each version of Prefect, and the next new warehouse starts with a copy. Where the code may not be
written each has its own migrations.
"""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

from pipelines.durability import remove_abandoned_parts, replacing

KEPT = Path(__file__).parents[1] / ".cache"
DATABASE = "prefect.db"
OTHER_DATABASES = ("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL")


def lend_history(home: Path) -> bool:
    """Put a copy of the empty database into a home that has none.

    Returns:
        Whether the server that starts now makes a database from nothing, which :func:`keep_history` may keep.
    """
    if (home / DATABASE).exists() or any(name in os.environ for name in OTHER_DATABASES):
        return False
    kept = _kept()
    if not kept.exists():
        return True
    with suppress(OSError, sqlite3.Error), replacing(home / DATABASE) as copy:
        shutil.copyfile(kept, copy)
        with closing(sqlite3.connect(copy)) as lent:
            lent.execute("select * from alembic_version").fetchall()
        return False
    return True


def keep_history(home: Path) -> None:
    """Keep the database that a server has just made, without what tells this server from others."""
    with suppress(OSError, sqlite3.Error):  # a run does not need it
        kept = _kept()
        remove_abandoned_parts(KEPT)
        with replacing(kept) as copy:
            with closing(sqlite3.connect(f"{(home / DATABASE).absolute().as_uri()}?mode=rw", uri=True)) as made:
                made.execute("vacuum into ?", [str(copy)])
            with closing(sqlite3.connect(copy, isolation_level=None)) as emptied:
                emptied.execute("delete from configuration")
                emptied.execute("pragma journal_mode = wal")  # as Prefect has it: to change it nobody else may read


def _kept() -> Path:
    return KEPT / f"prefect-{version('prefect')}.db"
