"""A web server on loopback that misbehaves on request: each path has its own fault."""

import gzip
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PAGE = "<html><head><title>甲区2023年政府信息公开工作年度报告</title></head><body><p>{}</p></body></html>".format(
    "本年度报告由甲区人民政府办公室编制，" * 10
).encode()
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
        self.routes: dict[str, Respond] = dict(ROUTES)
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


def good(handler: Handler) -> None:
    handler.send(PAGE)


def slow(handler: Handler) -> None:
    handler.server.released.wait(20)
    handler.close_connection = True


def dripping(handler: Handler) -> None:
    handler.head(content_length="1000000")
    while not handler.server.released.wait(0.05):
        handler.wfile.write(b"x")


def dripping_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-long: ")
    while not handler.server.released.wait(0.05):
        handler.wfile.write(b"x")


def truncated(handler: Handler) -> None:
    handler.head(content_length=str(len(PAGE) + 1000))
    handler.wfile.write(PAGE)
    handler.close_connection = True


def truncated_chunks(handler: Handler) -> None:
    handler.head(transfer_encoding="chunked")
    handler.wfile.write(b"5\r\nabcde\r\n")
    handler.close_connection = True


def truncated_gzip(handler: Handler) -> None:
    handler.send(gzip.compress(PAGE)[:-12], content_encoding="gzip")


def failing(handler: Handler) -> None:
    handler.send(b"out of order", 500)


def failing_twice(handler: Handler) -> None:
    handler.send(PAGE) if handler.server.asked[handler.path] > 2 else handler.send(b"", 503)


def too_many(handler: Handler) -> None:
    if handler.server.asked[handler.path] > 1:
        handler.send(PAGE)
    else:
        handler.send(b"", 429, retry_after="2")


def too_many_for_long(handler: Handler) -> None:
    handler.send(b"", 429, retry_after="86400")


def empty(handler: Handler) -> None:
    handler.send(b"")


def gone(handler: Handler) -> None:
    handler.send(b"", 410)


def bomb(handler: Handler) -> None:
    handler.send(gzip.compress(b"0" * 30_000_000), content_encoding="gzip")


def undeclared_bomb(handler: Handler) -> None:
    handler.send(gzip.compress(b"0" * 30_000_000))


def forced_gzip(handler: Handler) -> None:
    handler.send(gzip.compress(PAGE), content_encoding="gzip")


def undeclared_gzip(handler: Handler) -> None:
    handler.send(gzip.compress(PAGE))


def bare_deflate(handler: Handler) -> None:
    import zlib

    packer = zlib.compressobj(wbits=-15)
    handler.send(packer.compress(PAGE) + packer.flush(), content_encoding="deflate")


def no_gzip(handler: Handler) -> None:
    handler.send(PAGE, content_encoding="gzip")


def brotli(handler: Handler) -> None:
    handler.send(PAGE, content_encoding="br")


def endless(handler: Handler) -> None:
    handler.head(transfer_encoding="chunked")
    block = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    while not handler.server.released.is_set():
        handler.wfile.write(block)


def large(handler: Handler) -> None:
    handler.head(content_length="999999999999")


def wrong_charset(handler: Handler) -> None:
    text = PAGE.decode().replace("<head>", '<head><meta charset="iso-8859-1">')
    handler.send(text.encode("gb18030"), content_type="text/html; charset=iso-8859-1")


def movie(handler: Handler) -> None:
    handler.send(b"\0\0\0", content_type="video/mp4")


def tagged(handler: Handler) -> None:
    if handler.headers.get("If-None-Match") == '"v1"':
        handler.head(304, etag='"v1"')
    else:
        handler.send(PAGE, etag='"v1"', last_modified="Wed, 31 Jan 2024 08:00:00 GMT")


def reset(handler: Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def huge_headers(handler: Handler) -> None:
    handler.send_response(200)
    for number in range(4000):
        handler.send_header(f"x-{number}", "y" * 100)
    handler.end_headers()


def nonsense(handler: Handler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    handler.close_connection = True


def shell(handler: Handler) -> None:
    handler.send(b"<html><head><script>window.app={}</script></head><body><div id=app></div></body></html>", etag='"s"')


def loop(handler: Handler) -> None:
    handler.send(b"", 302, location="/loop_b" if handler.path == "/loop" else "/loop")


def chain(handler: Handler) -> None:
    number = int(handler.path.partition("?")[2] or 0)
    handler.send(b"", 302, location=f"/chain?{number + 1}")


def moved(handler: Handler) -> None:
    handler.send(b"", 301, location="/good")


def cookie_gate(handler: Handler) -> None:
    if "pass=1" in handler.headers.get("Cookie", ""):
        handler.send(PAGE)
    else:
        handler.send(b"", 302, location="/cookie_gate", set_cookie="pass=1")


def robots(handler: Handler) -> None:
    handler.send(b"User-agent: *\nDisallow: /secret\n", content_type="text/plain")


def to(location: str) -> Respond:
    """A redirect."""
    return lambda handler: handler.send(b"", 302, location=location)


_BY_NAME = (
    *(good, slow, dripping, dripping_headers, truncated, truncated_chunks, truncated_gzip, failing, failing_twice),
    *(too_many, too_many_for_long, gone, bomb, undeclared_bomb, forced_gzip, undeclared_gzip, bare_deflate, no_gzip),
    *(brotli, endless, large, movie, wrong_charset, tagged, reset, huge_headers, nonsense, shell, loop, chain, moved),
    *(cookie_gate, empty),
)
ROUTES: dict[str, Respond] = {
    **{f"/{respond.__name__}": respond for respond in _BY_NAME},
    "/loop_b": loop,
    "/secret/page": good,
    "/robots.txt": robots,
}


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


@contextmanager
def running_secure_site(folder: Path, name: str) -> Iterator[tuple[Site, Path, list[str]]]:
    """The server over TLS with a certificate of its own for `name`; with it the certificate and the names asked for."""
    certificate, key = write_certificate(folder, name)
    asked: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _socket, host, _context: asked.append(host)
    with running_site() as site:
        site.socket = context.wrap_socket(site.socket, server_side=True, do_handshake_on_connect=False)
        yield site, certificate, asked


def write_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name, signed by itself, and its key; both valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths
