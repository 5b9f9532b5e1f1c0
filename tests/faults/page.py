"""The page on seeded faults: what must hold and whether it does, then what came of every fault."""

from collections import Counter
from collections.abc import Iterable, Sequence

from contracts.rules import rules
from tests.faults.faults import CASES, IDENTITY_FAULTS, Fault
from tests.faults.judging import BY_NAME, Ending
from tests.faults.rule_faults import RULE_FAULTS
from tests.faults.trials import CLEAN, CLEAN_SCENES

SINGLE_CELL_TARGET = 0.99
_MOST_NAMED = 4
IDENTITIES = (
    "fault",
    "trials",
    "raw: not passed",
    "staging: explained",
    "facts: finding",
    "marts: counted",
    "unique",
    "in the candidates",
    "missed",
    "another stands out",
    "rule that names it",
)
RULES = (
    "fault",
    "trials",
    "caught",
    "left open",
    "missed",
    "marts: counted",
    "rules that look at it, and how often they fail",
)
CLEANS = ("reports", "trials", "findings", "with a failed rule", "with a hint", "rules")


def targets(endings: Sequence[Ending]) -> list[tuple[str, bool]]:
    """What must hold, and whether it does."""
    faulty = [ending for ending in endings if ending.trial.fault != CLEAN]
    clean = [ending for ending in endings if ending.trial.fault == CLEAN]
    fault_of = {id(ending): BY_NAME[ending.trial.fault] for ending in faulty}
    single = [e for e in faulty if fault_of[id(e)].is_single]
    breaking = [e for e in faulty if fault_of[id(e)].breaks == "identities"]
    blanks = [e for e in faulty if fault_of[id(e)].breaks == "completeness"]
    cases = [e for e in breaking if e.trial.table == CASES]
    copies = [e for e in faulty if e.trial.fault == "duplicated document"]
    counts = {
        "single-cell faults of table 三 localised uniquely with the true value, at least 99 %": (
            sum(e.is_unique for e in single),
            len(single),
            SINGLE_CELL_TARGET,
        ),
        "faults of table 四 with the true cell and value among the candidates": _all(cases, lambda e: e.place >= 0),
        "identity-breaking faults not passed at raw": _all(breaking, lambda e: e.raw != "passed"),
        "identity-breaking faults kept out of the marts": _all(breaking, lambda e: not e.in_mart),
        "tables with a blank not counted as passed, the cell named by a rule": _all(
            blanks, lambda e: not e.in_mart and bool(e.caught_by)
        ),
        "duplicated documents counted once": _all(copies, lambda e: not e.in_mart),
        "clean reports without a finding": _all(clean, lambda e: not e.has_finding),
        "clean reports without a failed rule (error or warning)": _all(clean, lambda e: not e.failures),
    }
    return [(f"{text}: {met:,} of {all_:,}", met >= share * all_) for text, (met, all_, share) in counts.items()]


def _all(endings: Sequence[Ending], is_met: object) -> tuple[int, int, float]:
    return sum(map(is_met, endings)), len(endings), 1  # type: ignore[call-overload]


def _of(fault: Fault, endings: Iterable[Ending]) -> list[Ending]:
    return [ending for ending in endings if ending.trial.fault == fault.name]


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common(_MOST_NAMED))


def _identity_row(fault: Fault, endings: Sequence[Ending]) -> list[object]:
    found = _of(fault, endings)
    row: list[object] = [fault.name, len(found), sum(e.raw != "passed" for e in found)]
    row += [sum(e.is_explained for e in found), sum(e.has_finding for e in found), sum(e.in_mart for e in found)]
    if fault.breaks == "nothing":
        return [fault.name, len(found), "uncheckable", *row[3:], "", "", "", "", ""]
    if fault.breaks == "completeness":
        return [*row, "", "", "", "", f"`{fault.rules[0]}` {sum(bool(e.caught_by) for e in found)}"]
    unique = sum(e.is_unique for e in found)
    among = sum(e.place >= 0 for e in found)
    return [*row, unique, among - unique, len(found) - among, sum(e.is_misleading for e in found), ""]


def _rule_row(fault: Fault, endings: Sequence[Ending]) -> list[object]:
    found = _of(fault, endings)
    caught = [e for e in found if e.caught_by]
    open_ = [e for e in found if not e.caught_by and e.left_open & set(fault.rules)]
    fired = Counter(rule for e in found for rule in e.caught_by)
    named = ", ".join(f"`{rule}` {fired[rule]}" for rule in fault.rules)
    missed = len(found) - len(caught) - len(open_) if fault.rules else ""
    shown = [len(caught), len(open_)] if fault.rules else ["", ""]
    return [
        fault.name,
        len(found),
        *shown,
        missed,
        sum(e.in_mart for e in found),
        named or "nothing is wrong: it counts once",
    ]


def _clean_rows(endings: Sequence[Ending]) -> list[list[object]]:
    rows: list[list[object]] = []
    for scene in CLEAN_SCENES:
        for source in ("synthetic", "real"):
            found = [
                e for e in endings if e.trial.fault == CLEAN and e.trial.scene == scene and e.trial.source == source
            ]
            if found:
                failed = _named(rule for e in found for rule in sorted(e.failures))
                hints = _named(rule for e in found for rule in sorted(e.failed) if rules()[rule].severity == "info")
                rows.append(
                    [
                        f"{scene}, {source}",
                        len(found),
                        sum(e.has_finding for e in found),
                        sum(bool(e.failures) for e in found),
                        sum(bool(e.failed - e.failures) for e in found),
                        "; ".join(filter(None, (failed, hints and f"hints: {hints}"))),
                    ]
                )
    return rows


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(columns) + " |", "|---|" + "---:|" * (len(columns) - 2) + "---|"]
    return [*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows), ""]


def page_of(endings: Sequence[Ending], seed: int, reports: int, originals: int) -> str:
    """The page.

    Args:
        endings: of all trials.
        seed: what they were drawn with.
        reports: how many reports the warehouse took.
        originals: how many real reports lent figures.
    """
    real = sum(ending.trial.source == "real" for ending in endings)
    lines = [
        "# Seeded faults",
        "",
        f"Written by `make faults` (seed {seed}): {len(endings):,} trials with {reports:,} reports in one run of the "
        "warehouse, a body for each trial and one fault in it, with the reports around it that rules compare: the year "
        f"before, departments, counties, the bodies before a merger. {real:,} trials have the figures of {originals} "
        "real reports, their applicant types in another order; the others are synthetic.",
        "",
        *(f"- {'met' if is_met else 'MISSED'}: {text}" for text, is_met in targets(endings)),
        "",
        "## Faults that the identities can notice",
        "",
        "By layer: the contract of raw holds the table or cannot assess it; after staging it is explained; facts have "
        "a finding; its figures count in the marts. Then the true cells with their true values: `unique`, the first "
        "explanation and standing out; `in the candidates`, another one or not standing out; `missed`, none of them. "
        "`another stands out`: a wrong explanation is called likely. A table with a blank has nothing to explain: it "
        "is not assessed, and a rule names the cell. Table 二 has no identity within one report: "
        "its faults are uncheckable.",
        "",
        *_table(IDENTITIES, (_identity_row(fault, endings) for fault in IDENTITY_FAULTS)),
        "## Faults that only rules can notice",
        "",
        "`caught`: a rule that looks at such a fault fails; `left open`: none fails, one at least could not assess, "
        "for want of a neighbour or of large enough figures; `missed`: all passed. Small figures go unnoticed, for the "
        "rules ask for a least number, lest chance fire them. Rules warn and hold nothing: `marts: counted` are the "
        "wrong figures that count meanwhile, of regions where the fault is one of regions.",
        "",
        *_table(RULES, (_rule_row(fault, endings) for fault in RULE_FAULTS)),
        "## Reports without a fault",
        "",
        *_table(CLEANS, _clean_rows(endings)),
    ]
    return "\n".join(lines).rstrip() + "\n"
