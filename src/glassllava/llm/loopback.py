"""Whether an address stays on this machine.

In: the base URL of an endpoint. Out: true only where it is certain. Whatever is written in another way than usual
("127.1", "0.0.0.0", "::ffff:127.0.0.1"), and any name but "localhost", is taken for elsewhere and needs consent.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


def is_loopback(base_url: str) -> bool:
    """Tell whether an address is on loopback for certain.

    Parameters
    ----------
    base_url
        As the settings allow it: scheme, host, port and path.

    Notes
    -----
    Only the name "localhost" is ever looked up, and it must lead to loopback alone: a name service may say one thing
    of any other name now and another when the connection is made.

    Examples
    --------
    >>> is_loopback("http://127.0.0.1:8000/v1"), is_loopback("http://gpu.example.org:8000/v1")
    (True, False)
    """
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        addresses = _addresses_of(host)
        return bool(addresses) and all(map(_is_loopback_number, addresses))
    return _is_loopback_number(host)


def _is_loopback_number(host: str) -> bool:
    try:
        return ipaddress.ip_address(host) in _LOOPBACK[host.count(":") > 0]
    except ValueError:
        return False


_LOOPBACK: dict[bool, ipaddress.IPv4Network | ipaddress.IPv6Network] = {
    False: ipaddress.ip_network("127.0.0.0/8"),
    True: ipaddress.ip_network("::1/128"),
}
"""The networks of this machine alone, by whether the address is one of version 6."""


def _addresses_of(host: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except OSError:
        return []
