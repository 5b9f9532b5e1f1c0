"""One document found again, by path, hash or name, and read again with the place of every number."""

import string
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from flows.declarations import load_declarations
from pipelines.archive import archived_path, read_manifest
from pipelines.extract.messages import Task
from pipelines.extract.pool import DocumentPool
from pipelines.limits import Limits
from pipelines.warehouse import Warehouse

if TYPE_CHECKING:
    from pipelines.extract.places import TracedDocument

_FUNCTION = "pipelines.extract.places:trace_task"
_SHORTEST_HASH = 6
_LISTED = 10


class DocumentError(LookupError):
    """No single readable document is meant; the message says what there is instead and what to name."""


@dataclass(frozen=True)
class Source:
    """A document's bytes and where they came from."""

    path: Path
    source_uri: str


def find_document(named: str, warehouse: Warehouse) -> Source:
    """The document of a path, else the archived one of a sha256 (or its beginning), a source or a file name.

    Raises:
        DocumentError: there is none, or there are several.
    """
    if Path(named).is_file():
        return Source(Path(named), Path(named).name)
    lines = read_manifest(warehouse.archive)
    found = {sha256 for sha256, line in lines.items() if line.source_uri == named}
    found = found or {sha256 for sha256, line in lines.items() if Path(line.source_uri).name == named}
    if not found and len(named) >= _SHORTEST_HASH and set(named.lower()) <= set(string.hexdigits):
        found = {sha256 for sha256 in lines if sha256.startswith(named.lower())}
    if not found:
        raise DocumentError(
            f"{named} is no file, and none of the {len(lines)} documents in {warehouse.archive} has that name or hash. "
            f"Name a file, a document's name, or at least {_SHORTEST_HASH} characters of its sha256."
        )
    if len(found) > 1:
        listed = "".join(f"\n{sha256[:12]}  {lines[sha256].source_uri}" for sha256 in sorted(found)[:_LISTED])
        raise DocumentError(f"{named} can be one of {len(found)} documents. Name one by its sha256:{listed}")
    (sha256,) = found
    return Source(archived_path(warehouse.archive, sha256), lines[sha256].source_uri)


def trace(source: Source, limits: Limits) -> "TracedDocument":
    """Read a document again, within the limits of one.

    Raises:
        DeclarationError: something declared cannot be used.
        DocumentError: it may not be read, or has no report that could be read.
        OSError: no process can be started.
    """
    load_declarations()
    task = Task(
        sha256="", path=str(source.path), source_uri=source.source_uri, captured_at="", seconds=limits.scan_seconds
    )
    _check_readable(source.path)
    if source.path.stat().st_size > limits.document_bytes:
        raise DocumentError(f"{source.source_uri} was not read: it has more than {limits.document_bytes:,} bytes.")
    with DocumentPool(_FUNCTION, 1, limits.document_memory) as pool:
        ((_task, answer),) = pool.answers([task])
    if answer.rejection is not None:
        reason = f"{answer.rejection.reason}: {answer.rejection.detail}"
        raise DocumentError(f"{source.source_uri} was not read: {reason}.")
    from pipelines.extract.places import TracedDocument  # with it all readers are imported

    return msgspec.json.decode(answer.line, type=TracedDocument)


def _check_readable(path: Path) -> None:
    """Whose the file is that refuses is told here: the process that reads it knows only that the machine did.

    Raises:
        DocumentError: it cannot be opened.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}.") from error
