"""What a run was given: documents to read, and raw extracted JSON to load as it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PAYLOAD_ENDINGS = (".json", ".jsonl", ".jsonl.gz")


class NoInputError(FileNotFoundError):
    """A path does not exist, or a folder holds no file."""


@dataclass(frozen=True)
class Inputs:
    """The files of a run by what is done with them, in the order given (a folder's files by name)."""

    documents: tuple[Path, ...]
    payloads: tuple[Path, ...]


def find_inputs(paths: Iterable[Path]) -> Inputs:
    """Sort files and the files below folders into documents and raw extracted JSON, by their endings.

    Hidden files and folders are left out.

    Raises:
        NoInputError: a path does not exist, or a folder holds no file.
    """
    files = list(dict.fromkeys(file for path in paths for file in _files_of(path)))
    payloads = tuple(file for file in files if file.name.lower().endswith(PAYLOAD_ENDINGS))
    return Inputs(tuple(file for file in files if file not in set(payloads)), payloads)


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.exists():
        raise NoInputError(f"{path} does not exist. Name a document, raw extracted JSON, a shard or a folder.")
    found = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]
    if not found:
        raise NoInputError(f"The folder {path} holds no file. Put documents or raw extracted JSON into it.")
    yield from found
