"""Scans (pictures, PDF files of pictures) to pieces, through recognition: every piece says in which box it stands."""

from collections.abc import Iterator

import numpy as np
import pypdfium2

from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.page_image import Gray, open_picture
from pipelines.extract.readers.page_layout import PageWriter
from pipelines.extract.readers.recognition import recognise, require_recognition, tolerance_of

MOST_PAGES = 60  # each takes some ten seconds
_DOTS = 300 / 72  # pixels for each point of a page: 300 dots an inch
_LARGEST_SIDE = 960  # points; larger pages are rendered smaller


def read_picture(content: bytes) -> Iterator[Piece]:
    """The pieces of a picture of one page.

    Raises:
        Unreadable: `missing_tool`, `malformed`, `too_large`, or `empty` if nothing is recognised.
    """
    require_recognition("a picture")
    page = open_picture(content)
    yield from recognise_page(page, PageWriter(), 1)


def recognise_page(page: Gray, writer: PageWriter, number: int) -> Iterator[Piece]:
    """The pieces of one scanned page.

    Raises:
        Unreadable: `too_large`, if there is more on the page than on any.
    """
    items, edges = recognise(page)
    height, width = page.shape
    yield from writer.write(items, edges, number, tolerance_of(page), size=(width, height))


def render_page(document: pypdfium2.PdfDocument, number: int) -> Gray:
    """A page of a PDF, counted from 1, as a picture in grey.

    Raises:
        Unreadable: `malformed`, if it cannot be rendered.
    """
    try:
        page = document[number - 1]
        scale = min(_DOTS, _DOTS * _LARGEST_SIDE / max(*page.get_size(), 1))
        picture = page.render(scale=scale, grayscale=True).to_numpy()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise Unreadable("malformed", f"page {number} cannot be rendered: {error}") from error
    return np.ascontiguousarray(picture[:, :, 0] if picture.ndim == 3 else picture, dtype=np.uint8)
