"""Which encoding a text is in: utf-8, utf-16 or gb18030, and nothing by guesswork."""

import codecs

from pipelines.extract.errors import Unreadable

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_REPLACEMENT = "\ufffd"
_FAINT = 0.3
_LOST = 0.05


def decode_text(content: bytes) -> str:
    """The text of `content`: by its byte order mark, else utf-8, else utf-16 without a mark, else gb18030.

    Raises:
        Unreadable: `empty` for no text at all, `undecodable` if no encoding fits or the characters were lost
            before (`?` or replacement characters in their place).
    """
    if not content.strip(b"\x00 \t\r\n"):
        raise Unreadable("empty", "no bytes but white space")
    text = _decode(content)
    if not text.strip():
        raise Unreadable("empty", "no text but white space")
    printed = [character for character in text if not character.isspace()]
    lost = text.count(_REPLACEMENT)
    if lost > len(printed) * _LOST:
        raise Unreadable("undecodable", f"{lost} of {len(printed)} characters are replacement characters")
    marks = text.count("?")
    if marks > len(printed) * _FAINT:
        raise Unreadable("undecodable", f"{marks} of {len(printed)} characters are question marks")
    return text


def _decode(content: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return _decode_as(content, (encoding,))
    if b"\x00" in content[:200]:
        zeros_first = content[:200:2].count(0) > content[1:200:2].count(0)
        return _decode_as(content, ("utf-16-be" if zeros_first else "utf-16-le",))
    return _decode_as(content, ("utf-8", "gb18030"))


def _decode_as(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    if content.count(_REPLACEMENT.encode()):
        raise Unreadable("undecodable", "replacement characters stand where text was")
    raise Unreadable("undecodable", f"the bytes are not {' or '.join(encodings)}")
