"""Kits say what they lack; a version of the form that is one more file goes the whole way with no code changed."""

import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from contracts.jurisdictions import JurisdictionError, jurisdictions, read_jurisdictions
from flows.command_line import app
from flows.commands.scaffolds import NEW_JURISDICTION_EXAMPLES, PROJECT, gaps_of, list_kits
from pipelines.conformance.jurisdiction_kit import full_code
from tests.conformance.project_copy import Copy
from tests.whole_way import query, run_gongkai

YEAR = "2027"
NEW_ROW = "denied_invented"
LABEL, PRINTED = "属于虚构信息", "属虚构信息"
CHANGES = {
    "basis": "国办公开办函〔2027〕1号",
    "tables": {
        "applications": {
            "rows": {
                NEW_ROW: {
                    "ordinal": "9.",
                    "zh": LABEL,
                    "en": "Denied: invented",
                    "group": "denied",
                    "category": "denied",
                    "aliases": [PRINTED],
                    "before": "unable_not_held",
                }
            }
        }
    },
    "identities": {
        "reviewed_first": {
            "table": "reviews_and_lawsuits",
            "for_each": "column",
            "only": ["total"],
            "enforced": True,
            "source": "implied",
            "zh": "虚构的恒等式",
            "en": "As many reviews as lawsuits after one",
            "terms": [{"weight": 1, "rows": ["review"]}, {"weight": -1, "rows": ["lawsuit_after_review"]}],
        }
    },
}


def fill_sample(kit: Path) -> None:
    """Figures that add up: one application granted, one denied for the new reason; as many reviews as lawsuits."""
    content = yaml.safe_load(kit.read_text(encoding="utf-8"))
    content |= {"source": "invented", "authority": "杭州市人民政府"}
    content["printed_labels"] = {PRINTED: f"applications.{NEW_ROW}"}
    applications = content["tables"]["applications"]
    rows = list(applications)
    rows.insert(rows.index("unable_not_held"), NEW_ROW)
    figures = {"new_received": 2, "granted": 1, NEW_ROW: 1, "outcome_total": 2}
    content["tables"]["applications"] = {row: [figures.get(row, 0), 0, 0, 0, 0, 0, figures.get(row, 0)] for row in rows}
    cases = content["tables"]["reviews_and_lawsuits"]
    for row, count in zip(cases, (3, 0, 3), strict=True):
        cases[row] = [count, 0, 0, 0, count]
    for row, values in content["tables"]["proactive_disclosure"].items():
        content["tables"]["proactive_disclosure"][row] = ["1.5"] if "fees" in row else list(range(1, len(values) + 1))
    kit.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.mark.parametrize("kit", list_kits(PROJECT), ids=lambda kit: f"{kit.parent.name}-{kit.stem}")
def test_kits_of_the_project_are_complete(kit: Path) -> None:
    assert list(gaps_of(kit)) == []


def test_a_version_of_the_form_is_one_file(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "project")
    copy.gongkai("new-form", YEAR, "--from", "2021")
    kit = copy.root / "conformance" / "forms" / f"{YEAR}.yml"
    missing = copy.gongkai("conformance", expected_code=1)
    assert "names no basis" in missing
    assert "proactive_disclosure.regulations wants 3 figures" in missing
    before = {path: path.read_bytes() for path in copy.root.rglob("*.py")}

    data = copy.root / "contracts" / "form" / f"{YEAR}.yml"
    declared = yaml.safe_load(data.read_text(encoding="utf-8")) | CHANGES
    data.write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    fill_sample(kit)
    copy.run("-m", "contracts.render")
    assert copy.gongkai("conformance") == f"forms/{YEAR}: complete\n"
    assert f"`{NEW_ROW}.total`" in (copy.root / "docs" / "form.md").read_text(encoding="utf-8")

    write = (
        "from pathlib import Path; from pipelines.conformance.form_kit import render_sample; "
        f"Path('report.html').write_bytes(render_sample(Path({str(kit)!r}), 'html'))"
    )
    copy.run("-c", write)
    assert YEAR in copy.gongkai("extract", "report.html")
    copy.gongkai("run", "--input", "report.html", "--warehouse", "warehouse")
    warehouse = copy.root / "warehouse"
    outcome = f"select sum(applications)::integer from marts.fct_applications where outcome = '{NEW_ROW}'"
    assert query(warehouse, outcome) == [(1,)]
    checks = "select status::varchar from marts.fct_identity_checks where identity = 'reviewed_first.total'"
    assert query(warehouse, checks) == [("pass",)]
    in_force = f"select form_version_in_force from marts.dim_year where report_year = {YEAR}"
    assert query(warehouse, in_force) == [(YEAR,)]
    assert {path: path.read_bytes() for path in copy.root.rglob("*.py")} == before


def test_a_jurisdiction_is_scaffolded_and_incomplete_until_it_is_filled_in(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "project")
    copy.gongkai("new-jurisdiction", "3302")
    missing = copy.gongkai("conformance", expected_code=1)
    assert "lists no department" in missing
    assert "the sample is empty" in missing
    copy.gongkai("new-jurisdiction", "3302", expected_code=1)
    data = copy.root / "contracts" / "jurisdictions" / "330200.yml"
    body = {"name": "宁波市商务局", "kind": "department", "printed": ["甬城商务局"]}
    data.write_text(yaml.safe_dump({"region": "330200", "source": "invented", "bodies": [body]}, allow_unicode=True))
    kit = copy.root / "conformance" / "jurisdictions" / "330200.yml"
    title = "甬城商务局2023年政府信息公开工作年度报告"
    sample = {"title": title, "body": "宁波市商务局", "region": "330200", "year": 2023}
    kit.write_text(yaml.safe_dump(sample, allow_unicode=True), encoding="utf-8")
    assert copy.gongkai("conformance") == "jurisdictions/330200: complete\n"
    elsewhere = run_gongkai("conformance", "--project", copy.root)
    assert elsewhere == "jurisdictions/330200: complete\n"  # by what that project declares
    run_gongkai("new-jurisdiction", "3302", "--project", copy.root, expected_code=1)
    run_gongkai("new-form", "2027", "--from", "2021", "--project", copy.root)
    run_gongkai("new-form", "2028", "--from", "2027", "--project", copy.root)


def test_the_coverage_misses_a_listed_body_that_was_never_seen(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "project")
    copy.gongkai("new-jurisdiction", "3302")
    data = copy.root / "contracts" / "jurisdictions" / "330200.yml"
    since = {"name": "宁波市商务局", "kind": "department", "first_year": 2022}
    whenever = {"name": "宁波市教育局", "kind": "department"}
    listed = {"region": "330200", "source": "invented", "bodies": [since, whenever]}
    data.write_text(yaml.safe_dump(listed, allow_unicode=True), encoding="utf-8")
    copy.run("-m", "contracts.render")
    copy.gongkai("run", "--input", "samples/json", "--warehouse", "warehouse")
    missed = (
        "select authority_key, authority_zh, region_code, authority_class, report_year::integer, coverage_status "
        "from marts.coverage where authority_zh like '宁波市%局' order by all"
    )
    assert query(copy.root / "warehouse", missed) == [
        (None, "宁波市商务局", "330200", "department", year, "missing") for year in (2022, 2023)
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"region": "330100", "source": "", "bodies": []}, "name the file after its region"),
        (
            {
                "region": "330200",
                "source": "",
                "bodies": [
                    {"name": "甲局", "kind": "department", "printed": ["本局"]},
                    {"name": "乙局", "kind": "department", "printed": ["本局"]},
                ],
            },
            "本局 is printed for",
        ),
        (
            {"region": "330200", "source": "", "bodies": [{"name": "甲局", "kind": "department", "region": "999999"}]},
            "regions.csv does not have",
        ),
        (
            {"region": "330200", "source": "", "bodies": [{"name": "甲局", "kind": "department"}] * 2},
            "330200.yml: it lists 甲局 twice",
        ),
        (
            {
                "region": "330200",
                "source": "",
                "bodies": [{"name": "甲局", "kind": "department", "first_year": 2024, "last_year": 2020}],
            },
            "from first_year 2024 to last_year 2020",
        ),
    ],
)
def test_a_jurisdiction_that_contradicts_itself_is_refused(
    tmp_path: Path, content: dict[str, object], message: str
) -> None:
    (tmp_path / "330200.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(JurisdictionError, match=message):
        read_jurisdictions(tmp_path)


def test_examples_name_what_the_project_does_not_have_yet() -> None:
    told = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8") + NEW_JURISDICTION_EXAMPLES
    codes = re.findall(r"new-jurisdiction (\d+)", told)
    assert len(codes) >= 2
    assert [code for code in codes if full_code(code) in jurisdictions()] == []


def test_codes_may_leave_out_zeros_and_must_be_known() -> None:
    assert full_code("33") == "330000"
    assert full_code("3301") == "330100"
    with pytest.raises(KeyError, match="no region 99"):
        full_code("99")


def test_a_kit_that_cannot_be_read_is_named_and_hinders_no_other(tmp_path: Path) -> None:
    broken, unknown = tmp_path / "forms" / "2027.yml", tmp_path / "jurisdictions" / "330200.yml"
    for path, text in ((broken, "source: 'unclosed"), (unknown, "sources: a list")):
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["conformance", str(broken), str(unknown)])
    assert result.exit_code == 1
    assert result.stdout.count("it cannot be read: ") == 2
    assert "jurisdictions/330200: incomplete" in result.stdout
