"""Whether the archive still holds exactly the bytes that were captured: every document hashed again."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from pipelines.archive import archived_path, find_damage, read_manifest


class Archived(Struct, frozen=True):
    """One document of the manifest; `damage` says what is wrong with its bytes, empty if they are as captured."""

    sha256: str
    source_uri: str
    damage: str


def verify_archive(folder: Path) -> Iterator[Archived]:
    """Hash every document of an archive again, in the manifest's order; reads only.

    Raises:
        DamagedManifestError: a whole line of the manifest is no manifest line.
    """
    for sha256, line in read_manifest(folder).items():
        yield Archived(sha256, line.source_uri, find_damage(archived_path(folder, sha256), sha256))
