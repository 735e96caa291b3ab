"""Hours of sound in which nobody says a wake word: speech, music, and what a television might play."""

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Final, NamedTuple, get_args

import numpy as np

from house.debian import unpacked
from house.hands import recordings
from house.process import HouseError
from house.voices import RATE, Voice, spoken
from mira_sidecar.subjects.voice.worker.trial import sound_of

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mira"
ENGLISH: Final = "asterisk-core-sounds-en-g722"
OTHERS: Final = tuple(f"asterisk-core-sounds-{language}-g722" for language in ("es", "fr", "it", "ru"))
MUSIC: Final = "wesnoth-1.16-music"
TEXTS: Final = "fortunes"
ESPEAK: Final = ("espeak-ng", "espeak-ng-data", "libespeak-ng1", "libpcaudio0", "libsonic0")
ESPEAK_VOICES: Final = (
    *("en-us", "en-us+f2", "en-us+f4", "en-us+m1", "en-us+m3", "en-us+m7"),
    *("en-gb-x-rp", "en-gb-x-rp+f3", "en-gb-scotland", "en-029"),
)
"""Of espeak-ng, which speaks by formants, and is harder to understand than flite."""
FLITE_VOICES: Final[tuple[Voice, ...]] = get_args(Voice.__value__)
_PACE: Final = 175
_PITCH: Final = 50
"""espeak-ng's own: words a minute, and of 0 to 99."""
_WORDS: Final = 1_700
"""In a piece of made speech: some ten minutes."""
_SEED: Final = 20_261_128
_SPACE: Final = bytes(RATE)
"""Half a second between two files, or two sayings."""

type Sound = Callable[[], Iterator[bytes]]
type Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


class Piece(NamedTuple):
    """Some minutes of sound."""

    source: str
    sound: Sound


def pieces(*, quick: bool) -> list[Piece]:
    """All of them; a few minutes where it is to be quick. Raises HouseError where they cannot be had."""
    unpacked(CACHE, ENGLISH, TEXTS, *ESPEAK, *([] if quick else [*OTHERS, MUSIC]))
    read = sorted((recordings().parent / "speech" / "people").rglob("*.flac"))
    prompts = _files("en_US", "*.g722")
    voices = [*FLITE_VOICES, *ESPEAK_VOICES]
    if quick:
        return [
            Piece("recorded speech, English", partial(_one_after_another, prompts[:40])),
            Piece("made speech", partial(made_speech, "slt", 0, 200)),
        ]
    all_pieces = [Piece("recorded speech, English", partial(_one_after_another, some)) for some in _split(prompts, 3)]
    if read:
        all_pieces.append(Piece("recorded speech, English", partial(_one_after_another, read)))
    for language in ("es", "fr", "it", "ru"):
        some = _files(language, "*.g722")
        all_pieces += [
            Piece("recorded speech, other languages", partial(_one_after_another, one)) for one in _split(some, 2)
        ]
    music = _files("wesnoth", "*.ogg")
    all_pieces += [Piece("music", partial(_one_after_another, some)) for some in _split(music, 8)]
    made = [voices[number % len(voices)] for number in range(20)]
    all_pieces += [Piece("made speech", partial(made_speech, voice, number)) for number, voice in enumerate(made)]
    for number in range(20):
        voice = voices[(number + 5) % len(voices)]
        all_pieces.append(Piece("made television", partial(_television, voice, len(made) + number, music)))
    return all_pieces


def made_speech(voice: str, number: int, words: int = _WORDS) -> Iterator[bytes]:
    """Ten minutes of sayings; of each number others."""
    for text in _texts()[number::64]:
        words -= len(text.split())
        yield said(text, voice)
        yield _SPACE
        if words <= 0:
            return


def said(text: str, voice: str, *, slower: float = 1.0, higher: float = 1.0) -> bytes:
    """The text by a voice of flite or of espeak-ng. Raises HouseError."""
    for own in FLITE_VOICES:
        if voice == own:
            return spoken(text, own, slower=slower, higher=higher)
    manner = ["-s", f"{_PACE / slower:.0f}", "-p", f"{_PITCH * higher:.0f}"]
    root = unpacked(CACHE, *ESPEAK)
    library = next(root.glob("usr/lib/*/libespeak-ng.so.1")).parent
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        environment = {**os.environ, "LD_LIBRARY_PATH": str(library), "ESPEAK_DATA_PATH": str(library)}
        try:
            subprocess.run(
                [root / "usr/bin/espeak-ng", "-v", voice, *manner, "-w", file, "--", text],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise HouseError(f"espeak-ng does not speak as `{voice}` ({error}).") from error
        return b"".join(sound_of(file))


def samples(pcm: bytes) -> Samples:
    """As numbers from -1 to 1."""
    sound: Samples = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)
    return sound


def pcm_of(sound: Samples) -> bytes:
    """The other way; what is too loud is clipped, as a microphone does it."""
    return (sound * 32_767).round().clip(-32_768, 32_767).astype("<i2").tobytes()


def loudness(sound: Samples) -> float:
    """The root mean square of the loudest half of its tenths of a second: of speech, without pauses."""
    tenths = np.sqrt(np.mean(sound[: len(sound) // 1_600 * 1_600].reshape(-1, 1_600) ** 2, axis=1))
    return float(np.sqrt(np.mean(np.sort(tenths)[len(tenths) // 2 :] ** 2))) or 1.0


def _television(voice: str, number: int, music: Sequence[Path]) -> Iterator[bytes]:
    """Speech over music, 0 to 12 dB softer than it; both are louder and softer by turns."""
    random = np.random.default_rng(_SEED + number)
    track = samples(b"".join(sound_of(music[int(random.integers(len(music)))])))
    at = 0
    for pcm in made_speech(voice, number):
        speech = samples(pcm)
        level = 10 ** (random.uniform(-38, -18) / 20)
        below = level * 10 ** (-random.uniform(0, 12) / 20)
        wanted = np.arange(at, at + len(speech)) % len(track)
        at += len(speech)
        under = track[wanted]
        speech = speech * (level / loudness(speech)) if pcm != _SPACE else speech
        yield pcm_of(speech + under * (below / loudness(track)))


def _one_after_another(files: Sequence[Path]) -> Iterator[bytes]:
    for file in files:
        yield from sound_of(file)
        yield _SPACE


@cache
def _texts() -> list[str]:
    """Sayings, in an order that does not change. No wake word is in them."""
    folder = unpacked(CACHE, TEXTS) / "usr/share/games/fortunes"
    left_out = {"art", "ascii-art", "perl", "songs-poems"}
    files = sorted(file for file in folder.iterdir() if not file.suffix and file.name not in left_out)
    all_texts = [text for file in files for text in file.read_text(errors="replace").split("\n%\n")]
    plain = [re.sub(r"[^A-Za-z0-9.,:;!?'\" -]+", " ", text).strip() for text in all_texts]
    words = re.compile(r"alexa|jarvis|mycroft|nabu", re.IGNORECASE)
    fit = [text for text in plain if 20 <= len(text) <= 1_500 and not words.search(text)]
    return [fit[int(at)] for at in np.random.default_rng(_SEED).permutation(len(fit))]


def _files(part: str, pattern: str) -> list[Path]:
    """Of the unpacked packages, those in a folder whose name begins like this."""
    root = CACHE / "debian" / "usr" / "share"
    found = sorted(file for file in root.rglob(pattern) if any(one.startswith(part) for one in file.parts))
    if not found:
        raise HouseError(f"Debian's packages have no {pattern} of {part} any more.")
    return found


def _split[Item](items: Sequence[Item], parts: int) -> list[Sequence[Item]]:
    return [items[number::parts] for number in range(parts)]
