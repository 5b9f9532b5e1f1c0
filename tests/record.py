"""A record of trials on disk, so that a long run may be cut and continued, or divided among machines.

Every line holds one trial and the fingerprint of the code that made it. A run that goes on takes what is recorded for
done, and its totals say how many trials each state of the code has made.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

PROJECT = Path(__file__).parents[1]
_CODE = ("contracts", "pipelines/extract", "pipelines/validation")
T = TypeVar("T")


class Entry(Struct, Generic[T], frozen=True):
    """One line: a trial, and the code that was tried."""

    code: str
    trial: T


def fingerprint_code() -> str:
    """Twelve digits that change with any file of the reader and of the form."""
    found = hashlib.sha256()
    for folder in _CODE:
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.suffix in (".py", ".yml"):
                found.update(path.relative_to(PROJECT).as_posix().encode())
                found.update(path.read_bytes())
    return found.hexdigest()[:12]


class Record(Generic[T]):
    """Trials of one kind; without a path they are kept in memory alone."""

    def __init__(self, path: Path | None, kind: type[T]) -> None:
        """Take what a file already holds; a last line that was cut off is not counted.

        Raises:
            msgspec.ValidationError: the file holds something else.
        """
        self._path, self._code = path, fingerprint_code()
        self.entries: list[Entry[T]] = []
        if path is not None and path.exists():
            whole, _, _ = path.read_bytes().rpartition(b"\n")
            decoder = msgspec.json.Decoder(Entry[kind])  # type: ignore[valid-type]
            self.entries = [decoder.decode(line) for line in whole.splitlines()]
            path.write_bytes(whole + b"\n" if whole else b"")

    @property
    def trials(self) -> list[T]:
        """All trials, those of earlier runs first."""
        return [entry.trial for entry in self.entries]

    @property
    def codes(self) -> str:
        """How many trials each state of the code has made, in words."""
        counts = Counter(entry.code for entry in self.entries)
        return ", ".join(
            f"{count:,} by {code}{' (this one)' * (code == self._code)}" for code, count in counts.most_common()
        )

    def add(self, trials: Iterable[T]) -> None:
        """Append trials that were made now."""
        made = [Entry(self._code, trial) for trial in trials]
        self.entries += made
        if self._path is not None and made:
            with self._path.open("ab") as file:
                file.writelines(msgspec.json.encode(entry) + b"\n" for entry in made)
