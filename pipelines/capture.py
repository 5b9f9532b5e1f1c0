"""Capture: inputs -> documents in the content-addressed archive, and shards of raw extracted JSON.

A document's bytes go to `archive/<sha256[:2]>/<sha256>`, read-only and never changed; its first sighting is a line
of `archive/manifest.jsonl`. `captured_at` is the file's modification time at that first sighting, in UTC: the time
at which whatever fetched the page wrote it. From then on the manifest's line speaks for those bytes, so a re-run, a
copy or a touched file gives the same document, and revisions (other bytes) are ordered by when they were fetched.

A ZIP archive is opened: each member is a document of its own, and the archive itself is none unless a member cannot
be taken. A file that is too large for a document is archived like any other, without ever being in memory as a whole.

Raw extracted JSON is not archived: it can be made again from its documents, and what is loaded carries its hash.
"""

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from contracts.raw_json import Rejection
from pipelines.archive import DEFAULT_TIER, Archive, Fetch, ManifestLine, is_same_sighting
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.limits import Limits, read_limits
from pipelines.zip_input import (
    SEPARATOR,
    SIGNATURE,
    ZIP,
    Refusal,
    decode_name,
    media_type_of,
    read_members,
    reject_archive,
)

SHARD_ENDINGS = (".json", ".jsonl", ".jsonl.gz")
_HEAD_BYTES = 2**16


class CaptureError(FileNotFoundError):
    """An input does not exist or holds nothing; the message says what was found, what is allowed and what to do."""


class Document(Struct, frozen=True):
    """A captured document.

    `source_uri` is its path in the input at its first sighting (`reports.zip!/2023/a.html` in an archive), `path` its
    archived copy. One with a `rejection` is not to be read.
    """

    sha256: str
    source_uri: str
    media_type: str
    bytes: int
    captured_at: str
    path: Path
    source_tier: int = DEFAULT_TIER
    rejection: Rejection | None = None


def document_of(line: ManifestLine, path: Path) -> Document:
    """The document that a line of the manifest names; `path` is its archived copy."""
    return Document(
        sha256=line.sha256,
        source_uri=line.source_uri,
        media_type=line.media_type,
        bytes=line.bytes,
        captured_at=line.captured_at,
        path=path,
        source_tier=line.source_tier,
    )


class RawShard(Struct, frozen=True):
    """A file of raw extracted JSON: one document (`.json`) or one a line (`.jsonl`, `.jsonl.gz`)."""

    path: Path


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def printable(name: str) -> str:
    """A file's name as text, also if it was written on a system that names files in GBK."""
    return decode_name(os.fsencode(name))


def _walk(folder: Path) -> Iterator[Path]:
    def tell(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError) and not _is_hidden(Path(error.filename), folder):
            raise error  # else the files in it would be missing without a word

    for parent, _folders, names in os.walk(folder, onerror=tell):
        yield from (path for name in names if (path := Path(parent, name)).is_file())


def find_files(given: Path) -> list[tuple[Path, str]]:
    """The files of one input with their paths relative to it: a file itself by its name, a folder's by sorted path.

    Raises:
        CaptureError: the input does not exist, or no file in it is to be read.
        OSError: a folder in it cannot be read.
    """
    if given.is_file():
        return [(given, printable(given.name))]
    allowed = f"Allowed are documents, raw extracted JSON ({', '.join(SHARD_ENDINGS)}) and folders of them"
    if not given.exists():
        raise CaptureError(f"{given} does not exist. {allowed}. Check the path, relative to {Path.cwd()}.")
    files = sorted(_walk(given))
    visible = [path for path in files if not _is_hidden(path, given)]
    if not visible:
        hidden = f"only {len(files)} hidden files" if files else "no file"
        raise CaptureError(f"{given} holds {hidden}. {allowed}. Put some into the folder, or name another one.")
    return [(path, printable(path.relative_to(given).as_posix())) for path in visible]


def _type_of_head(head: bytes, name: str) -> str:
    """The media type of a file that is too large for a document; what is made like a ZIP archive can only be one."""
    return ZIP if head.startswith(SIGNATURE) else detect_media_type(head, name)


class Capture:
    """Puts documents into one archive, or finds them there."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        """Name the archive, and what a document and a ZIP archive may cost."""
        self._archive, self._limits = archive, limits

    def take(self, path: Path, source_uri: str) -> Iterator[Document | RawShard]:
        """A file as a shard of raw extracted JSON, as the document that it is, or as those that are packed in it.

        Raises:
            ChangedFileError: the file was changed meanwhile.
            OSError: it cannot be read or the archive cannot be written.
        """
        if path.name.lower().endswith(SHARD_ENDINGS):
            yield RawShard(path)
        else:
            yield from self._take_file(path, source_uri)

    def take_again(self, line: ManifestLine) -> Iterator[Document]:
        """An archived document as it was captured; an archive of documents is looked through again."""
        path = self._archive.path_of(line.sha256)
        if line.media_type == ZIP:
            yield from self._take_archive(path, line.source_uri, line.captured_at, line.source_tier)
        else:
            yield document_of(line, path)

    def take_fetched(self, content: bytes, source_uri: str, source_tier: int, fetch: Fetch) -> ManifestLine:
        """Archive what an address gave, if it was not seen there last time; returns the first sighting of the bytes.

        Raises:
            OSError: the archive cannot be written.
        """
        now = datetime.now(UTC).replace(microsecond=0).isoformat()
        sha256 = hashlib.sha256(content).hexdigest()
        name = PurePosixPath(urlsplit(fetch.final_url).path).name
        media_type = media_type_of(content, name, self._limits)
        line = ManifestLine(sha256, source_uri, len(content), now, media_type, source_tier, fetch)
        last = self._archive.last_fetched(source_uri)
        if last is None or not is_same_sighting(last, line):
            self._archive.add(line, io.BytesIO(content))
        else:
            self._archive.keep(sha256, io.BytesIO(content))
        return self._archive.find(sha256) or line

    def _take_file(self, path: Path, source_uri: str) -> Iterator[Document]:
        fetched = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).replace(microsecond=0).isoformat()
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read() if size <= self._limits.document_bytes else file.read(_HEAD_BYTES)
            is_whole = size == len(head)
            media_type = media_type_of(head, path.name, self._limits) if is_whole else _type_of_head(head, path.name)
            if media_type == ZIP:
                yield from self._take_archive(path, source_uri, fetched)
            else:
                yield self._put(io.BytesIO(head) if is_whole else file, source_uri, fetched, media_type)

    def _take_archive(
        self, path: Path, source_uri: str, fetched: str, source_tier: int = DEFAULT_TIER
    ) -> Iterator[Document]:
        """The members of an archive; and the archive itself, rejected, if one of them cannot be taken."""
        taken, refusals = 0, list[Refusal]()
        for member in read_members(path, self._limits):
            if isinstance(member, Refusal):
                refusals.append(member)
                continue
            taken += 1
            uri = f"{source_uri}{SEPARATOR}{member.name}"
            media_type = media_type_of(member.content, PurePosixPath(member.name).name, self._limits)
            yield self._put(io.BytesIO(member.content), uri, fetched, media_type, source_tier)
        if refusals or not taken:
            with path.open("rb") as file:
                document = self._put(file, source_uri, fetched, ZIP)
            yield msgspec.structs.replace(document, rejection=reject_archive(refusals, taken))

    def _put(
        self, content: BinaryIO, source_uri: str, fetched: str, media_type: str, source_tier: int = DEFAULT_TIER
    ) -> Document:
        content.seek(0)
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # BytesIO and files are both
        line = self._archive.find(sha256)
        if line is None:
            size = content.seek(0, io.SEEK_END)
            line = ManifestLine(sha256, source_uri, size, fetched, media_type, source_tier)
            self._archive.add(line, content)
        else:
            self._archive.keep(sha256, content)
        return document_of(line, self._archive.path_of(sha256))


def capture(
    inputs: Iterable[Path], archive_folder: Path, limits: Limits | None = None
) -> Iterator[Document | RawShard]:
    """Capture all documents of the inputs, and name their shards of raw extracted JSON.

    Args:
        inputs: files, ZIP archives and folders; all of them are looked for before anything is captured.
        archive_folder: the archive; made if missing.
        limits: what a document and an archive may cost; those of the environment if left out.

    Yields:
        One item for each visible file, in the order of the inputs; for a ZIP archive one for each of its members, and
        one for itself if some of them cannot be taken. A file named twice comes once; two files of the same bytes are
        two items with the same document.

    Raises:
        CaptureError: an input does not exist, or holds nothing.
        LimitError: a limit is no number.
        OSError: a file cannot be read or the archive cannot be written.
    """
    found = {path.resolve(): (path, uri) for given in inputs for path, uri in find_files(given)}
    if not found:
        raise CaptureError("No input was given. Name documents, raw extracted JSON or folders of them.")
    taker = Capture(Archive(archive_folder), limits or read_limits())
    for path, source_uri in found.values():
        yield from taker.take(path, source_uri)
