"""A few hundred mutated documents; `make fuzz` reads a hundred thousand."""

from tests.fuzz.trial import run_trial

DOCUMENTS = 250


def test_mutated_documents_give_valid_json_or_a_reason() -> None:
    trials = [run_trial(f"suite:{number}") for number in range(DOCUMENTS)]
    assert [(trial.seed, trial.failure) for trial in trials if trial.failure] == []
    assert {"read", "no_report", "undecodable"} <= {trial.outcome for trial in trials}
