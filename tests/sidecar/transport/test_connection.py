"""What is said of Redis shows no password."""

import pytest
import redis

from mira_sidecar.transport.connection import StrangerError, check_url, explain, without_password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("redis://:secret@redis.lan", "redis://:***@redis.lan"),
        ("rediss://anna:secret@redis.lan:6380/1", "rediss://anna:***@redis.lan:6380/1"),
        ("rtsp://anna:secret@camera.lan//h264", "rtsp://anna:***@camera.lan//h264"),
        ("http://anna:sec@ret@camera.lan/a", "http://anna:***@camera.lan/a"),
        ("http://anna:sec://ret@camera.lan/a", "http://anna:***@camera.lan/a"),
        ("/dev/video0", "/dev/video0"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (redis.AuthenticationError("WRONGPASS"), "refuses the user or password. Check `redis_url`."),
        (redis.ResponseError("WRONGTYPE"), "refuses what Mira asks (WRONGTYPE)."),
        (
            StrangerError("mira:{hall}:lease"),
            "has something else under `mira:{hall}:lease`. Delete it there; Mira goes on by itself.",
        ),
        (redis.ConnectionError("refused"), "does not answer (refused). Start it, or check `redis_url`."),
        (OSError(), "does not answer (OSError). Start it, or check `redis_url`."),
    ],
)
def test_each_fault_says_what_to_do(error: OSError, says: str) -> None:
    assert explain(error, "redis://:secret@redis.lan") == f"Redis at redis://:***@redis.lan {says}"


@pytest.mark.parametrize("url", ["redis.lan", "redis://redis.lan:port", "redis://redis.lan?colour=blue", ""])
def test_what_is_no_redis_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="Expected redis://"):
        check_url(url)
