"""The player: `python -m mira_sidecar.devices.speaker.play NAME [LOOPBACK]`.

What it is told, and what it says, is in wire.py; LOOPBACK is the handle of memory for what it plays, see loopback.py.
It writes no file, and ends at once with its standard input: what is being heard then is cut off.
"""

import math
import os
import queue
import sys
import threading
import time
from functools import partial

import av.logging
import msgspec

from mira_sidecar.devices.loopback import Loopback
from mira_sidecar.devices.orders import fall, leave
from mira_sidecar.devices.source import SourceError

from . import wire
from .chime import chime
from .decoding import NoSoundError, decoded
from .output import Output
from .speech import Speech, StoppedError

_LEVEL_S = 0.1
_QUIET_DB, _LOUD_DB = -50.0, -10.0
"""Between these, levels differ."""
_EVERY = 8
"""Of so many samples one tells how loud they are: enough for a face."""


class Player:
    """Plays one speech after another, in a thread of its own."""

    def __init__(self, speaker: str, loopback: Loopback | None) -> None:
        """`speaker`: its name in ALSA; `loopback`: where it writes what it plays."""
        self._name = speaker
        self._loopback = loopback
        self._waiting = queue.SimpleQueue[Speech]()
        threading.Thread(target=self._run, daemon=True).start()

    def play(self, speech: Speech) -> None:
        """Play it after those before."""
        self._waiting.put(speech)

    def _run(self) -> None:
        try:
            while True:
                speech = self._waiting.get()
                _say(self._played(speech))
                speech.over = True
        except Exception as error:  # noqa: BLE001 - whatever it is, the sidecar logs it
            fall(error)

    def _played(self, speech: Speech) -> wire.Heard:
        """Play it; what became of it."""
        try:
            with Output(self._name, self._loopback) as output:
                _play(speech, output)
        except StoppedError:
            return wire.Stopped(speech.id)
        except SourceError as error:
            return wire.Failed(speech.id, error.code, error.message)
        except NoSoundError:
            text = "What was to be played is no sound, or none of these: WAV, MP3, Ogg, FLAC, AAC."
            return wire.Failed(speech.id, "no_sound", text)
        return wire.Played(speech.id)


def _play(speech: Speech, output: Output) -> None:
    """Raises StoppedError, SourceError, NoSoundError."""
    level_at = 0.0
    while speech.next_file():
        for block in decoded(speech):
            output.write(speech, block)
            now_s = time.monotonic()
            if not level_at:
                _say(wire.Playing(speech.id, now_s * 1000))
            if now_s >= level_at:
                level_at = now_s + _LEVEL_S
                _say(wire.Level(speech.id, _level(block)))
    output.drain(speech)


def _level(block: bytes) -> float:
    samples = memoryview(block).cast("h")[::_EVERY]
    power = sum(one * one for one in samples) / len(samples) / 32_768**2
    decibels = 10 * math.log10(power) if power else _QUIET_DB
    return round(min(1.0, max(0.0, (decibels - _QUIET_DB) / (_LOUD_DB - _QUIET_DB))), 2)


def _say(message: wire.Heard) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """Do as the orders say, until they end."""
    av.logging.set_level(av.logging.PANIC)
    name, *loopback = sys.argv[1:]
    player = Player(name, Loopback(int(loopback[0])) if loopback else None)
    sign = chime()
    speeches: list[Speech] = []
    told = os.fdopen(0, "rb", closefd=False)
    while len(head := told.read(wire.HEAD.size)) == wire.HEAD.size:
        kind, length = wire.HEAD.unpack(head)
        content = told.read(length)
        match kind:
            case wire.START | wire.CHIME:
                speech_id = content.decode()
                speeches = [*(one for one in speeches if not one.over), Speech(speech_id, partial(_wait, speech_id))]
                if kind == wire.CHIME:
                    speeches[-1].add(sign)
                    speeches[-1].end()
                player.play(speeches[-1])
            case wire.DATA:
                speeches[-1].add(content)
            case wire.END_FILE:
                speeches[-1].add(None)
            case wire.END:
                speeches[-1].end()
            case wire.STOP:
                for speech in speeches:
                    speech.stop()
    leave(0)


def _wait(speech_id: str) -> None:
    _say(wire.Level(speech_id, 0.0))


if __name__ == "__main__":
    main()
