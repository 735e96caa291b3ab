"""End to end: real parts, a real browser, the loopback interface."""

import pytest


@pytest.fixture(autouse=True)
def network(socket_enabled: None) -> None:
    """These tests talk to servers that they start."""
