"""Whether the archive still holds exactly the bytes that were captured: every document hashed again."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from pipelines.archive import archived_path, read_manifest
from pipelines.publishing.manifest import hash_file


class Archived(Struct, frozen=True):
    """One document of the manifest; `damage` says what is wrong with its bytes, empty if they are as captured."""

    sha256: str
    source_uri: str
    damage: str


def verify_archive(folder: Path) -> Iterator[Archived]:
    """Hash every document of an archive again, in the manifest's order; reads only.

    Raises:
        msgspec.DecodeError: a whole line of the manifest is no manifest line.
    """
    for sha256, line in read_manifest(folder).items():
        yield Archived(sha256, line.source_uri, _damage_of(archived_path(folder, sha256), sha256))


def _damage_of(path: Path, sha256: str) -> str:
    try:
        found = hash_file(path)
    except FileNotFoundError:
        return "its file is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    return "" if found == sha256 else f"its bytes have changed (sha256 {found[:12]}…)"
