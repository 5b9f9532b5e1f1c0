"""The published versions: which there are, which one is live, and how another becomes live."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipelines.durability import sync_folder
from pipelines.publishing.lock import writer_lock
from pipelines.publishing.manifest import Manifest, read_manifest
from pipelines.warehouse import MANIFEST_FILE, Warehouse


class UnknownVersionError(LookupError):
    """There is no such version; `available` names those there are, oldest first."""

    def __init__(self, wanted: str, available: list[str]) -> None:
        """Say what was asked for and what there is."""
        there_is = ", ".join(available) if available else "none; publish one with `gongkai run`"
        super().__init__(f"There is no {wanted}. Versions kept: {there_is}.")
        self.available = available


class DamagedVersionError(UnknownVersionError):
    """A kept version has no manifest that can be read, so that nothing is known of it but its name, `id`."""

    def __init__(self, folder: Path, reason: str) -> None:
        """Say what is wrong with which file, and what to do."""
        self.id = folder.name
        self.found = f"{folder / MANIFEST_FILE} {reason}"
        self.remedy = (
            "Put that file back from a backup. Without one: make another version live if this one is (`gongkai "
            f"rollback`), then remove {folder}."
        )
        self.available = []
        LookupError.__init__(self, f"Version {self.id} is damaged: {self.found}. {self.remedy}")


@dataclass(frozen=True)
class Version:
    """One published version."""

    id: str
    folder: Path
    is_live: bool
    manifest: Manifest


def list_versions(warehouse: Warehouse) -> list[Version]:
    """All versions kept, oldest first.

    Raises:
        DamagedVersionError: one has no manifest that can be read.
    """
    versions, damaged = scan_versions(warehouse)
    if damaged:
        raise damaged[0]
    return versions


def scan_versions(warehouse: Warehouse) -> tuple[list[Version], list[DamagedVersionError]]:
    """All versions kept that can be read, oldest first, and what is wrong with the others."""
    versions, damaged = list[Version](), list[DamagedVersionError]()
    for folder in sorted(warehouse.versions.iterdir()) if warehouse.versions.is_dir() else ():
        if folder.is_file():
            continue  # a file manager's, say: no version is one
        try:
            versions.append(_read_version(warehouse, folder))
        except DamagedVersionError as error:
            if folder.exists():  # else it was pruned while we looked
                damaged.append(error)
    return versions, damaged


def _read_version(warehouse: Warehouse, folder: Path) -> Version:
    try:
        manifest = read_manifest(folder)
    except FileNotFoundError as error:
        raise DamagedVersionError(folder, "is missing") from error
    except msgspec.DecodeError as error:
        raise DamagedVersionError(folder, f"is no manifest that this code can read ({error})") from error
    return Version(folder.name, folder, folder.name == live_id(warehouse), manifest)


def live_id(warehouse: Warehouse) -> str | None:
    """The id of the live version, or None if nothing has been published, or what was is gone."""
    if not warehouse.current.is_symlink() or not warehouse.current.is_dir():
        return None
    return warehouse.current.readlink().name


def live_version(warehouse: Warehouse) -> Version:
    """The live version, whatever may be wrong with the others.

    Raises:
        DamagedVersionError: its manifest cannot be read.
        UnknownVersionError: nothing has been published.
    """
    versions, damaged = scan_versions(warehouse)
    for version in versions:
        if version.is_live:
            return version
    for error in damaged:
        if error.id == live_id(warehouse):
            raise error
    raise UnknownVersionError(f"live version in {warehouse.root}", [version.id for version in versions])


def find_version(warehouse: Warehouse, version_id: str) -> Version:
    """A kept version by its id.

    Raises:
        DamagedVersionError: a version's manifest cannot be read.
        UnknownVersionError: there is no such version.
    """
    versions = {version.id: version for version in list_versions(warehouse)}
    if version_id not in versions:
        raise UnknownVersionError(f"version {version_id}", list(versions))
    return versions[version_id]


def prepare_link(warehouse: Warehouse, version_id: str) -> None:
    """Write down which version is to become live: the link is there under another name."""
    link = warehouse.next_link
    link.unlink(missing_ok=True)
    link.symlink_to(Path(warehouse.versions.name) / version_id, target_is_directory=True)
    sync_folder(warehouse.root)


def make_live(warehouse: Warehouse, version_id: str) -> None:
    """Point `current` at a version in one step: a reader sees the old one or the new one, never neither."""
    prepare_link(warehouse, version_id)
    warehouse.next_link.replace(warehouse.current)
    sync_folder(warehouse.root)


def finish_going_live(warehouse: Warehouse) -> str:
    """Make the version live that was about to be when its process was killed; says what was done, if anything.

    A version is in `versions/` only when it is audited and whole: only the link was still to move.
    """
    if not warehouse.next_link.is_symlink():
        return ""
    version_id = warehouse.next_link.readlink().name
    if not (warehouse.versions / version_id).is_dir():
        warehouse.next_link.unlink()
        return f"removed the link to version {version_id}, which was not finished"
    make_live(warehouse, version_id)
    return f"made version {version_id} live, which was finished"


def roll_back(warehouse: Warehouse, version_id: str | None = None) -> Version:
    """Make an earlier version live: the named one, else the one that was live before the live one.

    A damaged one is passed over, and may be the live one.

    Raises:
        UnknownVersionError: there is no such version, or none before the live one, that can be read.
        WriterBusyError: a run is writing.
    """
    _wanted(warehouse, version_id)  # a lock is made only where there is something to roll back to
    with writer_lock(warehouse, "rollback"):
        make_live(warehouse, _wanted(warehouse, version_id))
    return live_version(warehouse)


def _wanted(warehouse: Warehouse, version_id: str | None) -> str:
    versions = {version.id: version for version in scan_versions(warehouse)[0]}
    wanted = version_id or _before_live(warehouse, versions)
    if wanted is None or wanted not in versions:
        raise UnknownVersionError(f"version {wanted}" if wanted else "version before the live one", list(versions))
    return wanted


def prune_versions(warehouse: Warehouse, keep: int) -> list[str]:
    """Delete all but the newest `keep` versions, the live one and the one before it; returns the ids of those deleted.

    The one that was live before may be an older one, after a rollback: one more rollback must lead there.
    A version leaves `versions/` in one step before its files go, so that a killed run leaves no half of one.
    A reader that has one open keeps reading it.
    """
    versions = list_versions(warehouse)
    needed = {one for version in versions if version.is_live for one in (version.id, version.manifest.previous)}
    superfluous = [version for version in versions[: max(0, len(versions) - keep)] if version.id not in needed]
    for version in superfluous:
        grave = warehouse.builds / f"pruned-{version.id}"
        warehouse.builds.mkdir(exist_ok=True)
        version.folder.rename(grave)
        shutil.rmtree(grave)
    return [version.id for version in superfluous]


def _before_live(warehouse: Warehouse, versions: dict[str, Version]) -> str | None:
    live = live_id(warehouse)
    if live is None:
        return max(versions, default=None)  # what was live is gone: the newest that there is
    if live in versions and versions[live].manifest.previous:
        return versions[live].manifest.previous
    return max((version_id for version_id in versions if version_id < live), default=None)
