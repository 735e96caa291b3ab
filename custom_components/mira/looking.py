"""What a persona may see: a photo or a video that somebody at the mirror agrees to, for one reply and no longer."""

import asyncio
import base64
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, override

from homeassistant.components.conversation import Attachment, ChatLog, UserContent
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.hass_dict import HassKey

from .agent_facts import async_agent_facts
from .const import DOMAIN
from .coordinator import MiraCoordinator
from .expression import OpenReply
from .looking_sentences import Kind
from .models.event import Event
from .translation import async_sentence, base_language

SUBJECT: Final = "talk"
"""That of the mirror which takes pictures."""
PATIENCE_S: Final = 40.0
"""Seconds to wait for somebody to agree, and for the picture: the mirror has given up by then."""
MOST: Final = 2
"""Pictures in one reply: no model is to have people photographed all the time."""
_LARGEST: Final = 16_000_000
"""Bytes of a picture; the mirror's own limit."""
_SUFFIXES: Final[Mapping[Kind, str]] = {"photo": ".jpg", "video": ".mp4"}
_TYPES: Final[Mapping[Kind, str]] = {"photo": "image/jpeg", "video": "video/mp4"}
_IN_MEMORY: Final = "/dev/shm"  # noqa: S108 - of this user alone, and on no disk
_OUTCOMES: Final = {"no_camera": "no_camera", "camera_off": "camera_off", "cancelled": "declined"}
"""Which text says what became of a capture that was not taken; the rest have failed."""

LOOKS: HassKey[dict[str, Looks]] = HassKey(f"{DOMAIN}_looks")
"""What the replies that are being made may see, by the contexts in which they were asked."""


class LookError(Exception):
    """There is no picture; the text is for people, in the language of who asked."""


class WatchedAttachment(Attachment):
    """A picture that knows whether the agent looked where it is: one that takes none says nothing of that."""

    is_read = False

    def watch(self) -> None:
        """From now on it is the agent that looks."""
        object.__setattr__(self, "is_read", False)

    @override
    def __getattribute__(self, name: str) -> Any:
        if name == "path":
            object.__setattr__(self, "is_read", True)
        return super().__getattribute__(name)


@dataclass
class Looks:
    """What one reply of a persona may see."""

    hass: HomeAssistant
    coordinator: MiraCoordinator
    agent_id: str
    reply: OpenReply
    language: str
    is_looking: bool = False
    _count: int = 0
    _new: list[WatchedAttachment] = field(default_factory=list)
    """What the agent has not been handed."""
    _handed: list[WatchedAttachment] = field(default_factory=list)
    _files: list[asyncio.Future[Path]] = field(default_factory=list)
    _texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def context(self) -> Context:
        """In which the persona was asked."""
        return self.reply.asked.context

    @contextmanager
    def open(self) -> Iterator[None]:
        """Let the agent's tools find it for the length of the block; no file is left after that, however it ends."""
        looks = self.hass.data.setdefault(LOOKS, {})
        looks[self.context.id] = self
        try:
            yield
        finally:
            looks.pop(self.context.id, None)
            for file in self._files:
                file.add_done_callback(self._async_delete)

    @callback
    def hand_to(self, log: ChatLog, text: str) -> bool:
        """Put what was taken since the last time beside this text, at the end of the log; whether there is any."""
        new, self._new = self._new, []
        if not new:
            return False
        if isinstance(log.content[-1], UserContent):
            del log.content[-1]
        log.async_add_user_content(UserContent(text, attachments=list(new)))
        for each in new:
            each.watch()  # Whoever looks into the log has looked, too.
        self._handed += new
        return True

    @property
    def is_unread(self) -> bool:
        """Whether the agent was handed something and has not looked at it."""
        return any(not each.is_read for each in self._handed)

    def text(self, key: str) -> str:
        """What is said of a picture, once somebody has asked for one."""
        return self._texts[f"component.{DOMAIN}.common.look_{key}"]

    async def async_look(self, kind: Kind, waits: Callable[[str], None] = lambda question: None) -> None:
        """Have a picture taken, which `take` gives then. Raises LookError.

        `waits` is told what somebody at the mirror is being asked, in words.
        """
        language = base_language(self.language)
        self._texts = await async_get_translations(self.hass, language, "common", [DOMAIN])
        self.is_looking = True
        try:
            media = await self._async_taken(kind, waits)
            await self._async_keep(kind, media, await self._async_fetch(media))
        except (HomeAssistantError, OSError) as err:
            raise LookError(self.text("failed")) from err
        finally:
            self.is_looking = False

    async def _async_taken(self, kind: Kind, waits: Callable[[str], None]) -> str:
        """Ask whether it may be taken, and wait until it is; the mirror's id of it."""
        facts, view = await async_agent_facts(self.hass, self.agent_id), self.coordinator.data
        if kind not in facts.sees:
            raise LookError(self.text(f"no_{kind}s"))
        if not view.has_subject(SUBJECT) or not view.has_kind("camera"):
            raise LookError(self.text("no_camera"))
        if self._count >= MOST:
            raise LookError(self.text("enough"))
        self._count += 1
        await self.reply.has_begun.wait()
        if self.reply.id is None:
            raise LookError(self.text("failed"))
        # With the reply the mirror ends what is asked or taken for it: nobody is photographed for who waits no more.
        payload = {"kind": kind, "reply": self.reply.id, "agent": facts.name[:64], "cloud": facts.in_cloud}
        with self.coordinator.following_accepted() as events:
            asked = await self.coordinator.async_send(
                "request_capture",
                payload,
                context=self.context,
                person=self.reply.asked.person,
                source="sensor",
            )
            if not asked.accepted:
                raise LookError(await async_sentence(self.hass, asked, self.language))
            self.reply.want(kind)
            place = f" {self.text('goes_out').format(agent=facts.name)}" if facts.in_cloud else ""
            waits(f"{self.text(f'may_take_{kind}')}{place}")
            return await self._async_end(asked.command_id, events)

    async def _async_end(self, asked: str, events: asyncio.Queue[Event]) -> str:
        """What came of the question, and of the capture."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                capture = None
                while True:
                    event = await events.get()
                    if event.payload.get("confirmed") == asked:
                        capture = event.command_id
                    elif key := _unanswered(event, asked):
                        raise LookError(self.text(key))
                    elif event.action == "end_capture" and event.payload["capture"] == capture:
                        break
        except TimeoutError as err:
            raise LookError(self.text("failed")) from err
        if event.payload["outcome"] != "taken":
            raise LookError(self.text(_OUTCOMES.get(event.payload["outcome"], "failed")))
        return str(event.payload["media"])

    async def _async_fetch(self, media: str) -> bytes:
        content, size = b"", 1
        while len(content) < size <= _LARGEST:
            piece = await self.coordinator.async_query("talk_media", {"id": media, "start": len(content)})
            size = piece["size"]
            content += base64.b64decode(piece["content"])
        return content

    async def _async_keep(self, kind: Kind, media: str, content: bytes) -> None:
        """Have it in a file: that is what agents take."""
        file = self.hass.async_add_executor_job(_write, _SUFFIXES[kind], content)
        self._files.append(file)
        # It is written to its end also where nobody waits for it: only then can it be deleted.
        path = await asyncio.shield(file)
        self._new.append(WatchedAttachment(f"media-source://{DOMAIN}/{media}", _TYPES[kind], path))

    @callback
    def _async_delete(self, file: asyncio.Future[Path]) -> None:
        if not file.cancelled() and file.exception() is None:
            self.hass.async_add_executor_job(file.result().unlink)


def _unanswered(event: Event, asked: str) -> str | None:
    """Which text says why a question got no yes; None: it is not over."""
    if event.payload.get("cancelled") == asked:
        return "declined"
    if event.payload.get("command_id") != asked:
        return None
    if event.action == "withdraw":
        return "camera_off" if event.payload.get("reason") == "camera_off" else "declined"
    return "no_answer" if event.action == "time_out" else None


def _write(suffix: str, content: bytes) -> Path:
    folder = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    descriptor, name = tempfile.mkstemp(suffix, "mira-", folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError:
        path.unlink()
        raise
    return path
