"""The content-addressed archive of captured documents: each once, read-only, listed in a manifest."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

MANIFEST = "manifest.jsonl"
_BLOCK = 2**20


class ManifestLine(Struct, frozen=True, forbid_unknown_fields=True):
    """The first sighting of a document."""

    sha256: str
    source_uri: str
    bytes: int
    captured_at: str
    media_type: str


def _write_durably(path: Path, content: BinaryIO) -> None:
    """Write a whole read-only file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("wb") as file:
        shutil.copyfileobj(content, file, _BLOCK)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o444)
    part.replace(path)


def read_manifest(folder: Path) -> dict[str, ManifestLine]:
    """The documents of an archive by sha256, also while a run adds to it; none if there is no archive.

    Raises:
        msgspec.DecodeError: a whole line of the manifest is no manifest line.
    """
    manifest = folder / MANIFEST
    content = manifest.read_bytes() if manifest.exists() else b""
    decoder = msgspec.json.Decoder(ManifestLine)
    lines: dict[str, ManifestLine] = {}
    for line in decoder.decode_lines(content[: content.rfind(b"\n") + 1]):
        lines.setdefault(line.sha256, line)
    return lines


def archived_path(folder: Path, sha256: str) -> Path:
    """Where the bytes with this hash lie in an archive."""
    return folder / sha256[:2] / sha256


class Archive:
    """An archive's folder with its manifest, read once. A document counts as archived when its manifest line is."""

    def __init__(self, folder: Path) -> None:
        """Open an archive, made if missing; the torn last line of a killed run is cut off.

        Raises:
            OSError: the folder cannot be read or written.
            msgspec.DecodeError: a whole line of the manifest is no manifest line.
        """
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._manifest = folder / MANIFEST
        if self._manifest.exists():
            content = self._manifest.read_bytes()
            os.truncate(self._manifest, content.rfind(b"\n") + 1)
        self._lines = read_manifest(folder)

    def path_of(self, sha256: str) -> Path:
        """Where the bytes with this hash lie."""
        return archived_path(self._folder, sha256)

    def find(self, sha256: str) -> ManifestLine | None:
        """The first sighting of these bytes, None if they were never archived."""
        return self._lines.get(sha256)

    def add(self, line: ManifestLine, content: BinaryIO) -> None:
        """Archive a document: first its bytes, block by block, then its line.

        Raises:
            OSError: the archive cannot be written.
        """
        path = self.path_of(line.sha256)
        if not path.exists():
            _write_durably(path, content)
        with self._manifest.open("ab") as file:
            file.write(msgspec.json.encode(line) + b"\n")
        self._lines[line.sha256] = line
