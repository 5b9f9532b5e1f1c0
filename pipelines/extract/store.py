"""Raw extracted JSON of documents by sha256 and version of the extractor: what was read once is not read again."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from msgspec import structs

from pipelines.capture import Document
from pipelines.durability import replacing
from pipelines.extract.readers.tools import list_tools
from pipelines.extract.version import EXTRACTOR_VERSION
from pipelines.limits import Limits

PROJECT = Path(__file__).parents[2]
CODE_FOLDERS = ("contracts", "pipelines/extract")
CODE_SUFFIXES = (".py", ".yml", ".csv")


class Store(Protocol):
    """Where extractions go as they come, and where the ones of earlier runs are found."""

    def holds(self, document: Document) -> bool:
        """Whether the document was extracted by this version already."""

    def put(self, document: Document, line: bytes) -> None:
        """Keep a document's extraction, whole or not at all.

        Raises:
            OSError: it cannot be written.
        """


@lru_cache(maxsize=1)
def _code() -> str:
    """A digest of everything that a reading depends on."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in CODE_FOLDERS for path in (PROJECT / folder).rglob("*")):
        if path.suffix in CODE_SUFFIXES:
            digest.update(f"{path.relative_to(PROJECT).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def version_folder(limits: Limits) -> str:
    """The extractor's version with a digest of its code, limits and optional tools: `1.0.0-1f2e3d4c5b6a`.

    The digest differs where a version is still being worked on, or where other limits or a tool that was installed
    since can let other documents pass.
    """
    bounds = structs.replace(limits, workers=1)
    return f"{EXTRACTOR_VERSION}-{hashlib.sha256(f'{_code()}{bounds}{list_tools()}'.encode()).hexdigest()[:12]}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears only when it is whole; an interrupted one leaves nothing that could be taken for it.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as part:
        part.write_bytes(content)


class ExtractionStore:
    """A folder of extractions, one file each: `<version>/<sha256[:2]>/<sha256>.json`."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        """Name the folder; it is made when something is put into it."""
        self._folder = folder / version_folder(limits)

    def path_of(self, document: Document) -> Path:
        """Where the extraction of a document lies."""
        return self._folder / document.sha256[:2] / f"{document.sha256}.json"

    def holds(self, document: Document) -> bool:
        """Whether the document was extracted already. A file without its last byte, as a power cut leaves, is none."""
        try:
            with self.path_of(document).open("rb") as file:
                file.seek(-1, os.SEEK_END)
                return file.read() == b"\n"
        except OSError:
            return False

    def payload_of(self, document: Document) -> str | None:
        """The sha256 of a document's extraction, as the load calls its payload; None if it was not extracted."""
        try:
            line = self.path_of(document).read_bytes()
        except OSError:
            return None
        return hashlib.sha256(line[:-1]).hexdigest() if line.endswith(b"\n") else None

    def put(self, document: Document, line: bytes) -> None:
        """Keep a document's extraction.

        Raises:
            OSError: it cannot be written.
        """
        write_whole(self.path_of(document), line)
