"""CONTRIBUTING.md followed step by step in a copy of the project: a new layout, a new rule."""

from pathlib import Path

from tests.conformance.project_copy import Copy

LAYOUT_WRITER = """def write_tabbed_rows(grid: Grid, style: Style) -> list[str]:
    \"\"\"One row a line with a tab between its cells.\"\"\"
    return ["\\t".join(cell.text.replace("\\n", "") for cell in _shown(row, style)) for row in grid.rows]


"""
RULE = """
few_leftovers:
  scope: report
  severity: info
  parameters: {most: 2}
  zh: 多余数字不多
  en: Not many numbers are left unexplained
  description_zh: 多余数字超过 {most} 个，说明整表错位。
  description_en: More than {most} numbers that no cell explains tell of a table that is shifted as a whole.
  formula: numbers left over <= {most}
  needs: []
"""
CONDITION = """    "few_leftovers": {
        "holds": "coalesce(leftovers, 0) <= " ~ parameter('few_leftovers', 'most'),
        "observed": "leftovers",
    },
"""
EXAMPLES = """few_leftovers:
  fires: [{columns: {lineage: '{"leftovers":[{"raw":"1"},{"raw":"2"},{"raw":"3"}]}'}}]
  quiet: [{columns: {lineage: '{"leftovers":[{"raw":"1"},{"raw":"2"}]}'}}]
"""


def test_a_layout_is_a_writer_and_its_name(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "project", "tests")
    copy.insert("pipelines/render/text_layout.py", "TABLE_WRITERS: dict", LAYOUT_WRITER)
    copy.insert(
        "pipelines/render/text_layout.py", '    "markdown": write_markdown', '    "tabbed_rows": write_tabbed_rows,\n'
    )
    copy.insert("pipelines/render/text_layout.py", "    *GLUED_LAYOUTS,\n", '    "tabbed_rows",\n')
    copy.insert("pipelines/render/report.py", '    "markdown",\n', '    "tabbed_rows",\n')
    assert "2 passed" in copy.run("-m", "pytest", "tests/test_round_trip.py", "-k", "tabbed_rows and 2021")
    code = "from tests.accuracy.faults import FAULTS; print(any('tabbed_rows' in fault.layouts for fault in FAULTS))"
    assert copy.run("-c", code) == "True\n"


def test_a_rule_is_its_words_its_condition_and_its_examples(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "project", "tests")
    copy.append("contracts/rules/readings.yml", RULE)
    copy.insert("dbt_project/models/rules/groups/rules_readings.sql", "} %}", CONDITION)
    copy.append("tests/rules/examples/readings.yml", EXAMPLES)
    copy.run("-m", "contracts.render")
    assert "`few_leftovers`" in (copy.root / "docs" / "rules.md").read_text(encoding="utf-8")
    assert "3 passed" in copy.run("-m", "pytest", "tests/rules/test_rules.py", "-k", "few_leftovers")
