"""Every number leads back: the characters at a cell's place are its value, in every sample and layout."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import UNSET

from contracts.form import form
from contracts.raw_json import Report
from pipelines.extract.form_reader.figures import parse_figure
from pipelines.extract.places import TracedDocument, TracedReport, claim_name, indicator_name, trace_document
from pipelines.render.document import render
from pipelines.render.report import GLUED_LAYOUTS, LAYOUTS, Layout, RenderedReport
from tests.balanced_forms import balanced_reports

VERSIONS = dict.fromkeys(form().tables, "2021")
ONE_EXAMPLE = settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "documents").iterdir())


def printed(traced: TracedDocument, report: TracedReport, name: str) -> str:
    """What stands at the place of a cell, claim or indicator."""
    return " ".join(traced.pieces[mark.piece].text[mark.start : mark.end] for mark in report.places[name])


def figures(report: Report) -> dict[str, int | str]:
    """All cells that have a figure, those that are no integers too."""
    values: dict[str, int | str] = {}
    for name in form().tables:
        table = getattr(report.tables, name)
        if table is not UNSET:
            for row, cells in msgspec.to_builtins(table)["cells"].items():
                values.update({f"{name}.{row}.{column}": value for column, value in cells.items() if value is not None})
    return values


def states_or_implies(text: str, value: int | str | None) -> bool:
    """Whether a text is a figure, or words that imply it without printing it."""
    return text == str(value) or (bool(text) and str(value) not in re.findall(r"\d+", text))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_number_of_a_sample_stands_at_its_place(path: Path) -> None:
    traced = trace_document(path.read_bytes(), path.name)
    (report,) = traced.reports
    values = figures(report.report)
    indicators = report.report.legacy.indicators if report.report.legacy else []
    assert len(values) >= 190 or len(indicators) >= 10
    for cell, value in values.items():
        figure = parse_figure(printed(traced, report, cell))
        assert figure is not None
        assert figure.number == str(value), cell
    for claim in report.report.claims:
        assert states_or_implies(printed(traced, report, claim_name(claim)), claim.value)
    for entry in indicators:
        assert states_or_implies(printed(traced, report, indicator_name(entry)), entry.value)


@pytest.mark.parametrize("layout", [*LAYOUTS, *GLUED_LAYOUTS])
def test_every_number_of_a_layout_stands_at_its_place(layout: Layout) -> None:
    @ONE_EXAMPLE
    @given(balanced_reports(VERSIONS, blanks=0))
    def stands(report: RenderedReport) -> None:
        traced = trace_document(render(report, layout, "simplified"), "report")
        (found,) = traced.reports
        values = figures(found.report)
        assert len(values) > (100 if layout in LAYOUTS else 0)
        for cell, value in values.items():
            figure = parse_figure(printed(traced, found, cell))
            assert figure is not None
            assert figure.number == str(value), cell

    stands()


def test_a_number_that_was_printed_in_two_parts_is_marked_in_both() -> None:
    whole = SAMPLES[0].read_text(encoding="utf-8")
    assert whole.count("\n5034\n") == 1
    traced = trace_document(whole.replace("\n5034\n", "\n50\n34\n").encode(), "report.txt")
    (found,) = traced.reports
    assert figures(found.report)["applications.granted.natural_person"] == 5034
    assert printed(traced, found, "applications.granted.natural_person") == "50 34"
