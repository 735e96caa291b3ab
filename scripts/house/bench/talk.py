"""`scripts/bench talk`: what a persona adds to the agent behind it, what it sends, and how soon the mirror shows it.

A real Home Assistant asks the stand-in model, which is in this process, as what listens to the answers is: both ends
of a stretch are timed by one clock. The persona and the bare agent are asked in turns.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from io import StringIO
from itertools import pairwise
from pathlib import Path

from custom_components.mira.emotions import EMOTIONS
from custom_components.mira.speech_filter import SpeechFilter
from house.bench import talk_glass, talk_memory
from house.bench.assist import Assist, assist
from house.bench.figures import Measured
from house.bench.sampling import percentile
from house.browser import chromium
from house.household import Household, running
from house.model import Say, StandInModel

type Progress = Callable[[str], None]

_BARE, _PERSONA = "conversation.stand_in", "conversation.mira"
_WARM = 5
"""Rounds that do not count."""
_CHUNKINGS = 10_000
_EMOJIS = ("😊", "❤️", "🇩🇪", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👍🏽", "1️⃣", "🙂‍↔️", "🏳️‍🌈")
_TEXT = "It is 7 km, #1 of 3 * 4 [or not] © (äöü) \n"
"""Without an e: a message that ends with `[e` ends in a tag that broke off."""


def measure(folder: Path, *, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Take every figure. Raises HouseError where what is needed cannot be had."""
    progress(f"{_CHUNKINGS:,} chunkings")
    return _fuzzed(_CHUNKINGS) | asyncio.run(_asked(folder, quick=quick, progress=progress))


def _fuzzed(chunkings: int) -> dict[str, Measured]:
    """How many chunkings of made-up messages have anything said that is no word of the message, or lose one."""
    chance = random.Random(19)
    wrong = 0
    for _ in range(chunkings):
        pieces, words = [], ""
        for _ in range(chance.randint(1, 8)):
            kind = chance.choice(("tag", "emoji", "text"))
            if kind == "tag":
                pieces.append(f"[emotion:{chance.choice([*EMOTIONS, 'grumpy', 'not one', '😀'])}]")
            elif kind == "emoji":
                pieces.append(chance.choice(_EMOJIS))
            else:
                pieces.append("".join(chance.choices(_TEXT, k=chance.randint(1, 12))))
                words += pieces[-1]
        message = "".join(pieces)
        cuts = sorted(chance.choices(range(len(message) + 1), k=chance.randint(0, 12)))
        chunks = [message[start:end] for start, end in pairwise([0, *cuts, len(message)])]
        speech_filter = SpeechFilter()
        out = [piece for chunk in chunks for piece in speech_filter.feed(chunk)] + list(speech_filter.end())
        said = "".join(piece for piece in out if isinstance(piece, str))
        wrong += "".join(said.split()) != "".join(words.split())
    return {"talk_tag_or_emoji_said": Measured(wrong, f"of {chunkings:,} chunkings, lost letters included")}


async def _asked(folder: Path, *, quick: bool, progress: Progress) -> dict[str, Measured]:
    """In threads is what waits by blocking: the model is asked meanwhile."""
    async with StandInModel() as model:
        with ExitStack() as stack:
            progress("the house")
            house = await asyncio.to_thread(
                stack.enter_context, running(folder, StringIO(), voice=True, model=model.port)
            )
            async with assist(house) as app:
                pipelines = [await app.pipeline(agent) for agent in (_BARE, _PERSONA)]
                measured = await _first(app, model, pipelines, 20 if quick else 200, progress)
                measured |= await talk_memory.figures(house, app, model, pipelines, quick=quick, progress=progress)
            return measured | await asyncio.to_thread(_at_the_mirror, house, model, 6 if quick else 60, progress)


async def _first(
    assist: Assist, model: StandInModel, pipelines: Sequence[str], rounds: int, progress: Progress
) -> dict[str, Measured]:
    progress(f"the first text, {rounds} times each")
    bare, persona = await _first_texts(assist, model, pipelines, rounds)
    progress("barge-in")
    closed = await _barge_in(assist, model, pipelines[1], rounds // 4)
    added = statistics.median(there - here for here, there in zip(bare, persona, strict=True))
    medians = f"{statistics.median(persona):.2f} ms with the persona, {statistics.median(bare):.2f} ms without"
    return {
        "talk_first_text_added_p50_ms": Measured(added, f"from the model's write to the app: {medians}"),
        "talk_stream_closed_p50_ms": Measured(
            statistics.median(closed), f"from the app's word to the model; p95 {percentile(closed, 95):.2f} ms"
        ),
    }


def _at_the_mirror(house: Household, model: StandInModel, turns: int, progress: Progress) -> dict[str, Measured]:
    with chromium() as browser:
        return talk_glass.figures(house, browser, model, turns, progress)


async def _first_texts(
    assist: Assist, model: StandInModel, pipelines: Sequence[str], rounds: int
) -> tuple[list[float], list[float]]:
    """Milliseconds from the model's first piece to the first text at the app, by pipeline, round for round."""
    took: tuple[list[float], list[float]] = ([], [])
    for each in range(rounds + _WARM):
        order = (0, 1) if each % 2 else (1, 0)
        for place in order:
            model.turns, model.written = [[Say("[emotion:happy] Hello"), Say(" there, how are you?", 0.01)]], []
            number, came = await assist.run(pipelines[place])
            if each >= _WARM:
                took[place].append(1_000 * (came - model.written[0]))
            await assist.end(number)
    return took


async def _barge_in(assist: Assist, model: StandInModel, pipeline: str, rounds: int) -> list[float]:
    """Milliseconds until the model's stream is closed once nobody wants the answer any more."""
    took = []
    for _ in range(rounds):
        model.turns, model.closed = [[Say("[emotion:happy] Hello"), Say(" there.", 30)]], []
        number, _came = await assist.run(pipeline)
        left = time.perf_counter()
        await assist.send(type="unsubscribe_events", subscription=number)
        async with asyncio.timeout(10):
            while not model.closed:  # noqa: ASYNC110 - the model notes it, and tells nobody
                await asyncio.sleep(0.0002)
        took.append(1_000 * (model.closed[0] - left))
    return took
