"""The declared form has the shape the notices give it, and its identities the strength the design counts on."""

from fractions import Fraction
from pathlib import Path

import pytest

from contracts.declared import DeclarationError
from contracts.form import FORM_FOLDER, FormError, form, read_form


def test_versions_have_the_cells_of_the_notices() -> None:
    counts = {
        version.version: {table.id: len(table.cells) for table in version.tables.values()}
        for version in form().versions.values()
    }
    assert counts == {
        "2021": {"proactive_disclosure": 10, "applications": 25 * 7, "reviews_and_lawsuits": 15},
        "2019": {"proactive_disclosure": 22, "applications": 23 * 7, "reviews_and_lawsuits": 15},
    }


def test_same_id_has_the_same_type_in_every_version() -> None:
    types: dict[str, set[tuple[str, bool]]] = {}
    for version in form().versions.values():
        for cell in version.cells.values():
            types.setdefault(cell.id, set()).add((cell.type, cell.may_be_negative))
    assert {cell: kinds for cell, kinds in types.items() if len(kinds) > 1} == {}


def test_labels_of_a_table_are_told_apart_by_their_group() -> None:
    for version in form().versions.values():
        for table in version.tables.values():
            keys = [(row.group, row.zh) for row in table.rows.values()]
            assert len(set(keys)) == len(keys)


def _rank(vectors: list[list[Fraction]]) -> int:
    """Rank by elimination over the rationals."""
    rows, rank = [list(vector) for vector in vectors], 0
    for column in range(len(rows[0])):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for other in range(rank + 1, len(rows)):
            if factor := rows[other][column] / rows[rank][column]:
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[rank], strict=True)]
        rank += 1
    return rank


def test_table_of_applications_is_nearly_an_error_correcting_code() -> None:
    version = form().versions["2021"]
    identities = version.identities_of("applications", enforced=True)
    cells = [cell.id for cell in version.tables["applications"].cells]
    weights = [{term.cell.id: term.weight for term in identity.terms} for identity in identities]
    assert len(identities) == 39
    assert _rank([[Fraction(terms.get(cell, 0)) for cell in cells] for terms in weights]) == 37
    signatures = {tuple(terms.get(cell, 0) for terms in weights) for cell in cells}
    assert len(signatures) == len(cells) == 175


def test_removing_what_is_not_inherited_is_an_error(tmp_path: Path) -> None:
    for path in FORM_FOLDER.glob("*.yml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    later = 'version: "2030"\nbasis: none\nreport_years: {from: 2030}\nextends: "2021"\n'
    (tmp_path / "2030.yml").write_text(
        later + "tables: {applications: {rows: {no_such_row: null}}}\n", encoding="utf-8"
    )
    with pytest.raises(FormError, match="no_such_row"):
        read_form(tmp_path)


def test_a_new_version_is_one_file(tmp_path: Path) -> None:
    for path in FORM_FOLDER.glob("*.yml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "2030.yml").write_text(
        'version: "2030"\nbasis: none\nreport_years: {from: 2030}\nextends: "2021"\n'
        "tables: {applications: {rows: {withdrawn: "
        "{zh: 撤回, en: Withdrawn, category: other_handling, before: outcome_total}}}}\n",
        encoding="utf-8",
    )
    version = read_form(tmp_path).versions["2030"]
    assert "applications.withdrawn.total" in version.cells
    assert "withdrawn" in {term.cell.row for term in version.identities["outcomes.total"].terms}
    assert "applicants.withdrawn" in version.identities


def test_an_unknown_key_in_the_form_is_an_error(tmp_path: Path) -> None:
    for path in FORM_FOLDER.glob("*.yml"):
        text = path.read_text(encoding="utf-8").replace("may_be_negative", "may_be_negativ")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError, match="may_be_negativ"):
        read_form(tmp_path)
