"""The form reader on documents whose figures are known: what it takes, what it proves, what it leaves open."""

from pathlib import Path

import pytest

from contracts.form import Cell, form
from contracts.raw_json import Reading, Span
from pipelines.extract.form_reader import TablesRead, read_tables
from pipelines.extract.form_reader.figures import Slot, parse_figure
from pipelines.extract.form_reader.labels import match_labels
from pipelines.extract.readers.media_types import TEXT
from pipelines.extract.readers.registry import read_pieces
from pipelines.render.document import render
from pipelines.render.report import RenderedReport, TableFigures, Value

DOCUMENTS = Path(__file__).parents[2] / "samples" / "documents"
Row = dict[str, int | str | None]
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def read(text: str) -> TablesRead:
    """The tables of a text."""
    return read_tables(read_pieces(text.encode(), TEXT))


def sample(name: str) -> str:
    """The text of a sample document."""
    return (DOCUMENTS / f"{name}.txt").read_text(encoding="utf-8")


def replaced(name: str, old: str, new: str) -> TablesRead:
    """A sample read with one place of its text changed."""
    text = sample(name)
    assert text.count(old) == 1
    return read(text.replace(old, new))


def row_of(found: TablesRead, table: str, row: str) -> Row:
    """The cells of one row."""
    cells: Row = found.tables[table]["cells"][row]
    return cells


def states(found: TablesRead, row: str) -> dict[str, str]:
    """The state of each reading of a row, by column."""
    return {
        reading.cell.rsplit(".", 1)[1]: reading.state for reading in found.readings if reading.cell.split(".")[1] == row
    }


def reading_of(found: TablesRead, cell: str) -> Reading:
    """The one reading of a cell."""
    (reading,) = (reading for reading in found.readings if reading.cell == cell)
    return reading


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("12", "integer", "12"),
        ("12,345".translate(FULL_WIDTH), "integer", "12345"),
        ("1,234,567", "integer", "1234567"),
        ("\u22125", "integer", "-5"),
        ("+3", "integer", "3"),
        ("2023.852", "decimal", "2023.852"),
        ("22（其中修订16件）", "integer", "22"),
        ("251000元", "integer", "251000"),
        ("/", "mark", ""),
        ("——", "mark", ""),
        ("－", "mark", ""),
        ("\u00a0", "blank", ""),
        ("", "blank", ""),
    ],
)
def test_figures(text: str, kind: str, number: str) -> None:
    figure = parse_figure(text)
    assert figure is not None
    assert (figure.kind, figure.number) == (kind, number)


@pytest.mark.parametrize("text", ["3.", "- 3 -", "2023年1月16日", "2024-01-16", "12,34", "1 2", "第3页", "1" * 16])
def test_what_is_no_figure(text: str) -> None:
    assert parse_figure(text) is None


def test_counts_take_no_fraction_and_no_minus() -> None:
    decimal = parse_figure("91.61")
    negative = parse_figure("-2")
    assert decimal is not None
    assert negative is not None
    count = Cell("t", "r", "c", "integer", "", may_be_negative=False)
    change = Cell("t", "r", "c", "integer", "", may_be_negative=True)
    money = Cell("t", "r", "c", "decimal", "", may_be_negative=False)
    assert [Slot(decimal, "91.61", Span(), "decimal").fits(cell) for cell in (count, change, money)] == [
        False,
        False,
        True,
    ]
    assert [Slot(negative, "-2", Span(), "integer").fits(cell) for cell in (count, change, money)] == [
        False,
        True,
        False,
    ]


def test_every_label_of_the_form_is_found() -> None:
    for version in form().versions.values():
        for table in version.tables.values():
            for row in table.rows.values():
                matches = match_labels(row.ordinal + row.zh)
                assert [match.row(table, bare=True) for match in matches] == [row.id]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("2.其他法律行政止公开", "denied_other_law"),
        ("二、上年转结政府信息公开申请数量", "carried_in"),
        ("(二)部分公開(區分處理的,隻計這一情形,不計其他情形)", "partially_granted"),
        ("1.申請人無正當理由逾期不補正、行政機關不再處理其政府", "other_overdue_correction"),
        ("4.無正當理由大量反複申請", "not_processed_excessive"),
    ],
)
def test_damaged_labels_are_found(text: str, row: str) -> None:
    table = form().versions["2021"].tables["applications"]
    assert [match.row(table, bare=True) for match in match_labels(text)] == [row]


@pytest.mark.parametrize("text", ["行政处", "主动公开", "各项工作按计划完成", "商务专栏换了新版面"])
def test_other_texts_are_no_labels(text: str) -> None:
    assert match_labels(text) == ()


def test_a_stray_number_is_left_over_and_the_row_resolved() -> None:
    found = replaced("002_pipes_over_converted", "| 995 | 60 |", "| 995 | 77 | 60 |")
    row = row_of(found, "applications", "new_received")
    assert (row["natural_person"], row["commercial_enterprise"], row["total"]) == (995, 60, 1060)
    assert [leftover.raw for leftover in found.leftovers] == ["77"]
    reading = reading_of(found, "applications.new_received.commercial_enterprise")
    assert reading.state == "resolved"
    assert "applicants.new_received" in reading.proof


def test_a_lost_number_is_missing_and_its_neighbours_keep_their_places() -> None:
    found = replaced("002_pipes_over_converted", "| 995 | 60 |", "| 60 |")
    row = row_of(found, "applications", "new_received")
    assert (row["natural_person"], row["commercial_enterprise"], row["total"]) == (None, 60, 1060)
    assert reading_of(found, "applications.new_received.natural_person").state == "missing"
    assert reading_of(found, "applications.new_received.commercial_enterprise").proof == [
        "balance.commercial_enterprise"
    ]


def test_a_blank_is_proven_and_stays_null() -> None:
    found = replaced("002_pipes_over_converted", "| 995 | 60 |", "| 995 | |")
    assert row_of(found, "applications", "new_received")["commercial_enterprise"] is None
    reading = reading_of(found, "applications.new_received.commercial_enterprise")
    assert (reading.state, reading.value) == ("blank_proven", 60)
    assert set(reading.proof) == {"applicants.new_received", "balance.commercial_enterprise"}


def test_a_mark_is_a_mark() -> None:
    found = replaced("002_pipes_over_converted", "| 995 | 60 | 0 |", "| 995 | 60 | / |")
    reading = reading_of(found, "applications.new_received.research_institution")
    assert (reading.state, reading.raw) == ("mark", "/")


@pytest.mark.parametrize("printed", ["| 996 | 60 |", "| 60 | 995 |"])
def test_a_regular_row_is_read_as_printed_whatever_the_identities_say(printed: str) -> None:
    found = replaced("002_pipes_over_converted", "| 995 | 60 |", printed)
    row = row_of(found, "applications", "new_received")
    assert [str(row["natural_person"]), str(row["commercial_enterprise"])] == printed.strip("| ").split(" | ")
    assert states(found, "new_received") == {}


def test_where_no_identity_checks_a_wrong_count_is_ambiguous() -> None:
    found = replaced("002_pipes_over_converted", "| 167 | 1 | 192 |", "| 167 | 5 | 1 | 192 |")
    assert row_of(found, "proactive_disclosure", "normative_documents") == dict.fromkeys(
        ["issued", "repealed", "in_force"]
    )
    reading = reading_of(found, "proactive_disclosure.normative_documents.repealed")
    assert (reading.state, reading.candidates) == ("ambiguous", [1, 5, 51])  # 51: a number cut in two


def test_a_row_without_label_is_known_by_its_place() -> None:
    text = sample("000_lines_taiwan").split("\n")
    label = next(line for line in text if line.startswith("8."))
    found = read("\n".join(line for line in text if line != label))
    whole = row_of(read("\n".join(text)), "applications", "denied_administrative_query")
    assert row_of(found, "applications", "denied_administrative_query") == whole
    assert set(states(found, "denied_administrative_query").values()) == {"resolved"}


def test_a_row_that_is_not_there_is_missing_cell_by_cell() -> None:
    lines = sample("002_pipes_over_converted").split("\n")
    found = read("\n".join(line for line in lines if not line.startswith("8.")))
    table = form().versions["2021"].tables["applications"]
    assert states(found, "denied_administrative_query") == dict.fromkeys(table.columns, "missing")


def test_a_heading_with_another_number_is_noted() -> None:
    table = form().versions["2021"].tables["proactive_disclosure"]
    heading = table.ordinal + table.heading["zh"]
    found = replaced("001_pipes_simplified", heading, f"2、{table.heading['zh']}")
    reading = reading_of(found, "proactive_disclosure")
    assert (reading.raw, reading.state) == (f"2、{table.heading['zh']}", "printed")


def test_page_numbers_and_repeated_headings_do_not_disturb() -> None:
    text = sample("000_lines_taiwan")
    label = next(line for line in text.split("\n") if line.startswith("8."))
    assert read(text.replace(label, f"- 3 -\n{label}")).tables == read(text).tables


def test_every_row_leads_back_to_its_place() -> None:
    text = sample("003_tabs_simplified")
    lines = text.split("\n")
    found = read(text)
    assert len(found.spans) == sum(len(table.rows) for table in form().versions["2021"].tables.values())
    span = found.spans["applications.outcome_total"]
    assert span.line is not None
    row = form().versions["2021"].tables["applications"].rows["outcome_total"]
    assert lines[span.line - 1][span.char_start : span.char_end] == f"{row.ordinal}{row.zh}"


def blank_tables(versions: dict[str, str]) -> dict[str, dict[str, dict[str, Value]]]:
    """Tables of zeros."""
    return {
        name: {
            row: {c: 0 if table.columns[c].type == "integer" else "0" for c in table.columns_of(row)}
            for row in table.rows
        }
        for name, version in versions.items()
        for table in [form().versions[version].tables[name]]
    }


def rendered(versions: dict[str, str], cells: dict[str, dict[str, dict[str, Value]]]) -> str:
    """A document with these tables, one row a line."""
    tables = {name: TableFigures(form_version=versions[name], cells=content) for name, content in cells.items()}
    return render(RenderedReport(authority="某市某局", year=2023, tables=tables), "pipes", "simplified").decode()


def test_the_labels_decide_the_version_of_each_table() -> None:
    versions = {"proactive_disclosure": "2021", "applications": "2019", "reviews_and_lawsuits": "2021"}
    cells = blank_tables(versions)
    found = read(rendered(versions, cells))
    assert {name: table["cells"] for name, table in found.tables.items()} == cells
    assert found.tables["proactive_disclosure"]["form_version"] == "2021"
    assert found.tables["applications"]["form_version"] == "2019"


def test_figures_of_the_trial_form_keep_sign_and_unit() -> None:
    versions = dict.fromkeys(("proactive_disclosure", "applications"), "2019")
    cells = blank_tables(versions)
    cells["proactive_disclosure"]["administrative_licenses"]["change"] = -4
    cells["proactive_disclosure"]["central_procurement"]["amount_raw"] = "251000元"
    found = read(rendered(versions, cells))
    assert row_of(found, "proactive_disclosure", "administrative_licenses")["change"] == -4
    assert row_of(found, "proactive_disclosure", "central_procurement")["amount_raw"] == "251000元"


def test_rows_side_by_side_are_named_by_their_labels() -> None:
    versions = {"reviews_and_lawsuits": "2021"}
    cells = blank_tables(versions)
    rows = cells["reviews_and_lawsuits"]
    rows["lawsuit_direct"] |= {"upheld": 3, "total": 3}
    rows["lawsuit_after_review"] |= {"pending": 8, "total": 8}
    labels = form().versions["2021"].tables["reviews_and_lawsuits"].rows
    direct, after = labels["lawsuit_direct"].zh, labels["lawsuit_after_review"].zh
    text = rendered(versions, cells)
    found = read(text.replace(direct, "#").replace(after, direct).replace("#", after))
    assert row_of(found, "reviews_and_lawsuits", "lawsuit_direct") == rows["lawsuit_after_review"]
    assert row_of(found, "reviews_and_lawsuits", "lawsuit_after_review") == rows["lawsuit_direct"]
    assert row_of(found, "reviews_and_lawsuits", "review") == rows["review"]


def test_no_table_in_prose() -> None:
    assert read(sample("004_prose_over_converted")).tables == {}
