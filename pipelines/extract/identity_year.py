"""The year, the period and the date of publication of a report, each with the places that say so.

A year is copied wrongly in two ways: last year's period sentence is left in this year's report, or an old title stands
over a new text. Neither place is believed alone: the year that most places say is taken, the date of publication
speaking for the year before it. Where two years have as many, the title decides, because a title is what the body
gave the page its name by and what its readers see first. Of a page that lists the titles of several years only the
one nearest above the first section has a voice, and the text's weighs more.
"""

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from contracts.raw_json import EvidenceField, EvidenceSource, Span
from pipelines.extract import identity_patterns as patterns
from pipelines.extract.identity_lines import Line, lines_upwards

_QUOTE = 60  # characters of a quote
_ORDER: tuple[EvidenceSource, ...] = ("title", "index_block", "period_sentence", "text", "first_sentence", "file_name")


class Witness(Struct, frozen=True):
    """What one place says of one field of the identity."""

    field: EvidenceField
    value: str
    source: EvidenceSource
    quote: str = ""
    span: Span | None = None


def quoted(line: Line, match: re.Match[str]) -> str:
    """The matched words as printed."""
    return line.printed[match.start() : min(match.end(), match.start() + _QUOTE)].lstrip("|#")


def _first(
    pattern: re.Pattern[str], lines: Sequence[Line], field: EvidenceField, source: EvidenceSource
) -> Witness | None:
    for line in lines:
        match = pattern.search(line.folded)
        if match is not None:
            return Witness(field, match["year"], source, quoted(line, match), line.span)
    return None


def _titles(titles: Sequence[Line]) -> list[Witness]:
    """Every title with a year, in order; the title of an index block is told apart."""
    found: list[Witness] = []
    for pattern in (*patterns.TITLES, patterns.BARE_TITLE):
        for line in titles:
            match = pattern.search(line.folded)
            if match is not None:
                source: EvidenceSource = "index_block" if patterns.INDEX_TITLE.match(line.folded) else "title"
                found.append(Witness("year", match["year"], source, quoted(line, match), line.span))
    return found


def file_name(source_uri: str) -> str:
    """The last part of a path or URL, decoded."""
    return unquote(urlsplit(source_uri).path).rsplit("/", 1)[-1]


def _of_file_name(source_uri: str) -> Witness | None:
    name = file_name(source_uri)
    years = set(patterns.FILE_YEAR.findall(name))
    return Witness("year", years.pop(), "file_name", name[:_QUOTE]) if len(years) == 1 else None


def _one_title_a_source(found: Sequence[Witness], year: str, near: Witness | None) -> list[Witness]:
    """Of the titles of each source the one that says `year`, else the first; and the one nearest to the text."""
    chosen: dict[str, Witness] = {}
    for witness in found:
        if witness.source not in chosen or (witness.value == year and chosen[witness.source].value != year):
            chosen[witness.source] = witness
    titles = list(chosen.values())
    said = {(witness.value, witness.source) for witness in titles}
    return titles if near is None or (near.value, near.source) in said else [*titles, near]


def above_the_text(lines: Sequence[Line]) -> list[Line]:
    """The lines above the text, the nearest to it first, with broken titles joined; none without a first section.

    The text begins with its first section, or with the sentence that introduces it where a title stands above.
    """
    first = next((place for place, line in enumerate(lines) if patterns.SECTION.match(line.folded)), 0)
    named = next((place for place, line in enumerate(lines) if patterns.ANY_TITLE.search(line.folded)), first)
    introduced = (place for place in range(named + 1, first) if patterns.INTRODUCTION.search(lines[place].folded))
    return lines_upwards(lines[: next(introduced, first)])


def read_year(
    lines: Sequence[Line], titles: Sequence[Line], source_uri: str, published: str
) -> tuple[int | None, list[Witness]]:
    """The report's year and what says so; None if nothing does.

    Args:
        lines: the beginning of the document.
        titles: the same with broken titles joined.
        source_uri: where it came from, for the name of the file.
        published: the date of publication, which supports a year and never gives one.
    """
    found = _titles(titles)
    others = [
        _of_period(lines),
        _first(patterns.STATED_TITLE, lines, "year", "text"),
        _first(patterns.OPENING, lines, "year", "first_sentence")
        or _first(patterns.FIRST_SENTENCE, lines, "year", "first_sentence"),
        _of_file_name(source_uri),
    ]
    witnesses = [witness for witness in others if witness is not None]
    is_list = len({witness.value for witness in found}) > 1
    near = next((one for line in above_the_text(lines) for one in _titles([line])), None) if is_list else None
    support = str(int(published[:4]) - 1) if published else ""
    if not witnesses and (is_list or not found):
        last = _last_resort(found, near, support, lines, titles)
        return (int(last.value), _one_title_a_source([last], last.value, near)) if last else (None, [])
    ranked: list[tuple[Witness, float]] = [
        (one, _ORDER.index(one.source)) for one in (*([] if is_list else found), *witnesses)
    ]
    if near is not None:
        ranked.append((near, _ORDER.index("file_name") - 0.5))  # behind what the text says, before the file's name
    ranked.sort(key=lambda voice: voice[1])
    votes = Counter(value for value, _ in {(witness.value, witness.source) for witness, _ in ranked})
    if support in votes:
        votes[support] += 1
    first = {witness.value: rank for witness, rank in reversed(ranked)}
    year = min(votes, key=lambda value: (-votes[value], first[value]))
    return int(year), [*_one_title_a_source(found, year, near), *witnesses]


def _last_resort(
    found: Sequence[Witness], near: Witness | None, support: str, lines: Sequence[Line], titles: Sequence[Line]
) -> Witness | None:
    """What gives the year where titles alone name years, of which there are several, or where none does.

    Of several titles it is the one that the date of publication speaks for, else the last before the first section.
    """
    if found:
        return next((witness for witness in found if witness.value == support), near)
    named = [one for line in titles if (one := _first(patterns.ANY_TITLE, [line], "year", "title"))]
    if len({witness.value for witness in named}) == 1:
        return named[0]
    return _first(patterns.ANY_YEAR, lines, "year", "text")


def _of_period(lines: Sequence[Line]) -> Witness | None:
    """The year of the period sentence; a period of several years says none."""
    for line in lines:
        match = patterns.PERIOD.search(line.folded)
        if match is not None and match["end"] in (None, match["year"]):
            return Witness("year", match["year"], "period_sentence", quoted(line, match), line.span)
    return None


def read_period(lines: Sequence[Line]) -> list[Witness]:
    """The period as `first day/last day`, at most one."""
    for line in lines:
        match = patterns.PERIOD.search(line.folded)
        if match is not None:
            value = f"{match['year']}-01-01/{match['end'] or match['year']}-12-31"
            return [Witness("period", value, "period_sentence", quoted(line, match), line.span)]
    return []


def _date(match: re.Match[str]) -> str | None:
    month, day = int(match["month"]), int(match["day"])
    return f"{match['year']}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def read_published(lines: Sequence[Line], source_uri: str) -> list[Witness]:
    """Dates of publication: the first one that is printed, and the one in the address of the page."""
    found: list[Witness] = []
    printed: tuple[tuple[re.Pattern[str], EvidenceSource], ...] = (
        (patterns.PUBLISHED, "index_block"),
        (patterns.DATE_LINE, "text"),
    )
    for pattern, source in printed:
        for line in lines:
            match = pattern.search(line.folded)
            date = _date(match) if match else None
            if match and date:
                found.append(Witness("published", date, source, quoted(line, match), line.span))
                break
        if found:
            break
    for url in addresses(lines, source_uri):
        match = patterns.URL_DATE.search(url)
        date = _date(match) if match else None
        if match and date:
            return [*found, Witness("published", date, "url", url[-_QUOTE:])]
    return found


def addresses(lines: Sequence[Line], source_uri: str) -> list[str]:
    """The address that the document came from and those that its beginning prints."""
    printed = [match[0] for line in lines for match in patterns.URL.finditer(line.folded)]
    return [source_uri, *printed] if source_uri.startswith("http") else printed
