"""All faults by name, and whether a document with the fault holds evidence of it."""

from collections.abc import Callable

from msgspec import Struct

from tests.accuracy import figure_faults, label_faults
from tests.accuracy.printed import Printed


class Fault(Struct, frozen=True):
    """One fault. `leaves_evidence`: whether anything in the document can tell that it is there."""

    name: str
    put: Callable[[Printed], None]
    leaves_evidence: bool = True


def _nothing(printed: Printed) -> None:
    """No fault."""


FAULTS: tuple[Fault, ...] = (
    Fault("none", _nothing),
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
    Fault("label removed", label_faults.remove_label),
    Fault("rows exchanged with their labels", label_faults.exchange_rows),
    Fault("group labels repeated", label_faults.repeat_groups),
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
    Fault("headers cut off", label_faults.truncate_headers),
    Fault("headers invented", label_faults.invent_headers),
    Fault("headings numbered anew", label_faults.restart_numbering),
    Fault("headings numbered 2、", label_faults.number_in_digits),
    Fault("labels mistyped", label_faults.mistype_labels),
    Fault("page break in table 三", label_faults.break_page),
    Fault("bookmark in print", label_faults.bookmark),
    Fault("words broken", label_faults.break_words),
    Fault("columns of table 三 exchanged", label_faults.swap_columns),
    Fault("columns of table 二 exchanged", label_faults.swap_measures),
    Fault("two numbers of table 二 swapped", figure_faults.swap_disclosures, leaves_evidence=False),
    Fault("figures of table 二 shifted by a cell", figure_faults.shift_disclosures, leaves_evidence=False),
    Fault("digit of table 二 misprinted", figure_faults.misprint_disclosure, leaves_evidence=False),
    Fault("two results of table 四 swapped", figure_faults.swap_results, leaves_evidence=False),
    Fault("figures of two outcomes swapped", figure_faults.swap_outcome_rows, leaves_evidence=False),
)
