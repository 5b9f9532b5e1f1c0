"""A scanned page as a picture: its size, its ruled lines, and where there is ink."""

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from pipelines.extract.errors import Unreadable
from pipelines.extract.readers.ruled_tables import Box, Edge

Gray = NDArray[np.uint8]
_MOST_PIXELS = 60_000_000
_LONGEST_SIDE = 4000  # pixels; a page of more dots is brought down to this
_LINES_PER_SIDE = 28  # a ruled line is at least such a part of the longer side; no stroke of a character is
_MOST_INK = 200  # grey: darker is ink
_SMALLEST_INK = (6, 3)  # height and width in pixels of what can be a figure


def open_picture(content: bytes) -> Gray:
    """A picture in grey, brought down to a bounded size.

    Raises:
        Unreadable: `malformed`, or `too_large` for a picture with more pixels than any page.
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise Unreadable("too_large", f"{image.width} x {image.height} pixels; at most {_MOST_PIXELS:,}")
            gray = image.convert("RGBA")
            paper = Image.new("RGBA", gray.size, "white")
            paper.alpha_composite(gray)
            page = paper.convert("L")
    except Image.DecompressionBombError as error:
        raise Unreadable("too_large", str(error)) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Unreadable("malformed", f"no readable picture: {error}") from error
    page.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return np.asarray(page, dtype=np.uint8)


def find_rules(page: Gray) -> list[Edge]:
    """The ruled lines of a page: dark runs longer than any stroke of a character."""
    dark, least = page < _MOST_INK, max(page.shape) // _LINES_PER_SIDE
    flat = [Edge(True, *run) for run in _long_runs(dark, least)]
    return [*flat, *(Edge(False, *run) for run in _long_runs(dark.T, least))]


def _long_runs(dark: NDArray[np.bool_], least: int) -> Iterator[tuple[float, float, float]]:
    """Row, start and end of the runs of at least so many dark points, along the rows."""
    if not 0 < least < dark.shape[1]:
        return
    sums = np.cumsum(np.pad(dark, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    full = (sums[:, least:] - sums[:, :-least]) >= least - 2  # a speck does not break a line
    for row in np.flatnonzero(full.any(axis=1)):
        steps = np.diff(np.concatenate(([0], full[row].astype(np.int8), [0])))
        starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
        for start, end in zip(starts, ends, strict=True):
            yield float(row), float(start), float(end - 1 + least)


def ink_box(page: Gray, cell: Box, margin: int) -> Box | None:
    """The rectangle around all ink inside a cell; None if there is none that could be a figure."""
    top, left = int(cell.top) + margin, int(cell.left) + margin
    inside = page[top : max(int(cell.bottom) - margin, top), left : max(int(cell.right) - margin, left)] < _MOST_INK
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows) or not len(columns):
        return None
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    if height < _SMALLEST_INK[0] and width < _SMALLEST_INK[0]:
        return None
    box = Box(left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1)
    return box if width >= _SMALLEST_INK[1] else None
