"""The counts as a Markdown document."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.accuracy.faults import FAULTS
from tests.accuracy.trial import Result
from tests.printed_layouts import GLUED_LAYOUTS, LAYOUTS

_COLUMNS = (*LAYOUTS, *GLUED_LAYOUTS)
_HEAD = """# Accuracy of the form reader

`make accuracy` prints random reports in every layout, puts one fault into each, reads them and compares every cell
with the undamaged form: {trials:,} trials here, from seed {seed}. Reports follow the form of 2021, that of 2019, or
that of 2021 with one row for other handling or with table 二 of 2019, in four scripts, with headers in one piece or
broken, with brackets of full or half width; bodies have few applications or thousands. `pdf` is a PDF with ruled
tables, `pdf_plain` one without any line; both run over pages that cut rows in two, and as they take longest there are
a quarter as many of them.

A cell is

- **right** if it holds the true number, or, where the fault took the number out of print, is null and said to be blank,
  missing or a mark (a value that identities prove for it must be the true one);
- **named** if it is null though the true number is in print, with a reading that says so (`ambiguous`, `missing`, a
  blank), if its whole table is not read, or if it holds another number than the true one and an identity over it fails
  on the cells as they were read: what is printed wrong is read as printed, and the identity holds the table;
- **wrong** in all other cases: another number, and every identity over the cell holds or cannot be assessed (a reading
  beside it does not excuse it); null without a word; a proven value that is not the true one; a value in a cell that
  the form does not have.

A trial is wrong if one of its cells is wrong, else named if one is named, else right. In the tables every entry reads
right / named / wrong; `-` is a fault that the layout cannot show, or that leaves no evidence in it. A digit is never
changed, so a misprint is at best named.

## Faults that leave evidence

Wrong must be 0; `make accuracy` fails otherwise.
"""
_WITHOUT_EVIDENCE = """
## Faults that leave no evidence

The damaged document is itself a faultless form: no identity binds table 二, a row of table 四 keeps its sum when two
results change places, and so do the columns of table 三 when two outcomes exchange all their figures. A cell of table
二 that is gone from a sheet, whose rows are all equally wide, leaves a row that ends in a blank. Nothing in one
document can tell; another year's report or the prose may. They are counted so that nobody takes them for safe.
"""


def write_document(results: Sequence[Result], seed: int) -> str:
    """The whole document: what was counted, and the counts by fault and layout."""
    counts = Counter((result.trial.fault, result.trial.layout, result.outcome) for result in results)
    with_evidence = [fault.name for fault in FAULTS if fault.leaves_evidence]
    without = [fault.name for fault in FAULTS if not fault.leaves_evidence]
    head = _HEAD.format(trials=len(results), seed=seed)
    return "\n".join([head, *_table(with_evidence, counts), _WITHOUT_EVIDENCE, *_table(without, counts), ""])


def _table(faults: Iterable[str], counts: Counter[tuple[str, str, str]]) -> Iterable[str]:
    yield f"| fault | {' | '.join(_COLUMNS)} | all |"
    yield "|---|" + "---|" * (len(_COLUMNS) + 1)
    for fault in faults:
        cells = [_cell(counts, fault, (layout,)) for layout in _COLUMNS]
        yield f"| {fault} | {' | '.join(cells)} | {_cell(counts, fault, _COLUMNS)} |"


def _cell(counts: Counter[tuple[str, str, str]], fault: str, layouts: Iterable[str]) -> str:
    numbers = [sum(counts[fault, layout, outcome] for layout in layouts) for outcome in ("right", "named", "wrong")]
    return " / ".join(map(str, numbers)) if sum(numbers) else "-"
