"""One `gongkai serve` for all tests of the flow: a whole Prefect server with its scheduler, and a worker."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from pipelines.warehouse import Warehouse
from tests.flows.decided import DecidedWarehouse, decide_held_tables
from tests.flows.disk import Disk
from tests.storm.deliveries import Inbox
from tests.whole_way import GONGKAI

START_TIMEOUT_SECONDS = 900
SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


@dataclass(frozen=True)
class Served:
    """A running `gongkai serve`."""

    warehouse: Warehouse
    process: subprocess.Popen[bytes]
    messages: Path

    @property
    def api_url(self) -> str:
        """The address of Prefect's API."""
        found = re.search(r"Serving .* at (http://[\d.:]+)", self.messages.read_text())
        assert found is not None
        return f"{found[1]}/api"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serves an empty warehouse with the samples in its inbox; the scheduler looks every second."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(SAMPLES, folder / "inbox")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_UI_ENABLED": "0",  # pages and block types, which no test looks at, take long to set up
        "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
        "GONGKAI_NOTIFY_URLS": "",
    }
    command = [
        str(GONGKAI),
        "serve",
        "--port",
        "0",
        "--warehouse",
        str(folder / "wh"),
        "--inbox",
        str(folder / "inbox"),
    ]
    with (folder / "messages").open("wb") as messages:
        process = subprocess.Popen(command, env=environment, stderr=messages)  # noqa: S603 - our own command
    serving = Served(Warehouse(folder / "wh"), process, folder / "messages")
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    try:
        while "Serving" not in serving.messages.read_text():
            assert process.poll() is None, serving.messages.read_text()
            assert time.monotonic() < deadline, "`gongkai serve` did not start"
            time.sleep(0.1)
        yield serving
    finally:
        process.send_signal(signal.SIGTERM)  # also if it did not start in time: it ends its own children
        process.wait(timeout=60)


@pytest.fixture(scope="session")
def prefect_api(served: Served) -> Iterator[str]:
    """The API of the served Prefect, for flows that run in the tests' own process."""
    with temporary_settings({PREFECT_API_URL: served.api_url, PREFECT_LOGGING_TO_API_ENABLED: False}):
        yield served.api_url


@pytest.fixture(scope="session")
def disk(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    """A warehouse on a disk of its own that holds what was delivered first; each test leaves it fit for the next."""
    assert prefect_api
    made = Disk(tmp_path_factory.mktemp("disk"), Inbox(tmp_path_factory.mktemp("deliveries") / "inbox"))
    made.mount()
    try:
        made.inbox.deliver()
        made.assert_clean(made.run())
        yield made
    finally:
        made.unmount()


@pytest.fixture(scope="session")
def decided(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> DecidedWarehouse:
    """A warehouse in which one held table was accepted as reported and one corrected; copy it before changing it."""
    assert prefect_api
    return decide_held_tables(tmp_path_factory.mktemp("decided"))
