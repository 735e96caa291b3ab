"""The first start of a new version on what one with protocol 1 has left, in its database and in Redis."""

import contextlib
import json
import sqlite3
import subprocess
from pathlib import Path

import redis

from house.redis import RedisServer
from house.sidecar import PROGRAM
from tests.sidecar.process.mirror import running

RECORDED = Path(__file__).parents[2] / "recorded" / "protocol_1"


def test_after_an_update_the_mirror_goes_on_where_it_was_and_nothing_is_lost(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    database = tmp_path / "mira.db"
    with contextlib.closing(sqlite3.connect(database)) as log:
        log.executescript((RECORDED / "log.sql").read_text())
        ((kept,),) = log.execute("SELECT body FROM snapshots")
        events = log.execute("SELECT seq, CAST(body AS TEXT) FROM events ORDER BY seq").fetchall()
    before = json.loads(kept)
    with redis.Redis.from_url(redis_server.url) as server:
        server.set("mira:{hall}:state", kept)
        server.set("mira:{hall}:presence", (RECORDED / "presence.json").read_text(), px=500)
        for seq, body in events:
            server.xadd("mira:{hall}:events", {"event": body}, id=f"{seq}-0")
    with running(redis_server, database) as mirror:
        state = mirror.snapshot()["state"]
        for name in ("microphone", "camera", "page", "pages", "todos", "taught"):
            assert state[name] == before["state"][name]
        assert state["access"] | before["state"]["access"] == state["access"]
        assert len(state["undoable"]) == len(before["state"]["undoable"])
        assert mirror.send("undo")["type"] == "accepted"
        stored = mirror.stored()
        assert mirror.published() == stored
    assert [event["id"] for event in stored[: len(events)]] == [json.loads(body)["id"] for _, body in events]
    found = subprocess.run([PROGRAM, "verify", "--database", database], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
