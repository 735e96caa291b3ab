"""`mira-sidecar talk`: what a person sees who talks to a persona in a terminal, and what a script does."""

import asyncio
import contextlib
import os
import pty
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from house.redis import RedisServer
from house.sidecar import PROGRAM
from tests.sidecar.api.interacting import END, HAPPY, META, ScriptedHome
from tests.sidecar.api.served import Served, served
from tests.sidecar.api.test_interact import ANNA, wav


@pytest.fixture(scope="module")
def api(shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A mirror that knows Anna."""
    with served(shared_redis, tmp_path_factory.mktemp("api")) as one:
        command = one.mirror.command("add_person", {"person": ANNA}, source="automation")
        one.mirror.post([command])
        one.mirror.answers([command])
        yield one


@pytest.fixture(scope="module")
def key(api: Served) -> str:
    return api.new_key("talker", "talk.speak", "people.read")[1]


async def started(key: str | None, *arguments: str, **streams: Any) -> asyncio.subprocess.Process:
    """The command, with a key in its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MIRA_")}
    environment |= {"MIRA_API_KEY": key} if key else {}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.PIPE)
    return await asyncio.create_subprocess_exec(PROGRAM, "talk", *arguments, env=environment, **{**pipes, **streams})


async def run(key: str | None, *arguments: str, typed: str = "") -> tuple[int | None, str, str]:
    """Its code, output and errors."""
    process = await started(key, *arguments)
    async with asyncio.timeout(30):
        said, errors = await process.communicate(typed.encode())
    return process.returncode, said.decode(), errors.decode()


async def test_one_text_is_said_and_its_answer_shown(api: Served, key: str, home: ScriptedHome) -> None:
    code, said, errors = await run(key, "Good morning", "--url", api.url, "--person", ANNA)
    assert (code, errors) == (0, "")
    emotion, words, meta, end = said.splitlines()
    assert (emotion, words, meta) == ("😊 happy", "Goodmorning", "meta: emojis 😊")
    assert re.fullmatch(r"answered: emotion \d+ ms, first words \d+ ms, end \d+ ms", end)
    assert home.asked[0]["person"] == ANNA
    assert "\x1b" not in said


async def test_lines_are_said_one_after_the_other_and_commands_done(
    api: Served, key: str, home: ScriptedHome, tmp_path: Path
) -> None:
    (tmp_path / "hello.wav").write_bytes(wav(0.5))
    typed = [
        *("", "hello there", f"/wav {tmp_path / 'hello.wav'}", "/history", "/health", "/memory", f"/person {ANNA}"),
        *("/memory", "/person p_00000000000000ff", "/wav nowhere.wav", "/wav", "/person", "/dance", "/disconnect"),
        *("hello?", "/connect", "again", "/help", "/quit", "never said"),
    ]
    code, said, errors = await run(key, "--url", api.url, typed="\n".join(typed))
    assert code == 0
    lines = said.splitlines()
    assert lines.count("😊 happy") == 3
    assert "you: hello there" in lines
    assert "persona: hellothere" in lines
    assert any(line.startswith("ok, version ") and line.endswith("problems: none") for line in lines)
    assert f"You speak as {ANNA}." in lines
    assert "/wav FILE" in said
    assert [one.get("text") for one in home.asked if one["type"] == "text"] == ["hello there", "again"]
    assert [one["person"] for one in home.asked if one["type"] == "text"] == [None, ANNA]
    told = errors.splitlines()
    assert "/person ID" in told[0]
    assert "no memory of people yet" in told[1]
    assert "(UNKNOWN_USER)" in told[2]
    assert "cannot be read (No such file or directory)" in told[3]
    assert told[4].startswith("Name a file")
    assert told[5].startswith("Name a person")
    assert told[6] == "There is no /dance. /help lists what there is."
    assert told[7] == "There is no connection. /connect makes one."
    assert len(told) == 8


async def test_what_a_persona_does_is_shown_whatever_it_is(api: Served, key: str, home: ScriptedHome) -> None:
    move = {"move": {"description": "nods\x1b[2J", "steps": [], "total_duration_ms": 500}}

    async def reply(home: ScriptedHome, asked: dict[str, Any]) -> None:
        meta = {**META, "actions": [move], "heard": "hi"}
        words = {"type": "text_chunk", "text": "One\ntwo\x1b[31m"}
        await home.tell(asked, words, HAPPY, words, {"type": "capture_request", "kind": "photo"}, meta, END)

    home.reply = reply
    _, said, _ = await run(key, "hi", "--url", api.url)
    assert said.splitlines()[:7] == [
        *("One", "two\\u001b[31m", "😊 happy", "One", "two\\u001b[31m"),
        *("asks for a photo", 'meta: emojis 😊, moves: nods\\u001b[2J, heard "hi"'),
    ]


async def test_what_is_wrong_is_said_with_what_to_do(api: Served, key: str) -> None:
    _, deaf = api.new_key("deaf", "state.read")
    for given, arguments, said in (
        (key, ("hi", "--url", api.url), "Home Assistant does not listen. Start it"),
        (key, ("hi", "--url", api.url, "--person", "p_00000000000000ff"), "(UNKNOWN_USER)"),
        (key, ("hi", "--url", "http://127.0.0.1:9"), "See that the sidecar runs with an `api_port`"),
        (key, ("hi", "--url", "nonsense"), "cannot be reached at nonsense"),
        (key, ("hi",), "Say where the API is, with --url"),
        ("mira_x", ("hi", "--url", api.url), "mira-sidecar keys add NAME --may talk.speak"),
        (deaf, ("hi", "--url", api.url), "(CAPABILITY_MISSING)"),
        (None, ("hi", "--url", api.url), "Set MIRA_API_KEY to a key"),
    ):
        code, out, errors = await run(given, *arguments)
        assert (code, out) == (1, ""), (arguments, out, errors)
        assert errors.startswith("mira-sidecar: ")
        assert said in errors
        assert "Traceback" not in errors


async def test_the_address_and_the_key_may_be_arguments(api: Served, key: str, home: ScriptedHome) -> None:
    port = api.url.rpartition(":")[2]
    code, said, _ = await run(None, "hi", "--key", key, "--api-port", port)
    assert (code, said.splitlines()[1]) == (0, "hi")


async def test_ctrl_c_ends_an_answer_and_leaves_no_trace_of_python(api: Served, key: str, home: ScriptedHome) -> None:
    home.reply = None
    process = await started(key, "a story", "--url", api.url)
    await home.until(lambda: home.asked)
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(10):
        said, errors = await process.communicate()
    assert process.returncode == 130
    assert said.decode().startswith("interrupted: end ")
    assert errors == b""
    await home.until(lambda: home.of_type("cancel"))


async def test_ctrl_c_where_nothing_is_answered_ends_everything(api: Served, key: str, home: ScriptedHome) -> None:
    process = await started(key, "--url", api.url)
    assert process.stdin
    process.stdin.write(b"hello\n")
    await process.stdin.drain()
    assert process.stdout
    while not (await process.stdout.readline()).startswith(b"answered"):
        pass
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(10):
        assert await process.wait() == 130
    assert await process.stderr.read() == b""  # type: ignore[union-attr]


async def test_a_terminal_has_a_prompt(api: Served, key: str, home: ScriptedHome) -> None:
    ours, theirs = pty.openpty()
    process = await started(key, "--url", api.url, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.set_blocking(ours, False)
    seen = b""

    async def until(text: bytes) -> None:
        nonlocal seen
        async with asyncio.timeout(15):
            while text not in seen:
                with contextlib.suppress(BlockingIOError):
                    seen += os.read(ours, 4_096)
                await asyncio.sleep(0.01)

    await until(b"> ")
    assert b"/help lists what else there is" in seen
    os.write(ours, b"good day\n")
    await until(b"answered: ")
    home.reply = None
    os.write(ours, b"a story\n")
    await home.until(lambda: len(home.of_type("text")) == 2)
    process.send_signal(signal.SIGINT)
    await until(b"interrupted: ")
    os.write(ours, b"/quit\n")
    async with asyncio.timeout(10):
        assert await process.wait() == 0
    os.close(ours)
    assert b"Traceback" not in seen
