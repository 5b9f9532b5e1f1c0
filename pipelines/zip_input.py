"""ZIP archives as inputs: their members one after the other, within limits that no archive can argue with.

Sizes are counted as they are unpacked, never believed. Nothing is written under a member's name: a name is data. What
cannot be taken is named with the reason and never left out in silence.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from msgspec import Struct

from contracts.raw_json import Rejection
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.limits import MEGABYTE, Limits

SEPARATOR = "!/"
ZIP = "application/zip"
SIGNATURE = b"PK\x03\x04"
_BLOCK = 2**20
_END, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x07"
_LONGEST_COMMENT = 2**16
_DIRECTORY_BYTES_PER_MEMBER = 1024
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_LATIN = "cp437"  # what zipfile takes names for that do not say what they are
_NAMED_REFUSALS = 200
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of others zipfile unpacks a whole block at once, of any size
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, OverflowError)


class Member(Struct, frozen=True):
    """A document in an archive; `name` has the names of all archives around it but the outermost: `in.zip!/a.txt`."""

    name: str
    content: bytes


class Refusal(Struct, frozen=True):
    """A member that cannot be taken, or with an empty name the archive itself."""

    name: str
    rejection: Rejection


class _OverLimitError(Exception):
    """An archive unpacks to more than it may."""


class _Budget:
    """What may still be unpacked, for an archive and all archives inside it together."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._packed, self._limits = packed, limits
        self._bytes = self._members = 0

    def count_members(self, members: int) -> None:
        self._members += members
        if self._members > self._limits.zip_members:
            raise _OverLimitError(f"more than {self._limits.zip_members:,} members")

    def count_bytes(self, unpacked: int) -> None:
        self._bytes += unpacked
        if self._bytes > self._limits.zip_bytes:
            raise _OverLimitError(f"it unpacks to more than {self._limits.zip_bytes // MEGABYTE:,} MB")
        if self._bytes > self._limits.document_bytes and self._bytes > self._packed * self._limits.zip_ratio:
            raise _OverLimitError(f"it unpacks to more than {self._limits.zip_ratio:,} times its size")


def media_type_of(content: bytes, name: str, limits: Limits) -> str:
    """The media type of a document or archive; one with a list of members that is too long to be read is an archive."""
    if content.startswith(SIGNATURE):
        with suppress(*_DAMAGE):  # whoever opens it says so
            try:
                _check_directory(io.BytesIO(content), limits)
            except _OverLimitError:
                return ZIP
    return detect_media_type(content, name)


def read_members(path: Path, limits: Limits) -> Iterator[Member | Refusal]:
    """The members of an archive in its order, those of archives inside it in their place; hidden ones are left out.

    Raises:
        OSError: the file cannot be opened.
    """
    with path.open("rb") as file:
        budget = _Budget(path.stat().st_size, limits)
        try:
            yield from _read_archive(file, "", 1, budget, limits)
        except _OverLimitError as error:
            detail = f"{error}: what came before was taken, nothing behind it"
            yield Refusal("", Rejection(reason="unsafe_archive", detail=detail))


def _read_archive(
    file: BinaryIO, prefix: str, depth: int, budget: _Budget, limits: Limits
) -> Iterator[Member | Refusal]:
    try:
        _check_directory(file, limits)
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        name = prefix.removesuffix(SEPARATOR)
        yield Refusal(name, Rejection(reason="unsafe_archive", detail=f"no whole ZIP archive: {error}"))
        return
    with archive:
        members = [member for member in archive.infolist() if not member.filename.endswith("/")]
        budget.count_members(len(members))
        for member in members:
            name = _name_of(member)
            if not _is_hidden(name):
                yield from _read_member(archive, member, prefix + name, depth, budget, limits)


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, depth: int, budget: _Budget, limits: Limits
) -> Iterator[Member | Refusal]:
    rejection = _rejection_by_name(member, name)
    if rejection is not None:
        yield Refusal(name, rejection)
        return
    try:
        content = _unpack(archive, member, budget, limits)
    except (NotImplementedError, RuntimeError, *_DAMAGE) as error:
        yield Refusal(name, Rejection(reason="unsafe_archive", detail=f"it cannot be unpacked: {error}"))
        return
    if content is None:
        allowed = limits.document_bytes // MEGABYTE
        yield Refusal(name, Rejection(reason="too_large", detail=f"a document may have {allowed:,} MB"))
    elif media_type_of(content, name, limits) != ZIP:
        yield Member(name, content)
    elif depth == limits.zip_depth:
        yield Refusal(name, Rejection(reason="unsafe_archive", detail=f"archives in archives, deeper than {depth}"))
    else:
        yield from _read_archive(io.BytesIO(content), name + SEPARATOR, depth + 1, budget, limits)


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget, limits: Limits) -> bytes | None:
    """The bytes of a member, None if there are too many of them."""
    if member.file_size > limits.document_bytes:
        return None
    blocks: list[bytes] = []
    size = 0
    with archive.open(member) as file:
        while block := file.read(_BLOCK):
            budget.count_bytes(len(block))
            size += len(block)
            if size > limits.document_bytes:
                return None
            blocks.append(block)
    return b"".join(blocks)


def _rejection_by_name(member: zipfile.ZipInfo, name: str) -> Rejection | None:
    if member.flag_bits & _ENCRYPTED_FLAG:
        return Rejection(reason="encrypted", detail="it needs a password")
    if stat.S_ISLNK(member.external_attr >> 16):
        return Rejection(reason="unsafe_archive", detail="it is a link to another file")
    place = PurePosixPath(name.rpartition(SEPARATOR)[2])
    if not place.parts:
        return Rejection(reason="unsafe_archive", detail="it has no name")
    if place.is_absolute() or ".." in place.parts or "\0" in name or place.parts[0][1:2] == ":":
        return Rejection(reason="unsafe_archive", detail="its name leads out of the archive")
    if member.compress_type not in _METHODS:
        detail = f"it is packed by method {member.compress_type}; allowed are stored and deflated members"
        return Rejection(reason="unsafe_archive", detail=detail)
    return None


def decode_name(name: bytes) -> str:
    """A file's name in whichever of UTF-8 and GBK it is."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode(_LATIN)


def _name_of(member: zipfile.ZipInfo) -> str:
    r"""The name as it was meant: without its flag for UTF-8 it may be in UTF-8 all the same, or in GBK; `\` is `/`."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8_FLAG:
        name = decode_name(name.encode(_LATIN))
    return name.replace("\\", "/")


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return parts[:1] == ("__MACOSX",) or any(part.startswith(".") and part != ".." for part in parts)


def _check_directory(file: BinaryIO, limits: Limits) -> None:
    """Refuse a list of members that would fill the memory before its members can be counted.

    Raises:
        _OverLimitError: it is too long.
        zipfile.BadZipFile: there is none.
    """
    file.seek(0, io.SEEK_END)
    start = max(file.tell() - _LONGEST_COMMENT - 64, 0)
    file.seek(start)
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        raise zipfile.BadZipFile("its end is not there")
    size = struct.unpack_from("<L", tail, end + 12)[0]
    locator = end - 20
    if locator >= 0 and tail.startswith(_LOCATOR_64, locator):
        file.seek(struct.unpack_from("<Q", tail, locator + 8)[0])
        record = file.read(56)
        size = struct.unpack_from("<Q", record, 40)[0]
    file.seek(0)
    if size > limits.zip_members * _DIRECTORY_BYTES_PER_MEMBER:
        raise _OverLimitError(f"more than {limits.zip_members:,} members")


def reject_archive(refusals: Sequence[Refusal], taken: int) -> Rejection:
    """The rejection of an archive that names the members that cannot be taken; or that there is nothing in it."""
    if not refusals:
        return Rejection(reason="empty", detail="the archive has no member")
    reasons = {refusal.rejection.reason for refusal in refusals}
    named = [
        f"{refusal.name or 'the archive'} ({refusal.rejection.reason}: {refusal.rejection.detail})"
        for refusal in refusals[:_NAMED_REFUSALS]
    ]
    if len(refusals) > len(named):
        named.append(f"and {len(refusals) - len(named)} more")
    return Rejection(
        reason=reasons.pop() if len(reasons) == 1 else "unsafe_archive",
        detail=f"{taken} members taken, {len(refusals)} not: {'; '.join(named)}",
    )
