"""Hypothesis strategies: reports whose tables satisfy every enforced identity, with the odd blank."""

from hypothesis import strategies as st

from contracts.form import Table, form
from pipelines.render.report import (
    Flaws,
    HeaderStyle,
    Punctuation,
    RenderedReport,
    Section,
    Style,
    TableFigures,
    Value,
)

LARGEST = 10_000_000
Cells = dict[str, dict[str, Value]]
_COUNTS = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 999), st.integers(0, LARGEST))
_HEADERS: tuple[HeaderStyle, ...] = ("whole", "broken", "truncated")
_PUNCTUATION: tuple[Punctuation, ...] = ("full", "half")


def _with_totals(table: Table, rows: dict[str, list[int]]) -> Cells:
    return {row: dict(zip(table.columns, [*parts, sum(parts)], strict=True)) for row, parts in rows.items()}


@st.composite
def balanced_applications(draw: st.DrawFn, table: Table) -> Cells:
    """Table 三: outcomes, carry-in and carry-out are free; what was received follows, and so do all totals."""
    outcomes = [row.id for row in table.rows.values() if row.is_outcome]
    parts = len(table.columns) - 1
    drawn = draw(st.lists(_COUNTS, min_size=(len(outcomes) + 2) * parts, max_size=(len(outcomes) + 2) * parts))
    by_row = {row: drawn[place * parts :][:parts] for place, row in enumerate([*outcomes, "carried_in", "carried_out"])}
    decided = [sum(by_row[row][part] for row in outcomes) for part in range(parts)]
    left = [total + out for total, out in zip(decided, by_row["carried_out"], strict=True)]
    carried = [min(into, total) for into, total in zip(by_row["carried_in"], left, strict=True)]
    by_row |= {"outcome_total": decided, "carried_in": carried}
    by_row["new_received"] = [total - into for total, into in zip(left, carried, strict=True)]
    return _with_totals(table, {row: by_row[row] for row in table.rows})


@st.composite
def balanced_cases(draw: st.DrawFn, table: Table) -> Cells:
    """Table 四: the results are free, the totals follow."""
    parts = len(table.columns) - 1
    return _with_totals(table, {row: draw(st.lists(_COUNTS, min_size=parts, max_size=parts)) for row in table.rows})


@st.composite
def disclosures(draw: st.DrawFn, table: Table) -> Cells:
    """Table 二: no identity binds it within one report."""
    cells: Cells = {}
    for cell in table.cells:
        value: Value = draw(_COUNTS)
        if cell.may_be_negative:
            value = draw(st.integers(-50, 50))
        elif cell.type == "decimal":
            value = draw(st.decimals(0, LARGEST, places=3)).to_eng_string().rstrip("0").rstrip(".") or "0"
        elif cell.type == "text":
            value = str(value)
        cells.setdefault(cell.row, {})[cell.column] = value
    return cells


@st.composite
def balanced_reports(
    draw: st.DrawFn, versions: dict[str, str], blanks: int, marks: tuple[str | None, ...] = ("",)
) -> RenderedReport:
    """A whole report.

    Args:
        draw: given by hypothesis.
        versions: the form's version of each table.
        blanks: at most so many cells are blank.
        marks: what may be printed in blank cells.
    """
    makers = {
        "applications": balanced_applications,
        "reviews_and_lawsuits": balanced_cases,
        "proactive_disclosure": disclosures,
    }
    tables = {}
    for name, version in versions.items():
        table = form().versions[version].tables[name]
        cells = draw(makers[name](table))
        for blank in draw(st.lists(st.sampled_from(table.cells), max_size=blanks, unique=True)):
            cells[blank.row][blank.column] = None
        tables[name] = TableFigures(form_version=version, cells=cells)
    style = Style(
        headers=draw(st.sampled_from(_HEADERS)),
        punctuation=draw(st.sampled_from(_PUNCTUATION)),
        blank=draw(st.sampled_from(marks)),
    )
    return RenderedReport(
        authority="某市某局",
        year=2022,
        title=("某市某局2022年政府信息公开工作年度报告",),
        before=(Section(heading="一、总体情况", paragraphs=("各项工作按计划完成。",)),),
        tables=tables,
        after=(Section(heading="五、存在的主要问题及改进情况", paragraphs=("公开的内容还不够多。",)),),
        style=style,
        flaws=Flaws(),
    )
