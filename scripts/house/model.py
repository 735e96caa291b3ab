"""A language model that says what it is told to, for households and tests: it speaks OpenAI's and Ollama's streams.

`python -m house.model PORT` listens there on the loopback interface until it is told to end, and answers by `RULES`.
"""

import asyncio
import json
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

NAME = "stand-in"
"""What the model is called; by Ollama with `:latest`."""
_WORD_S = 0.05
"""Between two words of a rule's answer: as fast as one speaks."""

RULES = (
    (r"\b(hello|hi|good (morning|evening))\b", "[emotion:happy] Hello! I am your mirror. What can I do for you?"),
    (r"\b(joke|funny)\b", "[emotion:laughing] Why did the mirror go to school? It wanted to reflect on things."),
    (r"\b(sad|tired|bad day)\b", "[emotion:worried] I am sorry to hear that. Do you want to tell me about it?"),
    (
        r"\b(story|tell me)\b",
        (
            "[emotion:excited] Once upon a time there was a mirror that saw who needed a smile. It hung in a hall "
            "where everybody passed by in a hurry. One morning it wished them all a good day, and from then on nobody "
            "left the house without stopping for a moment."
        ),
    ),
    (r"\bthank", "[emotion:wink] You are welcome."),
    (r"", "[emotion:curious] I am a model made for development, and know few words. Ask me for a joke, or a story."),
)
"""What it answers, by the first expression that is found in what the person said last."""


def openai_url(port: int) -> str:
    """Where its OpenAI API is."""
    return f"http://127.0.0.1:{port}/v1"


def ollama_url(port: int) -> str:
    """Where its Ollama API is."""
    return f"http://127.0.0.1:{port}"


@dataclass(frozen=True)
class Say:
    """A piece of text, after so many seconds."""

    text: str
    after: float = 0.0


@dataclass(frozen=True)
class Call:
    """A tool that it wants to be run."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    after: float = 0.0


@dataclass(frozen=True)
class Die:
    """The connection breaks."""

    after: float = 0.0


type Step = Say | Call | Die
type Turn = Sequence[Step]


@dataclass
class StandInModel:
    """Answers with the next of `turns`, else by `rules`."""

    rules: Sequence[tuple[str, str]] = ()
    turns: list[Turn] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    """What it was asked, in the words of who asked."""
    written: list[float] = field(default_factory=list)
    """When it wrote each piece, by `time.perf_counter`."""
    closed: list[float] = field(default_factory=list)
    """When somebody left before it had finished."""
    port: int = 0
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Listen; on any free port where none was given."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/v1/models", self._models),
                web.post("/v1/chat/completions", self._openai),
                web.get("/api/tags", self._tags),
                web.post("/api/chat", self._ollama),
            ]
        )
        # With its handlers cancelled it sees at once that somebody has left.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of whoever is there."""
        if self._runner:
            await self._runner.cleanup()

    def _turn(self, body: dict[str, Any]) -> Turn:
        self.requests.append(body)
        if self.turns:
            return self.turns.pop(0)
        asked = _text([message for message in body["messages"] if message["role"] == "user"][-1]["content"])
        answers = (answer for expression, answer in self.rules if re.search(expression, asked, re.IGNORECASE))
        return [Say(word, _WORD_S) for word in re.findall(r"\S+\s*", next(answers, ""))]

    async def _steps(self, request: web.Request, turn: Turn) -> AsyncIterator[Say | Call]:
        """What is to be written, when it is. Raises _DiedError."""
        for step in turn:
            await asyncio.sleep(step.after)
            if isinstance(step, Die):
                if request.transport:
                    request.transport.close()
                raise _DiedError
            self.written.append(time.perf_counter())
            yield step

    async def _models(self, request: web.Request) -> web.Response:
        model = {"id": NAME, "object": "model", "created": 0, "owned_by": "mira"}
        return web.json_response({"object": "list", "data": [model]})

    async def _tags(self, request: web.Request) -> web.Response:
        return web.json_response({"models": [{"model": f"{NAME}:latest", "name": f"{NAME}:latest", "details": {}}]})

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        turn = self._turn(body)
        head = {"id": "1", "created": 0, "model": NAME}
        if not body.get("stream"):
            message = {"role": "assistant", "content": "".join(step.text for step in turn if isinstance(step, Say))}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            return web.json_response({**head, "object": "chat.completion", "choices": [choice]})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)

        async def write(delta: dict[str, Any], finish: str | None = None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            chunk = {**head, "object": "chat.completion.chunk", "choices": [choice]}
            await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

        with self._watched():
            await write({"role": "assistant", "content": ""})
            calls = 0
            async for step in self._steps(request, turn):
                if isinstance(step, Say):
                    await write({"content": step.text})
                else:
                    function = {"name": step.tool, "arguments": json.dumps(step.arguments)}
                    call = {"index": calls, "id": f"call_{calls}", "type": "function", "function": function}
                    await write({"tool_calls": [call]})
                    calls += 1
            await write({}, "tool_calls" if calls else "stop")
            await response.write(b"data: [DONE]\n\n")
        return response

    async def _ollama(self, request: web.Request) -> web.StreamResponse:
        turn = self._turn(await request.json())
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)

        async def write(message: dict[str, Any], **more: Any) -> None:
            chunk = {"model": NAME, "created_at": "2026-01-01T00:00:00Z", "done": False, **more}
            chunk["message"] = {"role": "assistant", "content": "", **message}
            await response.write(json.dumps(chunk).encode() + b"\n")

        with self._watched():
            async for step in self._steps(request, turn):
                if isinstance(step, Say):
                    await write({"content": step.text})
                else:
                    await write({"tool_calls": [{"function": {"name": step.tool, "arguments": step.arguments}}]})
            await write({}, done=True, done_reason="stop")
        return response

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Note when somebody leaves before all is written."""
        try:
            yield
        except asyncio.CancelledError, ConnectionResetError:
            self.closed.append(time.perf_counter())
            raise
        except _DiedError:
            pass


class _DiedError(Exception):
    """The connection was broken, as the script says."""


def _text(content: str | Sequence[Mapping[str, Any]]) -> str:
    """The text of a message, which may have pictures beside it."""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


async def _serve(port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with StandInModel(rules=RULES, port=port):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
