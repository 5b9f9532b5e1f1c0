"""What every model says of itself beside its SQL: its grain in one sentence, and a test of its key."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

MODELS = Path(__file__).parents[2] / "dbt_project" / "models"
KEY_TESTS = {"unique", "unique_combination", "unique_code"}


def names_of_tests(described: dict[str, Any]) -> set[str]:
    """The names of a model's or a column's data tests."""
    return {test if isinstance(test, str) else next(iter(test)) for test in described.get("data_tests", [])}


@pytest.mark.parametrize("model", sorted(MODELS.rglob("*.sql")), ids=lambda path: path.stem)
def test_a_model_says_its_grain_and_tests_its_key(model: Path) -> None:
    (described,) = msgspec.yaml.decode(model.with_suffix(".yml").read_bytes())["models"]
    assert described["name"] == model.stem
    assert model.read_text(encoding="utf-8").startswith("-- Grain: ")
    tested = names_of_tests(described).union(*map(names_of_tests, described["columns"]))
    assert tested & KEY_TESTS
