"""The ledger's file: it only grows, appends do not mix, and a line that is no decision is told by its number."""

import multiprocessing
from pathlib import Path

import msgspec
import pytest

from contracts.decisions import Decision, decode, encode, expected_text
from pipelines.decisions import Ledger, LedgerError, append, default_ledger, read_ledger
from pipelines.decisions.author import find_author
from pipelines.decisions.making import record
from tests.decisions.made import CELL, accepted, accepted_claim, accepted_rule, corrected, rejected, untold, withdrawn

WRITERS, APPENDED = 4, 25
EVERY_KIND: list[Decision] = [
    accepted(1, {"balance.total": -1, "applicants.granted": 2}),
    accepted_claim(2, 12147),
    untold(3, ["2021 (title)"]),
    corrected(4, 7, None),
    rejected(5),
    withdrawn(6, 1),
    accepted_rule(7, "2 bodies", "same_figures_two_bodies"),
]


def write(path: Path, *decisions: Decision, rest: bytes = b"") -> Path:
    path.write_bytes(b"".join(encode(decision) + b"\n" for decision in decisions) + rest)
    return path


def test_every_kind_is_read_as_it_was_written(tmp_path: Path) -> None:
    ledger = tmp_path / "folder" / "decisions.jsonl"
    assert read_ledger(ledger).decisions == []
    assert append(ledger, lambda _known: EVERY_KIND) == EVERY_KIND
    assert read_ledger(ledger).lines == dict(enumerate(EVERY_KIND, start=1))
    assert ledger.read_bytes().endswith(b"\n")
    assert [expected_text(one) for one in (*EVERY_KIND[:4], EVERY_KIND[6])] == [
        "applicants.granted=2,balance.total=-1",
        "12147",
        "2021 (title)",
        None,
        "2 bodies",
    ]


def test_withdrawn_and_replaced_decisions_stand_no_more(tmp_path: Path) -> None:
    ledger = read_ledger(write(tmp_path / "d", corrected(1, 7, 8), rejected(2), corrected(3, 6, 8), withdrawn(4, 2)))
    assert list(ledger.standing) == ["d-000000000003"]
    assert ledger.withdrawn == {"d-000000000002": "d-000000000004"}
    withdrawn_again = read_ledger(write(tmp_path / "e", corrected(1, 7, 8), corrected(3, 6, 8), withdrawn(4, 3)))
    assert list(withdrawn_again.standing) == ["d-000000000001"]


def test_nothing_is_withdrawn_from_a_ledger_that_is_not_there(tmp_path: Path) -> None:
    mistyped = tmp_path / "folder" / "decision.jsonl"
    with pytest.raises(LedgerError, match=r"decision\.jsonl does not exist or is empty.*--ledger or GONGKAI_LEDGER"):
        record(mistyped, [withdrawn(2, 1)])
    assert list(tmp_path.iterdir()) == []
    assert record(mistyped, [rejected(1)]) == [rejected(1)]


def changed(decision: Decision, **fields: object) -> bytes:
    """A decision's line with other fields; None removes one."""
    content = {**msgspec.to_builtins(decision), **fields}
    return msgspec.json.encode({name: value for name, value in content.items() if value is not None}) + b"\n"


BROKEN = {
    "a day that is none": (changed(rejected(1), at="2026-02-30T09:00:00Z"), "no moment"),
    "no JSON": (b"decided\n", "malformed"),
    "an unknown field": (changed(rejected(1), extra=1), "extra"),
    "no reason": (changed(rejected(1), reason=" "), "reason"),
    "no evidence": (changed(corrected(1, 7, 8), evidence=None), "evidence"),
    "an unknown kind": (changed(rejected(1), kind="delete"), "delete"),
    "an unknown cell": (changed(corrected(1, 7, 8), cell="applications.granted.all"), "no cell of the form"),
    "a text for a count": (changed(corrected(1, 7, 8), value="7"), "holds a whole number"),
    "a negative count": (changed(corrected(1, 7, 8), value=-7), "never negative"),
    "no such rule": (changed(accepted(1, {"balance.total": 1}), rule="identities.other"), "no rule that can be"),
    "a rule whose failures are findings": (changed(accepted_rule(1, "x", "cases_sums")), "no rule that can be"),
    "another premise": (changed(accepted_claim(1, 3), rule="identities.applications"), "of its kind"),
    "two premises": (changed(accepted_claim(1, 3), expect={"value": 3, "told": []}), "exactly one"),
    "no such identity": (changed(accepted(1, {"balance.all": 1})), "no enforced identities"),
    "nothing violated": (changed(accepted(1, {})), "names no identity"),
    "an id twice": (changed(rejected(9)), "line 1 already"),
    "nothing to withdraw": (changed(withdrawn(1, 7)), "no earlier line"),
    "a withdrawn withdrawal": (
        encode(withdrawn(1, 9)) + b"\n" + encode(withdrawn(2, 1)) + b"\n",
        "itself a withdrawal",
    ),
    "withdrawn twice": (encode(withdrawn(1, 9)) + b"\n" + encode(withdrawn(2, 9)) + b"\n", "withdrawn by"),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_line_is_told_by_its_number_and_nothing_is_appended(name: str, tmp_path: Path) -> None:
    rest, message = BROKEN[name]
    ledger = write(tmp_path / "decisions.jsonl", rejected(9), rest=rest)
    before = ledger.read_bytes()
    number = 1 + rest.count(b"\n")
    with pytest.raises(LedgerError, match=rf"decisions\.jsonl, line {number}\b.*{message}"):
        read_ledger(ledger)
    with pytest.raises(LedgerError):
        append(ledger, lambda _known: [rejected(8)])
    assert ledger.read_bytes() == before


def test_a_torn_last_line_is_told_and_a_whole_one_without_an_end_is_not_lost(tmp_path: Path) -> None:
    torn = write(tmp_path / "torn", rejected(1), rest=encode(withdrawn(2, 1))[:-9])
    with pytest.raises(LedgerError, match=r"line 2 is no decision.*has no end"):
        append(torn, lambda _known: [])
    whole = write(tmp_path / "whole", rejected(1), rest=encode(withdrawn(2, 1)))
    append(whole, lambda _known: [rejected(3)])
    assert len(read_ledger(whole).decisions) == 3


def append_some(path: str, writer: int) -> None:
    for number in range(APPENDED):
        append(Path(path), lambda _known, n=1000 * writer + number: [rejected(n, f"{n:064x}")])  # type: ignore[misc]


def test_concurrent_appends_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    context = multiprocessing.get_context("spawn")  # a copy of this process has what other tests left in it
    writers = [context.Process(target=append_some, args=(str(path), writer)) for writer in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert len(read_ledger(path).decisions) == WRITERS * APPENDED


def test_one_decision_about_a_thing_stands_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    record(path, [corrected(1, 7, 8)])
    with pytest.raises(LedgerError, match=r"d-000000000001 .*Withdraw it first"):
        record(path, [corrected(2, 6, 8)])
    record(path, [corrected(2, 6, 9)], replaceable={"d-000000000001"})
    assert list(read_ledger(path).standing) == ["d-000000000002"]


def test_who_decides_is_said_named_or_known_to_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_author("Reviewer") == "Reviewer"
    monkeypatch.setenv("GONGKAI_BY", "Somebody")
    assert find_author() == "Somebody"
    monkeypatch.delenv("GONGKAI_BY")
    for variable, config in (("GIT_CONFIG_GLOBAL", "git"), ("GIT_CONFIG_SYSTEM", "none")):
        monkeypatch.setenv(variable, str(tmp_path / config))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError, match="--by"):
        find_author()
    (tmp_path / "git").write_text("[user]\nname = A Person\nemail = person@example.org\n")
    assert find_author() == "A Person <person@example.org>"


def test_the_environment_names_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GONGKAI_LEDGER", raising=False)
    assert default_ledger() == Path("decisions.jsonl")
    monkeypatch.setenv("GONGKAI_LEDGER", "/srv/decisions.jsonl")
    assert default_ledger() == Path("/srv/decisions.jsonl")


def test_a_cell_of_the_form_is_what_is_corrected() -> None:
    money = "proactive_disclosure.administrative_fees.amount_cny_10k"
    assert decode(encode(corrected(1, "91.61", None, cell=money)))
    with pytest.raises(ValueError, match="a decimal in a string such as"):
        decode(encode(corrected(1, 91, None, cell=money)))
    assert Ledger(Path("none")).standing == {}
    assert decode(encode(corrected(1, None, 3, cell=CELL)))
