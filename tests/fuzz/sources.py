"""The documents that are mutated: reports in every layout, script and version that the renderer has."""

from functools import cache
from pathlib import Path
from random import Random

import msgspec

from pipelines.render.document import build_page
from pipelines.render.report import SCRIPTS, Style
from tests.accuracy.reports import ONE_ROW, VERSIONS, random_figures, report_of, versions_of
from tests.printed_layouts import GLUED_LAYOUTS, LAYOUTS, Layout, write_printed

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
POOL = 60  # documents of one layout
SLOW: dict[str, float] = {"ofd": 0.3, "pdf": 0.1, "pdf_plain": 0.1}  # drawn less often than the others
_MARKS = ("", "/", "-", "—", "0")


def draw_layout(chance: Random) -> Layout | None:
    """A layout at random, slow ones less often; None for a sample with prose of its own."""
    layouts: list[Layout | None] = [*LAYOUTS, *GLUED_LAYOUTS, None]
    return chance.choices(layouts, [SLOW.get(str(layout), 1.0) for layout in layouts])[0]


def draw_source(chance: Random, layout: Layout | None) -> bytes:
    """An undamaged document of a layout."""
    return _source(layout, chance.randrange(POOL))


@cache
def _source(layout: Layout | None, number: int) -> bytes:
    if layout is None:
        samples = sorted(SAMPLES.iterdir())
        return samples[number % len(samples)].read_bytes()
    chance = Random(f"{layout} {number}")  # noqa: S311 - a sample, no secret
    versions = versions_of(chance.choice((*VERSIONS, ONE_ROW)))
    style = Style(
        headers=chance.choice(("whole", "broken")),
        punctuation=chance.choice(("full", "half")),
        blank=chance.choice(_MARKS),
    )
    report = report_of(random_figures(chance, versions), versions, style)
    year = chance.randint(2019, 2024)
    report = msgspec.structs.replace(report, year=year, title=(f"某市某局{year}年政府信息公开工作年度报告",))
    page = build_page(report, chance.choice(SCRIPTS))
    return write_printed(page, layout, style, is_packed=chance.random() < 0.3)  # what is packed, changes only break
