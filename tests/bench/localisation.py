"""What it costs to explain a held table: in this process, without a second reading of its document."""

import statistics
import time

from rich.console import Console
from rich.table import Table

from pipelines.proof import Problem, localise
from tests.faults.faults import IDENTITY_FAULTS, Fault
from tests.faults.figures import Cells
from tests.faults.trials import Bodies, draw

MEDIAN_MS, PERCENTILE_MS = 1.0, 100.0
_PERCENTILE = 0.95


def _problems(fault: Fault, size: int) -> list[Problem]:
    bodies = Bodies(5, [])
    problems: list[Problem] = []
    for number in range(size):
        body, damage = draw(fault, number, bodies, 5)
        cells: Cells = body.cells | damage.cells
        figures = {
            cell: value if isinstance(value, int) else None
            for cell, value in cells.items()
            if cell.startswith(f"{fault.table}.")
        }
        problems.append(Problem(fault.table, body.version, figures))
    return problems


def _seconds(problems: list[Problem]) -> list[float]:
    taken: list[float] = []
    for problem in problems:
        started = time.perf_counter()
        localise(problem)
        taken.append(time.perf_counter() - started)
    return taken


def print_localisation(console: Console, size: int = 100) -> None:
    """Print the median over single faults and the 95th percentile over all faults that break an identity."""
    breaking = [fault for fault in IDENTITY_FAULTS if fault.breaks == "identities"]
    _seconds(_problems(breaking[0], 3))  # the form and its equations are made once in a process
    taken = {fault.name: _seconds(_problems(fault, size)) for fault in breaking}
    single = [seconds for fault in breaking if fault.is_single for seconds in taken[fault.name]]
    everything = sorted(seconds for times in taken.values() for seconds in times)
    slow = everything[int(_PERCENTILE * len(everything))]
    table = Table("localisation of a held table", "measured ms", "target")
    table.add_row(
        f"median of {len(single)} single faults", f"{statistics.median(single) * 1000:.2f}", f"<= {MEDIAN_MS}"
    )
    table.add_row(f"95th percentile of {len(everything)} faults", f"{slow * 1000:.1f}", f"<= {PERCENTILE_MS}")
    console.print(table)
