"""OFD files (GB/T 33190) to pieces: a package of XML pages on which every text has its place."""

import re
from collections.abc import Iterator
from posixpath import dirname, normpath

from lxml import etree
from msgspec import Struct

from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.packages import Package
from pipelines.extract.readers.page_layout import Item, PageWriter
from pipelines.extract.readers.ruled_tables import Edge

_ROOT = "OFD.xml"
_MOST_PAGES = 300
_MOST_TEXTS = 200_000  # characters of one page
_TOLERANCE = 0.6  # millimetres
_STRAIGHT = 0.1  # millimetres
_WIDE = 0x2E80  # from here on a character is as wide as it is high
_NARROW_WIDTH = 0.5
_ASCENT, _DESCENT = 0.85, 0.15  # of a font's size, above and below the base line
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?")
_STEP = re.compile(r"([MLSQBAC])([^MLSQBAC]*)")


class _Matrix(Struct, frozen=True):
    """How an object's own coordinates become those of the page."""

    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 1
    e: float = 0
    f: float = 0

    def place(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f


def read_ofd(content: bytes) -> Iterator[Piece]:
    """The pieces of an OFD file; `span.page` counts pages, `span.table` ruled tables, both from 1.

    Raises:
        Unreadable: the file is damaged, encrypted or too large, or `empty`: its pages are images.
    """
    package = Package(content)
    writer = PageWriter()
    pages = list(_pages(package))
    if len(pages) > _MOST_PAGES:
        raise Unreadable("too_large", f"{len(pages)} pages; at most {_MOST_PAGES} are read")
    has_text = False
    for number, parts in enumerate(pages, start=1):
        page = _PageReader()
        for part in parts:
            page.read(package.parse(part))
        has_text |= bool(page.items)
        yield from writer.write(page.items, page.edges, number, _TOLERANCE)
    if not has_text:
        raise Unreadable("empty", f"{len(pages)} pages without text: a scan in an OFD file, which is not read")


def _pages(package: Package) -> Iterator[list[str]]:
    """The parts of each page: the templates below it, and its own."""
    for body in package.parse(_ROOT).iterfind("{*}DocBody/{*}DocRoot"):
        root = _resolve(_ROOT, body.text)
        document = package.parse(root)
        templates = {
            template.get("ID"): _resolve(root, template.get("BaseLoc"))
            for template in document.iterfind("{*}CommonData/{*}TemplatePage")
        }
        for page in document.iterfind("{*}Pages/{*}Page"):
            own = _resolve(root, page.get("BaseLoc"))
            used = [templates.get(name.get("TemplateID")) for name in package.parse(own).iterfind("{*}Template")]
            yield [*(part for part in used if part), own]


def _resolve(base: str, location: str | None) -> str:
    """The name of a part that another part names; a name that leads out of the package is that of no part."""
    path = (location or "").strip().replace("\\", "/")
    return normpath(path.lstrip("/") if path.startswith("/") else f"{dirname(base)}/{path}").lstrip("/")


class _PageReader:
    """Collects the texts and the straight lines of one page."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.edges: list[Edge] = []

    def read(self, root: etree._Element) -> None:
        for element in root.iter("{*}TextObject", "{*}PathObject"):
            if element.get("Visible") == "false":
                continue
            matrix = _matrix(element)
            if str(element.tag).endswith("}TextObject"):
                self._read_text(element, matrix)
            else:
                self._read_path(element, matrix)

    def _read_text(self, element: etree._Element, matrix: _Matrix) -> None:
        size = next(iter(_numbers(element.get("Size"))), 0.0)
        scale = next(iter(_numbers(element.get("HScale"))), 1.0)
        for code in element.iterfind("{*}TextCode"):
            x, y = (next(iter(_numbers(code.get(name))), 0.0) for name in ("X", "Y"))
            text = (code.text or "").replace("\n", " ")
            if len(self.items) + len(text) > _MOST_TEXTS:
                raise Unreadable("too_large", f"more than {_MOST_TEXTS:,} characters on one page")
            across, down = _deltas(code.get("DeltaX"), len(text)), _deltas(code.get("DeltaY"), len(text))
            for place, character in enumerate(text):
                width = size * scale * (1 if ord(character) >= _WIDE else _NARROW_WIDTH)
                if character.strip():
                    self._add_character(character, matrix, (x, y, width, size))
                x += across[place] if place < len(across) else 0 if down else width
                y += down[place] if place < len(down) else 0

    def _add_character(self, text: str, matrix: _Matrix, place: tuple[float, float, float, float]) -> None:
        x, y, width, size = place
        left, top = matrix.place(x, y - size * _ASCENT)
        right, bottom = matrix.place(x + width, y + size * _DESCENT)
        self.items.append(Item(text, min(left, right), min(top, bottom), max(left, right), max(top, bottom)))

    def _read_path(self, element: etree._Element, matrix: _Matrix) -> None:
        for data in element.iterfind("{*}AbbreviatedData"):
            start = here = (0.0, 0.0)
            for step in _STEP.finditer(data.text or ""):
                numbers = _numbers(step[2])
                if step[1] == "C":
                    there = start
                elif len(numbers) < 2:
                    continue
                else:
                    there = matrix.place(numbers[-2], numbers[-1])
                if step[1] in "MS":
                    start = there
                elif step[1] in "LC":
                    self._add_edge(here, there)
                here = there

    def _add_edge(self, first: tuple[float, float], second: tuple[float, float]) -> None:
        (x0, y0), (x1, y1) = first, second
        if abs(y0 - y1) <= _STRAIGHT < abs(x0 - x1):
            self.edges.append(Edge(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x0 - x1) <= _STRAIGHT < abs(y0 - y1):
            self.edges.append(Edge(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _matrix(element: etree._Element) -> _Matrix:
    boundary = [*_numbers(element.get("Boundary")), 0.0, 0.0]
    own = _numbers(element.get("CTM"))
    a, b, c, d, e, f = own[:6] if len(own) >= 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return _Matrix(a, b, c, d, e + boundary[0], f + boundary[1])


def _numbers(text: str | None) -> list[float]:
    return [float(found) for found in _NUMBER.findall(text or "")]


def _deltas(text: str | None, count: int) -> list[float]:
    """The steps from character to character; `g 3 5` stands for three steps of 5."""
    steps: list[float] = []
    words = iter((text or "").split())
    for word in words:
        repeated = _numbers(next(words, "")) if word == "g" else [1.0]
        value = _numbers(next(words, "")) if word == "g" else _numbers(word)
        if repeated and value:
            steps += value[:1] * int(min(max(repeated[0], 0), count))
        if len(steps) >= count:
            break
    return steps
