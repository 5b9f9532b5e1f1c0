"""Recognition of scanned pages by rapidocr, an optional extra whose models lie in its package: nothing is fetched.

Boxes of text are found on the page and cut where they cross the lines of a table; a cell with ink in which none was
found is recognised by itself, because single figures are easily passed over. What is not recognised with some
certainty is an illegible mark, and no figure. Nothing is put right.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

from pipelines.extract.errors import Unreadable
from pipelines.extract.readers.page_image import Gray, find_rules, ink_box
from pipelines.extract.readers.page_layout import Item
from pipelines.extract.readers.ruled_tables import Box, Edge, RuledTable, find_ruled_tables
from pipelines.extract.readers.tools import PACKAGE, is_installed

_LINES_PER_SIDE = 400  # how thick a ruled line can be: such a part of the longer side of the page
_CERTAIN = 0.6  # of 1
_ILLEGIBLE = "\ufffd"
_MOST_BOXES = 5000  # on one page
_AROUND = 4  # pixels around a text that may still belong to it
_PAPER = 0.3  # of the height of ink: the white around it without which a figure is taken for a raised one
_ONE_THREAD = {
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


def recogniser_version() -> str:
    """What recognises, for the extractor's version: `rapidocr-3.10.0`."""
    return f"{PACKAGE}-{version(PACKAGE)}"


def require_recognition(what: str) -> None:
    """Refuse a scan where nothing can recognise it.

    Raises:
        Unreadable: `missing_tool`, with what to install.
    """
    if not is_installed():
        detail = f"{what}: a scan, which is read with the optional extra `ocr` only: pip install 'gongkai[ocr]'"
        raise Unreadable("missing_tool", detail)


@cache
def _engine() -> Any:  # noqa: ANN401 - an optional package
    from rapidocr import RapidOCR

    return RapidOCR(params=_ONE_THREAD)


def tolerance_of(page: Gray) -> float:
    """How far apart two lines of a page are, in pixels, that are meant as one."""
    return float(max(page.shape)) / _LINES_PER_SIDE


def recognise(page: Gray) -> tuple[list[Item], list[Edge]]:
    """The texts of a page in their places, in pixels, and its ruled lines.

    Raises:
        Unreadable: `too_large`, if there is more on the page than on any.
    """
    edges = find_rules(page)
    border = tolerance_of(page)
    tables = find_ruled_tables(edges, border)
    boxes = [part for box in _find_texts(page) for part in _cut(box, tables, border)]
    boxes += list(_cells_passed_over(page, boxes, tables, 2 * border))
    if len(boxes) > _MOST_BOXES:
        raise Unreadable("too_large", f"{len(boxes):,} texts on one page; at most {_MOST_BOXES:,} are recognised")
    return [item for box in boxes if (item := _read(page, box)) is not None], edges


def _coloured(page: Gray) -> Gray:
    return np.repeat(page[:, :, np.newaxis], 3, axis=2)


def _find_texts(page: Gray) -> list[Box]:
    found = _engine()(_coloured(page), use_det=True, use_cls=False, use_rec=False).boxes
    corners = [] if found is None else [np.asarray(box) for box in found]
    return [Box(*map(float, (*box.min(axis=0), *box.max(axis=0)))) for box in corners]


def _cells(tables: Sequence[RuledTable]) -> Iterator[Box]:
    return (box for table in tables for row in table.rows for _, box in row)


def _cut(box: Box, tables: Sequence[RuledTable], border: float) -> Iterator[Box]:
    """The parts of a box in each of the cells that it lies over; the box itself outside of tables."""
    middle = (box.top + box.bottom) / 2
    is_held = False
    for cell in _cells(tables):
        if not cell.top <= middle <= cell.bottom:
            continue
        left, right = max(box.left, cell.left + border), min(box.right, cell.right - border)
        if right - left >= min((box.bottom - box.top) / 3, (box.right - box.left) / 2):
            is_held = True
            yield Box(left, max(box.top, cell.top + border), right, min(box.bottom, cell.bottom - border))
    if not is_held:
        yield box


def _cells_passed_over(page: Gray, boxes: Sequence[Box], tables: Sequence[RuledTable], border: float) -> Iterator[Box]:
    """The ink of the cells in which no text was found."""
    middles = [((box.left + box.right) / 2, (box.top + box.bottom) / 2) for box in boxes]
    for cell in _cells(tables):
        if not any(cell.holds(x, y) for x, y in middles):
            ink = ink_box(page, cell, round(border))
            if ink is not None:
                more = (ink.bottom - ink.top) * _PAPER
                yield Box(
                    max(ink.left - more, cell.left + border),
                    max(ink.top - more, cell.top + border),
                    min(ink.right + more, cell.right - border),
                    min(ink.bottom + more, cell.bottom - border),
                )


def _read(page: Gray, box: Box) -> Item | None:
    """The text in a box; None if there is none."""
    top, left = max(int(box.top) - _AROUND, 0), max(int(box.left) - _AROUND, 0)
    crop = page[top : int(box.bottom) + _AROUND, left : int(box.right) + _AROUND]
    if min(crop.shape) < 2:
        return None
    read = _engine()(_coloured(np.pad(crop, _AROUND, constant_values=255)), use_det=False, use_cls=False, use_rec=True)
    text, score = (read.txts[0].strip(), float(read.scores[0])) if read.txts else ("", 0.0)
    if score < _CERTAIN:
        text = _ILLEGIBLE
    return Item(text, box.left, box.top, box.right, box.bottom) if text else None
