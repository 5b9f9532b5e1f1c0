"""How each trial ended, read from the layers of the warehouse that took all of them in one run."""

import json
from collections import Counter
from pathlib import Path

import duckdb
from msgspec import Struct

from contracts.form import form
from contracts.layers.balance import judge
from contracts.layers.frames import read_cells
from pipelines.sql_paths import quote
from tests.faults.faults import FAULTS
from tests.faults.trials import CLEAN, Trial

MARTS = "mart.marts"
Key = tuple[int, str]


class Ending(Struct):
    """One trial: what each layer says, and how well the wrong cells were named."""

    trial: Trial
    raw: str  # passed, held or not_assessed
    is_explained: bool
    has_finding: bool
    in_mart: bool  # the body-year's figures count, although they are wrong
    verdict: str
    place: int  # of the true explanation among the ranked ones, from 0; -1 if it is none of them
    rules: tuple[str, ...]


def read_endings(warehouse: Path, trials: list[Trial]) -> list[Ending]:
    """The ending of every trial."""
    with duckdb.connect(str(warehouse / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{quote(warehouse / 'current' / 'mart.duckdb')}' as mart (read_only)")
        return _Layers(connection).endings(trials)


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
        findings = f"select report_key, table_id from {MARTS}.fct_findings where finding_kind = 'identities_violated'"
        self.findings = set(connection.execute(findings).fetchall())
        self.false_findings = connection.execute(f"select report_key from {MARTS}.fct_findings").fetchall()
        statuses = f"""
            select report_key, table_id::varchar from {MARTS}.fct_report_tables
            where is_current and status::varchar = 'passed'
        """
        self.counted: set[Key] = set(connection.execute(statuses).fetchall())
        rules = f"select report_key, rule_id::varchar from {MARTS}.fct_rule_results where status::varchar = 'fail'"
        self.rules: dict[int, set[str]] = {}
        for key, rule in connection.execute(rules).fetchall():
            self.rules.setdefault(key, set()).add(rule)

    def endings(self, trials: list[Trial]) -> list[Ending]:
        return [self._ending(trial) for trial in trials]

    def _ending(self, trial: Trial) -> Ending:
        key = (trial.report_key, trial.table)
        verdict, explanations = self.explained.get(key, ("", []))
        named = [{change["cell"]: change["new"] for change in each["cells"]} for each in explanations]
        return Ending(
            trial,
            self.raw[key],
            key in self.explained,
            key in self.findings or (trial.fault == CLEAN and (trial.report_key,) in self.false_findings),
            key in self.counted,
            verdict,
            named.index(trial.truth) if trial.truth in named else -1,
            tuple(sorted(self.rules.get(trial.report_key, ()))),
        )


def fault_row(name: str, endings: list[Ending]) -> list[str]:
    """One fault: trials, then caught at each layer, then how it was localised."""
    fault = next((fault for fault in FAULTS if fault.name == name), None)
    found = [ending for ending in endings if ending.trial.fault == name]
    caught = sum(ending.raw != "passed" for ending in found)
    layers = [
        caught,
        sum(e.is_explained for e in found),
        sum(e.has_finding for e in found),
        sum(e.in_mart for e in found),
    ]
    unique = sum(e.place == 0 and e.verdict == "likely" for e in found)
    among = sum(e.place >= 0 for e in found) - unique
    wrong = sum(e.place != 0 and e.verdict == "likely" for e in found)
    is_localised = fault is not None and fault.breaks == "identities"
    localised = [unique, among, len(found) - unique - among, wrong] if is_localised else ["", "", "", ""]
    rules = Counter(rule for ending in found for rule in ending.rules)
    by_rules = sum(bool(ending.rules) for ending in found)
    named = ", ".join(f"{rule} {count}" for rule, count in rules.most_common(3))
    return [name, str(len(found)), *map(str, layers), *map(str, localised), f"{by_rules} ({named})" if named else "0"]
