"""Documents that speak of reports and are none: never zeros, never a report, always a reason."""

import msgspec
import pytest

from contracts.form import form
from pipelines.extract.document import extract_document
from pipelines.render.document import render
from pipelines.render.report import Layout, RenderedReport, Section, Style, TableFigures
from tests.accuracy.reports import versions_of

TITLE = "某市某局{}年政府信息公开工作年度报告"
LINKS = "".join(f"<li><a href='{year}.html'>{TITLE.format(year)}</a></li>" for year in range(2015, 2025))
PAGES = {
    "shell": f"<html><body><script>load()</script><p>正在加载</p><h1>{TITLE.format(2023)}</h1></body></html>",
    "links": f"<html><body><h2>政府信息公开年报</h2><ul>{LINKS}</ul><p>共10条，每页15条</p></body></html>",
    "attachment": f"<html><body><h1>{TITLE.format(2023)}</h1><p>附件：2023年年报.pdf</p></body></html>",
    "meeting": (
        "<html><body><h1>全市政务公开工作会召开</h1><p>会上说，2022年全市收到政府信息公开申请120件，都按时办结。</p>"
        "<p>2023年1月31日前，各单位要把政府信息公开工作年度报告交上来。</p></body></html>"
    ),
    "news": (
        "<html><body><h1>某市2022年政府信息公开工作年度报告出炉</h1>"
        "<p>报告说，全年收到依申请公开120件，答复118件。</p></body></html>"
    ),
    "law": (
        "第十条 行政机关收到政府信息公开申请，一般在20个工作日内答复，最多再延长20个工作日。\n"
        "第二十条 每年1月31日前公布上一年度的政府信息公开工作年度报告。\n本办法自2019年5月15日起施行。\n"
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_only_speaks_of_reports_is_none(name: str) -> None:
    read = extract_document(PAGES[name].encode(), "page", "2025-04-01T00:00:00Z")
    assert read.reports == []
    assert read.rejection is not None
    assert read.rejection.reason == "no_report"


def blank_form(version: str) -> RenderedReport:
    """The form with no figure in it, as a notice sends it out."""
    tables = {}
    for name, own in versions_of(version).items():
        table = form().versions[own].tables[name]
        cells = {row: dict.fromkeys(table.columns_of(row)) for row in table.rows}
        tables[name] = TableFigures(form_version=own, cells=msgspec.convert(cells, dict[str, dict[str, None]]))
    return RenderedReport(
        authority="某市某局",
        year=2021,
        title=("关于印发年度报告格式的通知",),
        before=(
            Section(heading="一、总体情况", paragraphs=("2021年度的年度报告按下面的格式填写，2022年1月31日前报送。",)),
        ),
        tables=tables,
        style=Style(blank=""),
    )


@pytest.mark.parametrize("version", list(form().versions))
@pytest.mark.parametrize("layout", ["html", "docx", "xlsx", "ofd", "pipes", "tabs"])
def test_the_blank_form_is_no_report_of_zeros(version: str, layout: Layout) -> None:
    read = extract_document(render(blank_form(version), layout, "simplified"), "form", "2025-04-01T00:00:00Z")
    assert read.reports == []
    assert read.rejection is not None
    assert read.rejection.reason == "no_report"
