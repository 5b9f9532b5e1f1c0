"""What a server can do wrong, and a few things done right: one function for each path."""

import gzip
import socket
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fetch.server import Handler, Respond, Site, running_site

PAGE = "<html><head><title>甲区2023年政府信息公开工作年度报告</title></head><body><p>{}</p></body></html>".format(
    "本年度报告由甲区人民政府办公室编制，" * 10
).encode()


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
def running_faulty_site() -> Iterator[Site]:
    """A server with a path for each fault."""
    with running_site() as site:
        site.routes.update(ROUTES)
        yield site
