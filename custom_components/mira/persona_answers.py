"""What a persona answers by itself where its agent, which has no language model, has not understood what was said.

Why behind the agent, and not before it: docs/decisions.md.
"""

from dataclasses import dataclass
from typing import Final

from homeassistant.components.conversation import (
    AssistantContent,
    ChatLog,
    ConversationInput,
    ConversationResult,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers import intent

from .assist import Order, Texts, async_carry_out
from .coordinator import MiraCoordinator
from .expression import OpenReply
from .persona import person_of
from .persona_sentences import Meant, meant
from .speaking_up import SpokenUp

_NOT_UNDERSTOOD: Final = (
    intent.IntentResponseErrorCode.NO_INTENT_MATCH,
    intent.IntentResponseErrorCode.NO_VALID_TARGETS,
)
_EMOTIONS: Final = {
    "name": "happy",
    "abilities": "proud",
    "wellbeing": "happy",
    "hello": "happy",
    "good_morning": "joy",
    "good_night": "sleepy",
    "thanks": "happy",
    "praise": "embarrassed",
    "goodbye": "wink",
    "quiet": "neutral",
}
"""Of what is simply said, by what was meant."""
_DEVICES: Final = ("camera", "microphone")


@dataclass(frozen=True)
class Answer:
    """What a persona answers by itself."""

    emotion: str
    text: str


@dataclass(frozen=True)
class OwnAnswers:
    """Those of one persona to one question."""

    mirror: MiraCoordinator
    persona: ConfigSubentry
    asked: ConversationInput
    log: ChatLog
    """The conversation, in which the answer is not yet."""
    shown: OpenReply

    async def async_instead(self, result: ConversationResult) -> ConversationResult | None:
        """What is said in place of the agent's result, with a tag of what is expressed; None: that stays."""
        asked, response = self.asked, result.response
        kind = response.intent.intent_type if response.intent else None
        if kind == intent.INTENT_NEVERMIND:
            found: Meant | None = Meant("quiet")  # to which Home Assistant says nothing at all
        elif kind == intent.INTENT_RESPOND or response.error_code in _NOT_UNDERSTOOD:
            hass, name = self.mirror.hass, self.persona.title
            found = await hass.async_add_executor_job(meant, asked.text, asked.language, name)
        else:
            return None
        answer = await self._async_own(found) if found else None
        if answer is None:
            return None
        own = intent.IntentResponse(language=asked.language)
        own.async_set_speech(f"[emotion:{answer.emotion}] {answer.text}")
        return ConversationResult(own, result.conversation_id)

    async def _async_own(self, found: Meant) -> Answer | None:
        """What is said to this; None: that is not for the persona to answer."""
        texts = await Texts.load(self.mirror.hass, self.asked.language)
        what = found.what
        if what == "look":
            self.shown.lasting = found.emotion
            return Answer(str(found.emotion), texts.persona(what))
        if what == "again":
            said = self._spoken_up.message if self._spoken_up else self._said_last and self._said_last.content
            return Answer("neutral", said) if said else Answer("confused", texts.persona("nothing_said"))
        if what == "why":
            return Answer("thinking", self._why(texts))
        if what == "forget":
            return await self._async_forget(texts)
        device, _, switched = what.rpartition("_")
        if device in _DEVICES:
            return await self._async_switch(device, texts, on=switched == "on")
        return Answer(_EMOTIONS[what], texts.persona(what, name=self.persona.title))

    @property
    def _said_last(self) -> AssistantContent | None:
        """What was said last in this conversation."""
        contents = reversed(self.log.content)
        return next((one for one in contents if isinstance(one, AssistantContent) and one.content), None)

    @property
    def _spoken_up(self) -> SpokenUp | None:
        """What the mirror said by itself, where that was the last thing that was said here."""
        spoken, last = self.mirror.spoken_up, self._said_last
        if not spoken or not spoken.is_recent or self._is_elsewhere:
            return None
        return spoken if not last or last.content == spoken.message or last.created < spoken.at else None

    @property
    def _is_elsewhere(self) -> bool:
        """Whether this is asked in front of something else than the persona's mirror."""
        return self.asked.device_id not in (None, self.mirror.device_id)

    @callback
    def _why(self, texts: Texts) -> str:
        """Why the last thing was said."""
        if not (spoken := self._spoken_up):
            return texts.persona("why_answer" if self._said_last else "why_nothing")
        key = "why_automation" if spoken.asker else "why_asked"
        return texts.persona(key, automation=spoken.asker, about=spoken.about)

    async def _async_forget(self, texts: Texts) -> Answer:
        """Forget what was said so far: here, and what the mirror has kept of it."""
        answer = texts.persona("forget")
        if self.mirror.data.has_subject("talk"):
            person, _ = person_of(self.mirror.hass, self.mirror, self.asked.context)
            order = Order("forget_talk", {"persona": self.persona.subentry_id}, answer, person)
            said = await async_carry_out(self.mirror, order, self.asked.context, texts)
            if said != answer:
                return Answer("sorry", said)
        del self.log.content[1:-1]
        return Answer("happy", answer)

    async def _async_switch(self, device: str, texts: Texts, *, on: bool) -> Answer | None:
        """Switch what belongs to the persona's mirror; in front of something else, another camera may be meant."""
        if self._is_elsewhere or not self.mirror.data.has_kind(device):
            return None
        answer = texts.persona(f"{device}_{'on' if on else 'off'}")
        order = Order(f"set_{device}", {"on": on}, answer)
        said = await async_carry_out(self.mirror, order, self.asked.context, texts)
        return Answer("happy" if said == answer else "sorry", said)
