"""The form is declared once: generated files are up to date, and nobody else spells a label or an identity."""

import re
from pathlib import Path

import pytest

from contracts.form import form
from contracts.render import main
from contracts.rendering.files import rendered_files, stale_files

ROOT = Path(__file__).parents[1]
SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".toml", ".csv", ".json"}
FREE = ("docs", "samples", "contracts/form", ".venv", ".warehouse", "dbt_project/target", "dbt_project/logs")
SHORTEST = 4
FEWEST = 3  # two ids meet in many a paragraph that states nothing


def first_party_files() -> list[Path]:
    generated = set(rendered_files())
    folders = ("contracts", "pipelines", "flows", "dbt_project")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    free = tuple(str(ROOT / folder) for folder in FREE)
    return [path for path in paths if path not in generated and not str(path).startswith(free)]


def row_labels() -> set[str]:
    tables = [table for version in form().versions.values() for table in version.tables.values()]
    labels = {label for table in tables for row in table.rows.values() for label in (row.zh, *row.aliases)}
    return {label for label in labels if len(label) >= SHORTEST}


def test_generated_files_are_up_to_date() -> None:
    assert stale_files() == []
    assert main(["--check"]) == 0


def test_generated_files_say_so() -> None:
    silent = [path for path, content in rendered_files().items() if "do not edit" not in content]
    assert {path.suffix for path in silent} <= {".csv", ".json"}


def test_no_other_file_spells_a_row_label() -> None:
    labels = row_labels()
    spelled = [
        (str(path.relative_to(ROOT)), label)
        for path in first_party_files()
        for text in [path.read_text(encoding="utf-8")]
        for label in labels
        if label in text
    ]
    assert spelled == []


def terms_of_rules() -> dict[str, set[str]]:
    """For each rule the ids of the rows, or of the columns, that its terms tell apart."""
    terms: dict[str, set[str]] = {}
    for version in form().versions.values():
        for identity in version.identities.values():
            rows = {term.cell.row for term in identity.terms}
            columns = {term.cell.column for term in identity.terms}
            terms[f"{version.version} {identity.rule}"] = rows if len(rows) > 1 else columns
    return {rule: ids for rule, ids in terms.items() if len(ids) >= FEWEST}


def states_identity(statement: str, terms: set[str]) -> bool:
    """Whether a statement names all terms of an identity and adds or subtracts."""
    return bool(re.search(r"\s[+-]\s", statement)) and all(re.search(rf"\b{term}", statement) for term in terms)


def test_an_identity_is_recognised_where_it_is_stated() -> None:
    terms = terms_of_rules()["2021 balance"]
    assert states_identity("new_received + carried_in = outcome_total + carried_out", terms)
    assert not states_identity("new_received, carried_in, outcome_total, carried_out", terms)


@pytest.mark.parametrize("rule", list(terms_of_rules()))
def test_no_other_file_states_an_identity(rule: str) -> None:
    terms = terms_of_rules()[rule]
    stated = [
        str(path.relative_to(ROOT))
        for path in first_party_files()
        for statement in path.read_text(encoding="utf-8").split("\n\n")
        if states_identity(statement, terms)
    ]
    assert stated == []
