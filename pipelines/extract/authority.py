"""Identity of a report: the body, the year, the period, the date of publication, the region and the scope."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from msgspec import Struct, structs

from contracts.evidence import evidence_agrees
from contracts.raw_json import Authority, Evidence, EvidenceSource, Scope
from contracts.regions import Region
from pipelines.extract import identity_patterns as patterns
from pipelines.extract.authority_names import Body, body_of, written_out
from pipelines.extract.fold_names import fold_line
from pipelines.extract.identity_lines import Line, identity_lines, title_lines
from pipelines.extract.identity_scope import read_scope
from pipelines.extract.identity_year import (
    Witness,
    above_the_text,
    addresses,
    file_name,
    quoted,
    read_period,
    read_published,
    read_year,
)
from pipelines.extract.pieces import Piece
from pipelines.extract.place_context import Context

_GENERIC = "省市州区县旗盟"
_GOVERNMENT_SITE = ".gov.cn"
_TITLES: tuple[EvidenceSource, ...] = ("title", "text")  # whose words for the level are about the whole report
_NAMING: tuple[EvidenceSource, ...] = ("title", "index_block", "file_name")


class ReportIdentity(Struct, frozen=True):
    """Who reports on which year, with the evidence; `year` None if the document does not say."""

    authority: Authority
    year: int | None
    period: str
    published: str
    region_code: str | None
    scope: Scope
    evidence: list[Evidence]


class _Candidate(Struct, frozen=True):
    """A place where the body's name was found: folded and as printed."""

    folded: str
    printed: str
    source: EvidenceSource
    quote: str
    line: Line | None = None
    year: str | None = None  # what a title names beside the body
    is_own_level: bool = False  # a title says that the body reports for itself alone


def _name_span(folded: str, match: re.Match[str]) -> tuple[int, int, bool]:
    """Where the body's name begins and ends, without the words for its own level, and whether they stand behind it."""
    start, end = match.span("name")
    for level in patterns.OWN_LEVEL.finditer(folded, start + 2):
        if level.start() <= end <= level.end():
            return start, level.start(), True
    return start, end, False


def _candidates(lines: list[Line], titles: list[Line], source_uri: str) -> Iterator[_Candidate]:
    """Names of the body in the order in which they are trusted: title, index block, text, name of the file."""
    searches: list[tuple[re.Pattern[str], EvidenceSource, list[Line]]] = [
        *((pattern, "title", titles) for pattern in patterns.TITLES),
        (patterns.STATED_TITLE, "text", lines),
        (patterns.PUBLISHER, "index_block", lines),
        (patterns.OPENING, "first_sentence", lines),
        (patterns.SUBJECT, "first_sentence", lines),
        (patterns.CONTACT, "contact", lines),
    ]
    for pattern, source, where in searches:
        for line in where:
            match = pattern.search(line.folded)
            if match is None or patterns.NOT_A_NAME.match(match["name"]):
                continue
            start, end, is_own = _name_span(line.folded, match)
            kind: EvidenceSource = (
                "index_block" if source == "title" and patterns.INDEX_TITLE.match(line.folded) else source
            )
            is_own = is_own and source in _TITLES
            names = line.folded[start:end], line.printed[start:end]
            year = match.groupdict().get("year")
            yield _Candidate(*names, kind, quoted(line, match), line, year, is_own_level=is_own)
    name = file_name(source_uri)
    folded = fold_line(name)
    match = patterns.FILE_TITLE.search(folded)
    if match is not None and not patterns.NOT_A_NAME.match(match["name"]):
        start, end, is_own = _name_span(folded, match)
        yield _Candidate(folded[start:end], name[start:end], "file_name", name, is_own_level=is_own)


def _completes(printed: str, body: Body) -> bool:
    """Whether a body's name is the whole of a name that could not be decided."""
    tail = written_out(printed)
    return body.name.endswith(tail) or (tail[0] in _GENERIC and body.name.endswith(tail[1:]))


def _without_lines_above(candidates: list[_Candidate], lines: list[Line], context: Context) -> list[_Candidate]:
    """Without the titles joined from lines whose name is another title's with what stands above it."""
    decided = {one.folded for one in candidates if one.source == "title" and body_of(one.folded, context)}

    def is_kept(one: _Candidate) -> bool:
        is_joined = one.source == "title" and one.line not in lines
        return not is_joined or not any(one.folded != name and one.folded.endswith(name) for name in decided)

    return [one for one in candidates if is_kept(one)]


def _nearest(
    titles: Sequence[_Candidate], bodies: dict[str, Body], lines: list[Line], year: int | None
) -> _Candidate | None:
    """The title nearest above the text that names a body, of those of the report's year if there is one.

    One that does not decide the body fills its line.
    """
    above = [
        one
        for line in above_the_text(lines)
        for one in titles
        if one.line == line and (one.folded in bodies or line.printed.endswith(one.quote))
    ]
    return next((one for one in above if one.year == str(year)), above[0] if above else None)


def _without_list(
    candidates: list[_Candidate], lines: list[Line], context: Context, year: int | None
) -> tuple[list[_Candidate], bool]:
    """Of titles that name several bodies, as a list of reports does, those of the reporting body before the others.

    It is the body that another place names too; its titles stay alone. Else it is that of the title of its year that
    stands nearest above the text. A government and its office are no list.

    Returns:
        The names, and whether the list leaves the body open.
    """
    titles = [one for one in candidates if one.source == "title"]
    bodies = {one.folded: body for one in titles if (body := body_of(one.folded, context))}
    names = {body.name for body in bodies.values()}
    near = _nearest(titles, bodies, lines, year)
    if near is None or near.folded in bodies:
        if all(a.startswith(b) or b.startswith(a) for a in names for b in names):
            return candidates, False
        others = (body_of(one.folded, context) for one in candidates if one.source != "title")
        named = next((body.name for body in others if body and body.name in names), None)
        if named is not None:
            of_others = {name for name, body in bodies.items() if body.name != named}
            return [one for one in candidates if one.source != "title" or one.folded not in of_others], False
    if near is None:
        return candidates, True
    return sorted(candidates, key=lambda one: one.line != near.line), False


def _read_body(
    candidates: list[_Candidate], context: Context, *, is_open: bool
) -> tuple[_Candidate | None, Body | None, list[Witness]]:
    """The first name that the document decides, and what its title and index block say of the body.

    Where an earlier name was not decided, a later one counts only if it is the same name in full. Where the document
    leaves the body open, the names are witnesses and none is chosen.
    """
    chosen: _Candidate | None = None
    body: Body | None = None
    witnesses: list[Witness] = []
    for candidate in candidates:
        if body is not None and candidate.source not in _NAMING:
            continue
        found = body_of(candidate.folded, context)
        if found is None:
            chosen = chosen or candidate
            continue
        if body is None and (chosen is None or _completes(chosen.folded, found)):
            chosen, body = candidate, found
        elif candidate.source not in _NAMING:
            continue
        span = candidate.line.span if candidate.line else None
        witnesses.append(Witness("authority", found.name, candidate.source, candidate.quote, span))
    return (None, None, _distinct(witnesses)) if is_open else (chosen, body, _distinct(witnesses))


def _of_level(candidates: list[_Candidate], body: Body | None, context: Context) -> list[Witness]:
    """The first title of the body that says that it reports for itself alone, and beside it one that does not."""
    if body is None or not any(one.is_own_level for one in candidates):
        return []
    of_body = [
        one for one in candidates if (named := body_of(one.folded, context)) is not None and named.name == body.name
    ]
    own = next((one for one in of_body if one.is_own_level), None)
    if own is None:
        return []
    found = [Witness("scope", "own", own.source, own.quote, own.line.span if own.line else None)]
    other = next((one for one in of_body if one.source == "title" and not one.is_own_level), None)
    if other is not None and other.line is not None and body.governs:
        found.append(Witness("scope", "consolidated", "title", other.quote, other.line.span))
    return found


def _distinct(witnesses: list[Witness]) -> list[Witness]:
    """The first witness of each source and value."""
    found: dict[tuple[str, str], Witness] = {}
    for witness in witnesses:
        found.setdefault((witness.source, witness.value), witness)
    return list(found.values())


def _region_witnesses(body: Body | None, site: Region | None, host: str) -> list[Witness]:
    """What the body's name says of its region, and what the name of the government's site does."""
    found: list[Witness] = []
    if body is not None and body.region is not None:
        sources: dict[str, EvidenceSource] = {"named": "name", "context": "context", "misread": "misread_name"}
        found.append(Witness("region_code", body.region.code, sources[body.basis], body.quote or body.name))
    if site is not None and host.endswith(_GOVERNMENT_SITE):
        found.append(Witness("region_code", site.code, "url", host))
    return found


def read_identity(pieces: Sequence[Piece], source_uri: str) -> ReportIdentity:
    """Who reports on which year, read from the beginning of a document.

    Args:
        pieces: the document in reading order.
        source_uri: where it came from; its file name and its host are evidence beside the text.
    """
    lines = identity_lines(pieces)
    titles = title_lines(lines)
    text = "\n".join(line.folded for line in lines)
    published = read_published(lines, source_uri)
    printed_date = next((witness.value for witness in published if witness.source != "url"), "")
    year, witnesses = read_year(lines, titles, source_uri, printed_date)
    host = next((host for url in addresses(lines, source_uri) if (host := urlsplit(url).hostname)), "")
    context = Context(text, year, host)
    candidates = _without_lines_above(list(_candidates(lines, titles, source_uri)), lines, context)
    candidates, is_open = _without_list(candidates, lines, context, year)
    chosen, body, named = _read_body(candidates, context, is_open=is_open)
    scope, scope_witnesses = read_scope(body, lines, text, _of_level(candidates, body, context))
    period = read_period(lines)
    identity = ReportIdentity(
        authority=Authority(printed=chosen.printed if chosen else "", normalised=body.name if body else None),
        year=year,
        period=period[0].value if period else "",
        published=printed_date,
        region_code=body.region.code if body and body.region else None,
        scope=scope,
        evidence=[],
    )
    found = [*named, *witnesses, *period, *published, *_region_witnesses(body, context.site, host), *scope_witnesses]
    return structs.replace(identity, evidence=[_judged(witness, identity) for witness in found])


def _judged(witness: Witness, identity: ReportIdentity) -> Evidence:
    agrees = evidence_agrees(
        witness.field,
        witness.value,
        witness.source,
        normalised=identity.authority.normalised,
        year=identity.year or 0,
        period=identity.period,
        region_code=identity.region_code,
        scope=identity.scope,
    )
    return Evidence(
        field=witness.field,
        value=witness.value,
        source=witness.source,
        quote=witness.quote,
        span=witness.span,
        agrees=agrees,
    )
