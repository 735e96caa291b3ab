"""What is said of Redis shows no password."""

import pytest
import redis

from mira_sidecar.transport.connection import StrangerError, check_url, explain


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (redis.AuthenticationError("WRONGPASS"), "refuses the user or password. Check `redis_url`."),
        (redis.ResponseError("WRONGTYPE"), "refuses what Mira asks (WRONGTYPE)."),
        (
            redis.ResponseError("unknown command 'AUTH', with args beginning with: 'anna' 'secret' "),
            "refuses what Mira asks (unknown command 'AUTH').",
        ),
        (
            StrangerError("mira:{hall}:lease"),
            "has something else under `mira:{hall}:lease`. Delete it there; Mira goes on by itself.",
        ),
        (redis.ConnectionError("refused"), "does not answer (refused). Start it, or check `redis_url`."),
        (OSError(), "does not answer (OSError). Start it, or check `redis_url`."),
    ],
)
def test_each_fault_says_what_to_do(error: OSError, says: str) -> None:
    assert explain(error, "redis://:secret@redis.lan") == f"Redis at redis://redis.lan {says}"


@pytest.mark.parametrize(
    "url",
    [
        *("redis.lan", "redis://redis.lan:port", "redis://redis.lan?colour=blue", ""),
        "redis://:12/secret@redis.lan",  # which redis-py takes for port 12 of this machine
    ],
)
def test_what_is_no_redis_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="Expected redis://"):
        check_url(url)
