"""A Prefect server for one run, when no `PREFECT_API_URL` names another.

Prefect would start one itself, but only when the flow begins, and would import the whole server into the run's own
process. This one starts first, while the run still imports its libraries, and lives exactly as long as the run:
it ends when the process that started it is gone, also after `kill -9`. (Stopping it earlier would leave Prefect's
client retrying to deliver its last log lines for more than a minute.)
"""

import atexit
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flows.prefect_history import keep_history, lend_history
from pipelines.publishing.lock import find_holder
from pipelines.warehouse import Warehouse

START_TIMEOUT_SECONDS = 600.0
END_TIMEOUT_SECONDS = 10.0
POLL_SECONDS = 0.05
SERVED_POLL_SECONDS = 0.2
HOST = "127.0.0.1"
SERVER = ("uvicorn", "--factory", "prefect.server.api.server:create_app")
EPHEMERAL = {  # without pages and schedules, which one run does not need; its errors go to its log, not to the terminal
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "ERROR",
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
}


class PrefectServerError(RuntimeError):
    """A server did not start or does not answer; the message names its log."""


@dataclass(frozen=True)
class PrefectServer:
    """A server that is starting or running, as a child of this process.

    `new_history` is the home of a database that it makes from nothing, None if there was one.
    """

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    new_history: Path | None = None

    @property
    def api_url(self) -> str:
        """The address for `PREFECT_API_URL`."""
        return f"http://{HOST}:{self.port}/api"

    def wait_until_ready(self) -> None:
        """Return when the server answers; a database that it has just made is kept for other new warehouses.

        Raises:
            PrefectServerError: it ended, or did not answer in time.
        """
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not is_listening(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise PrefectServerError(f"Prefect's server did not start within this run; its log is {self.log}.")
            time.sleep(POLL_SECONDS)
        if self.new_history is not None:
            keep_history(self.new_history)

    def end(self) -> None:
        """Let the server write down what it was told last, a fraction of a second, and end."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):  # it ends with this process at the latest
            self.process.wait(END_TIMEOUT_SECONDS)


def start_server(home: Path) -> PrefectServer:
    """Start a server whose history lies in `home`, and name it to this process's Prefect client; does not wait.

    It ends when this process has done everything else: call this before Prefect is imported, for Prefect's client
    delivers its last lines when the process ends, and what is asked for first comes last then.
    """
    home.mkdir(parents=True, exist_ok=True)
    history = Path(os.environ.get("PREFECT_HOME", home))  # what the caller has set is Prefect's
    is_new = lend_history(history)
    log = home / "server.log"
    port = find_free_port()
    address = ("--host", HOST, "--port", str(port), "--log-level", "error")
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "flows.serving.child", str(os.getpid()), *SERVER, *address],
            env=os.environ | EPHEMERAL,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # an interrupt at the terminal is the run's to handle
        )
    server = PrefectServer(port, process, log, history if is_new else None)
    atexit.register(server.end)
    os.environ["PREFECT_API_URL"] = server.api_url
    return server


def find_served_api(warehouse: Warehouse) -> str | None:
    """The address of the API of the `gongkai serve` that serves a warehouse, None if none does."""
    holder = find_holder(warehouse.serve_lock)
    return holder.run_id if holder is not None and holder.run_id.startswith("http") else None


def wait_for_served(warehouse: Warehouse, address: str, announce: Callable[[str], None]) -> bool:
    """Return when the API of a `gongkai serve` answers, which it does not while it starts its server or starts it anew.

    Args:
        warehouse: the warehouse that is served.
        address: the address of the API.
        announce: called once, with what is waited for.

    Returns:
        Whether it answers: not if it has ended meanwhile.

    Raises:
        PrefectServerError: it did not answer in time.
    """
    port = urlsplit(address).port or 0
    deadline, is_told = time.monotonic() + START_TIMEOUT_SECONDS, False
    while not is_listening(port):
        if find_served_api(warehouse) != address:
            return False
        if time.monotonic() > deadline:
            logs = warehouse.logs / "serve-server.log"
            raise PrefectServerError(
                f"The `gongkai serve` at {address} did not answer in {START_TIMEOUT_SECONDS:.0f} seconds. End it, or "
                f"look into {logs}."
            )
        if not is_told:
            announce(f"Waiting for the `gongkai serve` at {address}, which is starting.")
            is_told = True
        time.sleep(SERVED_POLL_SECONDS)
    return True


def is_listening(port: int) -> bool:
    """Whether a server on this machine answers at `port`."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True  # uvicorn listens only when its application has started
    except OSError:
        return False


def find_free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
