"""Made voices: what is said, as sound. They stand for people, and are what Home Assistant speaks with."""

import io
import subprocess
import tempfile
import wave
from pathlib import Path
from typing import Final, Literal

from house.process import HouseError

RATE: Final = 16_000
"""Samples a second, 16 bits, one channel."""

type Voice = Literal["slt", "rms", "awb"]
"""Voices of flite that speak at this rate: a woman, and two men."""

RECORDED_ENDS_MS: Final = {
    "okay_nabu": (2_900, 1_390),
    "hey_jarvis": (1_130, 1_330),
    "hey_mycroft": (1_130, 2_270),
    "alexa": (1_030, 1_150),
}
"""When the wake word ends in its recordings `1.wav` and `2.wav` (MIRA_TESTDATA), by looking at them."""


_PITCH_HZ: Final[dict[str, int]] = {"slt": 170, "rms": 100, "awb": 110}


def spoken(text: str, voice: Voice = "rms", *, slower: float = 1.0, higher: float = 1.0) -> bytes:
    """The text, said in English: 16 bits a sample. Raises HouseError.

    By a voice whose "okay nabu" is sure: that of `slt` is 0.83 to 0.90 probable, by where it falls between two looks of
    the model, which takes 0.85.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spoken.wav"
        try:
            manner = ["--setf", f"duration_stretch={slower}"] if slower != 1 else []
            if higher != 1:
                manner += ["--setf", f"int_f0_target_mean={round(_PITCH_HZ[voice] * higher)}"]
            told = ["flite", "-voice", voice, *manner, "-t", text, "-o", str(file)]
            subprocess.run(told, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise HouseError("flite does not speak. Install it, or run scripts/setup.") from error
        with wave.open(str(file)) as sound:
            if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE, 1, 2):
                raise HouseError(f"flite's voice `{voice}` speaks at another rate than {RATE} Hz.")
            frames: bytes = sound.readframes(sound.getnframes())
            return frames


def wav(pcm: bytes, rate: int = RATE, channels: int = 1) -> bytes:
    """A file of this sound, of 16 bits a sample."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return made.getvalue()


def pause(seconds: float) -> bytes:
    """Silence."""
    return b"\0\0" * round(RATE * seconds)
