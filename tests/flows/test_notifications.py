"""Who is told when a run fails: a webhook on this machine takes the message, one that is away stops nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from flows.addresses import read_addresses
from flows.notifications import notify
from flows.warehouse import run_warehouse
from pipelines.publishing import writer_lock
from pipelines.warehouse import Warehouse


class Webhook(HTTPServer):
    """A receiver on a port of its own; `messages` holds what came."""

    def __init__(self) -> None:
        """Listen; nothing has come yet."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages: list[dict[str, Any]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append(msgspec.json.decode(content))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def warehouse(tmp_path: Path, webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """A warehouse whose operator named the webhook and one that nobody listens at."""
    monkeypatch.delenv("GONGKAI_NOTIFY_URLS", raising=False)
    folder = Warehouse(tmp_path)
    addresses = f"json://127.0.0.1:{webhook.server_port}/\njson://127.0.0.1:1/away\n"
    folder.notify_urls.write_text(f"# operators\n{addresses}  # of the night\n")
    return folder


def test_addresses_come_from_the_variable_and_from_the_file(warehouse: Warehouse) -> None:
    lines = warehouse.notify_urls.read_text().splitlines()
    found = read_addresses(warehouse, {"GONGKAI_NOTIFY_URLS": f"json://a/ {lines[1]}"})
    assert found == ["json://a/", lines[1], lines[2]]
    assert read_addresses(Warehouse(warehouse.root / "other"), {}) == []


def test_message_reaches_whoever_listens_and_the_other_stops_nothing(warehouse: Warehouse, webhook: Webhook) -> None:
    assert notify(warehouse, "主题 subject", "覆盖率下降", "warning") == 1
    (message,) = webhook.messages
    assert (message["title"], message["message"], message["type"]) == ("主题 subject", "覆盖率下降", "warning")


@pytest.mark.parametrize("address", ["json://user:s3cretpass@127.0.0.1:1/t0ken", "nonsense://t0ken/s3cretpass"])
def test_a_message_that_is_not_sent_says_why_and_keeps_the_secret(
    tmp_path: Path, address: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_NOTIFY_URLS", address)
    with caplog.at_level("WARNING"):
        assert notify(Warehouse(tmp_path), "subject", "body") == 0
    (told,) = [record.getMessage() for record in caplog.records if "was not sent" in record.getMessage()]
    assert len(told.partition("was not sent: ")[2]) > 20
    assert not any(secret in told for secret in ("s3cretpass", "t0ken"))


@pytest.mark.usefixtures("prefect_api")
def test_run_that_fails_is_told_with_its_reason(warehouse: Warehouse, webhook: Webhook) -> None:
    with writer_lock(warehouse, "the-other-run"):
        state = run_warehouse(["samples/documents"], str(warehouse.root), return_state=True)
    assert state.is_failed()
    (message,) = webhook.messages
    assert "failed" in message["title"]
    assert "the-other-run" in message["message"]
    assert str(warehouse.root) in message["message"]
