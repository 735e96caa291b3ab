"""`mira-sidecar talk`: somebody at a terminal talks to a persona, and sees what another program would get."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from getpass import getpass
from pathlib import Path
from typing import Any, Final

from mira_sidecar.config import Settings
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.printing import begin, say

from .client import Answer, Client, RefusedError

KEY: Final = "MIRA_API_KEY"
_UNKNOWN: Final = "unknown"
_INTERRUPTED: Final = 130
_MOST_SOUND: Final = 10_000_000
_HELP: Final = (
    ("/wav FILE", "say what is in a WAV or AAC file"),
    ("/person ID", "speak as this person from here on, or as `unknown`"),
    ("/history", "show what was said since the start"),
    ("/memory", "show what the mirror remembers of the person"),
    ("/health", "ask whether the mirror works"),
    ("/connect", "connect, also anew"),
    ("/disconnect", "disconnect"),
    ("/quit", "leave, as does the end of the input"),
)


def talk(settings: Settings, text: str | None, *, url: str | None, key: str | None, person: str) -> int:
    """Say this, or what is typed; 0 where that was answered. Raises OperationError."""
    url = url or _own_url(settings)
    key = key or os.environ.get(KEY) or _asked_key()
    return asyncio.run(_run(Client(url, key, settings.api_certificate), person, text))


def _own_url(settings: Settings) -> str:
    if settings.api_port is None:
        raise OperationError("Say where the API is, with --url http://mirror.lan:8765, or set `api_port`.")
    host = "127.0.0.1" if settings.api_host == "0.0.0.0" else settings.api_host  # noqa: S104 - there nobody listens
    return f"{'https' if settings.api_certificate else 'http'}://{host}:{settings.api_port}"


def _asked_key() -> str:
    """The key that somebody types, which no terminal shows."""
    if not sys.stdin.isatty():
        raise OperationError(f"Set {KEY} to a key: `mira-sidecar keys add NAME --may talk.speak` makes one.")
    return getpass("API key: ").strip()


async def _run(client: Client, person: str, text: str | None) -> int:
    conversation, stopped = Conversation(client, person), asyncio.Event()

    async def everything() -> None:
        try:
            await client.connect(person)
            await (conversation.run() if text is None else conversation.say(text))
        except RefusedError as error:
            raise OperationError(str(error)) from error

    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, conversation.interrupt, stopped)
    async with client:
        work, stop = asyncio.create_task(everything()), asyncio.create_task(stopped.wait())
        await asyncio.wait([work, stop], return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if work.done():
            await work
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    conversation.end_line()
    return _INTERRUPTED if stopped.is_set() or (conversation.was_interrupted and text is not None) else 0


class Conversation:
    """What is said in a terminal, and what comes back."""

    def __init__(self, client: Client, person: str) -> None:
        self.was_interrupted = False
        """Somebody did not want an answer any more, with Ctrl-C."""
        self._client = client
        self._person = person
        self._history: list[tuple[str, str]] = []
        self._is_answering = False
        self._is_in_line = False
        """What was printed last is to go on in its line."""
        self._is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        self._cancelling: asyncio.Task[None] | None = None

    def interrupt(self, stopped: asyncio.Event) -> None:
        """End the answer; where there is none, or it does not end, everything."""
        if self._is_answering and self._client.is_connected and self._cancelling is None:
            self.was_interrupted = True
            self._cancelling = asyncio.create_task(self._client.send("cancel"))
        else:
            stopped.set()

    async def run(self) -> None:
        """Take lines until there are no more."""
        lines = _Lines()
        if self._is_terminal:
            say(f"Connected to {self._client.url} as {self._person}. /help lists what else there is.")
        while True:
            if self._is_terminal:
                begin("> ")
                self._is_in_line = True
            line = await lines.next()
            if line is None or line.strip() == "/quit":
                return
            self._is_in_line = False
            try:
                await self._do(line.strip())
            except (OperationError, RefusedError) as error:
                say(str(error), file=sys.stderr)

    def end_line(self) -> None:
        """Have what comes next stand in a line of its own."""
        if self._is_in_line:
            say("")
        self._is_in_line = False

    async def _do(self, line: str) -> None:
        """Raises OperationError, RefusedError."""
        if not line:
            return
        if not line.startswith("/"):
            await self.say(line)
            return
        name, _, rest = line.partition(" ")
        if (do := self._commands.get(name)) is None:
            raise OperationError(f"There is no {name}. /help lists what there is.")
        await do(rest.strip())

    @property
    def _commands(self) -> dict[str, Callable[[str], Awaitable[None]]]:
        return {
            "/wav": self._say_file,
            "/person": self._become,
            "/history": self._show_history,
            "/memory": self._show_memory,
            "/health": self._show_health,
            "/connect": self._connect,
            "/disconnect": self._disconnect,
            "/help": self._help,
        }

    async def say(self, text: str) -> None:
        """Say this, and show what comes. Raises OperationError, RefusedError."""
        await self._answered(self._client.send("text", text=text), text)

    async def _say_file(self, name: str) -> None:
        if not name:
            raise OperationError("Name a file: /wav hello.wav")
        try:
            sound = await asyncio.to_thread(_read, name)
        except OSError as error:
            raise OperationError(f"{name} cannot be read ({error.strerror}).") from error
        await self._answered(self._client.send_sound(sound), f"[{name}]")

    async def _answered(self, sending: Awaitable[None], said: str) -> None:
        answer = Answer()
        self._is_answering = True
        try:
            await sending
            async for message in self._client.answer():
                self._show(message, answer)
        finally:
            self.end_line()
            self._is_answering, self._cancelling = False, None
            self._history += [("you", said), *([("persona", answer.text)] if answer.text else [])]

    def _show(self, message: dict[str, Any], answer: Answer) -> None:
        match message:
            case {"type": "emotion", "tag": tag, "emoji": emoji}:
                answer.reached("emotion")
                self._say(f"{emoji} {tag}")
            case {"type": "text_chunk", "text": text}:
                answer.reached("first words")
                answer.text += text
                begin(text)
                self._is_in_line = not answer.text.endswith("\n")
            case {"type": "capture_request", "kind": kind}:
                self._say(f"asks for a {kind}")
            case {"type": "response_meta", "emojis": emojis, "actions": actions, **more}:
                heard = f', heard "{more["heard"]}"' if more.get("heard") else ""
                moves = "".join(f", moves: {one['move']['description']}" for one in actions)
                self._say(f"meta: emojis {' '.join(emojis) or 'none'}{moves}{heard}")
            case {"type": "stream_end", "outcome": outcome}:
                answer.reached("end")
                times = ", ".join(f"{name} {ms} ms" for name, ms in answer.times.items())
                self._say(f"{outcome}: {times}")
            case _:
                pass

    def _say(self, line: str) -> None:
        self.end_line()
        say(line)

    async def _become(self, person: str) -> None:
        if not person:
            raise OperationError("Name a person by their id: /person p_0123456789abcdef, or /person unknown")
        await self._client.start(person)
        self._person = person
        say(f"You speak as {person}.")

    async def _show_history(self, _: str) -> None:
        for who, text in self._history:
            say(f"{who}: {text}")
        if not self._history:
            say("Nothing was said yet.")

    async def _show_memory(self, _: str) -> None:
        if self._person == _UNKNOWN:
            raise OperationError("Nobody in particular speaks. Say who with /person ID.")
        memory = await self._client.get(f"/api/users/{self._person}/memory")
        if memory is None:
            raise OperationError("This mirror has no memory of people yet: there is nothing at /api/users.")
        say(*(f"{name}: {value}" for name, value in memory.items()))

    async def _show_health(self, _: str) -> None:
        health = await self._client.get("/api/health") or {}
        problems = ", ".join(health.get("problems", [])) or "none"
        say(f"{health.get('status')}, version {health.get('version')}, problems: {problems}")

    async def _connect(self, _: str) -> None:
        await self._client.connect(self._person)
        say("connected")

    async def _disconnect(self, _: str) -> None:
        await self._client.disconnect()
        say("disconnected")

    async def _help(self, _: str) -> None:
        say(*(f"{name:<12}  {text}" for name, text in _HELP))
        say("Anything else is said. Ctrl-C ends an answer, and then the conversation.")


class _Lines:
    """What is typed, or comes from a file: read in a thread that keeps nobody waiting at the end."""

    def __init__(self) -> None:
        self._lines = asyncio.Queue[str | None]()
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop,), daemon=True).start()

    async def next(self) -> str | None:
        """The next line; None at the end."""
        return await self._lines.get()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        # Not by sys.stdin, whose lock a thread that waits would keep when Python ends.
        left = b""
        while piece := os.read(sys.stdin.fileno(), 65_536):
            *lines, left = (left + piece).split(b"\n")
            for line in lines:
                loop.call_soon_threadsafe(self._lines.put_nowait, line.decode(errors="replace"))
        for last in (*([left.decode(errors="replace")] if left else []), None):
            loop.call_soon_threadsafe(self._lines.put_nowait, last)


def _read(name: str) -> bytes:
    with Path(name).expanduser().open("rb") as file:
        return file.read(_MOST_SOUND + 1)
