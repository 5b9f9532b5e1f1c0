"""Start what scheduled runs need, keep it running, end all of it: the body of `gongkai serve`."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from flows.prefect_history import lend_history
from flows.prefect_server import HOST, SERVER, find_free_port, is_listening
from flows.serving.errors import ServeError
from flows.serving.processes import Child, end_all, find_marked, mark_of, start_child
from flows.serving.registration import POOL, prepare_server, register_deployments, serving_environment
from pipelines.publishing.lock import LockHeldError, acquire, release
from pipelines.warehouse import Warehouse

START_SECONDS = 600.0
GRACE_SECONDS = 20.0
WATCH_SECONDS = 1.0
HEALTH_SECONDS = 30.0
UNHEALTHY = 5
MOST_DEATHS, DEATHS_WITHIN_SECONDS = 5, 300.0
LARGEST_LOG = 10 * 2**20
WORKER = ("prefect", "worker", "start", "--pool", POOL, "--type", "process", "--limit", "1")

Announce = Callable[[str], None]


@dataclass
class Serving:
    """One `gongkai serve`: where, and its two children as they are restarted."""

    warehouse: Warehouse
    port: int
    environment: dict[str, str]
    announce: Announce
    stop: threading.Event
    children: dict[str, Child] = field(default_factory=dict)
    deaths: deque[float] = field(default_factory=deque)

    def start(self, name: str) -> None:
        """Start the server, and wait until it answers or the serving is to end, or the worker.

        Raises:
            ServeError: the server does not answer.
        """
        address = ("--host", HOST, "--port", str(self.port), "--log-level", "warning")
        command = (*SERVER, *address) if name == "server" else WORKER
        child = start_child(name, command, self.environment, _log_of(self.warehouse, name))
        self.children[name] = child
        if name == "server":
            _wait_for_server(child, self.port, self.stop)

    def watch(self) -> None:
        """Start again what has died.

        Raises:
            ServeError: it dies again and again.
        """
        for name, child in list(self.children.items()):
            if child.is_alive:
                continue
            now = time.monotonic()
            self.deaths.append(now)
            while self.deaths and now - self.deaths[0] > DEATHS_WITHIN_SECONDS:
                self.deaths.popleft()
            if len(self.deaths) > MOST_DEATHS:
                raise ServeError(
                    f"Prefect's {name} died {len(self.deaths)} times within {DEATHS_WITHIN_SECONDS:.0f} seconds, the "
                    f"last time with exit code {child.process.returncode}. Its log is {child.log}."
                )
            self.announce(f"Prefect's {name} (process {child.process.pid}) died, code {child.process.returncode}.")
            self.start(name)
            self.announce(f"Prefect's {name} runs again as process {self.children[name].process.pid}.")


def serve_until_stopped(
    warehouse: Warehouse, port: int, inbox: Path, urls: Path, ledger: Path, announce: Announce, stop: threading.Event
) -> None:
    """Serve scheduled runs of a warehouse until `stop` is set.

    Args:
        warehouse: the warehouse; made if missing.
        port: where on loopback Prefect's server listens; 0 for a free port.
        inbox: the folder whose documents the daily run takes in; made if missing.
        urls: the file with the list of addresses that the daily run fetches.
        ledger: the ledger of decisions that the runs use.
        announce: called with what the operator is to know.
        stop: ends the serving.

    Raises:
        ServeError: the warehouse is served already, the port is taken, or Prefect does not start.
    """
    warehouse.root.mkdir(parents=True, exist_ok=True)
    inbox.mkdir(parents=True, exist_ok=True)
    port = port or find_free_port()
    descriptor = _lock(warehouse, port)
    mark = mark_of(warehouse.root)
    environment = serving_environment(warehouse, port, inbox, urls, ledger)
    serving = Serving(warehouse, port, environment, announce, stop)
    try:
        if left := find_marked(mark):
            announce(f"Ending {len(left)} processes of a `gongkai serve` that was killed: {left}.")
            end_all(mark, (), GRACE_SECONDS)
        if is_listening(port):
            raise ServeError(f"Something else listens on port {port}. Name another one with --port, or 0 for any.")
        if not environment["GONGKAI_URLS"]:
            announce(f"There is no {urls}: no address is fetched. Write it and serve again, or name one with --urls.")
        lend_history(Path(environment["PREFECT_HOME"]))
        _serve(serving)
    finally:
        announce("Stopping Prefect's worker and server.")
        killed = end_all(mark, list(serving.children.values()), GRACE_SECONDS)
        announce(f"Stopped{f'; {killed} had to be killed' if killed else ''}.")
        release(warehouse.serve_lock, descriptor)


def _lock(warehouse: Warehouse, port: int) -> int:
    try:
        return acquire(warehouse.serve_lock, lambda: f"http://{HOST}:{port}/api")
    except LockHeldError as error:
        where = error.holder.run_id.removesuffix("/api") if error.holder else "an unknown address"
        who = f"process {error.holder.pid} since {error.holder.since}" if error.holder else "another process"
        raise ServeError(
            f"The warehouse {warehouse.root} is served already by {who}, at {where}. Use that one, or end it first."
        ) from error


def _serve(serving: Serving) -> None:
    serving.announce("Starting Prefect's server.")
    serving.start("server")
    if serving.stop.is_set():
        return
    os.environ["PREFECT_API_URL"] = serving.environment["PREFECT_API_URL"]  # read when Prefect is imported
    for name in prepare_server():
        serving.announce(f"Run {name} was still said to run: its process is gone.")
    if serving.stop.is_set():
        return
    serving.start("worker")
    deployments = register_deployments(serving.environment, _log_of(serving.warehouse, "deploy"), serving.stop)
    if serving.stop.is_set():
        return
    serving.announce(
        f"Serving {serving.warehouse.root} at http://{HOST}:{serving.port} (deployments: {', '.join(deployments)})."
    )
    checked, failures = time.monotonic(), 0
    while not serving.stop.wait(WATCH_SECONDS):
        serving.watch()
        if time.monotonic() - checked > HEALTH_SECONDS:
            checked, failures = time.monotonic(), 0 if _answers(serving.port) else failures + 1
            if failures >= UNHEALTHY:
                serving.announce(f"Prefect's server has not answered {failures} times: it is started anew.")
                serving.children["server"].process.kill()
                failures = 0


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://{HOST}:{port}/api/health", timeout=10, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _wait_for_server(child: Child, port: int, stop: threading.Event) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_listening(port) and not stop.wait(0.1):
        if not child.is_alive or time.monotonic() > deadline:
            raise ServeError(f"Prefect's server did not start on port {port}; its log is {child.log}.")


def _log_of(warehouse: Warehouse, name: str) -> Path:
    """The log of a child, begun anew once it is large; the one before it is kept."""
    log = warehouse.logs / f"serve-{name}.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    return log
