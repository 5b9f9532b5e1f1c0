"""What Prefect, dlt and dbt read from the environment, set before any of them is imported.

A value that the caller has set stays.
"""

import os

from pipelines.warehouse import Warehouse

NO_TELEMETRY = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
}
QUIET = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # the API and the log file keep every line
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "RUNTIME__LOG_LEVEL": "ERROR",
}


def prepare_environment(warehouse: Warehouse) -> None:
    """Switch telemetry off, quieten the terminal and keep Prefect's history in the warehouse."""
    settings = {**NO_TELEMETRY, **QUIET, "PREFECT_HOME": str(warehouse.prefect_home.resolve())}
    for name, value in settings.items():
        os.environ.setdefault(name, value)
