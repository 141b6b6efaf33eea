"""Whether an address may be fetched from here: on the open network, or on one's own where one began there.

In: addresses out of a list, and those that servers redirect to. Out: nothing, or `Refused`. A server on the open
network must not lead this program to what only this machine or its network can reach.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from glassllava.corpus.network.polite import Refused


def site_of(url: str) -> str:
    """Give scheme, host and port of an address, as "https://example.org".

    Raises
    ------
    Refused
        It is no address of the web.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(f"'{url}' is no address of the web.") from error
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        raise Refused(f"'{url}' is no address of the web.")
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def is_private(site: str) -> bool:
    """Tell whether a site is on this machine or its network: whether one of its host's addresses is not public."""
    return not all(_is_public(address) for address in numbers_of(urlsplit(site).hostname or ""))


def numbers_of(host: str) -> list[str]:
    """Give the numeric addresses of a host; none where its name is not known, which whoever asks it will find out."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def _is_public(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        # IPv4 within IPv6, as mapped and as the well-known prefix of NAT64 (RFC 6052) write it.
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return _is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address.ipv4_mapped is not None:
            return _is_public(str(address.ipv4_mapped))
    return address.is_global and not address.is_multicast
