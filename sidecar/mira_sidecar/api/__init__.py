"""The API: HTTP and WebSockets, for programs that have a key. What it needs is loaded only where it is on."""

import importlib.util

_MODULES = ("aiohttp", "jwt", "prometheus_client")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Hosts at which nobody listens but this machine."""


def not_installed() -> str | None:
    """What has to be installed for it, as a sentence; None where all is there."""
    missing = [module for module in _MODULES if importlib.util.find_spec(module) is None]
    if not missing:
        return None
    return (
        f"The API is switched on, and what it needs is not installed ({', '.join(missing)}). "
        "Install `mira-sidecar[api]`, or leave `api_port` out."
    )
