"""The lines of a document around a number, as printed, with the number marked."""

from collections.abc import Iterable, Iterator, Mapping

from rich.text import Text

from pipelines.extract.places import Mark, PrintedPiece

_LINES_AROUND = 2
_CHARACTERS_AROUND = 50
_MARKED = "bold reverse"


def lines_around(
    marks: list[Mark], piece: int, pieces: list[PrintedPiece], *, is_plain: bool, around: int = _LINES_AROUND
) -> Iterator[Text]:
    """The printed lines around a piece; a long one only around its marks.

    Args:
        marks: what is to be marked.
        piece: the piece around which lines are shown.
        pieces: the document's pieces.
        is_plain: whether nothing can be highlighted: then `>>` and `<<` stand around a mark.
        around: how many lines before and behind.
    """
    number = pieces[piece].line
    last = max((pieces[mark.piece].line for mark in marks), default=number)
    for line in range(number - around, last + around + 1):
        own = [at for at, piece in enumerate(pieces) if piece.line == line and piece.kind != "row_end"]
        while len(own) > 1 and not pieces[own[-1]].text and all(mark.piece != own[-1] for mark in marks):
            own.pop()  # empty cells at the end of a row
        if own:
            text = _line(own, pieces, {mark.piece: mark for mark in marks}, is_plain=is_plain)
            yield Text("> " if number <= line <= last else "  ").append_text(text)


def _line(own: Iterable[int], pieces: list[PrintedPiece], marks: Mapping[int, Mark], *, is_plain: bool) -> Text:
    line = Text()
    for place, at in enumerate(own):
        if place:
            line.append(" | ")
        _append(line, pieces[at].text, marks.get(at), is_plain=is_plain)
    return line


def _append(line: Text, text: str, mark: Mark | None, *, is_plain: bool) -> None:
    """Append a piece's text, shortened far from its mark."""
    start, end = (mark.start, mark.end) if mark else (0, 0)
    before, behind = text[:start], text[end:]
    line.append(f"…{before[-_CHARACTERS_AROUND:]}" if len(before) > _CHARACTERS_AROUND else before)
    if mark:
        line.append(f">>{text[start:end]}<<" if is_plain else text[start:end], style="" if is_plain else _MARKED)
    line.append(f"{behind[:_CHARACTERS_AROUND]}…" if len(behind) > _CHARACTERS_AROUND else behind)
