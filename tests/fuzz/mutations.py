"""What happens to documents: bytes are changed, lost, doubled and mixed; tags, lines and numbers are changed."""

import io
import re
import zipfile
from collections.abc import Callable
from random import Random

Bytes = Callable[[Random, bytes, bytes], bytes]
_NUMBER = re.compile(rb"(?<![\w.])\d+(?![\w.])")
_TAG = re.compile(rb"<[^<>]{1,200}>")
_SPAN = re.compile(rb"(?:row|col)span=.\d+.|w:gridSpan w:val=.\d+.")
_ODD_NUMBERS = (
    *("", "-1", "1O", "l2", "0.5", "1,234", "12345678901234567890", "9" * 400, "1e9", "00", "\uff11\uff12"),
    *("\u0661\u0662", "\u00b2", "1\u00b2", "1\ufffd", "\ufffd", "1\u200b2", "\ue001", "12（其中1件）", "3万元"),
    *("2023年", "/", "—", "无", "NaN", "\x00", "1 2"),
)
_INSERTED = (
    *("\x00", "\ufffd", "\u202e", "\u200b", "(wù)", "|", "\t", "<td>", "<table>" * 50, "</table>", "&#0;", "&nbsp;"),
    "\ufffd?",
)
_CHARSETS = ("gb18030", "utf-16", "utf-8-sig", "big5", "latin-1")
_LONGEST = 2_000_000


def _place(chance: Random, content: bytes) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + int(chance.paretovariate(0.5)))


def flip(chance: Random, content: bytes, _: bytes) -> bytes:
    """Some bits are others."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 20, 200)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(chance: Random, content: bytes, _: bytes) -> bytes:
    """A stretch is gone."""
    start, end = _place(chance, content)
    return content[:start] + content[end:]


def truncate(chance: Random, content: bytes, _: bytes) -> bytes:
    """The end or the beginning is gone."""
    place = chance.randint(0, len(content))
    return content[:place] if chance.random() < 0.7 else content[place:]


def double(chance: Random, content: bytes, _: bytes) -> bytes:
    """A stretch stands twice or many times."""
    start, end = _place(chance, content)
    return content[:end] + content[start:end] * chance.choice((1, 1, 1, 7)) + content[end:]


def splice(chance: Random, content: bytes, other: bytes) -> bytes:
    """The rest is another document's."""
    return content[: chance.randint(0, len(content))] + other[chance.randint(0, len(other)) :]


def insert(chance: Random, content: bytes, _: bytes) -> bytes:
    """Something stands where nothing of the kind belongs."""
    start, _end = _place(chance, content)
    return content[:start] + chance.choice(_INSERTED).encode() + content[start:]


def noise(chance: Random, content: bytes, _: bytes) -> bytes:
    """Random bytes stand in it."""
    start, _end = _place(chance, content)
    return content[:start] + chance.randbytes(chance.choice((1, 10, 300))) + content[start:]


def change_number(chance: Random, content: bytes, _: bytes) -> bytes:
    """Some numbers are others, or none."""
    odd = chance.choice(_ODD_NUMBERS).encode()
    share = chance.choice((0.01, 0.1, 1.0))
    return _NUMBER.sub(lambda found: odd if chance.random() < share else found[0], content)


def remove_tags(chance: Random, content: bytes, _: bytes) -> bytes:
    """Some tags are gone or stand twice."""
    share, times = chance.choice((0.01, 0.1, 1.0)), chance.choice((0, 0, 2))
    return _TAG.sub(lambda found: found[0] * times if chance.random() < share else found[0], content)


def change_spans(chance: Random, content: bytes, _: bytes) -> bytes:
    """Cells span as many rows or columns as they like."""
    wanted = str(chance.choice((0, 2, 3, 1000, 10**9))).encode()
    return _SPAN.sub(lambda found: re.sub(rb"\d+", wanted, found[0]) if chance.random() < 0.2 else found[0], content)


def shuffle_lines(chance: Random, content: bytes, other: bytes) -> bytes:
    """Lines are gone, exchanged, doubled, or another document's."""
    lines = content.split(b"\n")
    others = other.split(b"\n")
    for _ in range(chance.choice((1, 5, 50))):
        first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
        kind = chance.randrange(4)
        if kind == 0:
            lines[first], lines[second] = lines[second], lines[first]
        elif kind == 1:
            lines[first] = b""
        elif kind == 2:
            lines.insert(first, lines[second])
        else:
            lines[first] = chance.choice(others)
    return b"\n".join(lines)


def join(chance: Random, content: bytes, other: bytes) -> bytes:
    """Two documents stand in one file."""
    return content + chance.choice((b"", b"\n", b"\x00")) + other


def misread(chance: Random, content: bytes, _: bytes) -> bytes:
    """The text was saved in another encoding, or read in one and saved in another."""
    text = content.decode("utf-8", errors="replace")
    if chance.random() < 0.5:
        return text.encode(chance.choice(_CHARSETS), errors="replace")
    wrong = content.decode(chance.choice(("gb18030", "gbk", "latin-1")), errors=chance.choice(("replace", "ignore")))
    return wrong.encode()


ANYWHERE: tuple[Bytes, ...] = (flip, cut, truncate, double, splice, insert, noise)
IN_TEXT: tuple[Bytes, ...] = (change_number, remove_tags, change_spans, shuffle_lines, join, misread, insert, cut, flip)


def _in_archive(chance: Random, content: bytes, other: bytes) -> bytes:
    """A change inside one member of a zip archive, or of the archive's members."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError, ValueError, zipfile.zlib.error):
        return chance.choice(ANYWHERE)(chance, content, other)
    largest = sorted(members, key=lambda name: -len(members[name]))[:3]
    if not largest:
        return content
    name = chance.choice([*largest, chance.choice(list(members))])
    if chance.random() < 0.1:
        del members[name]
    else:
        members[name] = chance.choice(IN_TEXT)(chance, members[name], members[largest[0]])[:_LONGEST]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return packed.getvalue()


def mutate(chance: Random, content: bytes, other: bytes) -> tuple[bytes, list[str]]:
    """A document with one to four changes, and their names; `other` is a document to mix it with."""
    names: list[str] = []
    for _ in range(chance.choice((1, 1, 2, 4))):
        if content.startswith(b"PK") and chance.random() < 0.7:
            content = _in_archive(chance, content, other)
            names.append("archive")
            continue
        is_binary = content[:4] in (b"PK\x03\x04", b"%PDF")
        change = chance.choice(ANYWHERE if is_binary or chance.random() < 0.4 else IN_TEXT)
        content = change(chance, content, other)[:_LONGEST]
        names.append(change.__name__)
    return content, names
