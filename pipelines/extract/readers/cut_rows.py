"""Rows of a ruled table that a page break cut in two, put together again where the form says that they are one."""

from collections.abc import Iterator, Sequence

from msgspec import structs

from pipelines.extract.form_reader.figures import parse_figure
from pipelines.extract.form_reader.labels import match_labels
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.cell_text import join_cell_text


def join_cut_rows(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with the last row of a page and the first one of the next as one row if they are one.

    They are, if they have the same columns, no cell has a figure in both or beside a text, the figures are in the
    lower part alone, and the label goes on from one to the other: together it is one of the form, what stands below
    is none.
    """
    joined: list[Piece] = []
    start = 0
    while start < len(pieces):
        end = _end_of_row(pieces, start)
        following = _end_of_row(pieces, end)
        row = _joined(pieces[start:end], pieces[end:following]) if _is_at_break(pieces, end) else None
        joined += pieces[start:end] if row is None else row
        start = end if row is None else following
    return joined


def _end_of_row(pieces: Sequence[Piece], start: int) -> int:
    """The end of the row that begins at `start`, or of the line there."""
    end = start
    while end < len(pieces) and pieces[end].kind == "cell":
        end += 1
    return min(end + 1, len(pieces))


def _is_at_break(pieces: Sequence[Piece], end: int) -> bool:
    """Whether a row ends where a page does, and another begins on the next one."""
    if end >= len(pieces) or pieces[end - 1].kind != "row_end" or pieces[end].kind != "cell":
        return False
    before, after = pieces[end - 1].span.page, pieces[end].span.page
    return before is not None and after == before + 1


def _joined(upper: Sequence[Piece], lower: Sequence[Piece]) -> list[Piece] | None:
    """The one row that two parts are, or None."""
    columns = {piece.column for piece in upper}
    lower = [piece for piece in lower if piece.text or piece.column in columns]  # a merged cell begins anew
    if [piece.column for piece in upper] != [piece.column for piece in lower]:
        return None
    cells = list(zip(upper[:-1], lower[:-1], strict=True))
    figures = [_is_figure(above) or _is_figure(below) for above, below in cells]
    if not any(figures) or any(_is_figure(above) for above, _ in cells):
        return None
    if any(is_figure and above.text and below.text for is_figure, (above, below) in zip(figures, cells, strict=True)):
        return None
    label = "".join(piece.text for piece in upper[:-1])
    rest = "".join(below.text for is_figure, (_, below) in zip(figures, cells, strict=True) if not is_figure)
    if not label or match_labels(rest) or not match_labels(label + rest):
        return None
    return [*_cells(cells), upper[-1]]


def _is_figure(piece: Piece) -> bool:
    figure = parse_figure(piece.text)
    return figure is not None and figure.kind != "blank"


def _cells(cells: Sequence[tuple[Piece, Piece]]) -> Iterator[Piece]:
    for above, below in cells:
        text = join_cell_text((above.text, below.text))
        yield structs.replace(below if not above.text else above, text=text)
