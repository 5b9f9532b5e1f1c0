"""Form → drawn PDF → form: every version and script survives cell by cell, over page breaks."""

from itertools import product
from random import Random

import pytest

from contracts.raw_json import Span
from pipelines.extract.form_reader import read_tables
from pipelines.extract.pieces import Piece
from pipelines.extract.readers.cut_rows import join_cut_rows
from pipelines.extract.readers.media_types import PDF
from pipelines.extract.readers.registry import read_pieces
from pipelines.render.document import build_page
from pipelines.render.report import SCRIPTS, Script, Style
from tests.accuracy.reports import ONE_ROW, VERSIONS, random_figures, report_of, versions_of
from tests.drawn_pdf import draw_page, draw_pdf


@pytest.mark.parametrize(("version", "script"), list(product((*VERSIONS, ONE_ROW), SCRIPTS)))
def test_drawn_tables_survive(version: str, script: Script) -> None:
    versions = versions_of(version)
    report = report_of(random_figures(Random(5), versions), versions, Style())  # noqa: S311 - a sample, no secret
    pieces = read_pieces(draw_pdf(report, script), PDF)
    assert {piece.span.page for piece in pieces} == {1, 2, 3}
    read = read_tables(pieces)
    found = {name: table["cells"] for name, table in read.tables.items()}
    assert found == {name: table.cells for name, table in report.tables.items()}
    assert read.leftovers == []


@pytest.mark.parametrize("is_ruled", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 8])
def test_rows_cut_by_page_breaks_survive_with_rules_and_without(seed: int, *, is_ruled: bool) -> None:
    versions = versions_of(VERSIONS[0])
    report = report_of(random_figures(Random(seed), versions), versions, Style())  # noqa: S311 - a sample, no secret
    read = read_tables(read_pieces(draw_page(build_page(report, SCRIPTS[0]), is_ruled=is_ruled, is_typeset=True), PDF))
    assert {name: table["cells"] for name, table in read.tables.items()} == {
        name: table.cells for name, table in report.tables.items()
    }
    assert read.leftovers == []


def row(page: int, *cells: str) -> list[Piece]:
    """A row of a ruled table."""
    span = Span(page=page, table=page, row=1)
    return [*(Piece("cell", text, span, place) for place, text in enumerate(cells)), Piece("row_end", "", span, 9)]


@pytest.mark.parametrize(
    ("upper", "lower", "joined"),
    [
        (("2.其他法律行政法", "", ""), ("规禁止公开", "4", "4"), ["2.其他法律行政法规禁止公开", "4", "4"]),
        (("2.其他法律行政法", "4", ""), ("规禁止公开", "", "4"), None),  # figures in both
        (("2.其他法律行政法", "", ""), ("5.属于三类内部事务信息", "4", "4"), None),  # a row of its own
        (("2.其他法律行政法", "", ""), ("某某", "", ""), None),
        (("", "", ""), ("规禁止公开", "4", "4"), None),
    ],
)
def test_a_row_cut_by_a_page_break_is_one_where_its_label_is_one(
    upper: tuple[str, ...], lower: tuple[str, ...], joined: list[str] | None
) -> None:
    pieces = [*row(1, *upper), *row(2, *lower)]
    found = join_cut_rows(pieces)
    assert [piece.text for piece in found if piece.kind == "cell"] == (joined or [*upper, *lower])
    assert join_cut_rows([*row(1, *upper), *row(1, *lower)]) == [*row(1, *upper), *row(1, *lower)]
