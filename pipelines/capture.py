"""Capture: inputs -> documents in the content-addressed archive, and shards of raw extracted JSON.

A document's bytes go to `archive/<sha256[:2]>/<sha256>`, read-only and never changed; its first sighting is a line
of `archive/manifest.jsonl`. `captured_at` is the file's modification time at that first sighting, in UTC: the time
at which whatever fetched the page wrote it. From then on the manifest's line speaks for those bytes, so a re-run, a
copy or a touched file gives the same document, and revisions (other bytes) are ordered by when they were fetched.

Raw extracted JSON is not archived: it can be made again from its documents, and what is loaded carries its hash.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from pipelines.archive import Archive, ManifestLine
from pipelines.extract.readers import detect_media_type

SHARD_ENDINGS = (".json", ".jsonl", ".jsonl.gz")


class CaptureError(FileNotFoundError):
    """An input does not exist or holds nothing; the message says what was found, what is allowed and what to do."""


class Document(Struct, frozen=True):
    """A captured document; `source_uri` is its path in the input at its first sighting, `path` its archived copy."""

    sha256: str
    source_uri: str
    media_type: str
    bytes: int
    captured_at: str
    path: Path


class RawShard(Struct, frozen=True):
    """A file of raw extracted JSON: one document (`.json`) or one a line (`.jsonl`, `.jsonl.gz`)."""

    path: Path


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def find_files(given: Path) -> list[tuple[Path, str]]:
    """The files of one input with their paths relative to it: a file itself by its name, a folder's by sorted path.

    Raises:
        CaptureError: the input does not exist, or no file in it is to be read.
    """
    if given.is_file():
        return [(given, given.name)]
    allowed = f"Allowed are documents, raw extracted JSON ({', '.join(SHARD_ENDINGS)}) and folders of them"
    if not given.exists():
        raise CaptureError(f"{given} does not exist. {allowed}. Check the path, relative to {Path.cwd()}.")
    files = sorted(path for path in given.rglob("*") if path.is_file())
    visible = [path for path in files if not _is_hidden(path, given)]
    if not visible:
        hidden = f"only {len(files)} hidden files" if files else "no file"
        raise CaptureError(f"{given} holds {hidden}. {allowed}. Put some into the folder, or name another one.")
    return [(path, path.relative_to(given).as_posix()) for path in visible]


def capture_document(path: Path, source_uri: str, archive: Archive) -> Document:
    """Put one file into the archive, or find it there.

    Raises:
        OSError: the file cannot be read or the archive cannot be written.
    """
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    line = archive.find(sha256)
    if line is None:
        modified = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).replace(microsecond=0)
        line = ManifestLine(
            sha256=sha256,
            source_uri=source_uri,
            bytes=len(content),
            captured_at=modified.isoformat(),
            media_type=detect_media_type(content, path.name),
        )
        archive.add(line, content)
    return Document(**msgspec.structs.asdict(line), path=archive.path_of(sha256))


def capture(inputs: Iterable[Path], archive_folder: Path) -> Iterator[Document | RawShard]:
    """Capture all documents of the inputs, and name their shards of raw extracted JSON.

    Args:
        inputs: files and folders; all of them are looked for before anything is captured.
        archive_folder: the archive; made if missing.

    Yields:
        One item for each visible file, in the order of the inputs. A file named twice comes once; two files of the
        same bytes are two items with the same document.

    Raises:
        CaptureError: an input does not exist, or holds nothing.
        OSError: a file cannot be read or the archive cannot be written.
    """
    found = {path.resolve(): (path, uri) for given in inputs for path, uri in find_files(given)}
    if not found:
        raise CaptureError("No input was given. Name documents, raw extracted JSON or folders of them.")
    archive = Archive(archive_folder)
    for path, source_uri in found.values():
        if path.name.lower().endswith(SHARD_ENDINGS):
            yield RawShard(path)
        else:
            yield capture_document(path, source_uri, archive)
