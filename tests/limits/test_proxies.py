"""Whose word about a client's address is believed."""

from __future__ import annotations

import pytest

from socketspeak.limits.proxies import UNIX, Proxies, parse_proxy


@pytest.mark.parametrize(
    ("trusted", "host", "believed"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "::10.1.2.3", False),
        ("10.0.0.5", "10.0.0.5", True),
        ("10.0.0.5", "10.0.0.6", False),
        ("2001:db8::/32", "2001:db8::7", True),
        ("2001:db8::/32", "2001:db9::7", False),
        ("fe80::/10", "fe80::1%eth0", True),
        ("0.0.0.0/0", "2001:db8::7", False),
        ("0.0.0.0/0", "", False),
        ("0.0.0.0/0", None, False),
        ("unix", None, True),
        ("unix", "127.0.0.1", False),
    ],
)
def test_a_peer_is_believed_by_its_network(trusted: str, host: str | None, believed: bool) -> None:
    assert Proxies([parse_proxy(trusted)]).trust(host) is believed


def test_nobody_is_believed_who_is_not_named() -> None:
    assert not Proxies([])
    assert not Proxies([]).trust("127.0.0.1")
    assert not Proxies([]).trust(None)


def test_several_may_be_named() -> None:
    proxies = Proxies(map(parse_proxy, ("10.0.0.0/8", "unix", "::1")))
    assert proxies
    assert all(proxies.trust(host) for host in ("10.0.0.1", None, "::1"))
    assert not proxies.trust("127.0.0.1")


@pytest.mark.parametrize(
    "text", ["", "everyone", "10.0.0.1/8", "10.0.0.0/33", "fe80::1%eth0", "Unix", " 10.0.0.1"]
)
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_proxy(text)
    assert parse_proxy("unix") == UNIX
