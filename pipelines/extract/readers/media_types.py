"""What a document is: its content decides, its name only breaks a tie."""

from pipelines.extract.errors import Unreadable
from pipelines.extract.readers.encoding import decode_text
from pipelines.extract.readers.ole import SIGNATURE as OLE_SIGNATURE
from pipelines.extract.readers.ole import CompoundFile
from pipelines.extract.readers.packages import list_names

TEXT = "text/plain"
HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
XLS = "application/vnd.ms-excel"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODT = "application/vnd.oasis.opendocument.text"
DOC = "application/msword"
WORKS = "application/vnd.ms-works"  # .wps of Microsoft Works; that of Kingsoft is a Word file inside
RTF = "application/rtf"
OFD = "application/ofd"
PDF = "application/pdf"
ENCRYPTED = "application/vnd.ms-office.encrypted"
OLE = "application/x-ole-storage"
ZIP = "application/zip"
UNKNOWN = "application/octet-stream"
PNG = "image/png"
JPEG = "image/jpeg"
_SIGNATURES = {
    b"%PDF-": PDF,
    b"{\\rtf": RTF,
    b"\x89PNG": PNG,
    b"\xff\xd8\xff": JPEG,
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"RIFF": "image/webp",
    b"Rar!": "application/vnd.rar",
    b"7z\xbc\xaf\x27\x1c": "application/x-7z-compressed",
    b"\x1f\x8b": "application/gzip",
}
_STREAMS = {
    "EncryptedPackage": ENCRYPTED,
    "WordDocument": DOC,
    "Workbook": XLS,
    "Book": XLS,
    "MatOST": WORKS,
    "CONTENTS": WORKS,
}
_PARTS = {"xl/workbook.xml": XLSX, "xl/workbook.bin": XLSB, "word/document.xml": DOCX, "OFD.xml": OFD}
_FOLDERS = {"word/": DOCX, "xl/": XLSX}
_CONTENT_TYPES = "[Content_Types].xml"
_OPEN_DOCUMENT_TYPES = (ODS, ODT)
_OPEN_DOCUMENT_HEAD = 120
_PDF_HEAD = 1024  # a PDF may begin with other bytes
_HTML_SIGNS = ("<!doctype html", "<html", "<body", "<table", "<p>", "<p ", "<div", "<meta ", "<script", "<td")
_SNIFFED_CHARACTERS = 4096
_ESCAPED_MARKUP = ("<table", "\\u003ctable", "&lt;table", "\\x3ctable")


def detect_media_type(content: bytes, name: str) -> str:
    """The media type of a document, by its content; `name` breaks the tie between text and HTML only.

    Args:
        content: the bytes of the document.
        name: its file name or address.

    Returns:
        A media type; one that has no reader means that the document cannot be read.
    """
    if content.startswith(OLE_SIGNATURE[:4]):
        return _ole_media_type(content)
    if content.startswith(b"PK\x03\x04"):
        return _zip_media_type(content)
    signed = _signed_media_type(content)
    return signed or _text_media_type(content, name)


def _signed_media_type(content: bytes) -> str:
    for signature, media_type in _SIGNATURES.items():
        if content.startswith(signature):
            is_other = (signature == b"RIFF" and content[8:12] != b"WEBP") or (
                signature == b"BM" and content[6:10] != b"\x00\x00\x00\x00"
            )
            return "" if is_other else media_type
    return PDF if b"%PDF-" in content[:_PDF_HEAD] else ""


def _ole_media_type(content: bytes) -> str:
    names = CompoundFile(content).names
    return next((media_type for stream, media_type in _STREAMS.items() if stream in names), OLE)


def _zip_media_type(content: bytes) -> str:
    names = list_names(content)
    if not names:
        return ZIP if content.rfind(b"PK\x05\x06") >= 0 else UNKNOWN
    for part, media_type in _PARTS.items():
        if part in names:
            return media_type
    for media_type in _OPEN_DOCUMENT_TYPES:
        if media_type.encode() in content[:_OPEN_DOCUMENT_HEAD]:
            return media_type
    if _CONTENT_TYPES in names:
        for folder, office in _FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return office
    return ZIP


def _text_media_type(content: bytes, name: str) -> str:
    try:
        text = decode_text(content)
    except Unreadable:
        return TEXT  # the reader of text says what is wrong with it
    head = text[:_SNIFFED_CHARACTERS].lower()
    if any(sign in head for sign in _HTML_SIGNS) or (name.endswith((".html", ".htm")) and "<" in head):
        return HTML
    if "<table" in text or (head.lstrip()[:1] in "{[" and any(sign in text for sign in _ESCAPED_MARKUP)):
        return HTML
    return TEXT
