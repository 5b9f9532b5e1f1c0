"""Words of a page that are struck out: by a tag, by their own style, or by a rule of the page's style sheets.

They are as good as deleted, so that they are no part of a figure; the pieces keep them beside their text.
"""

import re

from lxml import etree

STRUCK_OUT = frozenset({"del", "s", "strike"})
_LARGE = ("table", "tr", "td", "h1", "h2")
_LINE_THROUGH = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_DECORATION = re.compile(r"text-decoration(?:-line)?\s*:", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?(?:\.([\w-]+)|#([\w-]+))?", re.IGNORECASE)


def is_line_through(element: etree._Element) -> bool:
    """Whether an element's own style strikes it out."""
    style = element.get("style")
    return style is not None and _LINE_THROUGH.search(style) is not None


def is_struck_out(element: etree._Element) -> bool:
    """Whether words are struck out; not what a tag that is never closed goes on over."""
    if element.tag not in STRUCK_OUT and not is_line_through(element):
        return False
    return next(element.iterdescendants(*_LARGE), None) is None


def words_of(element: etree._Element) -> str:
    """The words inside an element that is struck out."""
    return " ".join("".join(map(str, element.itertext())).split())


def write_out_styles(root: etree._Element) -> None:
    """Give the elements that style sheets of the page strike out that style of their own.

    Only rules for a tag, a class, an id, or a tag with one of these are followed.
    """
    rules = _struck_selectors(root)
    if not rules:
        return
    for element in root.iter(etree.Element):
        tag, own = str(element.tag), element.get("style") or ""
        names = {("", f".{name}") for name in (element.get("class") or "").split()} | {("", f"#{element.get('id')}")}
        names |= {(tag, name) for _, name in names} | {(tag, "")}
        if not names.isdisjoint(rules) and not _DECORATION.search(own):
            element.set("style", f"{own};text-decoration:line-through")


def _struck_selectors(root: etree._Element) -> set[tuple[str, str]]:
    """Tag and name of what the style sheets strike out; a later rule for the same takes an earlier one back."""
    found: set[tuple[str, str]] = set()
    for sheet in root.iter("style"):
        text = sheet.text or ""
        if "line-through" not in text:
            continue
        for selectors, body in _RULE.findall(_COMMENT.sub("", text)):
            if not _DECORATION.search(body):
                continue
            for selector in selectors.split(","):
                match = _SELECTOR.fullmatch(selector.strip())
                if match is None or not match[0]:
                    continue
                name = f".{match[2]}" if match[2] else f"#{match[3]}" if match[3] else ""
                key = ((match[1] or "").lower(), name)
                (found.add if _LINE_THROUGH.search(body) else found.discard)(key)
    return found
