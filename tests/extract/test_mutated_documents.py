"""A few hundred mutated documents; `make fuzz` reads a hundred thousand."""

from tests.fuzz.trial import run_trial

DOCUMENTS = 250
FOUND = (
    *("200:968", "200:18937", "200:28741"),  # claims of 20 digits, a proof by a cell that was not proven itself
    *("2:9341", "2:14195"),  # a row whose every reading is contradicted, judged together with others
    *("2:20924", "2:36997"),  # an OFD's step repeated without end, a PDF page whose box is no box
)


def test_mutated_documents_give_valid_json_or_a_reason() -> None:
    trials = [run_trial(seed) for seed in (*FOUND, *(f"suite:{number}" for number in range(DOCUMENTS)))]
    assert [(trial.seed, trial.failure) for trial in trials if trial.failure] == []
    assert {"read", "no_report", "undecodable"} <= {trial.outcome for trial in trials}
