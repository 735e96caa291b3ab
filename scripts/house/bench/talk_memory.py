"""What is left of 200 turns in what a model is sent, where rules sum up: a real persona, asked by the pipeline."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

from house.bench.assist import Assist
from house.bench.figures import Measured
from house.household import Household
from house.long_talk import FACTS, OTHER_FACTS, household
from house.model import Say, StandInModel

_SETS = tuple((facts[language], language) for facts in (FACTS, OTHER_FACTS) for language in ("en", "de"))
_LAST = "What do you know about us?"
_TURN_S = 0.1
"""For a turn at least: a turn is three commands, and of what is observed the mirror takes 50 a second."""


async def figures(
    house: Household,
    assist: Assist,
    model: StandInModel,
    pipelines: Sequence[str],
    *,
    quick: bool,
    progress: Callable[[str], None],
) -> dict[str, Measured]:
    """Household by household, of which each begins with nothing; `pipelines` are the bare agent's and the persona's."""
    bare, persona = pipelines
    own = len(_sent(await _asked(assist, model, bare, _LAST, "Nothing.")))
    longest, named, kept, notes = 0, 0, 0, []
    sets = _SETS[:1] if quick else _SETS
    for number, (facts, language) in enumerate(sets, 1):
        progress(f"200 turns, {number} of {len(sets)}")
        await asyncio.to_thread(house.bus.send, "forget_talk", {"everybody": True}, source="touch")
        said = household(facts, language, seed=number)
        for question, answer in said.turns:
            sent, _ = await asyncio.gather(_asked(assist, model, persona, question, answer), asyncio.sleep(_TURN_S))
            longest = max(longest, len(_sent(sent)) - own)
        last = _sent(await _asked(assist, model, persona, _LAST, "A lot."))
        found = sum(words in last for words in said.named)
        named, kept = named + len(said.named), kept + found
        notes.append(f"{language} {found} of {len(said.named)}")
    turns = f"{len(sets)} households of 200 turns"
    return {
        "talk_prompt_characters": Measured(
            longest, f"the most in {turns}, beside the {own:,} of the agent's own instructions and the question"
        ),
        "talk_facts_kept_percent": Measured(
            100 * kept / named, f"without a model, of the first 20 turns of {turns}: {', '.join(notes)}"
        ),
    }


async def _asked(assist: Assist, model: StandInModel, pipeline: str, question: str, answer: str) -> dict[str, Any]:
    """What the model was sent for this question."""
    model.turns, model.requests = [[Say(f"[emotion:happy] {answer}")]], []
    number, _ = await assist.run(pipeline, question)
    await assist.end(number)
    return model.requests[0]


def _sent(request: dict[str, Any]) -> str:
    """The text of its messages."""
    contents = [message["content"] for message in request["messages"]]
    return "\n".join(each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in contents)
