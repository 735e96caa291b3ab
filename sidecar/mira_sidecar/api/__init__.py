"""The API: HTTP and WebSockets, for programs that have a key. What it needs is loaded only where it is on."""

from mira_sidecar.parts import missing

_MODULES = ("aiohttp", "jwt", "prometheus_client")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Hosts at which nobody listens but this machine."""


def not_installed() -> str | None:
    """What has to be installed for it, as a sentence; None where all is there."""
    lacking = missing(_MODULES)
    if not lacking:
        return None
    return (
        f"The API is switched on, and what it needs is not installed ({', '.join(lacking)}). "
        "Install `mira-sidecar[api]`, or leave `api_port` out."
    )
