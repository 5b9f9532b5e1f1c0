"""A question at a terminal: a signal that comes just before the wait for an answer ends it all the same."""

import os
import pty
import select
import signal
from collections.abc import Iterator

import pytest

from flows.commands import questions

TIMEOUT_SECONDS = 5


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The side of a terminal on which one types; the other is the standard input."""
    own, other = pty.openpty()
    with os.fdopen(other) as stream:
        monkeypatch.setattr("sys.stdin", stream)
        yield own
    os.close(own)


@pytest.mark.usefixtures("keyboard")
def test_a_signal_just_before_the_wait_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python has run the handler by then, so that only what the signal wrote can end the wait."""
    wait, answered = select.select, []

    def wait_after_signal(read: list[object], write: list[object], failed: list[object]) -> None:
        signal.raise_signal(signal.SIGUSR1)
        answered.extend(wait(read, write, failed, TIMEOUT_SECONDS)[0])

    monkeypatch.setattr("select.select", wait_after_signal)
    monkeypatch.setattr("builtins.input", lambda: "answer")
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        assert questions.ask("Question") == "answer"
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert len(answered) == 1


def test_an_answer_is_asked_for_until_it_is_among_the_choices(keyboard: int) -> None:
    os.write(keyboard, b"x\ny\n")
    assert questions.ask("Question", ["y", "n"]) == "y"


def test_the_end_of_the_input_is_said(keyboard: int) -> None:
    os.write(keyboard, b"\x04")
    with pytest.raises(EOFError):
        questions.ask("Question")
