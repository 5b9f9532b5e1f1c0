"""Faults of figures: numbers that are split, stray, lost, in another place, or printed with more than digits."""

from pipelines.render.grid import GridCell
from tests.accuracy.printed import Impossible, Line, Printed
from tests.printed_layouts import Layout

APPLICATIONS, CASES, DISCLOSURES = "applications", "reviews_and_lawsuits", "proactive_disclosure"
PLACED_LAYOUTS = ("xlsx", "ofd", "pdf", "pdf_plain")
SHEET: Layout = "xlsx"
_BLANKS = {"empty": "", "nbsp": "\xa0", "slash": "/", "hyphen": "-", "dash": "—"}


def _is_long(text: str) -> bool:
    return text.isdigit() and len(text) > 1


def _insert(line: Line, place: int, text: str) -> None:
    line.cells.insert(place, GridCell(text, is_value=True))


def split_number(printed: Printed) -> None:
    """One number stands in two cells."""
    line, place, name = printed.pick_figure(wanted=_is_long)
    text = line.cells[place].text
    cut = printed.chance.randrange(1, len(text))
    line.write(place, text[:cut])
    _insert(line, place + 1, text[cut:])
    printed.erased.add(name)


def stray_number(printed: Printed) -> None:
    """A number of something else stands among the figures of a row."""
    line = printed.pick(printed.filled())
    _, _, other = printed.pick_figure()
    texts = [str(printed.chance.randrange(40)), f"{printed.chance.randrange(9000) / 100}", printed.value(other)]
    _insert(line, printed.chance.choice([*line.places, line.places[-1] + 1]), printed.chance.choice(texts))


def lost_number(printed: Printed) -> None:
    """A number is gone, and its cell with it; in a sheet not one of table 二 (:func:`lost_disclosure`)."""
    _lose(printed, *((APPLICATIONS, CASES) if printed.layout == SHEET else ()))


def lost_disclosure(printed: Printed) -> None:
    """A number of table 二 is gone, and its cell with it: a sheet's row is as wide as before, its end blank."""
    _lose(printed, DISCLOSURES)


def _lose(printed: Printed, *tables: str) -> None:
    line, place, name = printed.pick_figure(*tables)
    del line.cells[place]
    printed.erased.add(name)


def lost_from_cell(printed: Printed) -> None:
    """A number is gone, its cell is empty."""
    line, place, name = printed.pick_figure()
    line.write(place, "")
    printed.erased.add(name)


def _swap(first: tuple[Line, int, str], second: tuple[Line, int, str]) -> None:
    (line, place, _), (other, there, _) = first, second
    mine, theirs = line.cells[place].text, other.cells[there].text
    if mine == theirs:
        raise Impossible
    line.write(place, theirs)
    other.write(there, mine)


def swap_cells(printed: Printed) -> None:
    """Two numbers of table 三 stand in each other's place."""
    first = printed.pick_figure(APPLICATIONS)
    text = first[0].cells[first[1]].text
    _swap(first, printed.pick_figure(APPLICATIONS, wanted=lambda other: other != text))


def swap_in_row(printed: Printed) -> None:
    """Two numbers of one row of table 三 stand in each other's place."""
    line = printed.pick(printed.filled(APPLICATIONS), lambda line: len({line.cells[p].text for p in line.places}) > 1)
    first, second = printed.chance.sample(range(len(line.names)), 2)
    _swap(*((line, line.places[n], line.names[n]) for n in (first, second)))


def swap_with_total(printed: Printed) -> None:
    """A part and the total of a row of table 四 stand in each other's place."""
    (line,) = printed.filled(CASES)
    width = len(printed.table(CASES).columns)
    row = printed.chance.randrange(len(printed.table(CASES).rows))
    part, total = row * width + printed.chance.randrange(width - 1), row * width + width - 1
    _swap(*((line, line.places[n], line.names[n]) for n in (part, total)))


def swap_disclosures(printed: Printed) -> None:
    """Two numbers of table 二 stand in each other's place."""
    first = printed.pick_figure(DISCLOSURES)
    text = first[0].cells[first[1]].text
    _swap(first, printed.pick_figure(DISCLOSURES, wanted=lambda other: other != text))


def swap_results(printed: Printed) -> None:
    """Two results of one row of table 四, no total, stand in each other's place."""
    (line,) = printed.filled(CASES)
    width = len(printed.table(CASES).columns)
    row = printed.chance.randrange(len(printed.table(CASES).rows))
    first, second = (row * width + part for part in printed.chance.sample(range(width - 1), 2))
    _swap(*((line, line.places[n], line.names[n]) for n in (first, second)))


def swap_outcome_rows(printed: Printed) -> None:
    """Two outcomes of table 三 have each other's figures."""
    outcomes = {row.id for row in printed.table(APPLICATIONS).rows.values() if row.is_outcome}
    lines = [line for line in printed.filled(APPLICATIONS) if line.names[0].split(".")[1] in outcomes]
    first, second = printed.chance.sample(lines, 2)
    if [first.cells[p].text for p in first.places] == [second.cells[p].text for p in second.places]:
        raise Impossible
    for mine, theirs in zip(first.places, second.places, strict=True):
        first.cells[mine], second.cells[theirs] = second.cells[theirs], first.cells[mine]


def _misprint(printed: Printed, *tables: str) -> None:
    line, place, _ = printed.pick_figure(*tables, wanted=str.isdigit)
    text = line.cells[place].text
    digit = printed.chance.randrange(len(text))
    others = [d for d in "0123456789" if d != text[digit] and (d != "0" or digit or len(text) == 1)]
    line.write(place, text[:digit] + printed.chance.choice(others) + text[digit + 1 :])


def misprint(printed: Printed) -> None:
    """One digit of table 三 or 四 is another one."""
    _misprint(printed, APPLICATIONS, CASES)


def misprint_disclosure(printed: Printed) -> None:
    """One digit of table 二 is another one."""
    _misprint(printed, DISCLOSURES)


def _shift(printed: Printed, table: str) -> None:
    line = printed.pick(printed.filled(table, at_least=2))
    texts = [line.cells[place].text for place in line.places]
    if len(set(texts)) == 1:
        raise Impossible
    for place, text in zip(line.places, ["", *texts[:-1]], strict=True):
        line.write(place, text)
    printed.erased.add(line.names[-1])


def shift_figures(printed: Printed) -> None:
    """The figures of a row stand one cell further; the first is blank, the last is gone."""
    _shift(printed, printed.chance.choice([APPLICATIONS, CASES]))


def shift_disclosures(printed: Printed) -> None:
    """The same in table 二."""
    _shift(printed, DISCLOSURES)


def orphan_figures(printed: Printed) -> None:
    """A row of seven figures without a label stands between two rows of table 三."""
    lines = printed.lines[APPLICATIONS]
    line = printed.pick(printed.filled(APPLICATIONS))
    other = printed.pick(printed.filled(APPLICATIONS))
    cells = [GridCell(""), *(GridCell(other.cells[place].text, is_value=True) for place in other.places)]
    lines.insert(lines.index(line) + printed.chance.randrange(2), Line(APPLICATIONS, cells))


def _blank(printed: Printed, line: Line, place: int, name: str, text: str) -> None:
    line.write(place, text)
    printed.erased.add(name)


def blank_zeros(mark: str) -> object:
    """A fault that prints every zero as one kind of blank."""

    def fault(printed: Printed) -> None:
        for line, place, name in printed.figures():
            if line.cells[place].text == "0":
                _blank(printed, line, place, name, _BLANKS[mark])

    fault.__doc__ = f"Every zero is printed as {_BLANKS[mark].strip() or 'an empty cell'}."
    return fault


def leave_out_zeros(printed: Printed) -> None:
    """Zeros are left out, and their cells with them: not where every cell has its place on the page or sheet."""
    if printed.layout in PLACED_LAYOUTS:
        raise Impossible
    for line in printed.filled():
        for place, name in reversed(list(zip(line.places, line.names, strict=True))):
            if line.cells[place].text == "0":
                del line.cells[place]
                printed.erased.add(name)


def only_totals(printed: Printed) -> None:
    """Table 三 has the column of totals only."""
    for line, place, name in printed.figures(APPLICATIONS):
        if not name.endswith(".total"):
            _blank(printed, line, place, name, "")


def no_totals(printed: Printed) -> None:
    """The totals of table 三 are blank."""
    for line, place, name in printed.figures(APPLICATIONS):
        if name.endswith(".total"):
            _blank(printed, line, place, name, "")


def remarks(printed: Printed) -> None:
    """Numbers have remarks behind them in their cells."""
    line, place, name = printed.pick_figure(DISCLOSURES, wanted=str.isdigit)
    remark = printed.chance.choice(["（其中修订1件）", "件", "（含续期）"])
    if name.endswith(("amount_raw", "amount_cny_10k")):
        raise Impossible
    line.write(place, line.cells[place].text + remark)


def _money(printed: Printed, column: str, units: tuple[str, ...]) -> tuple[Line, int, str]:
    found = [entry for entry in printed.figures(DISCLOSURES) if entry[2].endswith(column)]
    if not found:
        raise Impossible
    line, place, name = found[0]
    line.write(place, line.cells[place].text + printed.chance.choice(units))
    return line, place, name


def amount_with_unit(printed: Printed) -> None:
    """The amount of the 2019 form, whose unit is not fixed, has its unit behind it."""
    line, place, name = _money(printed, ".amount_raw", ("元", "万元", "亿元"))
    table, row, column = name.split(".")
    printed.truth[table][row][column] = line.cells[place].text


def fees_with_unit(printed: Printed) -> None:
    """Fees of the 2021 form have 万元 behind them, which is the unit of their column."""
    _money(printed, ".amount_cny_10k", ("万元",))


def fees_in_yuan(printed: Printed) -> None:
    """Fees of the 2021 form have 元 behind them, which is not the unit of their column."""
    _, _, name = _money(printed, ".amount_cny_10k", ("元", "亿元"))
    printed.without_value(name)


def negative_changes(printed: Printed) -> None:
    """Changes of the 2019 form are negative, with every kind of minus."""
    found = [entry for entry in printed.figures(DISCLOSURES) if entry[2].endswith(".change")]
    if not found:
        raise Impossible
    for line, place, name in found:
        table, row, column = name.split(".")
        value = -printed.chance.randrange(1, 300)
        printed.truth[table][row][column] = value
        line.write(place, printed.chance.choice(["-", "−", "－"]) + str(-value))  # noqa: RUF001 - as printed


def large_figures(printed: Printed) -> None:
    """All numbers are some hundred thousand times as large."""
    factor = printed.chance.choice([100_003, 1_250_000])
    for line, place, name in printed.figures():
        table, row, column = name.split(".")
        text = line.cells[place].text
        if text.isdigit():
            printed.truth[table][row][column] = (
                str(int(text) * factor) if isinstance(printed.truth[table][row][column], str) else int(text) * factor
            )
            line.write(place, str(int(text) * factor))


def grouped_figures(printed: Printed) -> None:
    """Long numbers have a comma before their last three digits."""
    found = [entry for entry in printed.figures() if _is_long(entry[0].cells[entry[1]].text)]
    if not any(len(line.cells[place].text) > 3 for line, place, _ in found):
        raise Impossible
    for line, place, name in found:
        text = line.cells[place].text
        if len(text) > 3:
            line.write(place, f"{int(text):,}")
            table, row, column = name.split(".")
            if isinstance(printed.truth[table][row][column], str):
                printed.truth[table][row][column] = line.cells[place].text  # an amount is kept as printed
