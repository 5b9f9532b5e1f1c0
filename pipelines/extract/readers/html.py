"""HTML to pieces: the cells of tables row by row, and the lines of everything else, in document order."""

import re
from collections.abc import Iterator

from lxml import etree

from contracts.raw_json import Span
from pipelines.extract.errors import Unreadable
from pipelines.extract.form_reader.labels import LONGEST_LABEL, match_labels
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.bounds import take_bounded
from pipelines.extract.readers.encoding import decode_text
from pipelines.extract.readers.html_table import HtmlTable, holds_tables, is_hidden
from pipelines.extract.readers.script_strings import find_markup, unescape_markup
from pipelines.extract.readers.struck_out import STRUCK_OUT, is_struck_out, words_of, write_out_styles

_SKIPPED = frozenset(
    {"script", "style", "nav", "noscript", "template", "select", "button", "head", "textarea", "iframe", "svg"}
)
_FURNITURE = frozenset({"header", "footer", "aside"})
_CONTENT = frozenset({"article", "main", "section", "h1", "h2", "table"})
_INLINE = frozenset(
    {"a", "abbr", "b", "big", "bdo", "em", "font", "i", "img", "ins", "label", "mark", "small", "span", "strong", "sub"}
    | {"sup", "time", "tt", "u", "o:p", "st1:chsdate"}
    | STRUCK_OUT
)
_ENDS = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_LINES_MARKUP = re.compile(r"<(?:!doctype|html|body|p|div|br)[\s/>]", re.IGNORECASE)
_FEWEST_LABELS = 12  # of the form, in lines, by which a page has a table of it
_LINES_PER_CELL = 4  # a label in a cell tells as much as so many in lines, which can be headings and menus
_SHELL = 200  # Chinese characters below which a page's own text is only the frame of a report
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def read_html(content: bytes) -> list[Piece]:
    """The pieces of a page. A cell that spans rows or columns stands once, where it begins.

    `column` is the cell's column in the expanded grid, so that cells of one column have the same number. A page
    whose own text has no table of the form is read with the markup that its scripts hold as strings.

    Raises:
        Unreadable: the page is empty, too large or cannot be decoded.
    """
    text = unescape_markup(decode_text(content).lstrip("\ufeff").replace("\x00", ""))
    reader = _PageReader()
    is_data = text.lstrip()[:1] in ("{", "[")
    own = [] if is_data else take_bounded(reader.read(text))
    if _has_form(own):
        return own
    found = [take_bounded(reader.read(markup)) for markup in find_markup(text, is_script=is_data)]
    held = [pieces for pieces in found if _has_form(pieces)]
    if not held and _count_chinese(own) < _SHELL:
        held = [pieces for pieces in found if _count_chinese(pieces) >= _SHELL]
    pieces = [*own, *(piece for pieces in held for piece in pieces)]
    if not pieces:
        raise Unreadable("empty", "the page has no text of its own, and its scripts hold no report")
    return pieces


def _has_form(pieces: list[Piece]) -> bool:
    """Whether there are labels of the form in cells, or many of them in lines."""
    labels = 0
    for piece in pieces:
        if 1 < len(piece.text) <= LONGEST_LABEL and match_labels(piece.text):
            labels += _LINES_PER_CELL if piece.kind == "cell" else 1
        if labels >= _FEWEST_LABELS:
            return True
    return False


def _count_chinese(pieces: list[Piece]) -> int:
    return sum(len(_CHINESE.findall(piece.text)) for piece in pieces)


def _parse(text: str) -> etree._Element | None:
    """The root of a page of any depth; None if there is nothing in it.

    What stands behind the end of a page belongs to it, as browsers show it: its end tags are left out.
    """
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    try:
        return etree.fromstring(_ENDS.sub("", text).encode("utf-8", "replace"), parser)
    except etree.ParserError:
        return None
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("malformed", str(error)) from error


class _PageReader:
    """Walks pages without recursion; a table without tables of several cells inside becomes rows, others are layout.

    Lines and tables are counted on from page to page.
    """

    def __init__(self) -> None:
        self._words: list[str] = []
        self._struck: list[str] = []  # what is struck out in the line, or in lines of nothing else before it
        self._lines = self._tables = self._links = 0  # the last: how many links the words stand in
        self._is_link = True  # of the line that is being read, as long as all of its words stand in links

    def read(self, text: str) -> Iterator[Piece]:
        """The pieces of one page or fragment of markup."""
        root = _parse(text)
        if root is None:
            return
        write_out_styles(root)
        keeps_lines = _LINES_MARKUP.search(text) is None
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                yield from self._end(element, keeps_lines=keeps_lines)
                continue
            tag = element.tag
            self._links += _is_link(element)
            if tag in _SKIPPED or (tag in _FURNITURE and _is_furniture(element)):
                walker.skip_subtree()
                continue
            if is_struck_out(element):
                self._struck.append(words_of(element))
                walker.skip_subtree()
                continue
            if tag not in _INLINE:
                yield from self._end_line()
            if tag == "table" and not holds_tables(element):
                self._tables += 1
                yield from HtmlTable(element, self._tables).read()
                walker.skip_subtree()
            elif tag == "input":
                self._words.append("" if is_hidden(element) else element.get("value") or "")
            elif element.text:
                yield from self._add(element.text, keeps_lines=keeps_lines)
        yield from self._end_line()

    def _end(self, element: etree._Element, *, keeps_lines: bool) -> Iterator[Piece]:
        if element.tag not in _INLINE:
            yield from self._end_line()
        self._links -= _is_link(element)
        if element.tail:
            yield from self._add(element.tail, keeps_lines=keeps_lines)

    def _add(self, text: str, *, keeps_lines: bool) -> Iterator[Piece]:
        for number, line in enumerate(text.split("\n") if keeps_lines else (text,)):
            if number:
                yield from self._end_line()
            self._words.append(line)
            self._is_link &= self._links > 0 or not line.strip()

    def _end_line(self) -> Iterator[Piece]:
        if not self._words:
            return
        text, is_link = " ".join("".join(self._words).split()), self._is_link
        self._words.clear()
        self._is_link = True
        if text:
            self._lines += 1
            span, struck = Span(line=self._lines, char_start=0, char_end=len(text)), " ".join(self._struck)
            self._struck.clear()
            yield Piece("line", text, span, struck=struck, is_link=is_link)


def _is_link(element: etree._Element) -> bool:
    return element.tag == "a" and element.get("href") is not None


def _is_furniture(element: etree._Element) -> bool:
    """Whether a header, footer or aside belongs to the site: no article around it, and no heading or table in it."""
    return (
        next(element.iterancestors("article", "main"), None) is None
        and next(element.iterdescendants(*_CONTENT), None) is None
    )
