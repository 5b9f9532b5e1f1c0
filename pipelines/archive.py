"""The content-addressed archive of captured documents: each once, read-only, its sightings listed in a manifest.

The manifest is only ever added to. The first line of some bytes is their first sighting, which says what the document
is; a later line of the same bytes says that they were seen at another address, or there with other validators.
"""

import hashlib
import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from pipelines.durability import replacing, sync_file, sync_folder

logger = logging.getLogger(__name__)
MANIFEST = "manifest.jsonl"
DEFAULT_TIER = 5
_BLOCK = 2**20
_SHOWN = 20
_VALIDATORS = {"if-none-match": "etag", "if-modified-since": "last-modified"}


class ChangedFileError(OSError):
    """A file was changed while it was archived; nothing of it was archived."""


class DamagedArchiveError(OSError):
    """The archive no longer holds what was captured; the message names the documents and how to restore them."""

    def __init__(self, damaged: Sequence[tuple[Path, str, str]]) -> None:
        """Take the place, the source and the damage of each document."""
        shown = "".join(f"\n  {path} ({source_uri}): {damage}" for path, source_uri, damage in damaged[:_SHOWN])
        more = f"\n  and {len(damaged) - _SHOWN} more; the audit lists all" if len(damaged) > _SHOWN else ""
        super().__init__(
            f"{len(damaged)} archived documents are no longer as they were captured:{shown}{more}\nNothing was read. "
            "Put copies with these hashes back from a backup, or give the same files to `gongkai run --input`, which "
            "restores them; then run again."
        )


class DamagedManifestError(OSError):
    """A whole line of the manifest is no manifest line; the message names it and what to do."""

    def __init__(self, manifest: Path, line: int, error: Exception) -> None:
        """Name the first such line."""
        super().__init__(
            f"{manifest} is damaged: line {line} does not say what a document is ({error}). Nothing was changed. Put "
            "the manifest back from a backup, or that line alone; runs only ever add lines to its end."
        )


class Fetch(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How a document came from an address.

    `redirects` are the addresses that led from the source to `final_url`, both left out; `headers` those that matter,
    by their names in lower case; `part_of` the page that names an attachment; `page` what a page says of itself
    (title, date of publication, publisher, index number); `authority`, `year` and `dialect` what the list says.
    """

    final_url: str
    status: int
    redirects: list[str] = []
    headers: dict[str, str] = {}
    part_of: str = ""
    page: dict[str, str] = {}
    authority: str = ""
    year: int | None = None
    dialect: str = ""


class ManifestLine(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One sighting of a document. `source_tier` is how near the source is to the body, 0 being the body itself."""

    sha256: str
    source_uri: str
    bytes: int
    captured_at: str
    media_type: str
    source_tier: int = DEFAULT_TIER
    fetch: Fetch | None = None

    @property
    def validators(self) -> dict[str, str]:
        """The headers of a request that asks only for what has changed since; none if the server gave no validator.

        One that is not in printable ASCII (a date in words of the server's language) cannot be sent back.
        """
        headers = self.fetch.headers if self.fetch else {}
        given = {name: headers.get(header, "") for name, header in _VALIDATORS.items()}
        return {name: value for name, value in given.items() if value.isascii() and value.isprintable() and value}


def is_same_sighting(last: ManifestLine, line: ManifestLine) -> bool:
    """Whether an address gave the same bytes again, with the same validators: then it is no new sighting."""
    return last.sha256 == line.sha256 and last.validators == line.validators


def _write_durably(path: Path, content: BinaryIO, sha256: str) -> None:
    """Write a whole read-only file or none.

    Raises:
        ChangedFileError: the content is no longer the one that was hashed.
    """
    with replacing(path) as part:
        with part.open("wb+") as file:
            shutil.copyfileobj(content, file, _BLOCK)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            is_same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        if not is_same:
            raise ChangedFileError("The file was changed while it was archived. Hand it over again once it is whole.")
        part.chmod(0o444)


def read_sightings(folder: Path) -> list[ManifestLine]:
    """All lines of an archive's manifest, also while a run adds to it; none if there is no archive.

    Raises:
        DamagedManifestError: a whole line of the manifest is no manifest line.
    """
    manifest = folder / MANIFEST
    content = manifest.read_bytes() if manifest.exists() else b""
    decoder = msgspec.json.Decoder(ManifestLine)
    try:
        return decoder.decode_lines(content[: content.rfind(b"\n") + 1])
    except msgspec.DecodeError as error:
        raise DamagedManifestError(manifest, _find_bad_line(content.splitlines(), decoder), error) from error


def _find_bad_line(lines: Sequence[bytes], decoder: msgspec.json.Decoder[ManifestLine]) -> int:
    for number, line in enumerate(lines, start=1):
        try:
            decoder.decode(line)
        except msgspec.DecodeError:
            return number
    return len(lines)


def read_manifest(folder: Path) -> dict[str, ManifestLine]:
    """The documents of an archive by sha256, each as first seen.

    Raises:
        DamagedManifestError: a whole line of the manifest is no manifest line.
    """
    lines: dict[str, ManifestLine] = {}
    for line in read_sightings(folder):
        lines.setdefault(line.sha256, line)
    return lines


def find_damage(path: Path, sha256: str) -> str:
    """What is wrong with an archived file, hashed again; empty if its bytes are as captured."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return "its file is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    return "" if found == sha256 else f"its bytes have changed (sha256 {found[:12]}…)"


def archived_path(folder: Path, sha256: str) -> Path:
    """Where the bytes with this hash lie in an archive."""
    return folder / sha256[:2] / sha256


class Archive:
    """An archive's folder with its manifest, read once. A document counts as archived when its manifest line is.

    Only one process may add to it: whoever holds the warehouse's write lock.
    """

    def __init__(self, folder: Path) -> None:
        """Open an archive, made if missing; the torn last line of a killed run is cut off.

        Raises:
            OSError: the folder cannot be read or written.
            DamagedManifestError: a whole line of the manifest is no manifest line.
        """
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._manifest = folder / MANIFEST
        if self._manifest.exists():
            content = self._manifest.read_bytes()
            os.truncate(self._manifest, content.rfind(b"\n") + 1)
        self._first: dict[str, ManifestLine] = {}
        self._last_fetched: dict[str, ManifestLine] = {}
        self._unsynced: set[Path] = set()
        for line in read_sightings(folder):
            self._remember(line)

    def _remember(self, line: ManifestLine) -> None:
        self._first.setdefault(line.sha256, line)
        if line.fetch is not None:
            self._last_fetched[line.source_uri] = line

    def path_of(self, sha256: str) -> Path:
        """Where the bytes with this hash lie."""
        return archived_path(self._folder, sha256)

    def find(self, sha256: str) -> ManifestLine | None:
        """The first sighting of these bytes, None if they were never archived."""
        return self._first.get(sha256)

    def last_fetched(self, source_uri: str) -> ManifestLine | None:
        """What an address gave when it was last fetched, None if it never was."""
        return self._last_fetched.get(source_uri)

    def add(self, line: ManifestLine, content: BinaryIO) -> None:
        """Archive a sighting: first its bytes, block by block, if they are new, then its line.

        Raises:
            ChangedFileError: the content is not the one that was hashed.
            OSError: the archive cannot be written.
        """
        self.keep(line.sha256, content)
        with self._manifest.open("ab") as file:
            file.write(msgspec.json.encode(line) + b"\n")
        self._unsynced.add(self._folder)
        self._remember(line)

    def keep(self, sha256: str, content: BinaryIO) -> None:
        """Write bytes to their place if it is empty, or holds other ones: then its file was damaged, and is restored.

        Raises:
            ChangedFileError: the content is not the one that was hashed.
            OSError: the archive cannot be written.
        """
        path = self.path_of(sha256)
        damage = find_damage(path, sha256)
        if not damage:
            return
        if sha256 in self._first:
            logger.warning("archived document %s was damaged (%s): restored from the same bytes", sha256, damage)
        content.seek(0)
        _write_durably(path, content, sha256)
        self._unsynced.add(path.parent)

    def sync(self) -> None:
        """Wait until everything added is on the disk, so that whatever it was taken from may go.

        Raises:
            OSError: the disk does not take it.
        """
        if self._unsynced:
            sync_file(self._manifest)
        for folder in self._unsynced:
            sync_folder(folder)
        self._unsynced.clear()
