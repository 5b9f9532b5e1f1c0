"""Random reports to print: the figures of plausible bodies, in any mixture of the form's versions."""

from random import Random

from contracts.form import form
from pipelines.render.report import RenderedReport, Section, Style, TableFigures, Value
from pipelines.render.synthetic_figures import FigureMaker, start_body

VERSIONS = tuple(form().versions)
ONE_ROW = "2021 with one row for other handling"  # as reports on 2023 and 2024 print it
OLD_DISCLOSURES = "2021 with table 二 of 2019"  # as a report on 2023 prints it
Truth = dict[str, dict[str, dict[str, Value]]]


def versions_of(name: str) -> dict[str, str]:
    """The version of each table."""
    newest, *_, oldest = VERSIONS
    mixed = {ONE_ROW: "applications", OLD_DISCLOSURES: "proactive_disclosure"}
    versions = dict.fromkeys(form().tables, newest if name in mixed else name)
    return {**versions, mixed[name]: oldest} if name in mixed else versions


def random_figures(chance: Random, versions: dict[str, str]) -> Truth:
    """Figures that satisfy every enforced identity, from a body with few applications or with many."""
    truth: Truth = {}
    for version in dict.fromkeys(versions.values()):
        declared = form().versions[version]
        state = start_body(chance, is_government=chance.random() < 0.7)
        values = FigureMaker(declared).make_year(chance, state)
        for cell, value in zip(declared.cells.values(), values, strict=True):
            if versions[cell.table] == version:
                truth.setdefault(cell.table, {}).setdefault(cell.row, {})[cell.column] = value
    return {name: truth[name] for name in form().tables}


def report_of(truth: Truth, versions: dict[str, str], style: Style) -> RenderedReport:
    """A report with these figures and a little prose around them."""
    tables = {name: TableFigures(form_version=versions[name], cells=truth[name]) for name in form().tables}
    return RenderedReport(
        authority="某市某局",
        year=2023,
        title=("某市某局2023年政府信息公开工作年度报告",),
        before=(Section(heading="一、总体情况", paragraphs=("各项工作按计划完成，全年更新栏目若干个。",)),),
        tables=tables,
        after=(Section(heading="五、存在的主要问题及改进情况", paragraphs=("公开的内容还不够多，下一年继续改进。",)),),
        style=style,
    )
