"""The beginning of a document as lines that the identity is read from: folded, without blanks, keys before values.

A title that leads to another document is none of them: a link, or what stands behind words for the next article.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from contracts.raw_json import Span
from pipelines.extract import identity_patterns as patterns
from pipelines.extract.fold import fold
from pipelines.extract.fold_names import fold_line
from pipelines.extract.pieces import Piece

_LINES = 60  # the identity stands at the beginning
_WIDTH = 1500
_TITLE_PART = 40  # characters of a line that may be a part of a title
_BLANK = re.compile(r"(?<!\d)\s+|\s+(?!\d)")  # between two digits a blank separates numbers
_KEYS = (
    "索引号|发布单位|发布机构|发文机关|发文机构|发布部门|责任部门|公开主体|公开单位|信息来源|来源|公开日期|发布日期|发布时间"
    "|成文日期|生成日期|公布日期|时间|信息名称|文件名称|名称|标题|文号|主题分类|公开方式|栏目|原文链接|本地目录"
)
_KEY = re.compile(rf"(?:{_KEYS}):?")
_KEYED = re.compile(rf"(?:{_KEYS}):")
_ZEROS = "\u3007\u25cb\u041e零Oo0"  # the Chinese zero and what is typed for it
_DIGITS = {digit: str(value) for value, digit in enumerate("一二三四五六七八九", 1)}
_CHINESE_YEAR = re.compile(rf"二[{_ZEROS}][{_ZEROS}一二三四五六七八九]{{2}}(?=年)")


class Line(Struct, frozen=True):
    """One printed line, or the cells of a row joined by `|`: folded and as printed, equally long, with its place.

    `is_link`: the line leads to another page.
    """

    folded: str
    printed: str
    span: Span
    is_link: bool = False


def _lines(text: str, span: Span, *, is_link: bool = False) -> list[Line]:
    """A printed line without its blanks; one that holds keys of an index block is cut before each of them."""
    printed = _BLANK.sub("", text)
    folded = fold_line(printed)
    if "年" in folded and "二" in folded:
        folded = _CHINESE_YEAR.sub(lambda match: "2" + "".join(_DIGITS.get(one, "0") for one in match[0][1:]), folded)
    keys = _KEYED.finditer(folded) if ":" in folded else ()
    cuts = [key.start() for key in keys if key.start()]
    if not cuts:
        return [Line(folded, printed, span, is_link)]
    parts = pairwise((0, *cuts, len(folded)))
    return [Line(folded[start:end].rstrip("|"), printed[start:end].rstrip("|"), span) for start, end in parts]


def _row_lines(rows: list[tuple[list[str], Span]]) -> list[Line]:
    """Rows as lines; a key gets its colon, and a row of keys above a row of values is joined with it, pair by pair."""
    lines: list[Line] = []
    for number, (cells, span) in enumerate(rows):
        keys = [bool(_KEY.fullmatch(fold(cell))) for cell in cells]
        below = rows[number + 1][0] if number + 1 < len(rows) else []
        if sum(keys) > 1 and all(keys) and len(below) == len(cells):
            pairs = zip(cells, below, strict=True)
            for key, value in pairs:
                lines.extend(_lines(f"{key.rstrip(':：')}:|{value}", span))
            continue
        named = [f"{cell}:" if key and cell[-1] not in ":：" else cell for cell, key in zip(cells, keys, strict=True)]
        lines.extend(_lines("|".join(named), span))
    return lines


def identity_lines(pieces: Sequence[Piece]) -> list[Line]:
    """The first lines of a document that hold anything."""
    lines: list[Line] = []
    rows: list[tuple[list[str], Span]] = []
    row: list[str] = []
    for piece in pieces:
        if len(lines) + len(rows) >= _LINES:
            break
        text = piece.text[:_WIDTH]
        if piece.kind == "cell":
            if not row:
                rows.append((row, piece.span))
            row.append(_BLANK.sub("", text))
        elif piece.kind == "row_end":
            row = []
        elif text.strip():
            lines.extend(_row_lines(rows))
            lines.extend(_lines(text, piece.span, is_link=piece.is_link))
            rows, row = [], []
    return _without_other_titles([*lines, *_row_lines(rows)])


def _without_other_titles(lines: list[Line]) -> list[Line]:
    """The lines without titles that lead to another document, or stand beside a title that is marked as a heading.

    They stay where no other title is left: a page may be a link to itself.
    """
    own = [line for line, before in zip(lines, [None, *lines], strict=False) if not _leads_elsewhere(line, before)]
    headings = any(line.folded.startswith("#") and _is_title(line) for line in own)
    if headings:
        own = [line for line in own if line.folded.startswith("#") or not _is_title(line)]
    return own if any(map(_is_title, title_lines(own))) else lines


def _is_title(line: Line) -> bool:
    """Whether a line begins as the title of a report does; a title in an index block is that of its key."""
    is_named = any(pattern.search(line.folded) for pattern in (*patterns.TITLES, patterns.BARE_TITLE))
    return is_named and not patterns.INDEX_TITLE.match(line.folded)


def _leads_elsewhere(line: Line, before: Line | None) -> bool:
    if patterns.ANY_TITLE.search(line.folded) is None:
        return False
    is_behind = before is not None and patterns.OTHER_DOCUMENT.fullmatch(before.folded) is not None
    return line.is_link or is_behind or patterns.OTHER_DOCUMENT.match(line.folded) is not None


def title_lines(lines: Sequence[Line]) -> list[Line]:
    """What may be a title with a year: the lines, and each short one joined with the one or two that follow it."""
    short = [len(line.folded) < _TITLE_PART for line in lines]
    joined = [
        _join(lines[first : first + count])
        for first in range(len(lines))
        for count in (2, 3)
        if first + count <= len(lines) and all(short[first : first + count])
    ]
    return [line for line in (*lines, *joined) if "公开" in line.folded and "20" in line.folded]


def lines_upwards(lines: Sequence[Line]) -> list[Line]:
    """The lines from the last to the first; behind each, if it is short, its joins with the short ones that follow."""
    upwards: list[Line] = []
    for first in reversed(range(len(lines))):
        upwards.append(lines[first])
        for count in (2, 3):
            part = lines[first : first + count]
            if len(part) == count and all(len(line.folded) < _TITLE_PART for line in part):
                upwards.append(_join(part))
    return upwards


def _join(lines: Sequence[Line]) -> Line:
    return Line("".join(line.folded for line in lines), "".join(line.printed for line in lines), lines[0].span)
