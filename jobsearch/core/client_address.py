"""Client address of a request, the key of rate limits."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest


def get_client_address(request: HttpRequest) -> str | None:
    """The client's IPv4 address, or the /64 of its IPv6 address: one customer usually has a whole /64.

    TrustedProxyMiddleware has set REMOTE_ADDR to the client's address.
    """
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "")
    except ValueError:
        return None  # the web server listens on a Unix socket
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)).network_address)
    return str(address)
