"""All faults by name, and whether a document with the fault holds evidence of it."""

from collections.abc import Callable

from msgspec import Struct

from tests.accuracy import figure_faults, label_faults, text_faults
from tests.accuracy.printed import Printed
from tests.printed_layouts import GLUED_LAYOUTS, LAYOUTS, Layout


class Fault(Struct, frozen=True):
    """One fault. `leaves_evidence`: whether anything in the document can tell that it is there.

    `put` changes the tables before they are written, `spoil` what was written. `in_glued`: it leaves evidence in a
    line without blanks, too, where a figure of table 二 is otherwise whatever its digits are. `only_in` names the one
    layout that is tried where others tell more.
    """

    name: str
    put: Callable[[Printed], None]
    leaves_evidence: bool = True
    spoil: text_faults.Spoil | None = None
    in_glued: bool = False
    only_in: Layout | None = None

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """The layouts in which the fault is tried."""
        if self.only_in:
            return (self.only_in,)
        return (*LAYOUTS, *GLUED_LAYOUTS) if self.in_glued else LAYOUTS


def _nothing(printed: Printed) -> None:
    """No fault."""


FAULTS: tuple[Fault, ...] = (
    Fault("none", _nothing, in_glued=True),
    Fault("number split in two", figure_faults.split_number),
    Fault("stray number", figure_faults.stray_number),
    Fault("number lost with its cell", figure_faults.lost_number),
    Fault("number lost from its cell", figure_faults.lost_from_cell),
    Fault("two cells of table 三 swapped", figure_faults.swap_cells),
    Fault("two cells of a row of table 三 swapped", figure_faults.swap_in_row),
    Fault("part and total of table 四 swapped", figure_faults.swap_with_total),
    Fault("digit of table 三 or 四 misprinted", figure_faults.misprint),
    Fault("figures shifted by a cell", figure_faults.shift_figures),
    Fault("seven figures without a row", figure_faults.orphan_figures),
    Fault("label removed", label_faults.remove_label, in_glued=True),
    Fault("rows exchanged with their labels", label_faults.exchange_rows),
    Fault("group labels repeated", label_faults.repeat_groups, in_glued=True),
    Fault("zeros empty", figure_faults.blank_zeros("empty")),
    Fault("zeros as &nbsp;", figure_faults.blank_zeros("nbsp")),
    Fault("zeros as /", figure_faults.blank_zeros("slash")),
    Fault("zeros as -", figure_faults.blank_zeros("hyphen")),
    Fault("zeros as —", figure_faults.blank_zeros("dash")),
    Fault("zeros left out", figure_faults.leave_out_zeros),
    Fault("only totals filled", figure_faults.only_totals),
    Fault("totals blank", figure_faults.no_totals),
    Fault("remarks behind numbers", figure_faults.remarks),
    Fault("2019 amount with 元, 万元, 亿元", figure_faults.amount_with_unit),
    Fault("fees with 万元", figure_faults.fees_with_unit),
    Fault("fees with 元, 亿元", figure_faults.fees_in_yuan),
    Fault("header of the fees in 元", label_faults.header_in_yuan),
    Fault("negative changes", figure_faults.negative_changes),
    Fault("headers cut off", label_faults.truncate_headers, in_glued=True),
    Fault("headers invented", label_faults.invent_headers),
    Fault("headings numbered anew", label_faults.restart_numbering, in_glued=True),
    Fault("headings numbered 2、", label_faults.number_in_digits, in_glued=True),
    Fault("labels mistyped", label_faults.mistype_labels, in_glued=True),
    Fault("page break in table 三", label_faults.break_page),
    Fault("bookmark in print", label_faults.bookmark),
    Fault("words broken", label_faults.break_words),
    Fault("columns of table 三 exchanged", label_faults.swap_columns),
    Fault("columns of table 二 exchanged", label_faults.swap_measures),
    Fault("headings `（六）其他` and `其他`", label_faults.short_group, in_glued=True),
    Fault("headers `法复议`, `政诉讼`", label_faults.cut_beginnings, in_glued=True),
    Fault("headers `尚未`, `审结总计`", label_faults.misplaced_break, in_glued=True),
    Fault("headers `尚未审结总计`", label_faults.joined_headers, in_glued=True),
    Fault("page break in table 二 or 四", label_faults.break_other_page),
    Fault("numbers above ten million", figure_faults.large_figures),
    Fault("numbers with commas", figure_faults.grouped_figures),
    Fault("pinyin in brackets", _nothing, spoil=text_faults.pinyin, in_glued=True),
    Fault("pinyin in brackets twice", _nothing, spoil=text_faults.pinyin_twice, in_glued=True),
    Fault("characters of labels doubled", _nothing, spoil=text_faults.doubled_labels, in_glued=True),
    Fault("all characters doubled", _nothing, spoil=text_faults.doubled_all, in_glued=True),
    Fault("bytes lost", _nothing, spoil=text_faults.lost_bytes, in_glued=True),
    Fault("characters lost", _nothing, spoil=text_faults.overwritten_bytes, in_glued=True),
    Fault("UTF-8 read as GBK", _nothing, spoil=text_faults.read_as("gb18030", "replace"), in_glued=True),
    Fault("UTF-8 read as GBK, bytes lost", _nothing, spoil=text_faults.read_as("gbk", "ignore"), in_glued=True),
    Fault("UTF-8 read as Latin-1", _nothing, spoil=text_faults.read_as("latin-1", "strict"), in_glued=True),
    Fault("saved as GBK", _nothing, spoil=text_faults.saved_as("gb18030"), in_glued=True),
    Fault("saved as Big5", _nothing, spoil=text_faults.saved_as("cp950"), in_glued=True),
    Fault("every character a question mark", _nothing, spoil=text_faults.question_marks, in_glued=True),
    Fault("lines run together", _nothing, spoil=text_faults.shared_lines),
    Fault("empty lines", _nothing, spoil=text_faults.empty_lines, in_glued=True),
    Fault("two numbers of table 二 swapped", figure_faults.swap_disclosures, leaves_evidence=False),
    Fault("figures of table 二 shifted by a cell", figure_faults.shift_disclosures, leaves_evidence=False),
    Fault("digit of table 二 misprinted", figure_faults.misprint_disclosure, leaves_evidence=False),
    Fault(
        "number of table 二 lost with its cell",
        figure_faults.lost_disclosure,
        leaves_evidence=False,
        only_in=figure_faults.SHEET,
    ),
    Fault("two results of table 四 swapped", figure_faults.swap_results, leaves_evidence=False),
    Fault("figures of two outcomes swapped", figure_faults.swap_outcome_rows, leaves_evidence=False),
)
