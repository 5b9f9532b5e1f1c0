"""Identity of a report: the body, the year, the period, the date of publication, the region and the scope.

The year comes from the title, the period sentence or the first sentence of the report, never from a date of
publication and never from a clock.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from contracts.raw_json import Authority, Scope
from pipelines.extract.authority_names import Body, normalise_body
from pipelines.extract.fold import fold
from pipelines.extract.pieces import Piece

_LINES = 60  # the identity stands at the beginning
_WIDTH = 1500
_YEAR = r"(?P<year>20[0-4]\d)年?度?"
_REPORT = r"(?:政府)?(?:信息|政务)公开(?:工作)?(?:年度|总结|情况)?(?:工作)?(?:年度)?(?:总结)?(?:报告|年报|$)"
_NAME = r"(?P<name>[一-鿿]{2,30}?)"
_TITLES = (
    re.compile(rf"^(?:#*|标题:){_NAME}{_YEAR}{_REPORT}"),
    re.compile(rf"^(?:#*|标题:){_YEAR}{_NAME}{_REPORT}"),
    re.compile(rf"^(?:#*|标题:){_NAME}{_REPORT}\(?{_YEAR}\)?$"),
    re.compile(rf"(?:编制了|现将|公布){_NAME}{_YEAR}{_REPORT}"),
)
_BARE_TITLE = re.compile(rf"^(?:#*|标题:){_YEAR}{_REPORT}")
_PUBLISHER = re.compile(
    r"(?:发布单位|发布机构|发布部门|公开主体|公开单位|信息来源|来源):\|?(?P<name>[一-鿿]{3,30})(?![一-鿿])"
)
_BODY_END = r"(?:人民政府(?:办公厅|办公室)?|政府(?:办公厅|办公室)?|管委会|委员会|发改委|局|厅|办公室)"
_OPENING = re.compile(rf"(?:^|\|){_YEAR}[,，]?{_NAME.replace('{2,30}?', '{1,24}?')}(?<=.)(?P<end>{_BODY_END})")
_SUBJECT = re.compile(rf"^(?P<name>[一-鿿]{{2,24}}?{_BODY_END})(?=按照|根据|依据|依照|遵照|严格|认真)")
_MENTION = re.compile(
    rf"(?:可在|可从|登录|请与|由)(?P<name>[一-鿿]{{2,24}}?{_BODY_END})(?:门户网站|官方网站|网站|办公室|联系|编制)"
)
_PERIOD = re.compile(r"(?P<year>20[0-4]\d)年1月1日(?:起|开始)?[,，]?(?:至|到|-|—|~)?(?:(?P<end>20[0-4]\d)年)?12月31日")
_ONLY_YEAR = re.compile(r"(?:^|[^\d])(20[0-4]\d)年(?:度|,|，|全年|我|全)")
_PUBLISHED = re.compile(
    r"(?:公开日期|发布日期|发布时间|成文日期|生成日期|公布日期|时间):\|?(20\d\d)[-年./](\d{1,2})[-月./](\d{1,2})"
)
_DATE_LINE = re.compile(r"^\(?(20\d\d)年(\d{1,2})月(\d{1,2})日\)?$")
_FILE_YEAR = re.compile(r"(?<![\d])(20[0-4]\d)(?![\d])(?!-\d)")
_SELF = re.compile(r"^(?:我|本|各|该|为)")
_WHOLE_REGION = re.compile(r"全[省市区县]")
_BLANK = re.compile(r"\s+")


class ReportIdentity(Struct, frozen=True):
    """Who reports on which year; `year` None if the document does not say."""

    authority: Authority
    year: int | None
    period: str
    published: str
    region_code: str | None
    scope: Scope


class _Candidate(Struct, frozen=True):
    """A place where the body's name was found: folded and as printed."""

    folded: str
    printed: str


def _printed_lines(pieces: Sequence[Piece]) -> list[str]:
    """The first lines as printed, without blanks; the cells of a row are joined by `|`."""
    lines: list[str] = []
    row: list[str] = []
    for piece in pieces:
        if len(lines) >= _LINES:
            break
        text = _BLANK.sub("", piece.text[:_WIDTH])
        if piece.kind == "cell":
            row.append(text)
            continue
        if row:
            lines.append("|".join(row))
            row = []
        if piece.kind == "line" and text:
            lines.append(text)
    return [*lines, "|".join(row)] if row else lines


def _joined_titles(lines: list[str]) -> list[str]:
    """The lines, and each short one joined with the next: titles are broken over two lines."""
    pairs = pairwise(lines)
    return [*lines, *(first + second for first, second in pairs if len(first) < 40 and len(second) < 30)]


def _candidates(folded: list[str], printed: list[str]) -> Iterator[_Candidate]:
    """Names of the body in the order in which they are trusted: title, index block, text."""
    for pattern in (*_TITLES, _PUBLISHER, _OPENING, _SUBJECT, _MENTION):
        for line, original in zip(folded, printed, strict=True):
            match = pattern.search(line)
            if match is None or _SELF.match(match["name"]):
                continue
            start = match.start("name")
            end = match.end("end") if pattern is _OPENING else match.end("name")
            yield _Candidate(line[start:end], original[start:end])


def _year(folded: list[str], titles: list[str], source_uri: str) -> int | None:
    """The report's year: of the period sentence, the title, the first dated sentence, at last of the file's name."""
    for pattern, lines in (
        (_PERIOD, folded),
        *((pattern, titles) for pattern in (*_TITLES, _BARE_TITLE)),
        (_OPENING, folded),
    ):
        for line in lines:
            match = pattern.search(line)
            if match is not None:
                return int(match["year"])
    for line in folded:
        found = _ONLY_YEAR.search(line)
        if found is not None:
            return int(found[1])
    name = unquote(urlsplit(source_uri).path).rsplit("/", 1)[-1]
    years = set(_FILE_YEAR.findall(name))
    return int(years.pop()) if len(years) == 1 else None


def _period(folded: list[str]) -> str:
    for line in folded:
        match = _PERIOD.search(line)
        if match is not None:
            return f"{match['year']}-01-01/{match['end'] or match['year']}-12-31"
    return ""


def _published(folded: list[str]) -> str:
    for pattern in (_PUBLISHED, _DATE_LINE):
        for line in folded:
            match = pattern.search(line)
            if match is not None:
                return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
    return ""


def _scope(body: Body | None, text: str) -> Scope:
    """A government reports for its whole region, an office, bureau or department for itself."""
    if body is None:
        return "consolidated" if len(_WHOLE_REGION.findall(text)) > 2 else "unknown"
    return "consolidated" if body.governs else "own"


def read_identity(pieces: Sequence[Piece], source_uri: str) -> ReportIdentity:
    """Who reports on which year, read from the beginning of a document.

    Args:
        pieces: the document in reading order.
        source_uri: where it came from; its file name gives the year only where the text gives none.
    """
    printed = _printed_lines(pieces)
    folded = [fold(line) for line in printed]
    titles, printed_titles = _joined_titles(folded), _joined_titles(printed)
    text = "\n".join(folded)
    year = _year(folded, titles, source_uri)
    chosen: _Candidate | None = None
    body: Body | None = None
    for candidate in _candidates(titles, printed_titles):
        chosen = chosen or candidate
        body = normalise_body(candidate.folded, text, year)
        if body is not None:
            chosen = candidate
            break
    return ReportIdentity(
        authority=Authority(printed=chosen.printed if chosen else "", normalised=body.name if body else None),
        year=year,
        period=_period(folded),
        published=_published(folded),
        region_code=body.region.code if body and body.region else None,
        scope=_scope(body, text),
    )
