"""The closed set of the form's labels, and which of them a printed text is.

Labels are compared by `label_key`: an exact key first, then a beginning or several labels in one text, then a key at
a small edit distance. A text can be several labels (a column and a row have the same name); where it stands decides.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct
from rapidfuzz.distance import Levenshtein

from contracts.form import Table, form
from pipelines.extract.fold import fold, label_key

LabelKind = Literal["heading", "group", "row", "column", "stub"]
LONGEST_LABEL = 70
_HAN = "一二三四五六七八九十"
_ORDINAL = re.compile(rf"\s*(?:#+\s*)?(?:\(([{_HAN}]{{1,3}}|\d{{1,2}})\)|([{_HAN}]{{1,3}}|\d{{1,2}})[、.,:])\s*")
_INNER = re.compile(rf"(?<=.)(?=\([{_HAN}]{{1,3}}\)|(?<!\d)\d[.、](?!\d))")
_PARENTHESES = re.compile(r"\([^()]*\)")
_INNERMOST = re.compile(r"\(([^()]{4,})\)\s*$")
_SHORTEST_FUZZY, _SHORTEST_BEGINNING, _SHORTEST_PART = 4, 6, 2
_SIMILAR, _MARGIN = 0.74, 0.12
_MOST_WORDS, _WORDS_OF_A_LABEL = 40, 4


class Label(Struct, frozen=True):
    """One label of one table: of a row, a column, a group over them, the heading or a stub."""

    kind: LabelKind
    table: str
    id: str
    ordinal: str = ""


class Match(Struct, frozen=True):
    """The labels that a text can be (all with the same key), and the ordinal printed before it."""

    labels: tuple[Label, ...]
    ordinal: str

    @property
    def tables(self) -> frozenset[str]:
        """The tables that have such a label."""
        return frozenset(label.table for label in self.labels)

    @property
    def table(self) -> str:
        """The table, if only one has such a label, else an empty string."""
        return next(iter(self.tables)) if len(self.tables) == 1 else ""

    def row(self, table: Table, *, bare: bool) -> str:
        """The row of `table` that the text names, or an empty string.

        Without an ordinal a column of that name goes first (`bare`); of several rows of that name, in whatever
        version, the one with the printed ordinal.
        """
        found = [label for label in self.labels if label.table == table.id]
        if bare and not self.ordinal and any(label.kind == "column" for label in found):
            return ""
        rows = [label for label in found if label.kind == "row"]
        if self.ordinal and len(rows) > 1:
            rows = [label for label in rows if self.is_numbered_as(label)]
        return next((label.id for label in rows if label.id in table.rows), "")

    def is_numbered_as(self, label: Label) -> bool:
        """Whether the printed ordinal is the label's."""
        return label_key(label.ordinal) == label_key(self.ordinal)

    def has_column(self, table: str) -> bool:
        """Whether the text can be the header of a column of `table`."""
        return any(label.kind == "column" and label.table == table for label in self.labels)


def _declared(table: Table) -> list[tuple[str, Label]]:
    """All spellings of a table's labels in one version."""

    def entry(kind: LabelKind, name: str, spelling: str, ordinal: str = "") -> tuple[str, Label]:
        return spelling, Label(kind, table.id, name, ordinal)

    entries = [entry("heading", table.id, table.heading["zh"], table.ordinal)]
    entries += [entry("stub", "stub", stub) for stub in (table.stub, table.column_stub) if stub]
    for group in (*table.groups.values(), *table.column_groups.values()):
        entries.append(entry("group", group.id, group.zh, group.ordinal))
    for row in table.rows.values():
        entries += [entry("row", row.id, spelling, row.ordinal) for spelling in (row.zh, *row.aliases)]
    for column in table.columns.values():
        entries += [entry("column", column.id, spelling) for spelling in (column.zh, *column.aliases)]
    return entries


@cache
def _labels() -> dict[str, tuple[Label, ...]]:
    """Labels by key; the same label in several versions is one label."""
    found: dict[str, dict[tuple[str, str, str], Label]] = {}
    for version in form().versions.values():
        for table in version.tables.values():
            for spelling, label in _declared(table):
                found.setdefault(label_key(spelling), {})[(label.kind, label.table, label.id)] = label
    return {key: tuple(labels.values()) for key, labels in found.items()}


def labels_by_key() -> Mapping[str, tuple[Label, ...]]:
    """All labels of all versions by the key that they are compared by."""
    return _labels()


@lru_cache(maxsize=65536)
def match_labels(text: str) -> tuple[Match, ...]:
    """The labels printed in a text, in order; none if it is anything else.

    One text can hold a group and a row (`(三)不予公开 1.…`); only texts made up of labels match.
    """
    if not text or len(text) > LONGEST_LABEL:
        return ()
    folded = fold(text)
    parts = [part for part in _INNER.split(folded) if part.strip()]
    are_labels = len(parts) > 1 and all(_match_exactly(part) is not None for part in parts)
    match = None if are_labels else _match(folded)
    if match is not None:
        inner = _INNERMOST.search(folded)
        row = _match(inner[1]) if inner and any(label.kind == "group" for label in match.labels) else None
        return (_with_header_parts(match, folded), *(() if row is None else (row,)))
    matches = [_match(part) for part in parts] if len(parts) > 1 else [None]
    found = tuple(match for match in matches if match is not None)
    return found if len(found) == len(matches) else _match_words(folded.split())


def _match_words(words: list[str]) -> tuple[Match, ...]:
    """The labels of a line of nothing but labels with blanks between them, of which some stand inside labels."""
    if not 1 < len(words) <= _MOST_WORDS:
        return ()
    found: list[Match] = []
    index = 0
    while index < len(words):
        ends = range(min(index + _WORDS_OF_A_LABEL, len(words)), index, -1)
        whole = ((_match_exactly("".join(words[index:end])), end) for end in ends)
        match, end = next(((match, end) for match, end in whole if match is not None), (None, index + 1))
        if match is None:
            match = next(iter(match_header_part(words[index])), None) or _match(words[index])
        if match is None:
            return ()
        found.append(match)
        index = end
    return tuple(found)


@lru_cache(maxsize=4096)
def match_upright(text: str) -> tuple[tuple[Match, ...], int]:
    """The longest label that a text begins with, and how many characters it has; none of less than two."""
    folded = fold(text)
    for length in range(len(folded), 1, -1):
        match = _match_exactly(folded[:length])
        if match is not None:
            return (match,), length
    return (), 0


@lru_cache(maxsize=65536)
def is_label(text: str) -> bool:
    """Whether a text is one label of the form to the letter, with its ordinal or without."""
    return _match_exactly(fold(text)) is not None


def is_numbered(text: str) -> bool:
    """Whether a text begins with an ordinal, as a label does and the rest of one does not."""
    return bool(_without_ordinal(fold(text))[0])


def _match_exactly(folded: str) -> Match | None:
    printed, body = _without_ordinal(folded)
    labels = _labels().get(label_key(body))
    return _with_header_parts(_by_ordinal(labels, printed), folded) if labels else None


@lru_cache(maxsize=4096)
def match_header_part(text: str) -> tuple[Match, ...]:
    """The columns whose label begins or ends with a text, as in headers that were cut off or broken over lines."""
    key = label_key(text)
    if len(key) < _SHORTEST_PART or len(text) > LONGEST_LABEL:
        return ()
    labels = {
        (label.table, label.id): label
        for known, found in _labels().items()
        for label in found
        if label.kind == "column" and (known.startswith(key) or known.endswith(key))
    }
    return (Match(tuple(labels.values()), ""),) if labels else ()


def _with_header_parts(match: Match, text: str) -> Match:
    """A short header can as well be a part of another table's header, so that it tells no table."""
    others = match_header_part(text) if len(text) == _SHORTEST_PART else ()
    more = tuple(label for part in others for label in part.labels if label.table not in match.tables)
    return Match((*match.labels, *more), match.ordinal)


def _match(folded: str) -> Match | None:
    printed, body = _without_ordinal(folded)
    for candidate in dict.fromkeys((body, _PARENTHESES.sub("", body))):
        labels = _labels().get(label_key(candidate))
        if labels:
            return _by_ordinal(labels, printed)
    key = label_key(body)
    labels = _beginning(key) or _similar(key)
    return _by_ordinal(labels, printed) if labels else None


def _without_ordinal(folded: str) -> tuple[str, str]:
    """The ordinal at the beginning of a text, and the rest."""
    ordinal = _ORDINAL.match(folded)
    return (ordinal.group().strip(), folded[ordinal.end() :]) if ordinal else ("", folded)


def _by_ordinal(labels: tuple[Label, ...], printed: str) -> Match:
    """What is left of `labels` if an ordinal is printed: columns and stubs never have one."""
    kept = tuple(label for label in labels if label.kind not in ("column", "stub")) if printed else labels
    return Match(kept or labels, printed)


def _beginning(key: str) -> tuple[Label, ...]:
    """The label that `key` is the beginning of, if it is long enough and the only one."""
    if len(key) < _SHORTEST_BEGINNING:
        return ()
    found = [labels for known, labels in _labels().items() if known.startswith(key) and len(key) * 2 > len(known)]
    return found[0] if len(found) == 1 else ()


def _similar(key: str) -> tuple[Label, ...]:
    """The label nearest to `key`, if it is near and no other is nearly as near."""
    if len(key) < _SHORTEST_FUZZY:
        return ()
    scores = [
        (Levenshtein.normalized_similarity(key, known), known, labels)
        for known, labels in _labels().items()
        if len(known) >= _SHORTEST_FUZZY and abs(len(known) - len(key)) * 3 <= len(known)
    ]
    near = sorted((entry for entry in scores if entry[0] >= _SIMILAR), key=lambda entry: -entry[0])
    if not near:
        return ()
    best, _, labels = near[0]
    ids = {(label.table, label.kind, label.id) for label in labels}
    rival = any(
        score > best - _MARGIN and not ids & {(label.table, label.kind, label.id) for label in others}
        for score, _, others in near[1:]
    )
    return () if rival else labels
