"""Faults of the written text: pinyin, doubled characters, lost bytes, encodings read wrongly."""

import re
from collections.abc import Callable
from random import Random

from tests.accuracy.printed import Impossible

Spoil = Callable[[Random, bytes], bytes]
_HAN = re.compile(r"[一-鿿]")
_TAG = re.compile(r"(<[^<>]*>)")
_SYLLABLES = ("wù", "gōng", "kāi", "xíng", "zhèng", "de", "shù")


def _text(content: bytes) -> str:
    if content.startswith((b"PK", b"%PDF")):
        raise Impossible
    return content.decode("utf-8")


def _in_text(text: str, change: Callable[[str], str]) -> str:
    """The text with everything changed but the tags of a page."""
    return "".join(part if part.startswith("<") else change(part) for part in _TAG.split(text))


def pinyin(chance: Random, content: bytes) -> bytes:
    """Pinyin in brackets stands behind one character of five."""

    def add(found: re.Match[str]) -> str:
        syllable = f"({chance.choice(_SYLLABLES)})" if chance.random() < 0.2 else ""
        return found[0] + syllable

    return _in_text(_text(content), lambda part: _HAN.sub(add, part)).encode()


def pinyin_twice(chance: Random, content: bytes) -> bytes:
    """Pinyin without tones stands twice behind one character of ten: `公(gong)(gong)開`."""
    return pinyin(chance, pinyin(chance, content))


def doubled_labels(_: Random, content: bytes) -> bytes:
    """Every character of labels stands twice, as in bold print taken from a PDF."""
    return _in_text(_text(content), lambda part: _HAN.sub(lambda found: found[0] * 2, part)).encode()


def doubled_all(chance: Random, content: bytes) -> bytes:
    """Every character stands twice, digits too."""
    double = re.compile(r"[一-鿿\d]" if chance.random() < 0.5 else r"[一-鿿\d.,]")
    return _in_text(_text(content), lambda part: double.sub(lambda found: found[0] * 2, part)).encode()


def lost_bytes(chance: Random, content: bytes) -> bytes:
    """Some bytes of characters beyond ASCII are gone."""
    _text(content)
    places = [place for place, byte in enumerate(content) if byte >= 0x80]
    gone = set(chance.sample(places, chance.choice((1, 2, 5, 12))))
    return bytes(byte for place, byte in enumerate(content) if place not in gone)


def overwritten_bytes(chance: Random, content: bytes) -> bytes:
    """Some characters beyond ASCII are replacement characters."""
    text = _text(content)
    places = set(chance.sample([place for place, one in enumerate(text) if one > "\x7f"], chance.choice((1, 3, 10))))
    return "".join("\ufffd" if place in places else one for place, one in enumerate(text)).encode()


def read_as(charset: str, errors: str) -> Spoil:
    """UTF-8 that was read in another charset and saved so."""

    def spoil(_: Random, content: bytes) -> bytes:
        _text(content)
        return content.decode(charset, errors=errors).encode()

    spoil.__doc__ = f"UTF-8 was read as {charset}; what it does not have was lost by `{errors}`."
    return spoil


def saved_as(charset: str) -> Spoil:
    """Text in another charset, whatever its page declares."""

    def spoil(_: Random, content: bytes) -> bytes:
        return _text(content).encode(charset, errors="strict")

    def spoil_or_not(chance: Random, content: bytes) -> bytes:
        try:
            return spoil(chance, content)
        except UnicodeEncodeError as error:
            raise Impossible from error

    return spoil_or_not


def question_marks(_: Random, content: bytes) -> bytes:
    """Every character beyond ASCII is a question mark."""
    return "".join("?" if one > "\x7f" else one for one in _text(content)).encode()


def shared_lines(chance: Random, content: bytes) -> bytes:
    """Three line breaks are blanks: what stood on two lines stands on one."""
    lines = _text(content).split("\n")
    if len(lines) < 20 or content.lstrip().startswith(b"<"):
        raise Impossible
    for place in sorted(chance.sample(range(len(lines) - 1), 3), reverse=True):
        lines[place : place + 2] = [f"{lines[place]} {lines[place + 1]}"]
    return "\n".join(lines).encode()


def empty_lines(chance: Random, content: bytes) -> bytes:
    """Empty lines stand between lines anywhere."""
    text = _text(content)
    if content.lstrip().startswith(b"<"):
        raise Impossible
    return "".join(f"{line}\n" + "\n" * (chance.random() < 0.2) for line in text.split("\n")).encode()
