"""How each trial ended, read from the layers of the warehouse that took all of them in one run."""

import json
from pathlib import Path

import duckdb
from msgspec import Struct

from contracts.form import form
from contracts.layers.balance import judge
from contracts.layers.frames import read_cells
from contracts.rules import rules
from pipelines.sql_paths import quote
from tests.faults.rule_faults import FAULTS
from tests.faults.trials import CLEAN, Trial

MARTS = "mart.marts"
BY_NAME = {fault.name: fault for fault in FAULTS}
_IN_PLACES = ("county", "department", "prefecture")
Key = tuple[int, str]


class Ending(Struct):
    """One trial: what each layer says, and how well the wrong cells were named.

    `raw` is passed, held or not_assessed; `in_mart` says that a wrong figure counts; `place` is that of the true
    explanation among the ranked ones, from 0, -1 if it is none of them. `failed` are the rules that fail for a report
    of the trial, `left_open` those that could not assess the one with the fault, or one that should not be there.
    """

    trial: Trial
    raw: str
    is_explained: bool
    has_finding: bool
    in_mart: bool
    verdict: str
    place: int
    failed: frozenset[str]
    left_open: frozenset[str]

    @property
    def is_unique(self) -> bool:
        """Whether the true explanation is the first and stands out."""
        return self.place == 0 and self.verdict == "likely"

    @property
    def is_misleading(self) -> bool:
        """Whether another explanation than the true one stands out."""
        return self.place != 0 and self.verdict == "likely"

    @property
    def caught_by(self) -> frozenset[str]:
        """The rules that look at such a fault and fail."""
        return self.failed & frozenset(BY_NAME[self.trial.fault].rules) if self.trial.fault != CLEAN else frozenset()

    @property
    def failures(self) -> frozenset[str]:
        """The rules that fail and are no mere hints."""
        return frozenset(rule for rule in self.failed if rules()[rule].severity != "info")


def read_endings(warehouse: Path, trials: list[Trial]) -> list[Ending]:
    """The ending of every trial."""
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{quote(warehouse / 'current' / 'mart.duckdb')}' as mart (read_only)")
        layers = _Layers(connection)
        return [layers.ending(trial) for trial in trials]


class _Layers:
    """What the layers hold, by report and table."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.raw: dict[Key, str] = {}
        for table in form().tables:
            statuses = judge(read_cells(connection, "raw.reports", table), table).statuses
            self.raw |= {(key, table): status for key, status in statuses.iter_rows()}
        rows = connection.execute("select report_key, table_id, verdict, explanations from quality.explanations")
        self.explained: dict[Key, tuple[str, list[dict[str, list[dict[str, object]]]]]] = {
            (key, table): (verdict, json.loads(text)) for key, table, verdict, text in rows.fetchall()
        }
        found = connection.execute(f"select report_key from {MARTS}.fct_findings").fetchall()
        self.findings = {key for (key,) in found}
        statuses = f"""
            select report_key, table_id::varchar from {MARTS}.fct_report_tables
            where is_current and status::varchar = 'passed'
        """
        self.counted: set[Key] = set(connection.execute(statuses).fetchall())
        self.rules: dict[str, dict[int, set[str]]] = {"fail": {}, "not_assessed": {}}
        results = f"select report_key, rule_id::varchar, status::varchar from {MARTS}.fct_rule_results"
        for key, rule, status in connection.execute(results).fetchall():
            self.rules[status].setdefault(key, set()).add(rule)
        regions = f"select region_code, report_year, new_received from {MARTS}.region_year"
        self.received = {(code, year): sum_ for code, year, sum_ in connection.execute(regions).fetchall()}

    def ending(self, trial: Trial) -> Ending:
        key = (trial.keys[0], trial.table)
        verdict, explanations = self.explained.get(key, ("", []))
        named = [{change["cell"]: change["new"] for change in each["cells"]} for each in explanations]
        return Ending(
            trial,
            self.raw[key],
            key in self.explained,
            any(each in self.findings for each in trial.keys),
            self._is_counted(trial),
            verdict,
            named.index(trial.truth) if trial.truth in named else -1,
            self._rules("fail", trial.keys),
            self._rules("not_assessed", (trial.keys[0], *trial.further)),
        )

    def _is_counted(self, trial: Trial) -> bool:
        """Whether a wrong figure counts: the region's sum, a report twice, or the report with the fault."""
        if trial.scene in _IN_PLACES and trial.fault != CLEAN:
            return bool(self.received.get((trial.region, trial.year)) != trial.received)
        reports = (trial.keys[0], *trial.further)
        counted = sum((key, trial.table) in self.counted for key in reports)
        return counted > 1 if trial.further and not trial.truth else (trial.keys[0], trial.table) in self.counted

    def _rules(self, status: str, keys: tuple[int, ...]) -> frozenset[str]:
        return frozenset(rule for key in keys for rule in self.rules[status].get(key, ()))
