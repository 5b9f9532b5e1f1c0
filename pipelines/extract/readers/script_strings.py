"""Markup that a page holds as strings: in its scripts, in CDATA sections, in hidden text fields, in JSON.

Nothing is run. Literals are put together where the script does so with `+` or by writing one after the other.
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

_SCRIPT = re.compile(r"<(script|textarea|template|noscript)\b[^<>]*>", re.IGNORECASE)
_SCRIPT_ENDS = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "textarea", "template", "noscript")
}
_CDATA, _CDATA_END = re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")
_LITERAL = re.compile(
    r"""//[^\n"'`]*+$|"((?:[^"\\\n]++|\\.)*+)"|'((?:[^'\\\n]++|\\.)*+)'|`((?:[^`\\]++|\\.)*+)`""",
    re.DOTALL | re.MULTILINE,
)
_JOINED = re.compile(r"\s*(?:\+|\)\s*;?\s*document\s*\.\s*write(?:ln)?\s*\(|;?\s*[\w.]+\s*\+=)\s*")
_VALUE_BETWEEN = re.compile(r"\s*\+[^;,{}]{1,200}\+\s*")
_UNKNOWN = "\ufffd"  # in the place of what only the running script knows
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(\n)|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " ", "v": " ", "0": " "}
_SURROGATE = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile(r"[\ud800-\udfff]")
_MARKUP = re.compile(r"<(?:table|td|tr|p|div|span|br)\b", re.IGNORECASE)
_ESCAPED_ATTRIBUTE = re.compile(r"<\w+(?:\s[^<>]{0,400}?)?=\\+[\"']")
_ATTRIBUTE = re.compile(r"<\w+(?:\s[^<>\\]{0,400}?)?=[\"']")
_URL_MARKUP = re.compile(r"%3C(?:table|p|div|td|span)", re.IGNORECASE)
_ENTITY_MARKUP = re.compile(r"&lt;/?(?:table|p|div|td|span)", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MOST_ROUNDS = 3  # a string in JSON in a string
_FEWEST_CHARACTERS = 20  # Chinese ones; fewer are a menu or a message


def unescape_markup(text: str) -> str:
    """A page that was cut out of a script as it stands there, with its quotes un-escaped; any other page as it is."""
    if "\\" not in text[:1_000_000]:
        return text
    escaped = len(_ESCAPED_ATTRIBUTE.findall(text))
    if not escaped or escaped <= len(_ATTRIBUTE.findall(text)):
        return text
    return _unescape(text)


def find_markup(text: str, *, is_script: bool = False) -> Iterator[str]:
    """The pieces of markup with Chinese text that a page holds as strings, each once, in document order.

    Args:
        text: the page.
        is_script: it is JSON or a script as a whole.
    """
    seen: set[str] = set()
    for source in [text] if is_script else [*_scripts(text), *_cdata(text)]:
        for string in _strings(source):
            markup = _decode(string)
            if markup in seen or not _MARKUP.search(markup) or len(_CHINESE.findall(markup)) < _FEWEST_CHARACTERS:
                continue
            seen.add(markup)
            yield markup


def _scripts(text: str) -> Iterator[str]:
    """What stands in elements whose text is no text of the page; the last one may have no end."""
    place = 0
    while found := _SCRIPT.search(text, place):
        end = _SCRIPT_ENDS[found[1].lower()].search(text, found.end())
        place = end.end() if end else len(text)
        yield text[found.end() : end.start() if end else len(text)]


def _cdata(text: str) -> Iterator[str]:
    place = 0
    while found := _CDATA.search(text, place):
        end = _CDATA_END.search(text, found.end())
        if end is None:
            return
        place = end.end()
        yield text[found.end() : end.start()]


def _strings(source: str) -> Iterator[str]:
    """The strings of a script as it puts them together; the source itself, if it is markup and no script."""
    if source.lstrip()[:1] == "<" or source.lstrip()[:4].lower() == "&lt;":
        yield _CDATA_END.sub("", _CDATA.sub("", source))
        return
    parts: list[str] = []
    end = 0
    for literal in _LITERAL.finditer(source):
        if literal.lastindex is None:
            continue  # a comment
        between = source[end : literal.start()]
        if parts and _VALUE_BETWEEN.fullmatch(between) and not _JOINED.fullmatch(between):
            parts.append(_UNKNOWN)
        elif parts and not _JOINED.fullmatch(between):
            yield "".join(parts)
            parts = []
        parts.append(_unescape(literal[literal.lastindex]))
        end = literal.end()
    yield "".join(parts)


def _decode(string: str) -> str:
    for _ in range(_MOST_ROUNDS):
        if _ESCAPED_ATTRIBUTE.search(string) or "\\u003c" in string.lower():
            string = _unescape(string)
        elif _MARKUP.search(string):
            return string
        elif _ENTITY_MARKUP.search(string):
            string = html.unescape(string)
        elif _URL_MARKUP.search(string):
            string = unquote(re.sub(r"%u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), string))
        elif string.lstrip()[:1] in "{[" and '"' in string:
            string = "".join(_strings(string))
    return string


def _unescape(text: str) -> str:
    """The text of a string literal."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(_character, text)
    return _LONE.sub(_UNKNOWN, _SURROGATE.sub(_joined, text))


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2] or escape[3]
    if code:
        return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else _UNKNOWN
    return "" if escape[4] else _CONTROLS.get(escape[5], escape[5])


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
