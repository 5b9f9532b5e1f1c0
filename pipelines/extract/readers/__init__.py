"""Readers: the bytes of one format to pieces in reading order.

What a document is, its content decides, never its name alone; a new format is one more entry in `READERS`.
"""

import io
import zipfile
from collections.abc import Callable

from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.docx import read_docx
from pipelines.extract.readers.encoding import decode_text
from pipelines.extract.readers.html import read_html
from pipelines.extract.readers.text import read_text

TEXT = "text/plain"
HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
UNKNOWN = "application/octet-stream"
_HTML_SIGNS = ("<!doctype html", "<html", "<body", "<table", "<p>", "<p ", "<div")
_SIGNATURES = {
    b"%PDF": PDF,
    b"\xd0\xcf\x11\xe0": "application/x-ole-storage",
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"Rar!": "application/vnd.rar",
    b"\x1f\x8b": "application/gzip",
}
_SNIFFED_CHARACTERS = 4096

READERS: dict[str, Callable[[bytes], list[Piece]]] = {TEXT: read_text, HTML: read_html, DOCX: read_docx}


def detect_media_type(content: bytes, name: str) -> str:
    """The media type of a document, by its content; `name` breaks the tie between text and HTML only.

    Args:
        content: the bytes of the document.
        name: its file name or address.

    Returns:
        A media type; one that is not in `READERS` means that no reader knows it.
    """
    for signature, media_type in _SIGNATURES.items():
        if content.startswith(signature):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _zip_media_type(content)
    try:
        text = decode_text(content)
    except Unreadable:
        return TEXT  # the reader of text says what is wrong with it
    head = text[:_SNIFFED_CHARACTERS].lower()
    is_html = any(sign in head for sign in _HTML_SIGNS) or (name.endswith((".html", ".htm")) and "<" in head)
    return HTML if is_html else TEXT


def read_pieces(content: bytes, media_type: str) -> list[Piece]:
    """The pieces of a document in reading order.

    Raises:
        Unreadable: no reader for the media type, no text, or text that cannot be decoded.
    """
    reader = READERS.get(media_type)
    if reader is None:
        raise Unreadable("unsupported_media_type", media_type)
    pieces = reader(content)
    if not any(piece.text.strip() for piece in pieces):
        raise Unreadable("empty", "the document has no text")
    return pieces


def _zip_media_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return UNKNOWN
    return DOCX if "word/document.xml" in names else "application/zip"
