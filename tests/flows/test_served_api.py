"""A run that uses the server of `gongkai serve` waits for it while it starts, and goes on alone if it ends."""

import socket
import threading
import time
from pathlib import Path

import pytest

from flows import prefect_server
from flows.prefect_server import HOST, PrefectServerError, find_free_port, wait_for_served
from pipelines.publishing.lock import acquire, release
from pipelines.warehouse import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def test_it_waits_for_a_server_that_starts_and_says_so_once(warehouse: Warehouse) -> None:
    port = find_free_port()
    address = f"http://{HOST}:{port}/api"
    descriptor = acquire(warehouse.serve_lock, lambda: address)
    told = list[str]()
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def listen() -> None:
            time.sleep(3 * prefect_server.SERVED_POLL_SECONDS)
            server.bind((HOST, port))
            server.listen()

        starting = threading.Thread(target=listen)
        starting.start()
        try:
            assert wait_for_served(warehouse, address, told.append)
            assert wait_for_served(warehouse, address, told.append)  # it answers: nothing is to be told
        finally:
            starting.join()
            release(warehouse.serve_lock, descriptor)
    assert told == [f"Waiting for the `gongkai serve` at {address}, which is starting."]


def test_it_goes_on_when_the_serving_ends(warehouse: Warehouse) -> None:
    address = f"http://{HOST}:{find_free_port()}/api"
    descriptor = acquire(warehouse.serve_lock, lambda: address)
    assert not wait_for_served(warehouse, address, lambda _: release(warehouse.serve_lock, descriptor))


def test_it_does_not_wait_for_ever(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_server, "START_TIMEOUT_SECONDS", 0.5)
    address = f"http://{HOST}:{find_free_port()}/api"
    descriptor = acquire(warehouse.serve_lock, lambda: address)
    try:
        with pytest.raises(PrefectServerError, match=r"serve-server\.log"):
            wait_for_served(warehouse, address, lambda _: None)
    finally:
        release(warehouse.serve_lock, descriptor)
