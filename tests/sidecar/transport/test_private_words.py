"""Words on their way beside commands: held for a moment, and by nobody else."""

import asyncio
import json
from typing import Any

import pytest
from redis.asyncio import Redis

from mira_sidecar.protocol import MAX_PRIVATE_BYTES, Keys
from mira_sidecar.transport import private_words
from mira_sidecar.transport.private_words import HeldWords


class Held(HeldWords):
    """Words, by a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(Redis(), Keys("hall"), lambda: self.now)

    def told(self, number: int, words: Any = None) -> None:
        self.hear(json.dumps({"command_id": f"command-{number}", "words": words or {"text": "Hello"}}).encode())


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    monkeypatch.setattr(private_words, "_LATE_S", 0.05)
    return Held()


async def test_words_are_handed_out_once(held: Held) -> None:
    held.told(1)
    assert await held.take("command-1") == {"text": "Hello"}
    assert await held.take("command-1") is None


async def test_the_first_words_for_a_command_count(held: Held) -> None:
    held.told(1)
    held.told(1, {"text": "Something else"})
    assert await held.take("command-1") == {"text": "Hello"}


async def test_words_that_come_after_their_command_are_waited_for(held: Held) -> None:
    asyncio.get_running_loop().call_later(0.01, held.told, 2)
    asyncio.get_running_loop().call_later(0.02, held.told, 1)
    assert await held.take("command-1") == {"text": "Hello"}


async def test_words_of_a_refused_command_are_forgotten(held: Held) -> None:
    held.told(1)
    held.drop(["command-1", "command-2"])
    assert await held.take("command-1") is None


async def test_words_whose_command_never_comes_are_forgotten_after_a_minute(held: Held) -> None:
    held.told(1)
    held.now = 60
    held.told(2)
    assert await held.take("command-1") is None
    assert await held.take("command-2")


async def test_of_a_flood_the_newest_words_are_held(held: Held) -> None:
    for number in range(257):
        held.told(number)
    assert await held.take("command-0") is None
    assert await held.take("command-1")
    assert await held.take("command-256")


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b'{"command_id": "x", "words": {}}', b'{"command_id": "command-1"}', b"[" * 5_000]
)
async def test_what_is_no_message_is_passed_over(held: Held, body: bytes) -> None:
    held.hear(body)
    held.told(1, {"text": "x" * MAX_PRIVATE_BYTES})
    assert await held.take("command-1") is None
