"""The time by Redis' clock, as it is put right now and then."""

import pytest
from redis.asyncio import Redis

from mira_sidecar.transport import connection
from mira_sidecar.transport.connection import RedisClock


def test_stamps_stay_in_order_when_the_clock_is_put_right_and_follow_it_when_it_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "_steady_ms", lambda: 0.0)
    clock = RedisClock(Redis())
    for now_ms, stamped_ms in ((100_000, 100_000), (99_995, 100_000), (99_001, 100_000), (100_007, 100_007)):
        clock._offset_ms = now_ms
        assert clock.stamp_ms() == stamped_ms
    clock._offset_ms = 40_000
    assert clock.stamp_ms() == 40_000
