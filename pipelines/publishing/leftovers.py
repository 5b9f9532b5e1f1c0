"""What a publisher that was killed leaves behind, brought to its end or removed; call it under the writer lock."""

import shutil
from pathlib import Path

from pipelines.publishing.versions import finish_going_live
from pipelines.warehouse import MANIFEST_FILE, Warehouse


def remove_unpublished(warehouse: Warehouse) -> list[str]:
    """Finish a publication that only lacked its last step; remove builds, half versions and links to nothing.

    Returns:
        What was done, one sentence each; none if there was nothing to do.
    """
    done = [finish_going_live(warehouse)]
    if warehouse.builds.is_dir():
        done += [_remove(path, "the build") for path in sorted(warehouse.builds.iterdir())]
    if warehouse.versions.is_dir():
        folders = sorted(warehouse.versions.iterdir())
        done += [_remove(path, "the half version") for path in folders if not (path / MANIFEST_FILE).is_file()]
    return [sentence for sentence in done if sentence]


def _remove(path: Path, what: str) -> str:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    return f"removed {what} {path.name}"
