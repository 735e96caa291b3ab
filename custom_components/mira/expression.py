"""Has the mirror decide what its personas answer and express: each reply has a queue, for which nothing waits."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import CALLBACK_TYPE, Context, callback
from homeassistant.exceptions import HomeAssistantError

from .client.commands import Decision
from .const import DOMAIN, LANGUAGE
from .emotions import Emotion
from .models.talk import Talk

if TYPE_CHECKING:  # which has one of these
    from .coordinator import MiraCoordinator

LONGEST_WORDS: Final = 6_000
"""Characters of what was asked or heard that the mirror is told."""
_LONGEST: Final = 100_000
_LONGEST_MS: Final = 3_600_000
"""What the protocol takes for a length, and for a time."""
_PACE: Final = 15.0
"""Characters a second that a voice speaks, until one was heard to its end: Piper's voices have 13 to 17."""
_SLOWEST, _FASTEST = 6.0, 30.0
LASTING_S: Final = 10
_ENOUGH: Final = 40
"""Characters of a reply that say how fast a voice speaks."""

_INTERRUPTED: Final = "interrupted"
_WANTED: Final = (None, "answered", _INTERRUPTED)
"""Outcomes that are no failure; None: there is none yet."""


@dataclass(frozen=True)
class Wanted:
    """A picture that a persona asks for."""

    kind: str


type Follower = Callable[[Emotion | Wanted], None]


@dataclass(frozen=True)
class Asked:
    """A persona is asked."""

    persona: str
    """The id of its subentry."""
    pictures: str
    remembers: bool
    text: str = field(repr=False)
    language: str
    context: Context
    person: str | None
    """Who asks, by the mirror's id."""
    turn: str | None
    """The mirror's turn in which the reply is spoken, if any."""


@dataclass(frozen=True)
class _Command:
    """What the mirror is to decide."""

    action: str
    payload: Mapping[str, Any]
    words: Mapping[str, Any] | None = field(default=None, repr=False)


class OpenReply:
    """One reply, until what became of it is told. Nothing in here waits for the mirror."""

    def __init__(self, asked: Asked, followers: Collection[Follower], heard: Callable[[str], None]) -> None:
        self.asked = asked
        self.outcome: str | None = None
        """Of its making; None until that is over."""
        self.id: str | None = None
        """The mirror's; None until it has decided that the reply is open."""
        self.has_begun = asyncio.Event()
        """The mirror was told of it, as far as it could be."""
        self.is_over = False
        """It is made and heard."""
        self.is_told = asyncio.Event()
        """So it is, and the mirror knows as much of it as it can be told."""
        self.lasting: str | None = None
        """The emotion that somebody asked for: it is shown for a while longer."""
        self.commands = asyncio.Queue[_Command | None]()
        self._followers = followers
        self._tell_heard = heard
        self._pieces: list[str] = []
        self._emotion: str | None = None
        self._began = time.monotonic()
        self._times: dict[str, int] = {}
        self._is_spoken = asked.turn is not None
        self._heard_length: int | None = None

    @property
    def beginning(self) -> _Command:
        """What opens it."""
        asked = self.asked
        place = "api" if self._followers else "elsewhere"
        payload = {
            "persona": asked.persona,
            "place": "mirror" if asked.turn else place,
            "pictures": asked.pictures,
            "length": min(_LONGEST, len(asked.text)),
            "remembers": asked.remembers,
        }
        if re.fullmatch(LANGUAGE, asked.language):
            payload["language"] = asked.language
        words = {"text": asked.text[:LONGEST_WORDS]} if asked.remembers and asked.text else None
        return _Command("begin_reply", payload, words)

    @property
    def text(self) -> str:
        """What was made of it so far."""
        return "".join(self._pieces)

    @callback
    def express(self, emotion: Emotion) -> None:
        """Express this from here on."""
        for follow in self._followers:
            follow(emotion)
        if emotion.name != self._emotion:
            self._emotion = emotion.name
            self.commands.put_nowait(_Command("express", {"emotion": emotion.name}))

    @callback
    def want(self, kind: str) -> None:
        """A picture is asked for, of this kind."""
        for follow in self._followers:
            follow(Wanted(kind))

    @callback
    def say(self, text: str) -> None:
        """Whoever asked gets this."""
        if not self._pieces:
            self._reached("first_ms")
        self._pieces.append(text)

    @callback
    def end(self, outcome: str) -> None:
        """It is made. What the mirror speaks is over when that is."""
        self.outcome = outcome
        self._reached("total_ms")
        if not self._is_spoken:
            self._settle()

    @callback
    def end_speech(self, heard_length: int | None) -> None:
        """Its speech is over, of which so many characters were heard; None: all of them."""
        self._is_spoken = False
        self._heard_length = heard_length
        if self.outcome is not None:
            self._settle()

    def _reached(self, name: str) -> None:
        self._times[name] = min(_LONGEST_MS, round(1000 * (time.monotonic() - self._began)))

    def _settle(self) -> None:
        text = self.text
        heard = text if self._heard_length is None else cut_at_word(text, self._heard_length)
        if heard != text:
            self.outcome = _INTERRUPTED
        if self.outcome == _INTERRUPTED:
            self._tell_heard(heard)
        facts = {"outcome": self.outcome, "length": min(_LONGEST, len(text)), "heard": min(_LONGEST, len(heard))}
        words = {"text": heard[:LONGEST_WORDS]} if self.asked.remembers and heard else None
        self.commands.put_nowait(_Command("end_reply", {**facts, **self._times}, words))
        self.commands.put_nowait(None)
        self.is_over = True


def cut_at_word(text: str, length: int) -> str:
    """The whole words among the first characters."""
    if length >= len(text):
        return text
    head = text[:length]
    if not text[length].isspace():
        head = head[: len(head) - len(head.split(" ")[-1])]
    return head.rstrip()


class Expression:
    """The replies of a mirror's personas, and what came of them so far."""

    def __init__(self, coordinator: MiraCoordinator) -> None:
        self._coordinator = coordinator
        self.outcomes = Counter[str]()
        self.unknown_tags = 0
        self.turn: str | None = None
        """The mirror's turn that is being answered."""
        self._replies: list[OpenReply] = []
        """Those of whose end the mirror does not know yet."""
        self._beginning = 0
        """Replies of which it is not known yet whether the mirror has opened them."""
        self._followers: dict[str, list[Follower]] = {}
        """By the context in which a persona is asked."""
        self.persons: dict[str, str] = {}
        """Who asks, by the same."""
        self._pace = _PACE
        self._untold: dict[str, _Command] = {}
        """Ends of replies that could not be told while the mirror was away."""
        self._was_away = True
        """The mirror was not there at the last look."""
        self._left: set[str] = set()
        """Replies that were open when it came, and of which nobody knows, as of before a restart."""
        self._deleted: set[str] = set()
        """Personas of which the mirror is to forget everything."""
        self._clearing: asyncio.Task[None] | None = None

    @callback
    def follow(self, context_id: str, follower: Follower, person: str | None = None) -> CALLBACK_TYPE:
        """Tell this follower what the reply that is asked for in this context expresses and wants, before its text.

        Whoever follows has it heard elsewhere: neither at the mirror, nor in Home Assistant. `person`: who asks.
        """
        if person:
            self.persons[context_id] = person
        followers = self._followers.setdefault(context_id, [])
        followers.append(follower)

        @callback
        def unsubscribe() -> None:
            self.persons.pop(context_id, None)
            followers.remove(follower)
            if not followers:
                self._followers.pop(context_id, None)

        return unsubscribe

    @callback
    def end_turn(self, turn: str, seconds: float, *, is_whole: bool) -> None:
        """The mirror's turn is over: its reply was heard to the end, or read; otherwise it was heard for so long."""
        self.turn = None
        for reply in self._of(turn):
            length = len(reply.text)
            if not is_whole:
                reply.end_speech(round(seconds * self._pace))
                continue
            if seconds and length >= _ENOUGH:
                self._pace = min(_FASTEST, max(_SLOWEST, length / seconds))
            reply.end_speech(None)

    @callback
    def failure(self, turn: str) -> str | None:
        """What has become of the reply in this turn, where that is a failure."""
        return next((reply.outcome for reply in self._of(turn) if reply.outcome not in _WANTED), None)

    def _of(self, turn: str) -> list[OpenReply]:
        return [reply for reply in self._replies if reply.asked.turn == turn and not reply.is_over]

    @callback
    def begin(self, asked: Asked, heard: Callable[[str], None], afterwards: Callable[[], Awaitable[None]]) -> OpenReply:
        """A persona is asked; where it is interrupted, `heard` is told of what was heard."""
        reply = OpenReply(asked, self._followers.get(asked.context.id, ()), heard)
        self._replies.append(reply)
        self._background(self._async_carry_out(reply, afterwards))
        return reply

    async def async_told(self, persona: str) -> None:
        """Wait until the mirror knows of what this persona has said."""
        for reply in [each for each in self._replies if each.asked.persona == persona and each.is_over]:
            await reply.is_told.wait()

    @callback
    def delete(self, persona: str) -> None:
        """Have the mirror forget what a persona that was deleted has heard and said, as soon as it is there."""
        self._deleted.add(persona)
        self.look()

    @callback
    def look(self) -> None:
        """Tell the mirror what it missed while it was away: how a reply has ended, or that nobody knows any more."""
        if not self._coordinator.data.connected:
            self._was_away = True
            return
        # One that had nothing to wait for is done before it is assigned.
        if (self._clearing and not self._clearing.done()) or self._beginning:
            return
        snapshot = self._coordinator.data.snapshot
        talk = snapshot.state.part(Talk) if snapshot else None
        replies = talk.replies if talk else {}
        if self._was_away:
            self._was_away = False
            known = {reply.id for reply in self._replies}
            ours = self._coordinator.config_entry.subentries  # the mirror may have another Home Assistant
            self._left = {reply for reply, persona in replies.items() if persona in ours and reply not in known}
        if todo := self._missed(replies):
            self._clearing = self._background(self._async_clear(todo))

    def _missed(self, replies: Collection[str]) -> dict[str, _Command]:
        """What the mirror is to be told, by reply or deleted persona."""
        lost = {"outcome": "lost", "length": 0, "heard": 0}
        open_yet = [reply for reply in replies if reply in self._left or reply in self._untold]
        ends = {one: self._untold.get(one) or _Command("end_reply", {"reply": one, **lost}) for one in open_yet}
        return ends | {
            persona: _Command("forget_talk", {"persona": persona, "everybody": True}) for persona in self._deleted
        }

    async def _async_clear(self, todo: Mapping[str, _Command]) -> None:
        for what, command in todo.items():
            if await self._async_decide(command):
                self._left.discard(what)
                self._untold.pop(what, None)
                self._deleted.discard(what)

    async def _async_carry_out(self, reply: OpenReply, afterwards: Callable[[], Awaitable[None]]) -> None:
        """Tell the mirror of a reply, in the order in which it goes on."""
        if self._coordinator.data.has_subject(Talk.subject):
            self._beginning += 1
            begun = await self._async_decide(reply.beginning, reply.asked)
            self._beginning -= 1
            reply.id = begun.command_id if begun and begun.accepted else None
        reply.has_begun.set()
        while command := await reply.commands.get():
            if reply.id is None:
                continue
            command = replace(command, payload={"reply": reply.id, **command.payload})
            if not await self._async_decide(command, reply.asked) and command.action == "end_reply":
                self._untold[reply.id] = command
        self._replies.remove(reply)
        reply.is_told.set()
        if reply.lasting and reply.id is not None:
            lasting = {"emotion": reply.lasting, "seconds": LASTING_S}
            await self._async_decide(_Command("express", lasting), reply.asked)
        self.look()
        if reply.id is not None and reply.asked.remembers:
            await afterwards()

    async def _async_decide(self, command: _Command, asked: Asked | None = None) -> Decision | None:
        """Have the mirror decide; None where it cannot be asked: whoever talks is answered all the same."""
        try:
            return await self._coordinator.async_send(
                command.action,
                command.payload,
                context=asked.context if asked else None,
                person=asked.person if asked else None,
                source="sensor",
                words=command.words,
            )
        except HomeAssistantError:
            return None

    def _background(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        coordinator = self._coordinator
        name = f"{DOMAIN} {coordinator.name} talk"
        return coordinator.config_entry.async_create_background_task(coordinator.hass, coroutine, name)
