"""Packages of XML parts in a ZIP file (OOXML, OFD), read within bounds that no file can argue with."""

import io
import lzma
import struct
import zipfile
import zlib

from lxml import etree

from pipelines.extract.errors import Unreadable

LARGEST_PART = 64 * 2**20
LARGEST_PACKAGE = 256 * 2**20
_LARGEST_DIRECTORY = 2 * 2**20
_END, _END_BYTES, _LONGEST_COMMENT = b"PK\x05\x06", 22, 2**16
_ENCRYPTED_FLAG = 0x1
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, struct.error, ValueError, KeyError),
    NotImplementedError,  # a version or a compression that the library does not know
)


def list_names(content: bytes) -> list[str]:
    """The names of the members of a ZIP file; none if its directory is damaged or larger than any package's."""
    end = content.rfind(_END, max(len(content) - _END_BYTES - _LONGEST_COMMENT, 0))
    if end < 0 or len(content) < end + _END_BYTES:
        return []
    if struct.unpack_from("<L", content, end + 12)[0] > _LARGEST_DIRECTORY:
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except _DAMAGE:
        return []


class Package:
    """The parts of one package; bytes are counted as they are unpacked, whatever the file says of its sizes."""

    def __init__(self, content: bytes) -> None:
        """Open a package.

        Raises:
            Unreadable: `malformed`, if it is no ZIP file with parts.
        """
        if not list_names(content):
            raise Unreadable("malformed", "not a readable package: its directory is damaged or too large")
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._members = {info.filename: info for info in self._archive.infolist()}
        self._unpacked = 0

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """The bytes of a part.

        Raises:
            Unreadable: `too_large`, `encrypted`, or `malformed` if it is missing or damaged.
        """
        try:
            info = self._members[name]
            if info.flag_bits & _ENCRYPTED_FLAG:
                raise Unreadable("encrypted", f"{name} is encrypted")
            if info.file_size > LARGEST_PART:
                raise Unreadable("too_large", f"{name} unpacks to more than {LARGEST_PART // 2**20} MB")
            with self._archive.open(info) as part:
                content = part.read(LARGEST_PART + 1)
        except (*_DAMAGE, NotImplementedError) as error:
            raise Unreadable("malformed", f"{name}: {error or type(error).__name__}") from error
        self._unpacked += len(content)
        if len(content) > LARGEST_PART or self._unpacked > LARGEST_PACKAGE:
            raise Unreadable("too_large", f"it unpacks to more than {LARGEST_PACKAGE // 2**20} MB")
        return content

    def parse(self, name: str) -> etree._Element:
        """The root element of a part of XML.

        Raises:
            Unreadable: as `read` and `parse_xml` do.
        """
        return parse_xml(self.read(name), name)


def parse_xml(content: bytes, name: str) -> etree._Element:
    """The root of an XML part; entities are not resolved, and a part that declares any is refused.

    Raises:
        Unreadable: `malformed`, or `too_large` for a text or a depth that no document has.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        is_limit = any(word in str(error).lower() for word in ("huge", "excessive", "too long", "resource limit"))
        raise Unreadable("too_large" if is_limit else "malformed", f"{name}: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("malformed", f"{name} declares a document type, which no part of a document needs")
    return root
