"""Every rule fails, passes and stays open where its examples say so, all of them in one build of a warehouse."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from contracts.rules import RULE_STATUSES, rules
from tests.dbt.conftest import close_dbt
from tests.dbt.warehouse import run_dbt, write_raw
from tests.rules.examples import STATUS_OF, Example, raw_rows, read_examples

EXAMPLES = read_examples()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with the reports of all examples, built up to the rules."""
    folder: Path = tmp_path_factory.mktemp("rules")
    write_raw(folder / "warehouse.duckdb", raw_rows(EXAMPLES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGKAI_WAREHOUSE", str(folder))
        patch.setenv("GONGKAI_MART", str(folder / "mart.duckdb"))
        run_dbt(["run", "--select", "resource_type:seed", "+path:models/rules"], folder / "target")
    close_dbt()
    with duckdb.connect(folder / "warehouse.duckdb", read_only=True) as connection:
        connection.execute(f"attach '{folder / 'mart.duckdb'}' as mart (read_only)")
        yield connection


def statuses(warehouse: duckdb.DuckDBPyConnection, rule: str, bodies: str) -> set[str]:
    query = f"""
        select distinct {rule}::varchar from intermediate.rules_{rules()[rule].group}
        where authority_key in (select authority_key from mart.marts.dim_authority where starts_with(authority_zh, ?))
    """
    return {status for (status,) in warehouse.execute(query, [bodies]).fetchall()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_rule_says_what_the_example_says(warehouse: duckdb.DuckDBPyConnection, example: Example) -> None:
    found = statuses(warehouse, example.rule, example.name)
    assert STATUS_OF[example.outcome] in found
    if example.outcome != "fires":
        assert "fail" not in found
    if example.outcome == "open":
        assert "pass" not in found


@pytest.mark.parametrize("rule", list(rules()))
def test_every_rule_has_an_example_that_fires_it_and_one_that_does_not(rule: str) -> None:
    assert {"fires", "quiet"} <= {example.outcome for example in EXAMPLES if example.rule == rule}


def test_every_declared_rule_was_evaluated_over_every_report(warehouse: duckdb.DuckDBPyConnection) -> None:
    counted = f"""
        select rule_id::varchar, sum({" + ".join(f"subjects_{status}" for status in RULE_STATUSES)})::int
        from mart.marts.rule_counts group by all
    """
    counts = dict(warehouse.execute(counted).fetchall())
    ((reports,),) = warehouse.execute("select count(*) from mart.marts.dim_report").fetchall()
    assert set(counts) == set(rules())
    assert min(counts.values()) >= reports
