"""Readable text: pieces without pinyin, invisible characters and doubled letters, and without damaged numbers.

A number with a lost, invisible or private character inside, with a letter that looks like a digit, or with a digit
of another script is no number: its digits become replacement characters in `text`, while `printed` keeps what stands
there. Labels are compared by what is left.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import structs

from pipelines.extract.pieces import Piece

_LOST = "\ufffd"
_LONGEST = 20_000  # characters of a text out of which pinyin is left, as of a whole table in one line
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_PRIVATE = "\ue000-\uf8ff"
_ODD_DIGITS = (
    "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u0e50-\u0e59"
    "\U0001d7ce-\U0001d7ff"
)
_CIRCLED = "\u2460-\u2473\u24ea\u2776-\u2793"
_LIKE_DIGITS = "OoIl"
_VOWELS = "aeiouvü\u00e0-\u00fc\u0101-\u01dc"
_SYLLABLE = rf"[bpmfdtnlgkhjqxzcsryw]{{0,2}}h?[{_VOWELS}]{{1,4}}(?:ng?|r)?"
_PINYIN = re.compile(rf"(?<=[\u4e00-\u9fff)）])[(（]{_SYLLABLE}[)）]", re.IGNORECASE)
_SUSPECT = re.compile(
    rf"[{_LOST}{_INVISIBLE}{_PRIVATE}{_ODD_DIGITS}{_CIRCLED}]|[{_LIKE_DIGITS}](?![A-Za-z])|[(（][a-z{_VOWELS}]"
    r"|([\u4e00-\u9fff])\1.?([\u4e00-\u9fff])\2"
)
_YEAR = r"20[0-4]\d年"  # whole, whatever was lost before it: no other digit can belong to it
_DIGIT = r"0-9\uff10-\uff19"  # of whatever width
_NUMBER = rf"[{_DIGIT}][{_DIGIT}.,]*"
_START = rf"(?<![{_DIGIT}.,{_ODD_DIGITS}{_CIRCLED}])"  # so that a long number is looked at once
_LIKE_NUMBER = re.compile(rf"(?<![A-Za-z\d])[\d{_LIKE_DIGITS}]++(?![A-Za-z])")
_DAMAGED = re.compile(
    rf"{_START}{_NUMBER}(?:(?=[{_INVISIBLE}]*{_LOST})|(?:[{_INVISIBLE}]+{_NUMBER})+|[{_CIRCLED}]+)"
    rf"|(?<={_LOST})(?!{_YEAR})[{_INVISIBLE}]*{_NUMBER}"
    rf"|{_START}[{_DIGIT}.,]*[{_ODD_DIGITS}][{_DIGIT}.,{_ODD_DIGITS}]*"
    rf"|{_START}[{_CIRCLED}]+{_NUMBER}|^[{_CIRCLED}]$"
)
_REMOVED = re.compile(rf"{_PINYIN.pattern}|[{_INVISIBLE}]", re.IGNORECASE)
_DOUBLED = re.compile(r"(?:([^\s\d])\1\s*){4,}")
_SHORT_DOUBLED = re.compile(r"(?:([^\s\d])\1\s*)+")
_DOUBLED_DIGITS = re.compile(r"(?<![\d.,])(?:(\d)\1|[.,]){1,80}(?![\d.,])")
_FEWEST_DOUBLED = 3  # labels of doubled characters from which on numbers may be doubled as well


def make_readable(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with texts to read by; a piece whose text is another now keeps the printed one."""
    found = [_readable(piece) if piece.text and _SUSPECT.search(piece.text) else piece for piece in pieces]
    doubled = sum(1 for piece in found if piece.printed and _DOUBLED.fullmatch(piece.printed))
    if doubled >= _FEWEST_DOUBLED:
        found = [_without_doubles(piece) for piece in found]
    return found


def as_printed(piece: Piece) -> Piece:
    """The piece with as many characters as were printed: damaged numbers are masked, nothing is left out."""
    if not piece.printed:
        return piece
    return Piece(piece.kind, _masked(piece.printed), piece.span, piece.column, piece.is_glued, piece.printed)


def list_repairs(pieces: Iterable[Piece]) -> list[str]:
    """What was done to the text of pieces, in words."""
    pieces = list(pieces)
    changed = [piece for piece in pieces if piece.printed]
    counts = {
        "struck-out text left out": sum(bool(piece.struck) for piece in pieces),
        "pinyin left out": sum(bool(_PINYIN.search(piece.printed)) for piece in changed),
        "doubled characters taken for one": sum(bool(_DOUBLED.fullmatch(piece.printed)) for piece in changed),
        "damaged numbers not read": sum(_lost_digits(piece) for piece in changed),
    }
    return [f"{name} in {count} places" for name, count in counts.items() if count]


def _lost_digits(piece: Piece) -> bool:
    return any(character.isdigit() for character in piece.printed) and piece.text.count(_LOST) > piece.printed.count(
        _LOST
    )


def _lose(found: re.Match[str]) -> str:
    return _LOST * len(found[0])


def _lose_mixture(found: re.Match[str]) -> str:
    """Digits together with letters that look like digits, or such a letter alone in its cell, are lost."""
    is_alone = found[0] == found.string and len(found[0]) == 1
    has_both = any(map(str.isdigit, found[0])) and not found[0].isdigit()
    return _lose(found) if has_both or (is_alone and found[0] in _LIKE_DIGITS) else found[0]


def _masked(text: str) -> str:
    """The text with a replacement character for every private one and for every digit of a damaged number."""
    text = re.sub(rf"[{_PRIVATE}]", _LOST, text)
    return _DAMAGED.sub(_lose, _LIKE_NUMBER.sub(_lose_mixture, text))


def _readable(piece: Piece) -> Piece:
    masked = _masked(piece.text)
    offsets: Sequence[int] = range(len(masked))
    if len(masked) <= _LONGEST:
        removed = {place for found in _REMOVED.finditer(masked) for place in range(*found.span())}
        offsets = [place for place in offsets if place not in removed]
        if _DOUBLED.fullmatch(masked):
            offsets = _single(masked)
    return _cut(piece, masked, offsets)


def _cut(piece: Piece, masked: str, offsets: Sequence[int]) -> Piece:
    """The piece with the characters of a masked text that stand at `offsets`."""
    text = "".join(masked[place] for place in offsets)
    if text == piece.text:
        return piece
    places = () if len(text) == len(masked) else tuple(offsets)
    return structs.replace(piece, text=text, printed=piece.text, offsets=places)


def _single(text: str) -> list[int]:
    """The places of the first of each two equal characters."""
    places: list[int] = []
    place = 0
    while place < len(text):
        places.append(place)
        place += 1 if text[place].isspace() else 2
    return places


def _without_doubles(piece: Piece) -> Piece:
    """Between doubled labels a short one is doubled, too, and `1122` can be 12: nobody can be sure of such a number."""
    if not piece.printed and _SHORT_DOUBLED.fullmatch(piece.text):
        return _cut(piece, piece.text, _single(piece.text))
    text = _DOUBLED_DIGITS.sub(_lose, piece.text)
    if text == piece.text:
        return piece
    return structs.replace(piece, text=text, printed=piece.printed or piece.text)
