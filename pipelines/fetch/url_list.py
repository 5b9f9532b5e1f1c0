"""Lists of addresses to fetch: one a line, or CSV or YAML that says more about each.

| field | meaning |
|---|---|
| `url` | the address; all others may be left out |
| `authority` | the body that should be reporting there |
| `year` | the year that the report should be on |
| `tier` | how near the source is to the body: 0 the body itself … 9; 5 if left out |
| `dialect` | the kind of page, if it is not recognised |
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml
from msgspec import Meta, Struct

from pipelines.archive import DEFAULT_TIER
from pipelines.fetch.dialects import dialect_names

_TABLES, _YAML = (".csv",), (".yml", ".yaml")
_LISTED = 20


class UrlListError(ValueError):
    """A list of addresses cannot be used; the message names the file and each line that is wrong."""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One address of a list."""

    url: Annotated[str, Meta(min_length=1)]
    authority: str = ""
    year: Annotated[int, Meta(ge=1990, le=2100)] | None = None
    tier: Annotated[int, Meta(ge=0, le=9)] = DEFAULT_TIER
    dialect: str = ""


def read_url_list(path: Path) -> list[Entry]:
    """The addresses of a list in its order, each once: the first line that names one counts.

    Raises:
        UrlListError: it does not exist, is none, or has no address, or a line is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UrlListError(f"The list {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UrlListError(f"The list {path} is not in UTF-8. Save it in UTF-8.") from error
    try:
        numbered = list(_read_records(path, text))
    except (csv.Error, yaml.YAMLError) as error:
        raise UrlListError(f"The list {path} is not what its name says: {error}") from error
    entries: dict[str, Entry] = {}
    wrong: list[str] = []
    for place, record in numbered:
        try:
            entry = _entry(record)
        except (msgspec.ValidationError, ValueError) as error:
            wrong.append(f"{place}: {error}")
        else:
            entries.setdefault(entry.url, entry)
    if wrong:
        more = f"\n  and {len(wrong) - _LISTED} more" if len(wrong) > _LISTED else ""
        listed = "\n  ".join(wrong[:_LISTED])
        raise UrlListError(
            f"The list {path} has {len(wrong)} entries that are wrong; nothing was fetched:\n  {listed}{more}\n"
            f"Allowed fields: {', '.join(Entry.__struct_fields__)}."
        )
    if not entries:
        raise UrlListError(f"The list {path} names no address. Write one address a line; docs/capture.md has more.")
    return list(entries.values())


def _entry(record: Mapping[str, Any]) -> Entry:
    entry = msgspec.convert(record, Entry, strict=False)
    if entry.dialect and entry.dialect not in dialect_names():
        raise ValueError(f"`{entry.dialect}` is no dialect; allowed are {', '.join(dialect_names())}")
    return entry


def _read_records(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each entry with its place in the list."""
    ending = path.suffix.lower()
    if ending in _TABLES:
        yield from _read_table(text)
    elif ending in _YAML:
        yield from _read_yaml(text)
    else:
        for number, line in enumerate(text.splitlines(), start=1):
            url = line.strip()
            if url and not url.startswith("#"):
                yield f"line {number}", {"url": url}


def _read_table(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text), strict=True, restkey="beyond the last column")
    for record in reader:
        given = {name: value for name, value in record.items() if value not in (None, "")}
        if given:
            yield f"line {reader.line_num}", given


def _read_yaml(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    loaded = yaml.safe_load(text)
    if loaded is None:
        return
    if not isinstance(loaded, Sequence) or isinstance(loaded, str):
        raise yaml.YAMLError("the file is no list")
    for number, record in enumerate(loaded, start=1):
        yield f"entry {number}", record if isinstance(record, Mapping) else {"url": record}
