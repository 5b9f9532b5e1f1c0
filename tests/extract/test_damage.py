"""Damaged text: labels are still found, encodings put right beyond doubt, and no damaged number becomes a number."""

from random import Random
from typing import Any

import msgspec
import pytest

from contracts.raw_json import RawDocument
from pipelines.extract.damage import make_readable, repair_encoding
from pipelines.extract.document import extract_document
from pipelines.extract.form_reader import read_tables
from pipelines.extract.form_reader.figures import parse_figure
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.extract.readers.registry import read_pieces
from pipelines.render.document import render
from pipelines.render.report import Layout, Section, Style
from tests.accuracy.reports import Truth, random_figures, report_of, versions_of

CAPTURED_AT = "2025-04-01T00:00:00Z"
VERSIONS = versions_of("2021")
LAYOUTS: tuple[Layout, ...] = ("html", "pipes", "tabs", "lines")
PINYIN = {"信": "xìn", "息": "xī", "公": "gōng", "开": "kāi", "务": "wù", "自": "zì", "然": "rán", "总": "zǒng"}
DAMAGED_NUMBERS = (
    *("1O", "l2", "O", "I5", "1\ufffd", "\ufffd3", "1,\ufffd00", "1\u200b2", "1\ue0032", "\uf031"),
    *("\u0663", "1\u00b2", "\u00b2", "\u2460", "\U0001d7cf\U0001d7d0"),
)


def truth_of(seed: str) -> Truth:
    """Figures of a report."""
    return random_figures(Random(seed), VERSIONS)  # noqa: S311 - a sample, no secret


def document_of(truth: Truth, layout: Layout, prose: str = "2023年，本局收到申请12件，全部办结。") -> str:
    """The text of a report with these figures."""
    report = report_of(truth, VERSIONS, Style())
    report = msgspec.structs.replace(report, before=(Section(heading="一、总体情况", paragraphs=(prose,)),))
    return render(report, layout, "simplified").decode()


def extract(content: bytes) -> RawDocument:
    """The raw extracted JSON of a document."""
    return extract_document(content, "report", CAPTURED_AT)


def cells(content: bytes) -> dict[str, Any]:
    """The cells of a document's tables, and nothing but those."""
    read = read_tables(read_pieces(content, detect_media_type(content, "report")))
    return {name: table["cells"] for name, table in read.tables.items()}


def wrong_cells(found: dict[str, Any], truth: Truth) -> list[str]:
    """The cells with another number than the truth's."""
    return [
        f"{table}.{row}.{column}: {found[table][row][column]} for {value}"
        for table, rows in truth.items()
        for row, columns in rows.items()
        for column, value in columns.items()
        if found.get(table, {}).get(row, {}).get(column) not in (value, None)
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("meant", "read_as"),
    [("utf-8", "gb18030"), ("utf-8", "latin-1"), ("gb18030", "latin-1")],
)
def test_an_encoding_read_wrongly_is_put_right_and_said(layout: Layout, meant: str, read_as: str) -> None:
    truth = truth_of(layout)
    text = document_of(truth, layout)
    damaged = text.encode(meant).decode(read_as, errors="replace")
    read = extract(damaged.encode())
    assert wrong_cells(cells(damaged.encode()), truth) == []
    assert len(read.reports) == 1
    assert len(read.document.repairs) == 1
    assert "was read as" in read.document.repairs[0]
    if "\ufffd" not in damaged:
        assert cells(damaged.encode()) == truth


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_encoding_read_wrongly_twice_is_put_right(layout: Layout) -> None:
    truth = truth_of(layout)
    damaged = document_of(truth, layout)
    for _ in range(2):
        damaged = damaged.encode().decode("latin-1")
    assert cells(damaged.encode()) == truth


def test_windows_characters_are_bytes_too() -> None:
    repaired = repair_encoding("政府信息公开年度报告，共12件".encode().decode("cp1252", errors="replace"))
    assert repaired is not None
    assert repaired.lost > 0
    assert repaired.text.endswith("共12件")


@pytest.mark.parametrize("eaten", ["?", "\ufffd"])
def test_a_digit_that_the_wrong_decoding_may_have_swallowed_is_missed(eaten: str) -> None:
    """`年` ends with half a character of GBK, and some programs write `?` for it and for the digit behind it."""
    before = "政府信息公开申请的数量见下面的表格，其中" * 3 + "本年"
    damaged = before.encode().decode("gb18030", errors="ignore") + eaten + "2件"
    pieces = make_readable(read_pieces(damaged.encode(), "text/plain"))
    assert "2" not in pieces[0].text
    assert "公开申请" in pieces[0].text


@pytest.mark.parametrize("text", ["各项工作按计划完成。", "Ünïcödé wörds of another länguage", "12 件 €", "淇℃ 12"])
def test_text_that_is_right_or_beyond_repair_is_left_alone(text: str) -> None:
    assert repair_encoding(text) is None


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("times", [1, 2])
def test_pinyin_behind_characters_is_left_out(layout: Layout, times: int) -> None:
    truth = truth_of(layout)
    damaged = "".join(
        character + f"({PINYIN[character]})" * times if character in PINYIN else character
        for character in document_of(truth, layout)
    )
    read = extract(damaged.encode())
    assert cells(damaged.encode()) == truth
    assert [claim.value for claim in read.reports[0].claims][:1] == [12]
    assert any("pinyin" in repair for repair in read.document.repairs)


def test_spans_and_quotes_are_of_what_is_printed() -> None:
    prose = "全(quán)年收(shōu)到申(shēn)请(qǐng)12件。"
    text = document_of(truth_of("spans"), "pipes", prose)
    claim = extract(text.encode()).reports[0].claims[0]
    assert claim.span is not None
    assert claim.span.line is not None
    line = text.split("\n")[claim.span.line - 1]
    assert line == prose
    assert line[claim.span.char_start : claim.span.char_end] == "12件"
    assert claim.quote in prose


@pytest.mark.parametrize("share", [0.02, 0.1])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_lost_characters_never_change_a_number(layout: Layout, share: float) -> None:
    truth = truth_of(layout)
    chance = Random(f"{layout}{share}")  # noqa: S311 - a sample, no secret
    damaged = "".join(
        "\ufffd" if character not in "\n\t |<>" and character.isprintable() and chance.random() < share else character
        for character in document_of(truth, layout)
    )
    if share < 0.05:
        assert wrong_cells(cells(damaged.encode()), truth) == []
    else:
        assert extract(damaged.encode()).reports == []


@pytest.mark.parametrize("text", DAMAGED_NUMBERS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_damaged_number_is_named_and_not_read(layout: Layout, text: str) -> None:
    truth = truth_of("damaged number")
    truth["proactive_disclosure"]["administrative_licenses"]["decisions"] = 777_777
    damaged = document_of(truth, layout).replace("777777", text)
    read = extract(damaged.encode())
    cell = "proactive_disclosure.administrative_licenses.decisions"
    readings = {reading.cell: reading for reading in read.reports[0].readings}
    assert cells(damaged.encode())["proactive_disclosure"]["administrative_licenses"]["decisions"] is None
    assert (readings[cell].state, readings[cell].raw) == ("ambiguous", text)
    assert wrong_cells(cells(damaged.encode()), truth) == []


@pytest.mark.parametrize(("text", "number"), [("\uff11\uff12", "12"), ("12\u200b", "12"), ("\ufeff12", "12")])
def test_a_number_in_other_width_or_beside_nothing_visible_is_a_number(text: str, number: str) -> None:
    (piece,) = make_readable(read_pieces(f"合计{text}".encode(), "text/plain"))
    figure = parse_figure(piece.text.removeprefix("合计"))
    assert figure is not None
    assert figure.number == number


def test_doubled_labels_are_found_and_doubled_digits_are_no_numbers() -> None:
    truth = truth_of("doubled")
    lines = document_of(truth, "lines").split("\n")
    labels = "\n".join(line if line.isdigit() else "".join(c * 2 for c in line) for line in lines)
    everything = "\n".join("".join(c * 2 for c in line) for line in lines)
    assert wrong_cells(cells(labels.encode()), truth) == []
    assert wrong_cells(cells(everything.encode()), truth) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_question_marks_with_digits_are_refused(layout: Layout) -> None:
    damaged = document_of(truth_of(layout), layout).encode("ascii", errors="replace")
    read = extract(damaged)
    assert read.rejection is not None
    assert read.rejection.reason == "undecodable"
    assert "question marks" in read.rejection.detail
