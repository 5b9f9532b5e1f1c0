"""Formats that are read through a conversion: which ending they have, and what they are converted to."""

import struct
from collections.abc import Callable, Iterable

from pipelines.extract.errors import Unreadable
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.docx import read_docx
from pipelines.extract.readers.media_types import DOC, ODS, ODT, RTF, WORKS, XLSB
from pipelines.extract.readers.office import convert
from pipelines.extract.readers.ole import CompoundFile
from pipelines.extract.readers.spreadsheet import read_xlsx

_FLAGS_AT, _ENCRYPTED = 10, 0x0100  # in the first block of a Word file's main stream
_TEXTS = {DOC: "doc", WORKS: "wps", RTF: "rtf", ODT: "odt"}
_SHEETS = {XLSB: "xlsb", ODS: "ods"}


def _is_encrypted(content: bytes) -> bool:
    head = CompoundFile(content).head("WordDocument", _FLAGS_AT + 2)
    return len(head) == _FLAGS_AT + 2 and bool(struct.unpack_from("<H", head, _FLAGS_AT)[0] & _ENCRYPTED)


def _text_reader(ending: str) -> Callable[[bytes], Iterable[Piece]]:
    def read(content: bytes) -> Iterable[Piece]:
        if ending == "doc" and _is_encrypted(content):
            raise Unreadable("encrypted", "the document opens with a password only")
        return read_docx(convert(content, ending, "docx"))

    return read


def _sheet_reader(ending: str) -> Callable[[bytes], Iterable[Piece]]:
    return lambda content: read_xlsx(convert(content, ending, "xlsx"))


CONVERTED: dict[str, Callable[[bytes], Iterable[Piece]]] = {
    **{media_type: _text_reader(ending) for media_type, ending in _TEXTS.items()},
    **{media_type: _sheet_reader(ending) for media_type, ending in _SHEETS.items()},
}
