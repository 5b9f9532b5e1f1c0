"""All readers by the media type that they read, and a document's pieces by its reader.

A new format is one more entry in `READERS`, and how it is told in `media_types`.
"""

from collections.abc import Callable, Iterable

from pipelines.extract.damage import make_readable, refuse_lost_text
from pipelines.extract.errors import Unreadable
from pipelines.extract.form_reader.glued import take_apart
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.bounds import take_bounded
from pipelines.extract.readers.converted import CONVERTED
from pipelines.extract.readers.docx import read_docx
from pipelines.extract.readers.html import read_html
from pipelines.extract.readers.media_types import (
    DOCX,
    ENCRYPTED,
    HTML,
    JPEG,
    OFD,
    PDF,
    PNG,
    TEXT,
    XLS,
    XLSX,
)
from pipelines.extract.readers.ofd import read_ofd
from pipelines.extract.readers.pdf import read_pdf
from pipelines.extract.readers.scan import read_picture
from pipelines.extract.readers.spreadsheet import read_xls, read_xlsx
from pipelines.extract.readers.text import read_text

READERS: dict[str, Callable[[bytes], Iterable[Piece]]] = {
    TEXT: read_text,
    HTML: read_html,
    DOCX: read_docx,
    PDF: read_pdf,
    XLSX: read_xlsx,
    XLS: read_xls,
    OFD: read_ofd,
    PNG: read_picture,
    JPEG: read_picture,
    **CONVERTED,
}


def read_pieces(content: bytes, media_type: str) -> list[Piece]:
    """The pieces of a document in reading order; tables glued into one line are taken apart.

    Raises:
        Unreadable: no reader for the media type, no text, or text that cannot be read.
    """
    if media_type == ENCRYPTED:
        raise Unreadable("encrypted", "the file opens with a password only")
    reader = READERS.get(media_type)
    if reader is None:
        raise Unreadable("unsupported_media_type", media_type)
    pieces = take_bounded(reader(content))
    if not any(piece.text.strip() for piece in pieces):
        raise Unreadable("empty", "the document has no text")
    refuse_lost_text(pieces)
    return take_apart(make_readable(pieces))
