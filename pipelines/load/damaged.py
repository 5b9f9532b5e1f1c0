"""What becomes of the load's own files when they are damaged: set aside and made again, never a stop.

They hold nothing that exists only there. Loaded rows are in the warehouse, from which dlt restores its state and
schema; a batch that is being loaded lies in the staged folder and is loaded again; decisions are in the ledger.
"""

import logging
import shutil
from pathlib import Path

import msgspec

logger = logging.getLogger(__name__)
DAMAGED = ".damaged"
_HISTORY = "loaded"  # dlt never reads the packages that it has loaded


def find_unreadable(folder: Path) -> list[Path]:
    """The files of dlt's working folder that it would read and that are no JSON: torn by a kill or a full disk."""
    files = (path for path in sorted(folder.rglob("*.json")) if _HISTORY not in path.relative_to(folder).parts)
    return [path for path in files if not _is_json(path)]


def set_aside(folder: Path, reason: str) -> Path:
    """Move a folder to a name beside it, in place of what was moved there before, and say so in the run's log."""
    aside = folder.with_name(f"{folder.name}{DAMAGED}")
    if aside.exists():
        shutil.rmtree(aside)
    folder.rename(aside)
    logger.warning("%s was damaged (%s): it lies in %s now and is made again", folder, reason, aside)
    return aside


def set_damaged_state_aside(folder: Path) -> bool:
    """Move dlt's working folder away if a file of it cannot be read; returns whether it was moved."""
    unreadable = find_unreadable(folder) if folder.is_dir() else []
    if not unreadable:
        return False
    named = ", ".join(str(path.relative_to(folder)) for path in unreadable[:3])
    set_aside(folder, f"no JSON in {named}{' and others' if len(unreadable) > 3 else ''}")
    return True


def _is_json(path: Path) -> bool:
    try:
        msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError:
        return False
    return True
