"""Photos and videos that somebody agreed to: taken in the camera's process, kept sealed for an hour, and read."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple

import msgspec
import structlog
from msgspec import Meta

from mira_sidecar.core.questions import carried_out
from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.core.subject import Deed
from mira_sidecar.devices.camera.settings import OWN_CAMERA
from mira_sidecar.devices.owner import Looker
from mira_sidecar.parts import Now, Shell, Work
from mira_sidecar.protocol import Event, milliseconds
from mira_sidecar.queries.kind import Asking, QueryRefusedError
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.keys import HOUSEHOLD
from mira_sidecar.store.media import MediaFile, MediaStore
from mira_sidecar.subjects.people.core.slice import people
from mira_sidecar.subjects.talk.core.captures import REQUEST, MediaId, ended
from mira_sidecar.subjects.talk.core.slice import CaptureKind, talk
from mira_sidecar.subjects.talk.settings import TalkSettings
from mira_sidecar.subjects.talk.worker.messages import Piece, Wanted

log = structlog.get_logger()

SUBJECT: Final = "talk"
KEPT_S: Final = 3_600
"""How long what was taken may be looked at."""
_LOOK_S: Final = 30.0
"""Between two looks at what is older."""
_AHEAD_MS: Final = 60_000
"""How far in the future a file may be, for a clock that is set right: of later than that, its age is not known."""
_ASKERS: Final = 8
"""Of whom it is remembered for what they asked."""
_PIECE_BYTES: Final = 196_608
"""Of a file in one reply: 256 kB of it in Base64."""
_LARGEST: Final = 16_000_000
"""Bytes of a capture; ten seconds of video have some two million."""
_DISK_S: Final = 8.0
"""What the disk may take; the capture is over then, whatever comes of it."""
_DECIDED_S: Final = 15.0
"""For the mirror to say whether it counts."""
_decode = msgspec.json.Decoder(Piece)


class AskedMedia(msgspec.Struct, frozen=True):
    """Payload of `talk_media`: a file, and from where on."""

    id: MediaId
    start: Annotated[int, Meta(ge=0)] = 0


class MediaPiece(msgspec.Struct, frozen=True):
    """Result of `talk_media`."""

    kind: CaptureKind
    size: int
    """Bytes of the whole file: JPEG, or MP4."""
    content: bytes
    """In Base64; empty behind the end."""


class _Taken(NamedTuple):
    """What the camera's process has handed over."""

    capture: Mapping[str, Any]
    content: bytes


class _Verdict(NamedTuple):
    """Whether a file counts, once that is decided."""

    capture: str
    media: str
    counts: asyncio.Future[bool]


class Photographer:
    """Has the camera look while a capture of the state is open, and at no other time."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._camera = shell.devices.of("camera").get(OWN_CAMERA)
        self._mirrored = shell.settings.camera_mirrored
        self._countdown_ms = shell.settings.of(TalkSettings).countdown_ms
        self._looker = Looker(
            name=SUBJECT,
            module="mira_sidecar.subjects.talk.worker.looker",
            hear=self._hear,
            closed=self._closed,
            films=True,
        )
        self._document: Document = initial_document()
        self._whose: dict[str, str] = {}
        """Who asked, by request and by capture, of those whom the mirror knows: that is for nobody else to read."""
        self._capture: Mapping[str, Any] | None = None
        self._pieces: list[bytes] = []
        self._taken = asyncio.Queue[_Taken | Deed]()
        self._verdict: _Verdict | None = None
        self._may_have_some = asyncio.Event()

    def due_at_start(self, document: Document) -> Iterator[Deed]:
        """Nobody is photographed by a sidecar that has only just started."""
        if capture := talk(document).get("capture"):
            yield ended(capture, "failed")

    def changed(self, now: Now) -> None:
        """Look as the state says."""
        self._document = now.document
        if "talk" in now.document["parts"]:
            self._may_have_some.set()
        capture = talk(now.document).get("capture") if now.deciding and now.document["camera"]["on"] else None
        if (capture and capture["id"]) == (self._capture and self._capture["id"]):
            return
        self._capture, self._pieces = capture, []
        if self._camera is None:
            if capture:
                self._taken.put_nowait(ended(capture, "no_camera"))
            return
        self._camera.look(self._looker, self._wanted(capture) if capture else None)

    def decided(self, events: Sequence[Event]) -> None:
        """Learn who asks, and whether what was kept counts."""
        for event in events:
            self._learn(event)
            verdict = self._verdict
            if event.action != "end_capture" or verdict is None or verdict.counts.done():
                continue
            is_ours = event.payload.get("media") == verdict.media
            if is_ours or (event.type == "accepted" and event.payload.get("capture") == verdict.capture):
                verdict.counts.set_result(is_ours and event.type == "accepted")

    @property
    def question(self) -> Asking[AskedMedia]:
        """What was taken may be read."""
        return Asking("talk_media", AskedMedia, self._read)

    @property
    def works(self) -> dict[str, Work]:
        """Its tasks, by name."""
        return {"pictures": self.run, "old_pictures": self.let_go}

    async def run(self) -> None:
        """Keep what was taken, until cancelled."""
        while True:
            match await self._taken.get():
                case _Taken(capture, content):
                    await self._keep(capture, content)
                case action, payload:
                    await self._shell.submit("sensor", action, payload)

    def _learn(self, event: Event) -> None:
        action, request = carried_out(event) or ("", "")
        person = event.origin.person if event.origin else None
        if event.type == "accepted" and event.action == REQUEST and person in people(self._document)["persons"]:
            self._whose[event.command_id] = str(person)
        elif action == REQUEST and request in self._whose:
            self._whose[event.command_id] = self._whose[request]
        while len(self._whose) > _ASKERS:
            del self._whose[next(iter(self._whose))]

    async def let_go(self) -> None:
        """Delete what is too old, until cancelled: by the clock as it is, also where a year of events waits for it."""
        await self._may_have_some.wait()
        media = await self._shell.media.opened()
        while True:
            try:
                await media.delete(*[file.id for file in await media.page(SUBJECT) if not _may_be_read(file)])
            except StoreError as error:
                log.warning("what the camera took could not be deleted; tried again", why=str(error))
            await asyncio.sleep(_LOOK_S)

    def _wanted(self, capture: Mapping[str, Any]) -> Wanted:
        in_ms = milliseconds(capture["at"]) - self._shell.clock.now_ms()
        return Wanted(
            capture=capture["id"],
            at_ms=time.monotonic() * 1_000 + in_ms,
            seconds=capture["seconds"],
            flip=self._mirrored,
        )

    async def _hear(self, said: msgspec.Raw) -> None:
        """Take what the camera's process hands over."""
        piece = _decode.decode(said)
        if self._capture is None or piece.capture != self._capture["id"]:
            return
        self._pieces.append(piece.content)
        if sum(map(len, self._pieces)) > _LARGEST:
            self._pieces = []
            self._taken.put_nowait(ended(self._capture, "failed"))
        elif piece.last:
            self._taken.put_nowait(_Taken(self._capture, b"".join(self._pieces)))
            self._pieces = []

    def _closed(self) -> None:
        """The camera is closed: what it has not handed over is lost, and taken anew where it opens again in time."""
        self._pieces = []

    async def _keep(self, capture: Mapping[str, Any], content: bytes) -> None:
        """Keep it first, then say so; where that does not count, nothing is kept."""
        try:
            async with asyncio.timeout(_DISK_S):
                media = await self._shell.media.opened()
                file = await self._kept(media, capture, content)
        except (StoreError, TimeoutError) as error:
            log.warning("what the camera took could not be kept", why=str(error) or "the disk takes too long")
            await self._shell.submit("sensor", *ended(capture, "failed"))
            return
        if not await self._counts(capture, file):
            await _delete(media, file)

    async def _kept(self, media: MediaStore, capture: Mapping[str, Any], content: bytes) -> MediaFile:
        """Raises StoreError, also where whose it is was forgotten meanwhile."""
        owner = self._whose.get(capture["id"], HOUSEHOLD)
        if owner != HOUSEHOLD and owner not in people(self._document)["persons"]:
            raise StoreError("Whose it is was forgotten meanwhile.")
        kind = capture["kind"]
        return await media.add(SUBJECT, kind, _whole(content), at_ms=_now_ms(), owner=owner, keep_s=KEPT_S)

    async def _counts(self, capture: Mapping[str, Any], file: MediaFile) -> bool:
        """Say that it was taken; whether the mirror agrees: somebody may have switched the camera off meanwhile."""
        self._verdict = _Verdict(capture["id"], file.id, asyncio.get_running_loop().create_future())
        ms = self._shell.clock.now_ms() - milliseconds(capture["at"]) + self._countdown_ms
        facts = {"media": file.id, "bytes": file.bytes, "ms": max(0, ms)}
        try:
            await self._shell.submit("sensor", *ended(capture, "taken", **facts))
            async with asyncio.timeout(_DECIDED_S):
                return await self._verdict.counts
        except TimeoutError:
            return False
        finally:
            self._verdict = None

    async def _read(self, asked: AskedMedia) -> MediaPiece:
        media = await self._shell.media.opened()
        file = await media.get(asked.id)
        if file is None or file.subject != SUBJECT or not _may_be_read(file):
            raise QueryRefusedError("unknown_media")
        stop = asked.start + _PIECE_BYTES
        content = b"".join([chunk async for chunk in media.read(file.id, asked.start, stop)])
        return MediaPiece(file.kind, file.bytes, content)  # type: ignore[arg-type]  # as it was kept above


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _may_be_read(file: MediaFile) -> bool:
    return -_AHEAD_MS <= _now_ms() - file.at_ms < KEPT_S * 1_000


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _delete(media: MediaStore, file: MediaFile) -> None:
    try:
        await media.delete(file.id)
    except StoreError as error:
        log.warning("what the camera took is deleted within the hour only", why=str(error))
