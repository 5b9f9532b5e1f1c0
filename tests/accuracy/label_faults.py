"""Faults of labels and of the page: headers, headings, numbering, order of rows and columns, page breaks."""

import itertools

import msgspec

from contracts.form import form
from pipelines.render.grid import GridCell
from tests.accuracy.figure_faults import APPLICATIONS, CASES, DISCLOSURES
from tests.accuracy.printed import Impossible, Line, Printed

_BORDERED = ("html", "docx", "xlsx", "ofd", "pdf", "pdf_plain", "pipes", "tabs", "markdown")
_SIMILAR = "政信公开行法关请理定数"


def remove_label(printed: Printed) -> None:
    """The label of a row is gone, its seven figures are there."""
    line = printed.pick(printed.filled(APPLICATIONS, DISCLOSURES), lambda line: bool(line.labels))
    place = line.labels[-1]
    if printed.layout in _BORDERED:
        line.write(place, "")
    else:
        del line.cells[place]


def exchange_rows(printed: Printed) -> None:
    """Two rows stand in each other's place with their labels."""
    outcomes = {row.id for row in printed.table(APPLICATIONS).rows.values() if row.is_outcome}
    table = printed.chance.choice([APPLICATIONS, DISCLOSURES])
    lines = [line for line in printed.filled(table) if line.names[0].split(".")[1] in outcomes or table == DISCLOSURES]
    line = printed.pick(lines)
    same = [other for other in lines if other is not line and len(other.names) == len(line.names)]
    other = printed.pick(same)
    for name in (line, other):
        if len(name.labels) > 1:
            raise Impossible  # the label of the group would move as well
    if printed.table(table).rows[line.names[0].split(".")[1]].columns != (
        printed.table(table).rows[other.names[0].split(".")[1]].columns
    ):
        raise Impossible
    label, there = line.labels[-1], other.labels[-1]
    line.cells[label], other.cells[there] = other.cells[there], line.cells[label]
    for mine, theirs in zip(line.places, other.places, strict=True):
        line.cells[mine], other.cells[theirs] = other.cells[theirs], line.cells[mine]


def repeat_groups(printed: Printed) -> None:
    """The labels of groups stand in every row of the group."""
    above: dict[int, GridCell] = {}
    for line in printed.lines[APPLICATIONS]:
        for place, cell in enumerate(line.cells):
            if cell.is_continued and place in above and line.names:
                line.cells[place] = GridCell(above[place].text)
            elif cell.rowspan > 1 and line.names:
                above[place] = cell
                line.cells[place] = msgspec.structs.replace(cell, rowspan=1)


def _header_cells(printed: Printed, *tables: str) -> list[tuple[Line, int]]:
    return [(line, place) for table in tables for line in printed.headers(table) for place in line.labels]


def truncate_headers(printed: Printed) -> None:
    """Headers of four characters are cut off after two."""
    for line, place in _header_cells(printed, APPLICATIONS, CASES):
        text = line.cells[place].text.replace("\n", "")
        if len(text) == 4 and line.cells[place].colspan == 1:
            line.write(place, text[:2])


def invent_headers(printed: Printed) -> None:
    """Headers are words of no form, as a reader of scans invents them."""
    words = ("数据", "类别", "项目", "数量", "本年数")
    for line, place in _header_cells(printed, printed.chance.choice([APPLICATIONS, DISCLOSURES])):
        if place and line.cells[place].colspan == 1:
            line.write(place, printed.chance.choice(words) + str(place))


def restart_numbering(printed: Printed) -> None:
    """The headings of the tables are numbered from the beginning."""
    for place, name in enumerate(printed.lines):
        han = "一二三"[place]
        number = printed.chance.choice([f"{han}、", f"{place + 1}. ", f"（{han}）"])
        printed.headings[name] = printed.heading(name).replace(printed.table(name).ordinal, number)


def number_in_digits(printed: Printed) -> None:
    """Headings are numbered `2、` for `二、`."""
    for place, name in enumerate(printed.lines):
        printed.headings[name] = printed.heading(name).replace(printed.table(name).ordinal, f"{place + 2}、")


def mistype_labels(printed: Printed) -> None:
    """Three labels have a typing error: a character lost, doubled, exchanged or another one."""
    lines = printed.chance.sample([line for line in printed.filled(APPLICATIONS) if line.labels], 3)
    for line in lines:
        place = line.labels[-1]
        text = line.cells[place].text
        at = printed.chance.randrange(2, max(len(text) - 1, 3))
        kinds = [
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + printed.chance.choice(_SIMILAR) + text[at + 1 :],
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
        ]
        if len(text) > 6:
            line.write(place, printed.chance.choice(kinds))


def break_page(printed: Printed) -> None:
    """A page ends inside table 三: its number, the next page's header rows, and the table goes on."""
    lines = printed.lines[APPLICATIONS]
    line = printed.pick(printed.filled(APPLICATIONS)[1:])
    number = printed.chance.randrange(2, 9)
    texts = [f"- {number} -", f"— {number} —", f"第 {number} 页 共 9 页", f"{number}"]
    page = Line(APPLICATIONS, [GridCell(printed.chance.choice(texts))])
    headers = [Line(APPLICATIONS, list(header.cells)) for header in printed.headers(APPLICATIONS)]
    at = lines.index(line)
    lines[at:at] = [page, *(headers if printed.chance.random() < 0.7 else [])]


def bookmark(printed: Printed) -> None:
    """A bookmark of the word processor stands in print before a number or a label."""
    line = printed.pick(printed.filled())
    place = printed.chance.choice([*line.places, *line.labels])
    line.write(place, "[bookmark: _GoBack]" + line.cells[place].text)


def break_words(printed: Printed) -> None:
    """Labels are broken over lines or have blanks in them."""
    for line in printed.lines[APPLICATIONS] + printed.lines[CASES]:
        for place in line.labels:
            text = line.cells[place].text.replace("\n", "")
            if 3 < len(text) < 30 and printed.chance.random() < 0.4:
                at = printed.chance.randrange(2, len(text) - 1)
                line.write(place, text[:at] + printed.chance.choice(["\n", " "]) + text[at:])


def swap_columns(printed: Printed) -> None:
    """Two columns stand in each other's place, header and all."""
    table = printed.table(APPLICATIONS)
    lines = printed.lines[APPLICATIONS]
    inner = [n for n, column in enumerate(table.columns.values()) if column.group]
    first, second = printed.chance.sample(inner, 2)
    header = printed.headers(APPLICATIONS)[-1]
    offset = inner[0] - next(place for place, cell in enumerate(header.cells) if cell.text and not cell.is_continued)
    for line in lines:
        mine, theirs = (line.places[first], line.places[second]) if line.names else (first - offset, second - offset)
        if line.names or line is header:
            line.cells[mine], line.cells[theirs] = line.cells[theirs], line.cells[mine]


def swap_measures(printed: Printed) -> None:
    """Two columns of table 二 stand in each other's place, header and all."""
    lines = printed.lines[DISCLOSURES]
    start = printed.pick([n for n, line in enumerate(lines) if not line.names and len(line.cells) > 3])  # type: ignore[arg-type,list-item]
    assert isinstance(start, int)
    first, second = printed.chance.sample(range(1, 4), 2)
    for line in lines[start:]:
        if len(line.cells) != len(lines[start].cells):
            break
        line.cells[first], line.cells[second] = line.cells[second], line.cells[first]


def header_in_yuan(printed: Printed) -> None:
    """The header of the fees says 元, which is not the unit of the form."""
    name = "amount_cny_10k"
    if name not in printed.table(DISCLOSURES).columns:
        raise Impossible
    header = form().versions[printed.versions[DISCLOSURES]].tables[DISCLOSURES].columns[name].zh
    for line, place in _header_cells(printed, DISCLOSURES):
        if len(line.cells[place].text) == len(header):
            line.write(place, line.cells[place].text.replace("万", "").replace("萬", ""))
    for _, _, cell in list(printed.figures(DISCLOSURES)):
        if cell.endswith(name):
            printed.without_value(cell)


def short_group(printed: Printed) -> None:
    """The last group of outcomes is headed `（六）其他`, the last result `其他`."""
    for line in printed.lines[APPLICATIONS] + printed.lines[CASES]:
        for place in line.labels:
            text = line.cells[place].text
            if text.replace("\n", "").endswith(("其他处理", "其他處理", "其他结果", "其他結果")):
                line.write(place, text.replace("\n", "")[:-2])


def cut_beginnings(printed: Printed) -> None:
    """The headers of the cases have lost their first characters or have another one: `法复议`, `政诉讼`."""
    for line, place in _header_cells(printed, CASES):
        text = line.cells[place].text.replace("\n", "")
        if len(text) == 4 and text[0] == "行" and printed.chance.random() < 0.7:
            line.write(place, printed.chance.choice(["法", "政", ""]) + text[2:])


def misplaced_break(printed: Printed) -> None:
    """Two headers are cut in the wrong place: `尚未` and `审结总计`."""
    for line in printed.headers(CASES):
        labels = line.labels
        for first, second in itertools.pairwise(labels):
            mine, theirs = (line.cells[place].text.replace("\n", "") for place in (first, second))
            if second == first + 1 and len(mine) == 4 and len(theirs) == 2:
                line.write(first, mine[:2])
                line.write(second, mine[2:] + theirs)


def joined_headers(printed: Printed) -> None:
    """The last header of each case is one with the one before it: `尚未审结总计`, and its own cell is empty."""
    for line in printed.headers(CASES):
        labels = line.labels
        for first, second in itertools.pairwise(labels):
            mine, theirs = (line.cells[place].text.replace("\n", "") for place in (first, second))
            if second == first + 1 and len(mine) == 4 and len(theirs) == 2:
                line.write(first, mine + theirs)
                line.write(second, "")


def break_other_page(printed: Printed) -> None:
    """A page ends inside table 二 or 四: its number stands between two rows, with the headers again or without."""
    table = printed.chance.choice([CASES, DISCLOSURES])
    lines = printed.lines[table]
    number = printed.chance.randrange(2, 9)
    texts = [f"- {number} -", f"— {number} —", f"第 {number} 页 共 9 页", f"{number}"]
    at = printed.chance.randrange(1, len(lines))
    lines[at:at] = [Line(table, [GridCell(printed.chance.choice(texts))])]
