"""Mojibake: text that was decoded in the wrong encoding and saved so, put right where only one way leads back.

The wrong decoding is undone and the right one done. It counts if words of every report are there afterwards that
were not there before, and if no other way gives another text. What the wrong decoding lost is a replacement
character; a digit is never lost without one, and never made.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from msgspec import Struct

_WORDS = ("信息", "資訊", "公开", "公開")  # one of them is in every report, in whatever script
_LOST = "\ufffd"
_LOST_BYTE = b"\xff"  # no byte of utf-8
_LOST_CHARACTER = re.compile(rf"{_LOST}+\??")
_MOST_LOST = 0.1
_MOST_STEPS = 2
_EURO = "€"  # of the one byte 80, or of two
_WINDOWS = {bytes([byte]).decode("cp1252", errors="ignore"): bytes([byte]) for byte in range(0x80, 0xA0)}


class Repaired(Struct, frozen=True):
    """A text as it was meant, and what had happened to it, in words."""

    text: str
    repair: str
    steps: int = 1

    @property
    def lost(self) -> int:
        """How many characters could not be brought back."""
        return self.text.count(_LOST)


def repair_encoding(text: str) -> Repaired | None:
    """What a wrongly decoded text was meant to be; None if it is right as it is, or nobody can tell."""
    if text.isascii() or _has_words(text):
        return None
    found = [repaired for repaired in _ways_back(text, "", 1) if _has_words(repaired.text)]
    if not found:
        return None
    fewest = min(repaired.lost for repaired in found)
    best = {repaired.text: repaired for repaired in reversed(found) if repaired.lost == fewest}
    (first, *others) = best.values()
    is_readable = first.lost <= len(first.text) * _MOST_LOST
    return first if is_readable and not others else None


def _has_words(text: str) -> bool:
    return any(word in text for word in _WORDS)


def _ways_back(text: str, before: str, steps: int) -> Iterator[Repaired]:
    """What undoing one or two wrong decodings gives."""
    for name, encode, decode in _STEPS:
        content = encode(text)
        meant = None if content is None else decode(content)
        if meant is None or meant == text or meant.isascii():
            continue
        repair = f"{name}, {before}" if before else name
        yield Repaired(meant, repair, steps)
        if steps < _MOST_STEPS and not _has_words(meant):
            yield from _ways_back(meant, repair, steps + 1)


@lru_cache(maxsize=65536)
def _gbk_bytes(character: str) -> bytes:
    """The one or two bytes that GBK reads as a character; others were never read by it."""
    if character == _LOST:
        return _LOST_BYTE
    content = character.encode("gb18030", errors="replace")
    return content if len(content) <= 2 else _LOST_BYTE


def _as_gbk(text: str) -> bytes:
    return b"".join(map(_gbk_bytes, text))


def _as_gbk_with_euro(text: str) -> bytes | None:
    """As Windows reads the single byte 80."""
    return b"\x80".join(map(_as_gbk, text.split(_EURO))) if _EURO in text else None


def _as_single_bytes(text: str) -> bytes | None:
    """The bytes that Latin-1 or Windows-1252 read as these characters; None if there are any others."""
    parts: list[bytes] = []
    for character in text:
        if character <= "\xff":
            parts.append(bytes([ord(character)]))
        elif character in _WINDOWS:
            parts.append(_WINDOWS[character])
        elif character in (_LOST, "\ufeff"):
            parts.append(_LOST_BYTE)
        else:
            return None
    return b"".join(parts)


def _from_utf8(content: bytes) -> str | None:
    """Text of utf-8 with few lost bytes; a question mark behind a lost byte stands for it."""
    text = _LOST_CHARACTER.sub(_LOST, content.decode("utf-8", errors="replace"))
    return text if text.count(_LOST) <= len(text) * _MOST_LOST else None


def _from_gbk(content: bytes) -> str | None:
    """Text of GBK, of which no byte may be lost: the bytes behind it would change their meaning."""
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError:
        return None


_STEPS: tuple[tuple[str, Callable[[str], bytes | None], Callable[[bytes], str | None]], ...] = (
    ("UTF-8 was read as GBK", _as_gbk, _from_utf8),
    ("UTF-8 was read as GBK", _as_gbk_with_euro, _from_utf8),
    ("UTF-8 was read as Latin-1", _as_single_bytes, _from_utf8),
    ("GBK was read as Latin-1", _as_single_bytes, _from_gbk),
)
