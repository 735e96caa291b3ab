"""Files of subjects: sealed, read from anywhere in them, let go of in time, and gone with their person."""

import asyncio
import contextlib
import os
import resource
import shutil
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from mira_sidecar.operations.findings import Finding, of_media
from mira_sidecar.store.errors import DatabaseFullError, StoreError
from mira_sidecar.store.files import keys_of, media_of
from mira_sidecar.store.media import MediaFile, MediaLimits, MediaStore
from mira_sidecar.store.sealed_files import CHUNK
from mira_sidecar.store.side import SideStore

NOW_MS = 1_796_000_000_000
HOUR_MS = 3_600_000
CANARY = b"Bosun Whistlewick"
LONG = bytes(range(251)) * 1_500
"""More than five chunks, no two alike."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mira.db.side"


type Opened = Callable[..., contextlib.AbstractAsyncContextManager[MediaStore]]


@pytest.fixture
def opened(path: Path) -> Opened:
    """Opens the files of the test for a while."""

    @contextlib.asynccontextmanager
    async def opened(size: int = 0, free: int = 0) -> AsyncIterator[MediaStore]:
        side = await SideStore.open(path, {}, "ours")
        try:
            media = MediaStore(side, MediaLimits(size, free))
            await media.sweep()
            yield media
        finally:
            await side.close()

    return opened


async def pieces(content: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def keep(media: MediaStore, content: bytes = CANARY, **more: object) -> MediaFile:
    settings = {"subject": "moments", "kind": "clip", "at_ms": NOW_MS} | more
    return await media.add(content=pieces(content), **settings)  # type: ignore[arg-type]


async def read(media: MediaStore, file: MediaFile, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in media.read(file.id, start, stop)])


async def ids(media: MediaStore, subject: str = "moments") -> list[str]:
    return [file.id for file in await media.page(subject)]


def files_in(path: Path) -> list[Path]:
    return [file for file in media_of(path).rglob("*") if file.is_file()]


def everything(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.rglob("*") if file.is_file())


async def test_a_file_is_there_again_and_readable_in_none(opened: Opened, path: Path) -> None:
    async with opened() as media:
        file = await keep(media, CANARY + LONG, owner="anna", keep_s=60)
        assert (file.bytes, file.owner, file.kind) == (len(CANARY + LONG), "anna", "clip")
    assert CANARY not in everything(path)
    async with opened() as media:
        assert await media.get(file.id) == file
        assert await read(media, file) == CANARY + LONG
        assert await media.page("voice") == []
    (one,) = files_in(path)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (one, one.parent, one.parent.parent)] == [0o600, 0o700, 0o700]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
async def test_a_file_of_any_length_is_read_from_anywhere_to_anywhere(opened: Opened, size: int) -> None:
    content = (LONG * 2)[:size]
    async with opened() as media:
        file = await keep(media, content)
        middle = size // 2
        for start, stop in ((0, None), (0, 0), (1, size), (middle, middle + 10), (CHUNK, CHUNK + 1), (size, None)):
            assert await read(media, file, start, stop) == content[start:stop]


async def test_a_look_into_the_middle_of_a_film_opens_only_what_is_looked_at(opened: Opened, path: Path) -> None:
    async with opened() as media:
        file = await keep(media, LONG)
        (one,) = files_in(path)
        sealed = bytearray(one.read_bytes())
        sealed[0] ^= 1
        one.write_bytes(sealed)
        assert await read(media, file, CHUNK, CHUNK + 5) == LONG[CHUNK : CHUNK + 5]
        with pytest.raises(StoreError, match="is damaged"):
            await read(media, file)


@pytest.mark.parametrize("how", ["cut off", "cut off, and its row", "swapped chunks", "another's"])
async def test_a_file_that_somebody_changed_is_not_believed(opened: Opened, path: Path, how: str) -> None:
    async with opened() as media:
        file = await keep(media, LONG)
        (one,) = files_in(path)
        body, sealed = one.read_bytes(), CHUNK + 16
        match how:
            case "cut off":
                one.write_bytes(body[:-1])
            case "cut off, and its row":
                one.write_bytes(body[: sealed * 2])
                with contextlib.closing(sqlite3.connect(path)) as connection, connection:
                    connection.execute("UPDATE media_files SET bytes = ?", (CHUNK * 2,))
            case "swapped chunks":
                one.write_bytes(body[sealed : 2 * sealed] + body[:sealed] + body[2 * sealed :])
            case "another's":
                other = await keep(media, LONG)
                (media_of(path) / "moments" / other.id).replace(one)
        with pytest.raises(StoreError, match="is damaged"):
            await read(media, file)


async def test_what_a_sender_never_ends_or_makes_too_large_leaves_nothing(opened: Opened, path: Path) -> None:
    async def falls() -> AsyncIterator[bytes]:
        yield LONG[:100_000]
        raise ConnectionResetError("the camera is gone")

    async with opened(size=200_000) as media:
        with pytest.raises(ConnectionResetError):
            await media.add("moments", "clip", falls(), at_ms=NOW_MS)
        with pytest.raises(StoreError, match="larger than `media_mb` allows"):
            await keep(media, LONG)
        assert (files_in(path), await ids(media)) == ([], [])


async def test_a_disk_that_is_full_is_said_and_passes(opened: Opened, path: Path) -> None:
    async with opened() as media:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
        try:
            with pytest.raises(StoreError, match=r"cannot be read or written \(File too large\)"):
                await keep(media, LONG)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert files_in(path) == []
        assert await read(media, await keep(media, LONG)) == LONG


async def test_the_oldest_make_room_for_a_subject_that_has_its_share(opened: Opened) -> None:
    async with opened(size=300) as media:
        first = await keep(media, b"x" * 100, at_ms=NOW_MS + 26_000 * 24 * HOUR_MS)  # by a clock that was ahead
        others = [(await keep(media, b"x" * 100)).id for _ in range(2)]
        of_voice = (await keep(media, b"x" * 100, subject="voice")).id
        last = (await keep(media, b"x" * 100)).id
        assert await ids(media) == [*others, last]
        assert await ids(media, "voice") == [of_voice]
        assert await media.get(first.id) is None


async def test_the_oldest_of_all_go_where_the_disk_runs_low_and_then_nothing_new_comes(
    opened: Opened, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = 0

    def usage(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=10_000 - taken - sum(file.stat().st_size for file in files_in(path)))

    monkeypatch.setattr(shutil, "disk_usage", usage)
    async with opened(free=5_000) as media:
        kept = [(await keep(media, b"x" * 1_000, subject=subject)).id for subject in ("voice", "moments", "moments")]
        taken = 3_500  # by another program
        assert await media.retain(NOW_MS, NOW_MS) == 2
        assert (await ids(media, "voice"), await ids(media)) == ([], kept[2:])
        taken = 9_000
        with pytest.raises(DatabaseFullError):
            await keep(media)
        assert files_in(path) == []


async def test_a_large_file_makes_room_for_itself_while_it_comes(
    opened: Opened, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def usage(folder: Path) -> SimpleNamespace:
        written = (file.stat().st_size for file in media_of(path).rglob("*") if file.is_file())
        return SimpleNamespace(free=1_000_000 - sum(written))

    monkeypatch.setattr(shutil, "disk_usage", usage)
    monkeypatch.setattr("mira_sidecar.store.media._LOOK_EVERY", CHUNK)
    async with opened(free=500_000) as media:
        old = [(await keep(media, LONG[:200_000])).id for _ in range(2)]
        new = await keep(media, LONG)
        assert await ids(media) == [*old[1:], new.id]
        assert await read(media, new) == LONG
        with pytest.raises(DatabaseFullError):
            await keep(media, LONG * 2)
        assert files_in(path) == []


async def test_a_file_goes_when_its_time_is_up_and_no_clock_that_jumps_changes_that(opened: Opened) -> None:
    async with opened() as media:
        short, long = await keep(media, keep_s=3_600), await keep(media, keep_s=2 * 3_600)
        for_ever = await keep(media)
        await keep(media, at_ms=NOW_MS + 26_000 * 24 * HOUR_MS, keep_s=3_600)
        # It says 2099, and what is believed is now; then it is back, and later says 1970.
        assert await media.retain(NOW_MS, NOW_MS + 26_000 * 24 * HOUR_MS) == 0
        assert await media.retain(NOW_MS + HOUR_MS - 1, NOW_MS) == 0
        assert await media.retain(0, NOW_MS) == 0
        assert await media.retain(NOW_MS + HOUR_MS, NOW_MS + HOUR_MS) == 2
        assert await media.get(short.id) is None
        assert await ids(media) == [long.id, for_ever.id]
        assert await media.retain(NOW_MS + 3 * HOUR_MS, NOW_MS + 3 * HOUR_MS) == 1


async def test_whoever_is_erased_is_gone_with_every_file_from_older_copies_too(opened: Opened, path: Path) -> None:
    async with opened() as media:
        file, of_ben = await keep(media, owner="anna"), await keep(media, owner="ben")
        older = {each: each.read_bytes() for each in (path, *files_in(path))}
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(":memory:")) as to:
            source.backup(to)
            older[path] = to.serialize()
        assert await media._side.erase("anna") == 1
        assert [one.name for one in files_in(path)] == [of_ben.id]
        assert await read(media, of_ben) == CANARY
    for each, body in older.items():
        each.write_bytes(body)
    async with opened() as media:
        assert await ids(media) == [of_ben.id]
    assert file.id.encode() not in everything(path)
    assert [one.name for one in files_in(path)] == [of_ben.id]


async def test_who_is_erased_while_a_film_of_them_is_written_leaves_none(opened: Opened, path: Path) -> None:
    async with opened() as media:

        async def filmed() -> AsyncIterator[bytes]:
            yield LONG
            assert await media._side.erase("anna") == 0
            yield LONG

        with pytest.raises(StoreError, match="erased meanwhile"):
            await media.add("moments", "clip", filmed(), at_ms=NOW_MS, owner="anna")
        assert (files_in(path), await ids(media)) == ([], [])
        assert b"anna" not in keys_of(path).read_bytes()


async def test_without_the_file_of_keys_a_file_stays_and_opens_again_with_it(opened: Opened, path: Path) -> None:
    async with opened() as media:
        file = await keep(media)
    lost = keys_of(path).rename(path.with_name("lost"))
    async with opened() as media:
        (sealed,) = await media.page("moments")
        assert sealed.sha256 is None
        with pytest.raises(StoreError, match="its key is not in"):
            await read(media, file)
    lost.replace(keys_of(path))
    async with opened() as media:
        assert await read(media, file) == CANARY


async def test_a_start_brings_rows_and_files_in_line_and_leaves_what_is_not_ours(opened: Opened, path: Path) -> None:
    async with opened() as media:
        lost, deleted, left = [await keep(media) for _ in range(3)]
    folder = media_of(path) / "moments"
    (folder / lost.id).unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM media_files WHERE id = ?", (deleted.id,))
    (folder / f".{deleted.id}.part").touch()
    (folder / "README").touch()
    finding = of_media(path)
    assert finding
    assert (finding.sound, "1 of 2 files are not in" in finding.text) == (False, True)
    async with opened() as media:
        assert await ids(media) == [left.id]
    assert {file.name for file in files_in(path)} == {left.id, "README"}
    assert of_media(path) == Finding("media", True, f"1 files, 0.0 MB, in {media_of(path)}")


async def test_a_disk_that_is_not_mounted_costs_no_file(opened: Opened, path: Path) -> None:
    async with opened() as media:
        file = await keep(media)
    folder = media_of(path)
    away = folder.rename(path.with_name("disk"))
    folder.mkdir()
    with pytest.raises(StoreError, match="Mount the disk that they are on"):
        async with opened():
            pass
    folder.rmdir()
    away.replace(folder)
    async with opened() as media:
        assert await read(media, file) == CANARY
    shutil.rmtree(folder)  # they are lost, and somebody says so
    async with opened() as media:
        assert await ids(media) == []


async def test_files_of_a_side_store_that_is_set_aside_are_set_aside_too(opened: Opened, path: Path) -> None:
    async with opened() as media:
        await keep(media)
    path.write_bytes(b"Dear aunt, " * 1_000)
    async with opened() as media:
        assert await ids(media) == []
    (kept,) = path.parent.glob(f"{media_of(path).name}.2*")
    assert len(list(kept.rglob("*-*"))) == 1


async def test_a_disk_of_files_that_hangs_keeps_nobody_else(opened: Opened, path: Path) -> None:
    async with opened() as media:
        file = await keep(media)
        (one,) = files_in(path)
        one.unlink()
        os.mkfifo(one)  # whoever reads it waits for a writer that never comes
        hanging = [asyncio.create_task(read(media, file)) for _ in range(100)]  # more than asyncio has threads
        await asyncio.sleep(0.1)
        async with asyncio.timeout(2):
            await media._side.key_for("anna")
            await asyncio.to_thread(lambda: None)
            assert await ids(media) == [file.id]
        for task in hanging:
            task.cancel()
        await asyncio.wait(hanging)
        os.close(os.open(one, os.O_RDWR | os.O_NONBLOCK))


WRITER = """
import asyncio, pathlib, sys
from mira_sidecar.store.media import MediaLimits, MediaStore
from mira_sidecar.store.side import SideStore
from tests.sidecar.store.test_media import LONG, keep

async def main(path):
    media = MediaStore(await SideStore.open(path, {}, "ours"), MediaLimits())
    await media.sweep()
    while True:
        print((await keep(media, LONG)).id, flush=True)

asyncio.run(main(pathlib.Path(sys.argv[1])))
"""


@pytest.mark.parametrize("moment_s", [0.0, 0.003, 0.009])
async def test_killed_at_any_moment_files_are_whole_and_those_that_it_said_are_there(
    opened: Opened, path: Path, moment_s: float
) -> None:
    writer = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, path, stdout=asyncio.subprocess.PIPE)
    assert writer.stdout
    said = [(await writer.stdout.readline()).decode().strip() for _ in range(3)]
    await asyncio.sleep(moment_s)
    writer.kill()
    said += (await writer.stdout.read()).decode().split()
    await writer.wait()
    async with opened() as media:
        there = await media.page("moments")
        assert {file.id for file in there} >= set(said)
        assert {file.name for file in files_in(path)} == {file.id for file in there}
        for file in there:
            assert await read(media, file) == LONG
