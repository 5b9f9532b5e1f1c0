"""What a publisher that was killed leaves behind, brought to its end or removed; call it under the writer lock."""

import shutil
from pathlib import Path

from pipelines.publishing.versions import finish_going_live
from pipelines.warehouse import Warehouse


def remove_unpublished(warehouse: Warehouse) -> list[str]:
    """Finish a publication that only lacked its last step; remove builds and links to nothing.

    Nothing in `versions/` is removed: a version comes there whole and leaves in one step. One without its manifest was
    damaged otherwise, and may be the one that readers see.

    Returns:
        What was done, one sentence each; none if there was nothing to do.
    """
    done = [finish_going_live(warehouse)]
    if warehouse.builds.is_dir():
        done += [_remove(path) for path in sorted(warehouse.builds.iterdir())]
    return [sentence for sentence in done if sentence]


def _remove(path: Path) -> str:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    return f"removed the build {path.name}"
