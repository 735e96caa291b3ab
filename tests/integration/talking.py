"""A pipeline of Assist whose ears, head and voice the test is."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, override

from homeassistant.components import conversation, stt, tts
from homeassistant.components.assist_pipeline import async_update_pipeline
from homeassistant.components.assist_pipeline.pipeline import async_get_pipeline
from homeassistant.components.assist_pipeline.runtime import KEY_ASSIST_PIPELINE
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

DOMAIN = "talking"
WAV = b"RIFF of the reply"


class TalkingFlow(ConfigFlow, domain=DOMAIN):
    """Nobody is asked."""


class Ears(stt.SpeechToTextEntity):
    """Understands what the test says."""

    _attr_name = "Ears"
    _attr_unique_id = "ears"

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    @property
    @override
    def audio_processing(self) -> stt.SpeechAudioProcessing:
        return self._talk.wants

    @property
    @override
    def supported_languages(self) -> list[str]:
        return ["en", "de"]

    @property
    @override
    def supported_formats(self) -> list[stt.AudioFormats]:
        return [stt.AudioFormats.WAV]

    @property
    @override
    def supported_codecs(self) -> list[stt.AudioCodecs]:
        return [stt.AudioCodecs.PCM]

    @property
    @override
    def supported_bit_rates(self) -> list[stt.AudioBitRates]:
        return [stt.AudioBitRates.BITRATE_16]

    @property
    @override
    def supported_sample_rates(self) -> list[stt.AudioSampleRates]:
        return [stt.AudioSampleRates.SAMPLERATE_16000]

    @property
    @override
    def supported_channels(self) -> list[stt.AudioChannels]:
        return [stt.AudioChannels.CHANNEL_MONO]

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        self._talk.listened_at.append(time.perf_counter())
        self._talk.heard.append(b"")
        async for chunk in stream:
            self._talk.heard[-1] += chunk
        if self._talk.text is None:
            return stt.SpeechResult(None, stt.SpeechResultState.ERROR)
        return stt.SpeechResult(self._talk.text, stt.SpeechResultState.SUCCESS)


class Head(conversation.ConversationEntity):
    """Answers what the test answers, word for word."""

    _attr_name = "Head"
    _attr_unique_id = "head"

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return "*"

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        self._talk.conversations.append(str(user_input.conversation_id))
        self._talk.inputs.append(user_input)

        async def deltas() -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
            yield {"role": "assistant"}
            for word in self._talk.reply:
                yield {"content": word}
                await self._talk.between_words()

        assert self.entity_id
        async for _ in chat_log.async_add_delta_content_stream(self.entity_id, deltas()):
            pass
        response = intent.IntentResponse(language=user_input.language)
        if self._talk.misunderstands:
            response.async_set_error(intent.IntentResponseErrorCode.NO_INTENT_MATCH, "What?")
        else:
            response.async_set_speech("".join(self._talk.reply))
        return conversation.ConversationResult(
            response=response,
            conversation_id=user_input.conversation_id,
            continue_conversation=self._talk.continues.pop(0) if self._talk.continues else False,
        )


class Mouth(tts.TextToSpeechEntity):
    """Speaks."""

    _attr_name = "Mouth"
    _attr_unique_id = "mouth"
    _attr_default_language = "en"

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._attr_supported_languages = ["en", "de"]

    @override
    async def async_stream_tts_audio(self, request: tts.TTSAudioRequest) -> tts.TTSAudioResponse:
        async def sound() -> AsyncGenerator[bytes]:
            async for text in request.message_gen:
                self._talk.spoken.append(text)
                if self._talk.is_hoarse:
                    raise RuntimeError("The voice is gone.")
                yield WAV

        return tts.TTSAudioResponse("wav", sound())


async def _at_once() -> None:
    await asyncio.sleep(0)


@dataclass
class Talk:
    """What is said, and what came of it."""

    hass: HomeAssistant
    text: str | None = "turn on the light"
    """What was understood; None: nothing could be."""
    reply: list[str] = field(default_factory=lambda: ["It ", "is ", "on."])
    between_words: Callable[[], Any] = _at_once
    continues: list[bool] = field(default_factory=list)
    """Whether the agent waits for an answer, turn by turn."""
    misunderstands: bool = False
    is_hoarse: bool = False
    heard: list[bytes] = field(default_factory=list)
    wants: stt.SpeechAudioProcessing = field(default_factory=lambda: stt.DEFAULT_AUDIO_PROCESSING)
    """What is to be made of the sound."""
    conversations: list[str] = field(default_factory=list)
    inputs: list[conversation.ConversationInput] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    listened_at: list[float] = field(default_factory=list)
    """Times at which it began to listen."""

    async def set_pipeline(self, **changes: Any) -> None:
        """Change the preferred pipeline."""
        await async_update_pipeline(self.hass, async_get_pipeline(self.hass), **changes)

    async def add_pipeline(self, name: str) -> None:
        """Have another one, in German."""
        store = self.hass.data[KEY_ASSIST_PIPELINE].pipeline_store
        preferred = async_get_pipeline(self.hass).to_json()
        del preferred["id"]
        german = {"language": "de", "stt_language": "de", "tts_language": "de", "conversation_language": "de"}
        await store.async_create_item({**preferred, **german, "name": name})


async def async_talk(hass: HomeAssistant) -> Talk:
    """Have a pipeline with these, which is the preferred one."""
    talk = Talk(hass)
    entities = {Platform.STT: Ears(talk), Platform.CONVERSATION: Head(talk), Platform.TTS: Mouth(talk)}

    async def set_up_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, list(entities))
        return True

    mock_integration(hass, MockModule(DOMAIN, async_setup_entry=set_up_entry))
    for platform, entity in entities.items():

        async def add(
            hass: HomeAssistant,
            entry: ConfigEntry,
            async_add_entities: AddConfigEntryEntitiesCallback,
            entity: Any = entity,
        ) -> None:
            async_add_entities([entity])

        mock_platform(hass, f"{DOMAIN}.{platform}", MockPlatform(async_setup_entry=add))
    mock_platform(hass, f"{DOMAIN}.config_flow")
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await talk.set_pipeline(
        stt_engine="stt.ears",
        stt_language="en",
        conversation_engine="conversation.head",
        tts_engine="tts.mouth",
        tts_language="en",
    )
    return talk
