"""What was decided, worked out a second time: from the ledger's own lines and from raw, where dbt has its own SQL.

Decisions are few: each is looked at for itself, and only the reports that have one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import msgspec
import polars as pl
from msgspec import Struct

from contracts.decision_rows import decision_row
from contracts.decisions import (
    CATALOGUE_RULE,
    CLAIM_RULE,
    TABLE_RULE,
    AcceptAsReported,
    Answer,
    Correct,
    Decision,
    RejectDocument,
    Withdraw,
    decode,
    standing,
)
from contracts.form import form
from contracts.layers.balance import Judgement, judge
from contracts.layers.frames import KEY
from contracts.layers.results import CheckResult, RunExpectation, verdict
from contracts.layers.scope import in_scope
from contracts.raw_tables import RAW_TABLES, report_key

Row = dict[str, Any]


class Decided(Struct, frozen=True):
    """The decisions of a warehouse.

    `ledger`: all of them; `corrections`: those that are applied, by report and name of the cell; `reports`: what raw
    holds of each report that a decision names; `rejected`: the hashes of the documents that do not count, with the
    decision's id.
    """

    ledger: list[Decision]
    corrections: dict[tuple[int, str], Correct]
    reports: dict[int, Row]
    rejected: dict[str, str]

    def corrected_reports(self, table: str) -> set[int]:
        """The reports of which a cell of a table is corrected."""
        return {key for (key, name), _ in self.corrections.items() if name.startswith(f"{table}__")}


def _key_of(decision: Correct | Answer) -> int:
    return report_key(decision.document, decision.report)


def _reports(connection: duckdb.DuckDBPyConnection, run: RunExpectation, keys: Iterable[int]) -> dict[int, Row]:
    """The rows of `raw.reports` of the named reports, without those that a later extraction replaced."""
    named = sorted(set(keys))
    if not named:
        return {}
    cursor = connection.execute(
        f"""
        select * from {in_scope(connection, run, "raw.reports", "report_key")}
        where {KEY} in (select unnest(?)) and payload_sha256 in (select payload_sha256 from raw.documents)
        """,
        [named],
    )
    columns = [column[0] for column in cursor.description or ()]
    rows = (dict(zip(columns, row, strict=True)) for row in cursor.fetchall())
    return {row[KEY]: row for row in rows}


def _is_met(correction: Correct, report: Row | None) -> bool:
    """Whether a correction's report is there, has the cell and says what it said."""
    if report is None:
        return False
    cell = form().cells[correction.cell]
    version = form().versions.get(report[f"{cell.table}__form_version"] or "")
    return version is not None and cell.id in version.cells and report[cell.name] == correction.expect.value


def read_decided(connection: duckdb.DuckDBPyConnection, run: RunExpectation) -> Decided:
    """The decisions of the warehouse opened by `connection`, and which apply to the reports that the run evaluates."""
    lines = connection.execute("select payload from raw.decisions order by position").fetchall()
    ledger = [decode(line) for (line,) in lines]
    stand = standing(ledger).values()
    reports = _reports(connection, run, (_key_of(one) for one in stand if isinstance(one, Correct | Answer)))
    corrections = {
        (_key_of(one), form().cells[one.cell].name): one
        for one in stand
        if isinstance(one, Correct) and _is_met(one, reports.get(_key_of(one)))
    }
    rejected = {one.document: one.id for one in stand if isinstance(one, RejectDocument)}
    return Decided(ledger, corrections, reports, rejected)


def apply_corrections(frame: pl.DataFrame, table: str, decided: Decided) -> pl.DataFrame:
    """A table's wide frame with its cells as they were decided; only the corrected reports are touched.

    Args:
        frame: one row per report: `report_key`, the form version and the table's cells as reported.
        table: the table.
        decided: the decisions.
    """
    keys = decided.corrected_reports(table)
    if not keys:
        return frame
    is_named = pl.col(KEY).is_in(list(keys))
    rows = frame.filter(is_named).to_dicts()
    for row in rows:
        for (key, name), correction in decided.corrections.items():
            if key == row[KEY] and name in row:
                row[name] = correction.value
    few = pl.DataFrame(rows, schema={name: _given(dtype) for name, dtype in frame.schema.items()}, strict=False)
    return pl.concat([frame.filter(~is_named), few.cast(frame.schema)]).sort(KEY)


def _given(dtype: pl.DataType) -> pl.DataType | type[pl.DataType]:
    return pl.String if isinstance(dtype, pl.Decimal) else dtype  # a decimal is decided as text


def residuals_by_report(failures: pl.DataFrame, keys: Iterable[int]) -> dict[int, dict[str, int]]:
    """The violated identities of some reports with their residuals."""
    found: dict[int, dict[str, int]] = {}
    for key, identity, residual in failures.filter(pl.col(KEY).is_in(list(keys))).iter_rows():
        found.setdefault(key, {})[identity] = residual
    return found


def accepted_tables(decided: Decided, judgements: Mapping[str, Judgement]) -> dict[tuple[int, str], str]:
    """The held tables that a decision lets in, by report and table, with its id."""
    accepted: dict[tuple[int, str], str] = {}
    for decision in standing(decided.ledger).values():
        family, _, table = decision.rule.partition(".") if isinstance(decision, AcceptAsReported) else ("", "", "")
        if isinstance(decision, AcceptAsReported) and family == TABLE_RULE and _key_of(decision) in decided.reports:
            key = _key_of(decision)
            if residuals_by_report(judgements[table].failures, [key]).get(key) == decision.expect.residuals:
                accepted[key, table] = decision.id
    return accepted


def settle_statuses(
    table: str,
    judgement: Judgement,
    reported: pl.DataFrame,
    reports: pl.DataFrame,
    decided: Decided,
    accepted: Mapping[tuple[int, str], str],
) -> pl.DataFrame:
    """The status of one table of each report: `report_key`, `status`, `status_reported`, `is_corrected`, `decision_id`.

    Args:
        table: the table.
        judgement: what the identities say of the figures as decided.
        reported: the table's wide frame as reported.
        reports: `report_key` and `document_sha256`.
        decided: the decisions.
        accepted: what :func:`accepted_tables` found.
    """
    corrected = list(decided.corrected_reports(table))
    before = judge(reported.filter(pl.col(KEY).is_in(corrected)), table).statuses.rename({"status": "status_before"})
    let_in = {key: name for (key, of), name in accepted.items() if of == table}
    rejected_by = _looked_up("document_sha256", decided.rejected)
    status = pl.when(pl.col("rejected_by").is_not_null()).then(pl.lit("rejected"))
    return (
        judgement.statuses.join(reports.select(KEY, rejected_by=rejected_by), on=KEY)
        .join(before, on=KEY, how="left")
        .with_columns(accepted_by=_looked_up(KEY, let_in))
        .select(
            KEY,
            status=status.when(pl.col("accepted_by").is_not_null()).then(pl.lit("accepted")).otherwise("status"),
            status_reported=pl.coalesce("status_before", "status"),
            is_corrected=pl.col(KEY).is_in(corrected),
            decision_id=pl.coalesce("rejected_by", "accepted_by"),
        )
    )


def _looked_up(column: str, names: Mapping[Any, str]) -> pl.Expr:
    """The text that stands for each value of a column, null for most."""
    if not names:
        return pl.lit(None, pl.String)
    return pl.col(column).replace_strict(dict(names), default=None, return_dtype=pl.String)


def check_decision_rows(connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """Whether each row of `raw.decisions` says what the line says that it keeps, and the lines make a ledger."""
    names = RAW_TABLES["decisions"].names
    rows = connection.execute(f"select {', '.join(names)} from raw.decisions order by position").fetchall()
    wrong: list[str] = []
    known: set[str] = set()
    for row in rows:
        found = dict(zip(names, row, strict=True))
        try:
            decision = decode(found["payload"])
        except (msgspec.MsgspecError, ValueError) as error:
            wrong.append(f"line {found['position']}: {error}")
            continue
        expected = dict.fromkeys(names) | decision_row(found["position"], decision)
        unknown = isinstance(decision, Withdraw) and decision.decision not in known
        if expected != found or unknown or decision.id in known:
            wrong.append(f"line {found['position']}: {[n for n in names if expected[n] != found[n]] or decision.id}")
        known.add(decision.id)
    return verdict("decisions", len(rows), len(wrong), "; ".join(wrong[:3]))


def is_on_rule(answer: Answer) -> bool:
    """Whether an answer is about the failure of a rule of the catalogue."""
    return answer.rule.startswith(f"{CATALOGUE_RULE}.")


def _told(report: Row, field: str) -> list[str]:
    """What a report's document says of one of its fields against it."""
    evidence = msgspec.json.decode(report["lineage"] or "{}").get("evidence", [])
    return [f"{one['value']} ({one['source']})" for one in evidence if one["field"] == field and one["agrees"] is False]


def _is_found(
    connection: duckdb.DuckDBPyConnection, answer: Answer, report: Row, judgements: Mapping[str, Judgement]
) -> bool:
    """Whether the finding that an answer is about is there, as it was."""
    family, _, named = answer.rule.partition(".")
    key = _key_of(answer)
    if family == TABLE_RULE:
        return residuals_by_report(judgements[named].failures, [key]).get(key) == answer.expect.residuals
    if family == CLAIM_RULE:
        found = connection.execute(
            f"select value from raw.claims where {KEY} = ? and kind = ? and payload_sha256 = ? and not agrees",
            [key, named, report["payload_sha256"]],
        ).fetchall()
        return (answer.expect.value,) in found
    return _told(report, named) == answer.expect.told


def check_states(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    decided: Decided,
    judgements: Mapping[str, Judgement],
    *,
    is_whole: bool,
) -> CheckResult:
    """Whether each decision is in the state that the ledger and raw put it into.

    Args:
        connection: the warehouse with the mart.
        relation: `int_decision_states`, or those of its rows that the run evaluates.
        decided: the decisions.
        judgements: what the identities say of the figures as decided.
        is_whole: whether all decisions must be there.
    """
    found = dict(connection.execute(f"select decision_id, state from {relation}").fetchall())
    if not found and not decided.ledger:
        return verdict("decisions", 0, 0)
    known = {name for (name,) in connection.execute("select document_sha256 from raw.documents").fetchall()}
    withdrawn = {one.decision for one in decided.ledger if isinstance(one, Withdraw)}
    stand = standing(decided.ledger)
    applied = {correction.id for correction in decided.corrections.values()}
    expected: dict[str, str | None] = {}
    for one in decided.ledger:
        if isinstance(one, Withdraw):
            continue
        if one.id in withdrawn or one.id not in stand:
            expected[one.id] = "withdrawn" if one.id in withdrawn else "replaced"
        elif one.document not in known:
            expected[one.id] = "unmatched"
        elif isinstance(one, Answer) and is_on_rule(one):
            expected[one.id] = None  # the contract of the rules knows
        elif isinstance(one, Answer):
            report = decided.reports.get(_key_of(one))
            is_met = report is not None and _is_found(connection, one, report, judgements)
            expected[one.id] = "active" if is_met else "expired"
        else:
            expected[one.id] = "active" if isinstance(one, RejectDocument) or one.id in applied else "expired"
    if not is_whole:
        expected = {name: state for name, state in expected.items() if name in found}
    wrong = [name for name in expected.keys() | found.keys() if expected.get(name, "") != found.get(name, "")]
    detail = f"{wrong[:3]}: {[(expected.get(name), found.get(name)) for name in wrong[:3]]}"
    return verdict("decisions", len(expected), len(wrong), detail)
