"""The keys of the API: who has one is let in, and nobody else."""

import asyncio
import hashlib
import logging
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mira_sidecar.api import keys
from mira_sidecar.api.keys import KeyRing, TooManyTriesError
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.files import api_keys_of, tighten_all


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The salts of all hashes that are made, and none of them takes its time."""
    made = list[bytes]()

    def cheap(text: str, salt: bytes) -> bytes:
        made.append(salt)
        return salt + hashlib.sha256(salt + text.encode()).digest()

    monkeypatch.setattr(keys, "_hash", cheap)
    return made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_LOOK_S", 0.01)


async def opened(database: Path, on_change: Callable[[frozenset[str]], None] = lambda gone: None) -> KeyRing:
    """What a server has of the keys."""
    ring = KeyRing(database, on_change)
    await ring.load()
    return ring


async def becomes(ring: KeyRing, text: str, *, valid: bool) -> None:
    """Wait until the running server takes a text, or refuses it."""
    for _ in range(100):
        if bool(await ring.find(text)) == valid:
            return
        await asyncio.sleep(0.01)
    raise AssertionError


def wrong(text: str, number: int = 0) -> str:
    """A text for the same key that does not fit."""
    return f"{text[:18]}{number:064x}"


async def test_who_has_a_key_is_let_in_for_what_it_may_and_nobody_else(database: Path) -> None:
    key, text = keys.add(
        database, "Shelf", "voice", ["voice.speak", "todo.write"], with_pin=["cam.toggle"], person="anna"
    )
    other, other_text = keys.add(database, "Doorbell", "automation", ["message.show"])
    ring = await opened(database)
    assert await ring.find(text) == key
    assert (key.source, key.person) == ("voice", "anna")
    assert (key.capabilities, key.with_pin) == ({"voice.speak", "todo.write"}, {"cam.toggle"})
    assert await ring.find(other_text) == other
    for never in (
        *("", "mira", text[:-1], f"{text}0", f"{text}\n", f" {text}", text.upper(), text.replace("mira_", "")),
        *(wrong(text), text[:17] + other_text[17:], f"mira_{'0' * 12}{text[17:]}", "ä" * 82, "\udc80" * 82),
    ):
        assert await ring.find(never) is None
    assert ring.problem is None


async def test_no_text_of_a_key_is_kept_or_shown_anywhere(database: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logged:
        key, text = keys.add(database, "Shelf in Anna's room", "touch", ["state.read"])
        ring = KeyRing(database)
        await ring.load()
        await ring.find(text)
        await ring.find(wrong(text))
    secret = text[18:]
    written = b"".join(file.read_bytes() for file in database.parent.iterdir())
    assert secret.encode() not in written
    assert bytes.fromhex(secret) not in written
    for shown in (repr(key), str(key), repr(vars(ring)), repr(logged), caplog.text, repr(keys.all_keys(database))):
        assert secret not in shown
        assert "Anna" not in shown


def test_each_key_is_hashed_with_scrypt_and_a_salt_of_its_own(database: Path) -> None:
    made = [keys.add(database, name, "touch", ["state.read"]) for name in ("a", "b")]
    with sqlite3.connect(api_keys_of(database)) as file:
        hashes = dict(file.execute("SELECT id, hash FROM key"))
    for key, text in made:
        salt, hashed = hashes[key.id][:16], hashes[key.id][16:]
        assert hashed == hashlib.scrypt(text.encode(), salt=salt, n=2**14, r=8, p=1)
    assert len({hashed[:16] for hashed in hashes.values()}) == 2


async def test_a_revoked_key_is_refused_within_a_second_and_who_uses_it_is_told(
    database: Path, hashes: list[bytes]
) -> None:
    key, text = keys.add(database, "Shelf", "touch", ["state.read"])
    _, other = keys.add(database, "Doorbell", "touch", ["state.read"])
    told = asyncio.Queue[frozenset[str]]()
    ring = await opened(database, told.put_nowait)
    assert await ring.find(text)
    running = asyncio.create_task(ring.run())
    keys.revoke(database, key.id)
    assert await asyncio.wait_for(told.get(), 1) == {key.id}
    running.cancel()
    assert await ring.find(text) is None
    assert await ring.find(other)
    assert told.empty()


@pytest.mark.usefixtures("quick")
async def test_a_new_key_holds_beside_a_server_that_runs(database: Path, hashes: list[bytes]) -> None:
    ring = await opened(database)
    assert ring.problem is None
    running = asyncio.create_task(ring.run())
    for name in ("Shelf", "Doorbell"):
        _, text = keys.add(database, name, "touch", ["state.read"])
        await becomes(ring, text, valid=True)
    running.cancel()
    assert ring.problem is None


async def test_a_key_is_hashed_once_and_a_guesser_at_it_costs_nothing_then(database: Path, hashes: list[bytes]) -> None:
    _, text = keys.add(database, "Shelf", "touch", ["state.read"])
    ring = await opened(database)
    hashes.clear()
    assert all(await asyncio.gather(*(ring.find(text) for _ in range(50))))
    for number in range(50):
        assert await ring.find(wrong(text, number)) is None
    assert await ring.find(text)
    assert len(hashes) == 1


async def test_guessing_never_makes_two_hashes_at_once_and_the_many_are_sent_away(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, text = keys.add(database, "Shelf", "touch", ["state.read"])
    _, other = keys.add(database, "Doorbell", "touch", ["state.read"])
    ring = await opened(database)
    at_once, most, real = 0, 0, keys._hash

    def counted(text: str, salt: bytes) -> bytes:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        made = real(text, salt)
        at_once -= 1
        return made

    monkeypatch.setattr(keys, "_hash", counted)
    guesses = [asyncio.create_task(ring.find(wrong(text, number))) for number in range(20)]
    await asyncio.sleep(0.01)
    # Whoever guesses and goes away makes no room for more.
    for guess in guesses[:2]:
        guess.cancel()
    await asyncio.sleep(0.01)
    with pytest.raises(TooManyTriesError):
        await ring.find(wrong(text, 99))
    assert await ring.find(other)
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(TooManyTriesError) == 16
    assert most == 1
    assert await ring.find(text)


async def test_a_key_revoked_while_it_is_looked_at_is_refused(database: Path, hashes: list[bytes]) -> None:
    key, text = keys.add(database, "Shelf", "touch", ["state.read"])
    ring = await opened(database)
    keys.revoke(database, key.id)
    looking = asyncio.create_task(ring.find(text))
    await asyncio.sleep(0)
    ring._take({}, None)
    assert await looking is None


@pytest.mark.usefixtures("quick")
async def test_the_last_use_is_noted_at_most_once_a_minute_and_revokes_nothing(
    database: Path, hashes: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, text = keys.add(database, "Shelf", "touch", ["state.read"])
    told = list[frozenset[str]]()
    notes = list[object]()
    real = keys._note
    monkeypatch.setattr(keys, "_note", lambda path, used: (notes.append(used), real(path, used)))
    ring = await opened(database, told.append)
    running = asyncio.create_task(ring.run())
    assert keys.all_keys(database)[0].last_used_at is None
    async with asyncio.timeout(2):
        while not (found := await ring.find(text)) or not found.last_used_at:
            ring.used(key)
            await asyncio.sleep(0.01)
    for _ in range(10):
        ring.used(key)
        await asyncio.sleep(0.01)
    running.cancel()
    assert len(notes) == 1
    assert found.last_used_at >= key.created_at
    assert keys.all_keys(database) == [found]
    assert not told


async def test_a_note_that_cannot_be_written_keeps_no_revoked_key_alive(
    database: Path, hashes: list[bytes], quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, text = keys.add(database, "Shelf", "touch", ["state.read"])

    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(keys, "_note", full)
    ring = await opened(database)
    running = asyncio.create_task(ring.run())
    ring.used(key)
    await asyncio.sleep(0.05)
    assert await ring.find(text)
    keys.revoke(database, key.id)
    await becomes(ring, text, valid=False)
    assert not running.done()
    running.cancel()


def _shared(path: Path) -> None:
    path.chmod(0o640)


def _scribbled(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def _torn(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 12_000)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 99")


def _unreadable_row(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute("UPDATE key SET source = 'system'")


def _no_text(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute("UPDATE key SET name = CAST(x'ff' AS TEXT)")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_shared, "chmod go="),
        (_scribbled, "damaged (file is not a database)"),
        (_torn, "damaged (database disk image is malformed)"),
        (_emptied, "damaged (it has no keys)"),
        (_newer, "made by a newer sidecar (schema 99, this one knows 1)"),
        (_unreadable_row, "cannot be read"),
        (_no_text, "Could not decode to UTF-8"),
    ],
)
async def test_with_a_file_that_cannot_be_relied_on_no_key_is_valid_until_it_is_mended(
    database: Path, hashes: list[bytes], harm: Callable[[Path], None], said: str
) -> None:
    key, text = keys.add(database, "Shelf", "touch", ["state.read"])
    told = list[frozenset[str]]()
    ring = await opened(database, told.append)
    assert await ring.find(text)
    path = api_keys_of(database)
    sound = path.read_bytes()
    harm(path)
    with capture_logs() as logged:
        await ring.load()
        await ring.load()
    assert await ring.find(text) is None
    assert said in str(ring.problem)
    assert str(path) in str(ring.problem)
    assert told == [{key.id}]
    assert [entry["why"] for entry in logged] == [str(ring.problem)]
    path.unlink()
    path.touch(0o600)
    path.write_bytes(sound)
    await ring.load()
    assert await ring.find(text)
    assert ring.problem is None


async def test_where_there_is_no_file_nobody_has_a_key_and_nothing_is_wrong(
    database: Path, hashes: list[bytes]
) -> None:
    _, text = keys.add(database, "Shelf", "touch", ["state.read"])
    ring = await opened(database)
    api_keys_of(database).unlink()
    await ring.load()
    assert await ring.find(text) is None
    assert ring.problem is None
    _, text = keys.add(database, "Shelf", "touch", ["state.read"])
    await ring.load()
    assert await ring.find(text)


async def test_keys_stay_valid_while_another_program_has_the_file(
    database: Path, hashes: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_WAIT_S", 0.01)
    key, text = keys.add(database, "Shelf", "touch", ["state.read"])
    ring = await opened(database)
    other = sqlite3.connect(api_keys_of(database), autocommit=True)
    other.execute("BEGIN EXCLUSIVE")
    os.utime(api_keys_of(database))
    await ring.load()
    assert await ring.find(text)
    assert "Another program has" in str(ring.problem)
    other.close()
    keys.revoke(database, key.id)
    await ring.load()
    assert await ring.find(text) is None
    assert ring.problem is None


def test_the_file_is_its_owners_alone_also_one_that_was_not(database: Path, hashes: list[bytes]) -> None:
    keys.add(database, "Shelf", "touch", ["state.read"])
    path = api_keys_of(database)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(StoreError, match="Other users may read"):
        keys.all_keys(database)
    tighten_all(database)
    assert [key.name for key in keys.all_keys(database)] == ["Shelf"]


def test_a_name_is_given_once(database: Path, hashes: list[bytes]) -> None:
    keys.add(database, "Shelf", "touch", ["state.read"])
    with pytest.raises(OperationError, match="`Shelf`"):
        keys.add(database, "Shelf", "touch", ["state.read"])
    assert len(keys.all_keys(database)) == 1
