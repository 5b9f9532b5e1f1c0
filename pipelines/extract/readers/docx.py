"""Word files (.docx) to pieces: paragraphs and tables in document order."""

from collections.abc import Iterator
from functools import cache
from posixpath import normpath

from lxml import etree
from msgspec import Struct

from contracts.raw_json import Span
from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.cell_text import join_cell_text
from pipelines.extract.readers.packages import Package

_MAIN_PART = "word/document.xml"
_RELATIONS = "_rels/.rels"
_MAIN_RELATION = "/officeDocument"
_MOST_COLUMNS = 1000
_OFF = ("0", "false", "off", "none")
_ROWS_IN = ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo")
_STRUCK_OUT = ("strike", "dstrike")
_UNPRINTED = ("del", "moveFrom", "instrText", "rPr", "pPr", "tcPr")


def read_docx(content: bytes) -> Iterator[Piece]:
    """The pieces of a Word file. A merged cell stands once, where it begins; `column` counts the table's grid.

    What is deleted or hidden is not printed, and so not read; what is struck out is kept beside the text. Text boxes
    follow the paragraph that they are anchored in.

    Raises:
        Unreadable: the file is damaged, encrypted or too large.
    """
    package = Package(content)
    root = package.parse(_main_part(package))
    tags = _tags(etree.QName(root).namespace or "")
    body = root.find(tags.body)
    if body is None:
        raise Unreadable("malformed", "the Word file has no body")
    return _BodyReader(tags).read(body)


def _main_part(package: Package) -> str:
    """The name of the part with the text."""
    if _MAIN_PART in package.names or _RELATIONS not in package.names:
        return _MAIN_PART
    for relation in package.parse(_RELATIONS):
        if relation.get("Type", "").endswith(_MAIN_RELATION):
            return normpath(relation.get("Target", "").lstrip("/"))
    return _MAIN_PART


class _Tags(Struct, frozen=True):
    """Names in the namespace of the document, which is another one in the strict variant of the format."""

    body: str
    paragraph: str
    run: str
    table: str
    row: str
    cell: str
    text: str
    tab: str
    hyphen: str
    breaks: tuple[str, ...]
    containers: frozenset[str]
    unprinted: frozenset[str]
    text_box: str
    value: str
    span: str
    merge: str
    before: str
    hidden: tuple[str, ...]
    struck: tuple[str, ...]
    raised: str


@cache
def _tags(namespace: str) -> _Tags:
    def tag(name: str) -> str:
        return f"{{{namespace}}}{name}"

    fallback = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
    return _Tags(
        body=tag("body"),
        paragraph=tag("p"),
        run=tag("r"),
        table=tag("tbl"),
        row=tag("tr"),
        cell=tag("tc"),
        text=tag("t"),
        tab=tag("tab"),
        hyphen=tag("noBreakHyphen"),
        breaks=(tag("br"), tag("cr")),
        containers=frozenset(map(tag, _ROWS_IN)),
        unprinted=frozenset(map(tag, _UNPRINTED)) | {fallback},
        text_box=tag("txbxContent"),
        value=tag("val"),
        span=f"{tag('tcPr')}/{tag('gridSpan')}",
        merge=f"{tag('tcPr')}/{tag('vMerge')}",
        before=f"{tag('trPr')}/{tag('gridBefore')}",
        hidden=(f"{tag('rPr')}/{tag('vanish')}",),
        struck=tuple(f"{tag('rPr')}/{tag(name)}" for name in _STRUCK_OUT),
        raised=f"{tag('rPr')}/{tag('vertAlign')}",
    )


class _BodyReader:
    """Walks a body once. XML is parsed to a bounded depth, and so this recursion is bounded too."""

    def __init__(self, tags: _Tags) -> None:
        self._tags = tags
        self._struck: list[str] = []  # what is struck out in the cell or paragraph that is being read
        self._lines = self._tables = 0

    def read(self, parent: etree._Element) -> Iterator[Piece]:
        tags = self._tags
        for element in parent:
            if element.tag == tags.paragraph:
                yield from self._read_paragraph(element)
            elif element.tag == tags.table:
                yield from self._read_table(element)
            elif element.tag in tags.containers:
                yield from self.read(element)

    def _read_paragraph(self, paragraph: etree._Element) -> Iterator[Piece]:
        boxes: list[etree._Element] = []
        for text in self._text_of(paragraph, boxes).split("\n"):
            self._lines += 1
            stripped = text.strip()
            span = Span(line=self._lines, char_start=0, char_end=len(stripped))
            yield Piece("line", stripped, span, struck=self._take_struck())
        for box in boxes:
            yield from self.read(box)

    def _read_table(self, table: etree._Element) -> Iterator[Piece]:
        tags = self._tags
        self._tables += 1
        number = self._tables
        for row_number, row in enumerate(self._members(table, tags.row), start=1):
            span = Span(table=number, row=row_number)
            column = self._number(row, tags.before, 0)
            inner: list[etree._Element] = []
            for cell in self._members(row, tags.cell):
                merge = cell.find(tags.merge)
                if merge is None or merge.get(tags.value) == "restart" or row_number == 1:
                    text = self._cell_text(cell, inner)
                    yield Piece("cell", text, span, column, struck=self._take_struck())
                column += self._number(cell, tags.span, 1)
            yield Piece("row_end", "", span, column)
            for block in inner:
                yield from self.read(block)

    def _members(self, parent: etree._Element, tag: str) -> Iterator[etree._Element]:
        for element in parent:
            if element.tag == tag:
                yield element
            elif element.tag in self._tags.containers:
                yield from self._members(element, tag)

    def _number(self, parent: etree._Element, path: str, default: int) -> int:
        element = parent.find(path)
        printed = "" if element is None else element.get(self._tags.value, "")
        if not printed.isdecimal():
            return default
        if len(printed) > 4 or int(printed) > _MOST_COLUMNS:
            raise Unreadable("too_large", f"a cell over more than {_MOST_COLUMNS} columns")
        return int(printed)

    def _cell_text(self, cell: etree._Element, inner: list[etree._Element]) -> str:
        """The text of a cell; a table inside it is read behind the row if it has cells of its own."""
        tags = self._tags
        parts: list[str] = []
        for block in self._blocks(cell):
            if block.tag == tags.paragraph:
                parts.append(self._text_of(block, inner))
            else:
                own = list(block.iter(tags.cell))
                if len(own) == 1:
                    parts.append(self._cell_text(own[0], inner))
                else:
                    holder = etree.Element(tags.text_box)
                    holder.append(block)
                    inner.append(holder)
        return parts[0].strip() if len(parts) == 1 and parts[0].isalnum() else join_cell_text(parts)

    def _blocks(self, parent: etree._Element) -> Iterator[etree._Element]:
        for element in list(parent):
            if element.tag in (self._tags.paragraph, self._tags.table):
                yield element
            elif element.tag in self._tags.containers:
                yield from self._blocks(element)

    def _text_of(self, parent: etree._Element, boxes: list[etree._Element]) -> str:
        """The printed text below an element, with its line breaks; its text boxes are added to `boxes`."""
        parts: list[str] = []
        self._collect(parent, parts, boxes)
        return "".join(parts)

    def _collect(self, parent: etree._Element, parts: list[str], boxes: list[etree._Element]) -> None:
        tags = self._tags
        for element in parent:
            tag = element.tag
            if tag == tags.text:
                parts.append(element.text or "")
            elif tag == tags.text_box:
                boxes.append(element)
            elif tag == tags.run:
                self._collect_run(element, parts, boxes)
            elif tag in tags.breaks:
                parts.append("\n")
            elif tag == tags.tab:
                parts.append(" ")
            elif tag == tags.hyphen:
                parts.append("-")
            elif tag not in tags.unprinted and len(element):
                self._collect(element, parts, boxes)

    def _collect_run(self, run: etree._Element, parts: list[str], boxes: list[etree._Element]) -> None:
        tags = self._tags
        if len(run) and run[0].tag == tags.text and len(run) == 1:
            parts.append(run[0].text or "")
            return
        if self._has_mark(run, tags.hidden):
            return
        if self._has_mark(run, tags.struck):
            struck: list[str] = []
            self._collect(run, struck, boxes)
            self._struck.append("".join(struck))
            return
        raised = run.find(tags.raised)
        is_raised = raised is not None and raised.get(tags.value) in ("superscript", "subscript")
        if is_raised:
            parts.append(" ")  # the number of a footnote is no digit of the number before it
        self._collect(run, parts, boxes)
        if is_raised:
            parts.append(" ")

    def _has_mark(self, run: etree._Element, marks: tuple[str, ...]) -> bool:
        found = (run.find(mark) for mark in marks)
        return any(mark is not None and mark.get(self._tags.value, "on") not in _OFF for mark in found)

    def _take_struck(self) -> str:
        struck = join_cell_text(self._struck)
        self._struck.clear()
        return struck
