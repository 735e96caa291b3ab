"""What is said at a mirror is heard by Home Assistant, kept for its person, and stands in no file."""

import contextlib
import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from house.redis import RedisServer
from house.sidecar import PROGRAM
from mira_sidecar.protocol import Keys
from mira_sidecar.store.files import keys_of, side_of
from mira_sidecar.subjects.voice.kept import KEPT, SAID
from mira_sidecar.subjects.voice.settings import VoiceSettings
from tests.sidecar.operations.kept import opened_side
from tests.sidecar.operations.test_older import OLD, words_in, write_old
from tests.sidecar.process.mirror import Message, Mirror, running

CANARY = "canary in the coal mine"
ANNA, BEN, CLEO = {"person": "p_a0000000"}, {"person": "p_b0000000"}, {"person": "p_c0000000"}


def heard(mirror: Mirror, act: Callable[[], Message]) -> tuple[Message, list[Message]]:
    """What comes of an act, and what Home Assistant hears of it."""
    with mirror.redis.pubsub(ignore_subscribe_messages=True) as said:
        said.subscribe(mirror.keys.said)
        assert said.get_message(timeout=5) is None
        answer, messages = act(), list[Message]()

        def is_heard() -> bool:
            if one := said.get_message(timeout=0.05):
                messages.append(json.loads(one["data"]))
            return bool(messages)

        mirror.until(is_heard)
        return answer, messages


def rows(mirror: Mirror) -> int:
    with contextlib.closing(sqlite3.connect(side_of(mirror.database))) as side:
        ((count,),) = side.execute("SELECT count(*) FROM voice_said")
        return int(count)


def rewritten(mirror: Mirror) -> None:
    """Have Redis write both of its files."""
    mirror.redis.save()
    mirror.redis.bgrewriteaof()
    mirror.until(lambda: not mirror.redis.info("persistence")["aof_rewrite_in_progress"])  # type: ignore[index]


def mira(*arguments: str | Path) -> None:
    subprocess.run([PROGRAM, *arguments], check=True, capture_output=True)


def says_canary(mirror: Mirror, person: Message) -> tuple[Message, list[Message]]:
    words = {"text": CANARY}
    return heard(mirror, lambda: mirror.send("utterance", {"length": 23}, words=words, source="voice", origin=person))


def traces_of(mirror: Mirror, person: str) -> tuple[bytes, bytes]:
    """What there is of what a person said: sealed, and the key that opens it."""
    side = side_of(mirror.database)
    with contextlib.closing(sqlite3.connect(side)) as database:
        ((sealed,),) = database.execute("SELECT sealed FROM voice_said WHERE owner = ?", (person,))
    (key,) = (key for key in json.loads(keys_of(side).read_bytes())["keys"] if key["owner"] == person)
    return sealed, key["secret"].encode()


def found_in(mirror: Mirror, trace: bytes) -> bool:
    """Whether it is in any file of the sidecar or of Redis, their logs among them."""
    for folder in (mirror.database.parent, mirror.server.directory):
        for file in (one for one in folder.rglob("*") if one.is_file()):
            with contextlib.suppress(FileNotFoundError):  # one that was written beside another, and has its name by now
                if trace in file.read_bytes():
                    return True
    return False


async def test_what_is_said_is_heard_and_stands_in_no_file_and_is_gone_with_its_person(
    own_mirror: Mirror, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mirror = own_mirror
    mirror.send("set_microphone", {"on": True})
    for person in (ANNA, CLEO):
        mirror.send("add_person", {**person, "consents": ["memory"]})
    mirror.send("add_person", BEN)
    mirror.send("utterance", {"length": 23}, words={"text": "nobody " + CANARY}, source="gesture")  # refused
    # Who has not agreed to be remembered is heard, and nothing is kept.
    for person in (BEN, CLEO, ANNA):
        answer, (said,) = says_canary(mirror, person)
        assert said == {"command_id": answer["command_id"], "text": CANARY, "at": answer["captured_at"]}
    assert mirror.snapshot()["state"]["utterance"]["at"] == said["at"]
    mirror.until(lambda: rows(mirror) == 2)
    rewritten(mirror)
    assert words_in(mirror.server.directory / "x") == 0, "Redis' files and its log"
    assert words_in(mirror.database) == 0, "database, side store and the sidecar's log"
    backup = tmp_path_factory.mktemp("backup") / "mira.db"
    mira("backup", "--database", mirror.database, backup)
    traces = traces_of(mirror, ANNA["person"])
    assert all(found_in(mirror, trace) for trace in traces)

    began = time.monotonic()
    mirror.send("forget_person", ANNA)
    mirror.until(lambda: not any(found_in(mirror, trace) for trace in traces))
    assert time.monotonic() - began < 1
    rewritten(mirror)
    assert not any(found_in(mirror, trace) for trace in (CANARY.encode(), *traces))
    mirror.sidecar.stop()
    async with opened_side(mirror.database) as side:
        (row,) = await side.page(SAID)
        assert (row.owner, row.value) == (CLEO["person"], CANARY)
    mira("erase", "--database", mirror.database, "--person", CLEO["person"], "--yes")
    assert rows(mirror) == 0
    # What an older backup has of them, the keys of now do not open.
    shutil.copy(keys_of(side_of(mirror.database)), keys_of(side_of(backup)))
    with contextlib.closing(sqlite3.connect(side_of(backup))) as kept:
        assert kept.execute("SELECT count(*) FROM voice_said").fetchone() == (2,)
    async with opened_side(backup) as side:
        assert [row.value async for row in side.rows(SAID)] == []
    assert words_in(mirror.database) + words_in(backup) == 0


def has_tables(mirror: Mirror) -> bool:
    """Whether the side store is made: its file is there a moment before its tables are."""
    side = side_of(mirror.database)
    if not side.exists():
        return False
    with contextlib.closing(sqlite3.connect(side)) as store:
        return bool(store.execute("SELECT count(*) FROM sqlite_master WHERE name = 'voice_said'").fetchone()[0])


def test_words_that_are_none_are_lost_and_the_side_store_is_made_for_the_first_that_are(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    with running(redis_server, tmp_path / "mira.db", subjects="voice") as mirror:
        mirror.send("set_microphone", {"on": True})
        assert mirror.send("utterance", {"length": 5}, source="voice")["type"] == "accepted"  # no words
        for words in ({"text": ""}, {"text": 5}, {"said": CANARY}):
            assert mirror.send("utterance", {"length": 5}, words=words, source="voice")["type"] == "accepted"
        mirror.until(lambda: sum(line["event"].startswith("words of an utterance") for line in mirror.log()) == 4)
        assert CANARY not in mirror.sidecar.process.log.read_text()
        assert not side_of(mirror.database).exists()
        mirror.send("utterance", {"length": 23}, words={"text": CANARY}, source="voice")
        mirror.until(lambda: has_tables(mirror) and rows(mirror) == 1)
        mirror.check()


def test_what_was_said_is_kept_for_as_long_as_the_owner_wants() -> None:
    for set_days, kept_days in ((0, 1), (1, 1), (30, 30)):
        said, *_ = KEPT.limited(VoiceSettings(keep_days=set_days))
        assert (said.name, said.days) == ("voice_said", kept_days)


def test_after_an_update_redis_has_nothing_more_of_what_was_said(redis_server: RedisServer, tmp_path: Path) -> None:
    snapshot, _, *events = map(json.loads, OLD.read_text().splitlines())
    (tmp_path / "data").mkdir()
    database, keys = write_old(tmp_path / "data" / "mira.db"), Keys("hall")
    with redis.Redis.from_url(redis_server.url) as client:
        for event in events:
            client.xadd(keys.events, {"event": json.dumps(event)}, id=f"{event['seq']}-0")
        client.set(keys.state, json.dumps(snapshot["snapshot"]))
        assert words_in(redis_server.directory / "appendonlydir" / "x") > 10
    with running(redis_server, database) as mirror:
        mirror.send("next_page")
        mirror.check()
        # It asks Redis itself to write its file anew.
        mirror.until(lambda: words_in(redis_server.directory / "appendonlydir" / "x") == 0)
        mirror.until(lambda: words_in(database) == 0)
        mirror.sidecar.stop()
        assert rows(mirror) > 3
