"""One Prefect server for all tests of the flow: a whole one, with the scheduler, on a history of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from flows.environment import NO_TELEMETRY
from flows.prefect_server import HOST, find_free_port, is_listening
from tests.flows.decided import DecidedWarehouse, decide_held_tables

START_TIMEOUT_SECONDS = 120


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API of a server that runs its services; its scheduler looks every second."""
    home = tmp_path_factory.mktemp("prefect")
    port = find_free_port()
    environment = {
        **os.environ,
        **NO_TELEMETRY,
        "PREFECT_HOME": str(home),
        "PREFECT_UI_ENABLED": "0",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--host", HOST, "--port", str(port)], env=environment, stdout=log, stderr=log
        )
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not is_listening(port):
        assert server.poll() is None, Path(home / "server.log").read_text()
        assert time.monotonic() < deadline, "Prefect's server did not start"
        time.sleep(0.1)
    url = f"http://{HOST}:{port}/api"
    with temporary_settings({PREFECT_API_URL: url, PREFECT_LOGGING_TO_API_ENABLED: False}):
        yield url
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture(scope="session")
def decided(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> DecidedWarehouse:
    """A warehouse in which one held table was accepted as reported and one corrected; copy it before changing it."""
    assert prefect_api
    return decide_held_tables(tmp_path_factory.mktemp("decided"))
