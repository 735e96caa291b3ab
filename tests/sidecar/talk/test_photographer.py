"""What the camera took: kept for an hour, and not at all where that does not count."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast

import msgspec
import pytest

from mira_sidecar.config import Settings
from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.parts import Now, Shell
from mira_sidecar.protocol import Event, Origin, instant
from mira_sidecar.queries.kind import QueryRefusedError
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.keys import HOUSEHOLD
from mira_sidecar.store.media import MediaFile, MediaLimits, MediaStore
from mira_sidecar.store.side import SideStore
from mira_sidecar.subjects.talk import photographer
from mira_sidecar.subjects.talk.core.slice import Talk
from mira_sidecar.subjects.talk.photographer import AskedMedia, Photographer
from mira_sidecar.subjects.talk.worker.messages import Piece
from tests.sidecar.core.situation import NOON

CAPTURE = "0198c0de-0000-7000-8000-000000000001"
HOUR_MS = 3_600_000
ANNA = "p_0198c0de"


def event(
    action: str,
    payload: dict[str, Any],
    *,
    command_id: str = "command-1",
    person: str | None = None,
    outcome: Literal["accepted", "rejected"] = "accepted",
) -> Event:
    """What the mirror has decided."""
    return Event(
        seq=1,
        id="event-1",
        ts=instant(NOON),
        command_id=command_id,
        type=outcome,
        source="sensor",
        action=action,
        sender="home",
        payload=payload,
        origin=Origin(person=person),
    )


class Bench:
    """A photographer whose camera, clock and mirror are the test's."""

    def __init__(self, media: MediaStore) -> None:
        self.media = media
        self.now_ms = NOON
        self.wanted: list[Any] = []
        self.sent: list[dict[str, Any]] = []
        self.answer: Literal["accepted", "rejected"] | None = "accepted"
        """What becomes of the end of a capture."""
        camera = SimpleNamespace(look=lambda looker, wanted: self.wanted.append(wanted))
        shell = SimpleNamespace(
            devices=SimpleNamespace(of=lambda kind: {"camera": camera}),
            settings=Settings(),
            clock=SimpleNamespace(now_ms=lambda: NOON),
            media=SimpleNamespace(opened=self.opened),
            submit=self.submit,
        )
        self.photographer = Photographer(cast("Shell", shell))

    async def opened(self) -> MediaStore:
        return self.media

    async def submit(self, source: str, action: str, payload: dict[str, Any]) -> None:
        self.sent.append(payload)
        if self.answer:
            self.decide(self.answer, payload)

    def decide(self, outcome: Literal["accepted", "rejected"], payload: dict[str, Any]) -> None:
        """Have something become of a command that ends a capture."""
        self.photographer.decided([event("end_capture", payload, outcome=outcome)])

    def show(self, *, camera: bool = True, capture: bool = True, persons: Sequence[str] = ()) -> None:
        """The mirror has changed."""
        own = {"id": CAPTURE, "kind": "photo", "seconds": 0, "at": instant(NOON + 3_000)}
        talk = {**msgspec.to_builtins(Talk()), "capture": own if capture else None}
        document: Document = {**initial_document(), "camera": {"on": camera}, "parts": {"talk": talk}}
        document["parts"]["people"] = {"persons": dict.fromkeys(persons)}
        self.photographer.changed(Now(document, connected=True, deciding=True))

    def ask(self, person: str) -> None:
        """Somebody asks for a photo, and somebody else agrees."""
        asked = event("request_capture", {"outcome": "pending"}, command_id="request-1", person=person)
        agreed = event("confirm", {"confirmed": "request-1", "asked": "request_capture"}, command_id=CAPTURE)
        self.photographer.decided([asked, agreed])

    async def say(self, content: bytes, *, last: bool = True, capture: str = CAPTURE) -> None:
        """The camera's process hands something over."""
        piece = Piece(capture=capture, content=content, last=last)
        await self.photographer._hear(msgspec.Raw(msgspec.json.encode(piece)))

    def files(self) -> list[Path]:
        """What is on the disk."""
        return [one for one in self.media._files.folder.rglob("*") if one.is_file()]

    async def kept(self) -> list[MediaFile]:
        return await self.media.page("talk")

    async def sent_once(self) -> dict[str, Any]:
        """What it said, once it has and that is decided."""
        await until(lambda: self.sent != [] and self.photographer._verdict is None)
        (payload,) = self.sent
        return payload

    async def read(self, media: str) -> bytes:
        return (await self.photographer._read(AskedMedia(media))).content


async def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - a disk says nothing
            await asyncio.sleep(0.01)


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    side = await SideStore.open(tmp_path / "mira.db.side", {}, "ours")
    bench = Bench(MediaStore(side, MediaLimits()))
    monkeypatch.setattr(photographer, "_now_ms", lambda: bench.now_ms)
    work = asyncio.create_task(bench.photographer.run())
    yield bench
    work.cancel()
    await asyncio.wait([work])
    await side.close()


@contextlib.asynccontextmanager
async def letting_go(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(bench.photographer.let_go())
    yield
    task.cancel()
    await asyncio.wait([task])


async def taken(bench: Bench) -> str:
    """Have a photo taken; its id."""
    bench.show()
    await bench.say(b"a picture")
    return str((await bench.sent_once())["media"])


async def test_what_was_taken_is_read_for_an_hour_and_not_a_moment_longer(bench: Bench) -> None:
    media = await taken(bench)
    bench.now_ms += HOUR_MS - 1
    assert await bench.read(media) == b"a picture"
    bench.now_ms += 1
    with pytest.raises(QueryRefusedError):
        await bench.read(media)


@pytest.mark.parametrize("passed_ms", [HOUR_MS, 72 * HOUR_MS, -HOUR_MS])
async def test_it_is_deleted_then_also_after_days_without_power_or_with_another_clock(
    bench: Bench, passed_ms: int
) -> None:
    media = await taken(bench)
    async with letting_go(bench):
        await asyncio.sleep(0.2)
        assert [file.id for file in await bench.kept()] == [media]
    bench.now_ms += passed_ms
    async with letting_go(bench):
        await until(lambda: bench.files() == [])
    assert await bench.kept() == []


async def test_a_disk_that_deletes_nothing_is_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photographer, "_LOOK_S", 0.01)
    await taken(bench)
    bench.now_ms += HOUR_MS
    page, tries = bench.media.page, 0

    async def hangs(*arguments: Any) -> list[MediaFile]:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise StoreError("It does not.")
        return await page(*arguments)

    monkeypatch.setattr(bench.media, "page", hangs)
    async with letting_go(bench):
        await until(lambda: bench.files() == [])


@pytest.mark.parametrize("answer", ["rejected", None])
async def test_what_does_not_count_is_not_kept(
    bench: Bench, answer: Literal["rejected"] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photographer, "_DECIDED_S", 0.1)
    bench.answer = answer
    await taken(bench)
    await until(lambda: bench.files() == [])
    assert await bench.kept() == []


async def test_who_ended_it_before_it_was_kept_has_the_last_word(bench: Bench) -> None:
    bench.answer = None
    bench.show()
    await bench.say(b"a picture")
    await until(lambda: bench.sent != [])
    bench.decide("accepted", {"capture": "another", "outcome": "cancelled"})
    bench.decide("accepted", {"capture": CAPTURE, "outcome": "camera_off"})
    bench.decide("rejected", bench.sent[0])
    await until(lambda: bench.files() == [])
    assert await bench.kept() == []


async def test_pieces_of_a_camera_that_closes_are_no_picture(bench: Bench) -> None:
    bench.show()
    await bench.say(b"half", last=False)
    bench.photographer._closed()
    await bench.say(b"whole ", last=False)
    await bench.say(b"picture")
    media = (await bench.sent_once())["media"]
    assert await bench.read(media) == b"whole picture"


@pytest.mark.parametrize(("persons", "owner"), [([ANNA], ANNA), ([], HOUSEHOLD)])
async def test_it_is_whose_asked_where_the_mirror_knows_them(bench: Bench, persons: list[str], owner: str) -> None:
    bench.show(capture=False, persons=persons)
    bench.ask(ANNA)
    bench.show(persons=persons)
    await bench.say(b"a picture")
    await bench.sent_once()
    assert [file.owner for file in await bench.kept()] == [owner]


async def test_of_who_was_forgotten_meanwhile_nothing_is_kept(bench: Bench) -> None:
    bench.show(capture=False, persons=[ANNA])
    bench.ask(ANNA)
    for number in range(20):
        bench.photographer.decided([event("request_capture", {}, command_id=f"request-{number}", person="p_ffffffff")])
    bench.show()
    await bench.say(b"a picture")
    assert (await bench.sent_once())["outcome"] == "failed"
    assert bench.files() == []


async def test_what_nobody_asked_for_is_passed_over(bench: Bench) -> None:
    await bench.say(b"a picture")
    bench.show()
    await bench.say(b"a picture", capture="another-capture")
    bench.show(capture=False)
    await bench.say(b"a picture")
    await asyncio.sleep(0.1)
    assert (bench.sent, await bench.kept()) == ([], [])
    assert [wanted and wanted.capture for wanted in bench.wanted] == [CAPTURE, None]


async def test_it_looks_no_more_once_the_camera_is_switched_off(bench: Bench) -> None:
    bench.show()
    bench.show(camera=False)
    assert bench.wanted[-1] is None


async def test_what_is_larger_than_any_picture_is_not_taken(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photographer, "_LARGEST", 10)
    bench.show()
    await bench.say(b"eight 12", last=False)
    await bench.say(b"eight 12")
    assert (await bench.sent_once())["outcome"] == "failed"


async def test_a_disk_that_takes_nothing_is_a_capture_that_failed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any, **__: Any) -> MediaFile:
        raise StoreError("It is full.")

    monkeypatch.setattr(bench.media, "add", full)
    bench.show()
    await bench.say(b"a picture")
    assert await bench.sent_once() == {"capture": CAPTURE, "outcome": "failed"}


async def test_what_is_left_of_a_picture_that_does_not_count_goes_within_the_hour(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_: Any) -> int:
        raise StoreError("It does not.")

    bench.answer = "rejected"
    monkeypatch.setattr(bench.media, "delete", refuses)
    media = await taken(bench)
    monkeypatch.undo()
    monkeypatch.setattr(photographer, "_now_ms", lambda: NOON + HOUR_MS)
    with pytest.raises(QueryRefusedError):
        await bench.read(media)
