"""A fetched page: its dialect, what it says of itself, the files that are its report; or whether it is only a shell."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, unquote

import httpx
from lxml import etree, html
from msgspec import Struct

from pipelines.extract.errors import Unreadable
from pipelines.extract.readers.encoding import decode_text
from pipelines.extract.readers.script_strings import find_markup
from pipelines.fetch.dialects import ANY, Dialect, dialects

MOST_BYTES = 8 * 2**20
MOST_PARTS = 20
_SHELL = 60  # Chinese characters below which a page has no text of its own
_LONGEST_VALUE = 300
_MOST_CHILDREN = 3
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SPACE = re.compile(r"\s+")
_UNSEEN = ("script", "style", "noscript", "template", "head")
_LABEL_END = re.compile(r"[\s:：]+$")


class Page(Struct, frozen=True, kw_only=True):
    """What a page says; `attachments` and `parts` are addresses of what belongs to the report."""

    dialect: str = ANY
    about: dict[str, str] = {}
    attachments: list[str] = []
    parts: list[str] = []
    is_shell: bool = False


def read_page(content: bytes, url: str, dialect: str = "", most_attachments: int = 10) -> Page:
    """Read a page for what belongs to it.

    Args:
        content: the page as it was sent.
        url: its address, against which its links are read.
        dialect: its dialect, if it is known; else the first one that it shows a sign of.
        most_attachments: of so many files at most.

    Returns:
        The page; one that is no page, too large or not decodable has nothing but a dialect.
    """
    if len(content) > MOST_BYTES:
        return Page(dialect=dialect or ANY)
    try:
        text = decode_text(content)
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (Unreadable, etree.LxmlError, ValueError):
        return Page(dialect=dialect or ANY, is_shell=True)
    name = dialect or _recognise(root)
    spoken = [dialects()[name], dialects()[ANY]]
    main = _first_place(root, [place for kind in spoken for place in kind.main])
    about = _about(root, spoken)
    attachments = _attachments(root, main, url, spoken, about)[:most_attachments]
    return Page(
        dialect=name,
        about=about,
        attachments=attachments,
        parts=_parts(text, url, spoken) if main is not None else [],
        is_shell=not attachments and _is_shell(root, text),
    )


def _recognise(root: etree._Element) -> str:
    return next((name for name, kind in dialects().items() if _first_place(root, kind.signs) is not None), ANY)


def _places(root: etree._Element, place: str) -> Iterator[etree._Element]:
    """The elements with an id or class, in document order."""
    name, attribute = place[1:], "id" if place[0] == "#" else "class"
    for element in root.iter():
        if name in (element.get(attribute) or "").split():
            yield element


def _first_place(root: etree._Element, places: Sequence[str]) -> etree._Element | None:
    return next((element for place in places for element in _places(root, place)), None)


def _text_of(element: etree._Element) -> str:
    return _SPACE.sub(" ", "".join(str(text) for text in element.itertext())).strip()


def _about(root: etree._Element, spoken: Sequence[Dialect]) -> dict[str, str]:
    """What meta tags say, and where they say nothing the index block."""
    metas: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or ""
        metas.setdefault(name.lower(), (element.get("content") or "").strip())
    labelled = _labelled(root)
    about: dict[str, str] = {}
    for kind in spoken:
        for field, names in kind.meta.items():
            about.setdefault(field, next((metas[name.lower()] for name in names if metas.get(name.lower())), ""))
    for kind in spoken:
        for field, names in kind.labels.items():
            if not about.get(field):
                about[field] = next((labelled[label] for name in names if (label := _dense(name)) in labelled), "")
    return {field: value[:_LONGEST_VALUE] for field, value in about.items() if value}


def _dense(text: str) -> str:
    return _LABEL_END.sub("", _SPACE.sub("", text))


def _labelled(root: etree._Element) -> dict[str, str]:
    """Values by the label before them: in the next cell or element, or behind a colon in the same one."""
    found: dict[str, str] = {}
    elements = list(root.iter("td", "th", "li", "p", "dt", "span", "b", "strong", "div"))
    for element in sorted(elements, key=len):  # the smallest one around a label says what is its value
        text = "".join(str(part) for part in element.itertext()) if len(element) <= _MOST_CHILDREN else ""
        if not text or len(text) > _LONGEST_VALUE:
            continue
        head, colon, tail = text.replace("：", ":").partition(":")
        following = element.getnext()
        value = tail.strip() or (element.tail or "").strip() or ("" if following is None else _text_of(following))
        if value and (colon or element.tag in ("td", "th", "dt")):
            found.setdefault(_dense(head), _SPACE.sub(" ", value))
    return found


def _attachments(
    root: etree._Element, main: etree._Element | None, url: str, spoken: Sequence[Dialect], about: dict[str, str]
) -> list[str]:
    """The files linked in the text or beside it that are the report: by their own names, or by the page's title."""
    boxes = [main] if main is not None else []
    boxes += [box for kind in spoken for place in kind.attachments for box in _places(root, place)]
    words = [word for kind in spoken for word in kind.report_words]
    title = about.get("title") or _text_of(next(root.iter("title"), etree.Element("title")))
    is_report_page = any(word in title for word in words)
    found: dict[str, None] = {}
    for link in (link for box in boxes for link in box.iter("a")):
        target = _join(url, link.get("href") or "")
        names = [_text_of(link), link.get("title") or "", link.get("download") or "", *_file_names(target)]
        if target is None or not _is_file(target, names, spoken):
            continue
        if is_report_page or any(word in name for word in words for name in names):
            found.setdefault(str(target))
    return list(found)


def _join(url: str, link: str) -> httpx.URL | None:
    try:
        target = httpx.URL(url).join(link.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError):
        return None
    return target if target.scheme in ("http", "https") and str(target) != url else None


def _file_names(target: httpx.URL | None) -> list[str]:
    """The names that an address may give its file: the end of its path, and the values of its query."""
    if target is None:
        return []
    return [unquote(target.path.rpartition("/")[2]), *(value for _, value in parse_qsl(target.query.decode("ascii")))]


def _is_file(target: httpx.URL, names: Sequence[str], spoken: Sequence[Dialect]) -> bool:
    endings = {ending for kind in spoken for ending in kind.file_endings}
    if any(name.lower().rpartition(".")[2] in endings for name in names if "." in name):
        return True
    path = target.path.lower()
    return any(download in path for kind in spoken for download in kind.downloads)


def _parts(text: str, url: str, spoken: Sequence[Dialect]) -> list[str]:
    """The addresses of the further parts of a text that is cut into several pages, its own among their names."""
    for kind in spoken:
        found = re.search(kind.parts, text) if kind.parts else None
        if found is None:
            continue
        base = httpx.URL(url)
        own = base.path.rpartition("/")[2]
        if own != f"{found['stem']}.{found['ending']}":
            return []
        last = min(int(found["total"]), MOST_PARTS)
        return [str(base.join(f"{found['stem']}_{number}.{found['ending']}")) for number in range(1, last)]
    return []


def _is_shell(root: etree._Element, text: str) -> bool:
    """Whether neither the text nor the scripts of a page have anything to read."""
    seen = sum(len(_CHINESE.findall(words)) for words in _seen(root))
    hidden = sum(len(_CHINESE.findall(markup)) for markup in find_markup(text))
    return seen + hidden < _SHELL


def _seen(root: etree._Element) -> Iterator[str]:
    """The text of a page that a reader sees."""
    for element in root.iter():
        is_below = next(element.iterancestors(*_UNSEEN), None) is not None
        is_text = isinstance(element.tag, str)  # a comment's is a function
        if not is_below and is_text and element.tag not in _UNSEEN:
            yield element.text or ""
        if not is_below:
            yield element.tail or ""
