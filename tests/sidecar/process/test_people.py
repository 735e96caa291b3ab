"""People at a running sidecar: their names and prints are beside the log, under their own keys, and go with them."""

import contextlib
import sqlite3
import time
import uuid
from pathlib import Path

import msgspec
import pytest

from mira_sidecar.store.files import keys_of, side_of
from mira_sidecar.store.keys import KeyRing
from mira_sidecar.store.side import bound_to
from tests.planted import OTHER_PIN, PIN
from tests.sidecar.process.mirror import Message, Mirror
from tests.sidecar.process.test_words import rewritten

ANNA, BEN, CLEO = "p_a0000000", "p_b0000000", "p_c0000000"
NAME = "Annegret Zwetschgenkuchen"


def known(mirror: Mirror, **payload: object) -> Message:
    reply = mirror.ask({"id": str(uuid.uuid7()), "kind": "people", "payload": payload})
    assert reply
    found: Message = reply["result"]
    return found


def everything(mirror: Mirror) -> bytes:
    """All that a thief of the disks would find: the sidecar's files, its output, and Redis' own files."""
    rewritten(mirror)
    files = [one for one in mirror.database.parent.rglob("*") if one.is_file()]
    folder = Path(str(mirror.redis.config_get("dir")["dir"]))
    files += [one for one in folder.rglob("*") if one.is_file()]
    return b"".join(one.read_bytes() for one in files) + mirror.sidecar.process.log.read_bytes()


def rows(path: Path, table: str) -> int:
    with contextlib.closing(sqlite3.connect(path)) as database:
        count: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - ours
        return count


def test_names_come_page_by_page_and_are_nowhere_to_be_read(own_mirror: Mirror) -> None:
    mirror = own_mirror
    mirror.redis.config_set("appendonly", "yes")
    assert known(mirror) == {"people": [], "next": None}
    assert not side_of(mirror.database).exists() or rows(side_of(mirror.database), "people_names") == 0
    mirror.send("add_person", {"person": ANNA, "consents": ["face"]}, words={"name": NAME})
    mirror.send("add_person", {"person": BEN}, words={"name": "  Ben "})
    mirror.send("add_person", {"person": CLEO})
    first = known(mirror, limit=2)
    assert [(one["id"], one["name"]) for one in first["people"]] == [(ANNA, NAME), (BEN, "Ben")]
    assert first["next"] == BEN
    (last,) = known(mirror, after=BEN)["people"]
    assert (last["id"], last["name"], last["pin"]) == (CLEO, None, False)
    mirror.send("change_person", {"person": CLEO}, words={"name": "Cleo"})
    assert known(mirror, after=BEN)["people"][0]["name"] == "Cleo"
    mirror.sidecar.kill()
    mirror.sidecar.start()
    mirror.until(lambda: mirror.send("lock")["type"] == "accepted")
    assert [one["name"] for one in known(mirror)["people"]] == [NAME, "Ben", "Cleo"]
    assert NAME.encode() not in everything(mirror)


def test_whoever_is_forgotten_is_gone_within_a_second_from_older_backups_too(own_mirror: Mirror) -> None:
    mirror = own_mirror
    mirror.send("add_person", {"person": ANNA, "consents": ["face"]}, words={"name": NAME})
    mirror.send("add_person", {"person": BEN}, words={"name": "Ben"})
    mirror.send("enrol", {"person": ANNA, "kind": "face", "samples": 1})
    taken = {"kind": "face", "model": "arcface-1", "quality": 0.9}
    mirror.send("take_print", taken, source="sensor", words={"vector": [0.25] * 128})
    side = side_of(mirror.database)
    mirror.until(lambda: rows(side, "people_prints") == 1)
    with contextlib.closing(sqlite3.connect(side)) as database:
        key, sealed = database.execute("SELECT key, sealed FROM people_names WHERE id = ?", (ANNA,)).fetchone()
    place = bound_to("people_names", ANNA, ANNA)
    assert KeyRing.read(keys_of(side)).unseal(key, sealed, place) == msgspec.json.encode(NAME)
    began = time.monotonic()
    mirror.send("forget_person", {"person": ANNA})
    mirror.until(lambda: mirror.snapshot()["state"]["parts"]["people"]["forgotten"] == [])
    assert time.monotonic() - began < 1
    assert (rows(side, "people_names"), rows(side, "people_prints")) == (1, 0)
    # What a backup of before has of her, today's keys do not open.
    assert KeyRing.read(keys_of(side)).unseal(key, sealed, place) is None
    assert NAME.encode() not in everything(mirror)
    assert [one["name"] for one in known(mirror)["people"]] == ["Ben"]


def test_a_sidecar_that_dies_while_it_forgets_does_so_at_its_next_start(own_mirror: Mirror) -> None:
    mirror = own_mirror
    for number in range(4):
        person = f"p_{number:08}"
        mirror.send("add_person", {"person": person}, words={"name": NAME})
        known(mirror)
        mirror.post([mirror.command("forget_person", {"person": person})])
        time.sleep(0.004 * number)
        mirror.sidecar.kill()
        mirror.sidecar.start()
        mirror.until(lambda: not mirror.snapshot()["state"]["parts"]["people"]["persons"])
        mirror.until(lambda: mirror.snapshot()["state"]["parts"]["people"]["forgotten"] == [])
        assert rows(side_of(mirror.database), "people_names") == 0


@pytest.mark.parametrize("restarts", [False, True])
def test_a_persons_pin_opens_the_mirror_until_they_are_forgotten(own_mirror: Mirror, restarts: bool) -> None:
    mirror = own_mirror
    mirror.send("add_person", {"person": ANNA}, words={"name": NAME})
    assert mirror.send("set_pin", {"pin": PIN, "person": ANNA})["reason"] == "no_pin"
    mirror.send("set_pin", {"pin": OTHER_PIN})
    assert mirror.send("set_pin", {"pin": OTHER_PIN, "current": OTHER_PIN, "person": ANNA})["reason"] == "pin_taken"
    given = mirror.send("set_pin", {"pin": PIN, "current": OTHER_PIN, "person": ANNA, "opens": ["camera_on"]})
    assert given["payload"] == {"pin": "set", "person": ANNA, "opens": ["camera_on"]}
    if restarts:
        mirror.sidecar.kill()
        mirror.sidecar.start()
    assert mirror.send("unlock", {"pin": PIN})["payload"]["person"] == ANNA
    assert "person" not in mirror.send("unlock", {"pin": OTHER_PIN})["payload"]
    mirror.send("forget_person", {"person": ANNA})
    assert mirror.send("unlock", {"pin": PIN})["reason"] == "wrong_pin"
    assert rows(mirror.database, "person_pins") == 0


def test_a_print_that_comes_after_its_consent_was_taken_back_is_not_kept(own_mirror: Mirror) -> None:
    mirror = own_mirror
    mirror.send("add_person", {"person": ANNA, "consents": ["face"]}, words={"name": NAME})
    mirror.send("add_person", {"person": BEN}, words={"name": "Ben"})
    mirror.send("enrol", {"person": ANNA, "kind": "face"})
    # Nothing comes beside this one: what is behind it waits until that is sure.
    mirror.send("change_person", {"person": BEN, "consents": ["voice"]})
    taken = {"kind": "face", "model": "arcface-1", "quality": 0.9}
    mirror.send("take_print", taken, source="sensor", words={"vector": [0.25] * 128})
    mirror.send("change_person", {"person": ANNA, "consents": []})
    for consents in ([], ["face"], ["voice"]):
        mirror.send("change_person", {"person": BEN, "consents": consents})
    assert [one["name"] for one in known(mirror)["people"]] == [NAME, "Ben"]
    assert rows(side_of(mirror.database), "people_prints") == 0


def test_a_print_of_which_nothing_comes_is_not_counted(own_mirror: Mirror) -> None:
    mirror, side = own_mirror, side_of(own_mirror.database)
    mirror.send("add_person", {"person": ANNA, "consents": ["face"]}, words={"name": NAME})
    mirror.send("enrol", {"person": ANNA, "kind": "face", "samples": 3})
    taken = {"kind": "face", "model": "arcface-1", "quality": 0.9}
    for words in ({"vector": [0.25] * 128}, {"vector": []}, None):
        mirror.send("take_print", taken, source="sensor", words=words)
    mirror.until(lambda: known(mirror)["people"][0]["prints"] == {"face": 1})
    assert rows(side, "people_prints") == 1


def test_a_sender_that_lies_does_not_keep_anybody_from_being_erased(own_mirror: Mirror) -> None:
    mirror, side = own_mirror, side_of(own_mirror.database)
    for person in (ANNA, BEN):
        mirror.send("add_person", {"person": person}, words={"name": NAME})
    assert len(known(mirror)["people"]) == 2
    mirror.sidecar.kill()
    version_of_people(side, 99)  # A side store that cannot be opened.
    mirror.sidecar.start()
    mirror.until(lambda: mirror.send("forget_person", {"person": ANNA})["type"] == "accepted")
    mirror.send("person_erased", {"person": ANNA}, source="sensor")
    mirror.sidecar.kill()
    version_of_people(side, 1)
    mirror.sidecar.start()
    mirror.until(lambda: rows(side, "people_names") == 1)


def version_of_people(side: Path, version: int) -> None:
    with contextlib.closing(sqlite3.connect(side)) as database, database:
        database.execute("UPDATE steps SET version = ? WHERE subject = 'people'", (version,))


def test_a_name_waits_for_the_yes_that_its_person_waits_for(own_mirror: Mirror) -> None:
    asked = own_mirror.send("add_person", {"person": ANNA}, words={"name": NAME}, confirm=True)
    assert asked["payload"]["outcome"] == "pending"
    assert known(own_mirror)["people"] == []
    own_mirror.send("confirm")
    assert [one["name"] for one in known(own_mirror)["people"]] == [NAME]
