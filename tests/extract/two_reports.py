"""Files with two reports: their figures, their reports, and how they are joined."""

from collections.abc import Iterator
from random import Random

import msgspec

from pipelines.render.report import RenderedReport, Style
from tests.accuracy.reports import Truth, random_figures, report_of, versions_of

VERSIONS = versions_of("2021")


def year_of(truth: Truth, year: int, authority: str = "某市某局") -> RenderedReport:
    """A report on a year with these figures."""
    report = report_of(truth, VERSIONS, Style())
    return msgspec.structs.replace(
        report, year=year, authority=authority, title=(f"{authority}{year}年政府信息公开工作年度报告",)
    )


def two_truths(seed: str) -> Iterator[Truth]:
    """Figures of two reports."""
    for part in "ab":
        yield random_figures(Random(f"{seed}{part}"), VERSIONS)  # noqa: S311 - a sample, no secret


def join(first: bytes, second: bytes) -> bytes:
    """Two documents in one file, one after the other."""
    if first.startswith(b"<!DOCTYPE"):
        return first.partition(b"</body>")[0] + second.partition(b"<body>")[2]
    return first + b"\n" + second
