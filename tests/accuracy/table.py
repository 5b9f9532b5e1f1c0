"""The counts as a Markdown document."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pipelines.render.report import LAYOUTS
from tests.accuracy.faults import FAULTS
from tests.accuracy.trial import Result

_HEAD = """"""


def write_document(results: Sequence[Result], seed: int) -> str:
    """The whole document: what was counted, and the counts by fault and layout."""
    counts = Counter((result.trial.fault, result.trial.layout, result.outcome) for result in results)
    with_evidence = [fault.name for fault in FAULTS if fault.leaves_evidence]
    without = [fault.name for fault in FAULTS if not fault.leaves_evidence]
    return "\n".join([_HEAD, *_table(with_evidence, counts), "", *_table(without, counts), ""])


def _table(faults: Iterable[str], counts: Counter[tuple[str, str, str]]) -> Iterable[str]:
    yield f"| fault | {' | '.join(LAYOUTS)} | all |"
    yield "|---|" + "---|" * (len(LAYOUTS) + 1)
    for fault in faults:
        cells = [_cell(counts, fault, (layout,)) for layout in (*LAYOUTS,)]
        yield f"| {fault} | {' | '.join(cells)} | {_cell(counts, fault, LAYOUTS)} |"


def _cell(counts: Counter[tuple[str, str, str]], fault: str, layouts: Iterable[str]) -> str:
    numbers = [sum(counts[fault, layout, outcome] for layout in layouts) for outcome in ("right", "named", "wrong")]
    return " ".join(map(str, numbers)) if sum(numbers) else "-"
