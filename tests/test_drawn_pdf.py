"""Form → drawn PDF → form: every version and script survives cell by cell, over page breaks."""

from itertools import product
from random import Random

import pytest

from pipelines.extract.form_reader import read_tables
from pipelines.extract.readers import PDF, read_pieces
from pipelines.render.report import SCRIPTS, Script, Style
from tests.accuracy.reports import ONE_ROW, VERSIONS, random_figures, report_of, versions_of
from tests.drawn_pdf import draw_pdf


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
