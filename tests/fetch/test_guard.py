"""The guard of addresses: nothing behind a firewall can be reached, however it is written."""

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.fetch.guard import PORTS, BlockedAddressError, Guard, RefusedUrlError, read_allowed_hosts, refusal_of

PRIVATE = [
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/8"),
    *("224.0.0.0/4", "240.0.0.0/4", "198.18.0.0/15", "192.0.2.0/24"),
    *("::1/128", "::/128", "fe80::/10", "fc00::/7", "ff00::/8", "fec0::/10", "2001:db8::/32", "100::/64"),
]
EMBEDDING = ["::ffff:0:0/96", "64:ff9b::/96", "::/96", "2002::/16"]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "114.114.114.114",
    "223.5.5.5",
    "172.32.0.1",
    "100.128.0.1",
    "2400:3200::1",
    "240e:4c::1",
]
v4 = st.ip_addresses(v=4)
v6 = st.ip_addresses(v=6)
private = st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(network=network))


def embedded(prefix: str, inner: ipaddress.IPv4Address) -> ipaddress.IPv6Address:
    """An IPv4 address inside an IPv6 address, where the prefix has it."""
    network = ipaddress.IPv6Network(prefix)
    return ipaddress.IPv6Address(int(network.network_address) | int(inner) << (80 if prefix == "2002::/16" else 0))


@given(private)
def test_no_private_address_passes(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert refusal_of(str(address))
    assert refusal_of(address.exploded)


@given(st.sampled_from(EMBEDDING), v4)
@example("::ffff:0:0/96", ipaddress.IPv4Address("127.0.0.1"))
@example("64:ff9b::/96", ipaddress.IPv4Address("169.254.169.254"))
def test_no_address_inside_another_passes(prefix: str, inner: ipaddress.IPv4Address) -> None:
    assert refusal_of(str(embedded(prefix, inner)))


@given(v4 | v6)
def test_what_passes_is_global_by_every_account(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    special = (
        *(address.is_private, address.is_loopback, address.is_link_local, address.is_multicast),
        *(address.is_reserved, address.is_unspecified, not address.is_global),
    )
    assert refusal_of(str(address)) or not any(special)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert refusal_of(address) == ""


@given(st.text())
@example("fe80::1%eth0")
@example("2400:3200::1%1")
@example("127.1")
@example("0x7f000001")
@example("")
def test_what_is_no_address_is_refused(text: str) -> None:
    try:
        is_plain = "%" not in text and bool(ipaddress.ip_address(text))
    except ValueError:
        is_plain = False
    assert is_plain or refusal_of(text)


@given(st.lists(v4 | v6, max_size=3), private)
def test_one_private_address_among_others_blocks_a_host(
    others: list[ipaddress.IPv4Address | ipaddress.IPv6Address], one: ipaddress.IPv4Address | ipaddress.IPv6Address
) -> None:
    answer = [str(address) for address in (*others, one)]
    with pytest.raises(BlockedAddressError):
        Guard(resolve=lambda _host, _port: answer).find_addresses("mixed.example", 80)


def test_a_host_allowed_by_name_is_allowed_alone() -> None:
    allowed = read_allowed_hosts({"GONGKAI_FETCH_ALLOWED_HOSTS": " Intra.example , gate.example:8001,"})
    guard = Guard(allowed, lambda *_: ["10.0.0.1"])
    assert guard.find_addresses("intra.example", 443) == ["10.0.0.1"]
    assert guard.find_addresses("INTRA.EXAMPLE.", 443) == ["10.0.0.1"]
    assert guard.find_addresses("gate.example", 8001) == ["10.0.0.1"]
    assert str(guard.parse("http://gate.example:8001/a#b")) == "http://gate.example:8001/a"
    for host, port in (("gate.example", 80), ("sub.intra.example", 80), ("intra.example.evil.example", 80)):
        with pytest.raises(BlockedAddressError):
            guard.find_addresses(host, port)
    with pytest.raises(RefusedUrlError, match="port is 8001"):
        guard.parse("http://other.example:8001/")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ftp://a.example/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("//a.example/", "scheme"),
        ("a.example/page", "scheme"),
        ("http://", "no host"),
        ("http://a@b.example/", "user name"),
        ("http://:p@b.example/", "user name"),
        ("http://a.example\r\nX: y/", "control character"),
        ("http://a.example:0x50/", "no address"),
        ("http://a.example:25/", "port is 25"),
        ("http://[::1/", "no address"),
        ("http://a.example/" + "x" * 2000, "2,000 characters"),
    ],
)
def test_addresses_of_other_kinds_are_refused(text: str, told: str) -> None:
    with pytest.raises(RefusedUrlError, match=told):
        Guard().parse(text)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        url = Guard().parse(f"http://{text}")
    except RefusedUrlError:
        return
    assert url.scheme == "http"
    assert url.host
    assert not url.userinfo
    assert (url.port or 80) in PORTS
