"""A web server on loopback that misbehaves on request: each path has its own fault."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Respond = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers by path, and counts what was asked."""

    protocol_version = "HTTP/1.1"
    server: "Site"

    def do_GET(self) -> None:
        """Answer as the path has it."""
        self.server.asked[self.path] += 1
        self.server.requests.append(
            (time.monotonic(), self.path, {name.lower(): value for name, value in self.headers.items()})
        )
        respond = self.server.routes.get(self.path.partition("?")[0], missing)
        try:
            respond(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send(self, content: bytes, code: int = 200, content_type: str = "text/html", **headers: str) -> None:
        """A whole answer."""
        self.head(code, content_type, content_length=str(len(content)), **headers)
        self.wfile.write(content)

    def head(self, code: int = 200, content_type: str = "text/html", **headers: str) -> None:
        """An answer's first lines."""
        self.send_response(code)
        for name, value in {"content-type": content_type, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


class Site(ThreadingHTTPServer):
    """The server with its routes; `asked` counts requests by path, `requests` has them with time and headers."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a port of the system's choice."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes: dict[str, Respond] = {}
        self.asked: Counter[str] = Counter()
        self.requests: list[tuple[float, str, dict[str, str]]] = []
        self.released = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def handle_error(self, *_arguments: object) -> None:
        """A client that went away is no fault."""


def missing(handler: Handler) -> None:
    handler.send(b"not here", 404)


@contextmanager
def running_site() -> Iterator[Site]:
    """The server on a port of the system's choice, as long as it is needed."""
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            site.released.set()
            site.shutdown()
            thread.join(5)
