"""What the tests of the dbt project share, each made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters

from tests.dbt.warehouse import run_dbt


@pytest.fixture(scope="session")
def compiled_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The SQL of the models that evaluate identities, by name, as dbt compiles it for a database in memory."""
    target = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GONGKAI_WAREHOUSE", raising=False)
        patch.delenv("GONGKAI_MART", raising=False)
        run_dbt(["compile", "--select", "int_identity_residuals", "int_prior_residuals"], target)
    yield {path.stem: path.read_text(encoding="utf-8") for path in Path(target).rglob("compiled/**/*.sql")}
    close_dbt()


def close_dbt() -> None:
    """Close dbt's databases, so that others can open them."""
    reset_adapters()
    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()
    DuckDBConnectionManager.close_all_connections()
