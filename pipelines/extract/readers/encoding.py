"""Which encoding a text is in. Its bytes decide, never what a page declares of itself."""

import codecs
from functools import cache
from itertools import islice

from contracts.form import form
from pipelines.extract.damage.mojibake import repair_encoding
from pipelines.extract.errors import Unreadable

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CHINESE = ("gb18030", "cp950")  # cp950 is Big5 as Windows writes it
_REPLACEMENT = "\ufffd"
_SNIFFED_BYTES = 2000
_FAINT = 0.3
_LOST = 0.05
_DAMAGED = 0.002  # replacement characters over bytes up to which a text counts as damaged, not as another encoding
_JUDGED_CHARACTERS = 4000
_FUNCTION_WORDS = "的一是不了在有和人这中大为上个国我以要他时来用们到作于出会可也能对生年月日就说以及其将与或各"
_FUNCTION_WORDS_TRADITIONAL = "這個國們時來會對說為與將無機關處開間政府信息公開資訊申請條例報告"


def decode_text(content: bytes) -> str:
    """The text of `content`: by its byte order mark, else utf-8, utf-16 without a mark, gb18030 or Big5.

    Between gb18030 and Big5 the share of common characters decides, because most bytes are valid in both. A text in
    which a few bytes were lost keeps replacement characters in their place.

    Raises:
        Unreadable: `empty` for no text at all, `undecodable` if no encoding fits or the characters were lost
            before (`?` or replacement characters in their place).
    """
    if not content.strip(b"\x00 \t\r\n"):
        raise Unreadable("empty", "no bytes but white space")
    text = _decode(content)
    repaired = repair_encoding(text)
    if repaired is not None:
        return repaired.text
    _refuse_lost(text)
    return text


def find_encoding_repair(content: bytes) -> str:
    """What had happened to a text that was decoded wrongly before, in words; empty if it had not, or is unreadable."""
    try:
        repaired = repair_encoding(_decode(content))
    except Unreadable:
        return ""
    return "" if repaired is None else repaired.repair


def _refuse_lost(text: str) -> None:
    if not text.strip():
        raise Unreadable("empty", "no text but white space")
    lost, marks = text.count(_REPLACEMENT), text.count("?")
    printed = len("".join(text.split())) if lost or marks else 0
    if lost > printed * _LOST:
        raise Unreadable("undecodable", f"{lost} of {printed} characters are replacement characters")
    if marks > printed * _FAINT:
        raise Unreadable("undecodable", f"{marks} of {printed} characters are question marks")


def _decode(content: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return _decode_marked(content, encoding)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if "\x00" not in text[:_SNIFFED_BYTES] and text:
        return text
    wide = _decode_wide(content)
    if wide or text:
        return wide or text.replace("\x00", "")
    return _decode_chinese(content)


def _decode_marked(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode(encoding, "replace")
    if text.count(_REPLACEMENT) > max(1, len(text) * _LOST):
        raise Unreadable("undecodable", f"the bytes are not {encoding}, which their mark says")
    return text


def _decode_wide(content: bytes) -> str:
    """The text of utf-16 without a mark, which has zero bytes on one side; nothing if it is none."""
    head = content[:_SNIFFED_BYTES]
    first, second = head[::2].count(0), head[1::2].count(0)
    if max(first, second) <= 4 * min(first, second):
        return ""
    try:
        return content.decode("utf-16-be" if first > second else "utf-16-le")
    except UnicodeDecodeError:
        return ""


def _decode_chinese(content: bytes) -> str:
    damaged = content.decode("utf-8", "replace")
    lost = damaged.count(_REPLACEMENT)
    candidates = [damaged] if lost and lost <= max(1, len(content) * _DAMAGED) else []
    for encoding in _CHINESE:
        text = content.decode(encoding, "replace")
        if text.count(_REPLACEMENT) <= len(content) * _DAMAGED:
            candidates.append(text)
    if not candidates:
        if content.count(_REPLACEMENT.encode()):
            raise Unreadable("undecodable", "replacement characters stand where text was")
        raise Unreadable("undecodable", f"the bytes are not utf-8 or {' or '.join(_CHINESE)}")
    return max(candidates, key=_common_share)


def _common_share(text: str) -> float:
    """Which share of the first characters beyond ASCII are common in Chinese reports."""
    judged = list(islice((one for one in text if one > "\x7f"), _JUDGED_CHARACTERS))
    return sum(one in _common_characters() for one in judged) / max(len(judged), 1)


@cache
def _common_characters() -> frozenset[str]:
    tables = [table for version in form().versions.values() for table in version.tables.values()]
    rows = [row.zh for table in tables for row in table.rows.values()]
    columns = [column.zh for table in tables for column in table.columns.values()]
    return frozenset("".join((*rows, *columns, _FUNCTION_WORDS, _FUNCTION_WORDS_TRADITIONAL, "，。、：；（）“”")))
