"""Which addresses may be fetched from: public ones on the web's ports, and hosts that the operator allows by name.

A name is resolved once for each connection, all its addresses are checked, and the connection goes to exactly one of
those: a name that answers differently the next time gains nothing. Whoever wrote a list, a page or a redirect cannot
reach anything behind the operator's firewall.
"""

import ipaddress
import os
import socket
from collections.abc import Callable, Mapping, Sequence

import httpx

PORTS = frozenset({80, 443, 8080, 8443})
ALLOWED_HOSTS = "GONGKAI_FETCH_ALLOWED_HOSTS"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 2000
# IANA's registries of special-purpose addresses, and multicast: written out, because what Python calls global differs
# from version to version.
_SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")  # without mapped, translated (NAT64), local and multicast addresses
_SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
Resolve = Callable[[str, int], Sequence[str]]


class RefusedUrlError(ValueError):
    """An address of a kind that is never fetched; the message says why."""


class BlockedAddressError(Exception):
    """A host has an address that is not public; the message names both."""


def refusal_of(address: str) -> str:
    """Why no connection may be made to an address, an empty text for a public one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "is no IP address"
    special: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network] = _SPECIAL_V4
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.scope_id or parsed not in _PUBLIC_V6:
            return "is no public address"
        special = _SPECIAL_V6
    is_public = parsed.is_global and not parsed.is_multicast and not any(parsed in network for network in special)
    return "" if is_public else "is no public address"


def resolve_name(host: str, port: int) -> list[str]:
    """The addresses of a host, in the system's order.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def read_allowed_hosts(environment: Mapping[str, str] = os.environ) -> frozenset[str]:
    """The hosts that the environment allows: `host` or `host:port`, separated by commas."""
    return frozenset(name.strip().lower() for name in environment.get(ALLOWED_HOSTS, "").split(",") if name.strip())


def port_of(url: httpx.URL) -> int:
    """The port of an address, also where it is that of its scheme."""
    return url.port or _DEFAULT_PORTS.get(url.scheme, 0)


def host_of(url: httpx.URL) -> str:
    """The host of an address as it is resolved: ASCII, lower case, without a last dot."""
    return url.raw_host.decode("ascii").lower().rstrip(".")


class Guard:
    """What may be fetched from here; `allowed` names hosts (`host` or `host:port`) for which nothing is checked."""

    def __init__(self, allowed: frozenset[str] = frozenset(), resolve: Resolve = resolve_name) -> None:
        """Keep the names that are allowed, and how names are resolved."""
        self._allowed, self._resolve = allowed, resolve

    def _is_allowed(self, host: str, port: int) -> bool:
        return host in self._allowed or f"{host}:{port}" in self._allowed

    def parse(self, text: str) -> httpx.URL:
        """An address that may be asked for, without its fragment.

        Raises:
            RefusedUrlError: it is no address, or of another scheme, or has credentials or another port.
        """
        if len(text) > _LONGEST_URL or any(ord(character) <= ord(" ") for character in text):
            raise RefusedUrlError(f"an address has up to {_LONGEST_URL:,} characters and no space or control character")
        try:
            url = httpx.URL(text).copy_with(fragment=None)
            host = host_of(url)
        except (httpx.InvalidURL, ValueError, TypeError) as error:
            raise RefusedUrlError(f"it is no address: {error}") from error
        if url.scheme not in _DEFAULT_PORTS:
            raise RefusedUrlError(f"its scheme is `{url.scheme}`; allowed are http and https")
        if not host:
            raise RefusedUrlError("it names no host")
        if url.userinfo:
            raise RefusedUrlError("it has a user name or password in it")
        if port_of(url) not in PORTS and not self._is_allowed(host, port_of(url)):
            raise RefusedUrlError(
                f"its port is {port_of(url)}; allowed are {', '.join(map(str, sorted(PORTS)))}, "
                f"others by {ALLOWED_HOSTS}={host}:{port_of(url)}"
            )
        return url

    def find_addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host to which connections may be made.

        Raises:
            BlockedAddressError: one of them is not public, and the host is not allowed by name.
            OSError: it has none.
        """
        name = host.lower().rstrip(".")
        addresses = list(self._resolve(name, port))
        if not self._is_allowed(name, port):
            for address in addresses:
                if refusal := refusal_of(address):
                    raise BlockedAddressError(f"{name} has the address {address}, which {refusal}")
        return addresses
