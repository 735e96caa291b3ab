"""Another program talks to a persona: in the contract's order, one thing at a time, and whatever anybody sends."""

import asyncio
import io
import json
import random
import struct
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, Mock

import aiohttp
import pytest

from house.redis import RedisServer
from mira_sidecar.api import connections, keys
from mira_sidecar.api.keys import Key
from mira_sidecar.api.routes import Caller
from mira_sidecar.api.watching import Watch
from mira_sidecar.subjects.talk import home as home_module
from mira_sidecar.subjects.talk.core.interaction import AuthOk
from tests.sidecar.api.interacting import END, HAPPY, INTERACT, META, ScriptedHome, Talker, echo, scripted_home, talking
from tests.sidecar.api.served import Served, served

ANNA, BEN = "p_0123456789abcdef", "p_fedcba9876543210"


@pytest.fixture(scope="module")
def api(shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A mirror that knows Anna and Ben."""
    with served(shared_redis, tmp_path_factory.mktemp("api")) as one:
        commands = [one.mirror.command("add_person", {"person": who}, source="automation") for who in (ANNA, BEN)]
        one.mirror.post(commands)
        one.mirror.answers(commands)
        yield one


@pytest.fixture(scope="module")
def key(api: Served) -> str:
    return api.new_key("talker", "talk.speak", "people.read")[1]


async def closed(ws: aiohttp.ClientWebSocketResponse, seconds: float = 10) -> int | None:
    async with asyncio.timeout(seconds):
        while not ws.closed:
            await ws.receive()
    return ws.close_code


async def test_an_answer_comes_in_the_order_of_the_contract(api: Served, key: str, home: ScriptedHome) -> None:
    async with talking(api, key, ANNA) as anna:
        heard = await anna.text("Good morning mirror")
    assert [one["type"] for one in heard] == ["emotion", *["text_chunk"] * 3, "response_meta", "stream_end"]
    assert heard[0] == HAPPY
    assert heard[-2:] == [META, {"type": "stream_end", "outcome": "answered"}]
    [asked] = home.asked
    assert (asked["text"], asked["person"]) == ("Good morning mirror", ANNA)


async def test_a_key_in_the_headers_does_as_well(api: Served, key: str, home: ScriptedHome) -> None:
    async with api.client(key) as client, client.ws_connect(INTERACT) as ws:
        talker = Talker(ws)
        assert (await talker.hear())["type"] == "auth_ok"
        await talker.say("auth", api_key=key)
        await talker.say("interaction_start", user_id="unknown", persona="Mira", language="de")
        await talker.text("Hallo")
    [asked] = home.asked
    assert (asked["person"], asked["persona"], asked["language"]) == (None, "Mira", "de")


async def test_each_session_and_each_speaker_has_a_conversation_of_its_own(
    api: Served, key: str, home: ScriptedHome
) -> None:
    async with talking(api, key, ANNA) as anna, talking(api, key, BEN) as ben:
        await asyncio.gather(anna.text("one"), ben.text("two"))
        await anna.text("three")
        await anna.say("interaction_start", user_id="unknown")
        await anna.text("four")
    session = {one["text"]: one["session"] for one in home.asked}
    assert session["one"] == session["three"]
    assert len(set(session.values())) == 3
    assert len({one["turn"] for one in home.asked}) == 4
    person = {one["text"]: one["person"] for one in home.asked}
    assert person == {"one": ANNA, "two": BEN, "three": ANNA, "four": None}


async def test_two_clients_at_once_hear_their_own_answers(api: Served, key: str, home: ScriptedHome) -> None:
    texts = [f"{who} says {number}" for number in range(4) for who in ("anna", "ben")]
    async with talking(api, key) as anna, talking(api, key) as ben:
        for number in range(0, len(texts), 2):
            answers = await asyncio.gather(anna.text(texts[number]), ben.text(texts[number + 1]))
            said = ["".join(part.get("text", "") for part in answer) for answer in answers]
            assert said == [texts[number].replace(" ", ""), texts[number + 1].replace(" ", "")]


@pytest.mark.parametrize("by", ["text", "cancel"])
async def test_what_is_said_meanwhile_interrupts_an_answer(api: Served, key: str, home: ScriptedHome, by: str) -> None:
    async def slow(home: ScriptedHome, asked: dict[str, Any]) -> None:
        if asked["text"] == "a story":
            await home.tell(asked, HAPPY, {"type": "text_chunk", "text": "Once"})
            await home.until(lambda: home.of_type("cancel"))
            await home.tell(asked, {"type": "text_chunk", "text": "upon a time"}, END, first=2)
        else:
            await echo(home, asked)

    home.reply = slow
    async with talking(api, key) as talker:
        await talker.say("text", text="a story")
        assert [(await talker.hear())["type"] for _ in range(2)] == ["emotion", "text_chunk"]
        began = time.perf_counter()
        await talker.say(by, **({"text": "never mind"} if by == "text" else {}))
        assert await talker.hear() == {"type": "stream_end", "outcome": "interrupted"}
        assert time.perf_counter() - began < 0.5
        [story] = [one for one in home.of_type("text") if one["text"] == "a story"]
        [cancel] = home.of_type("cancel")
        assert (cancel["session"], cancel["turn"]) == (story["session"], story["turn"])
        # Of the interrupted answer nothing comes any more.
        answer = await (talker.answer() if by == "text" else talker.text("never mind"))
        assert [one.get("text") for one in answer if "text" in one] == ["never", "mind"]


async def test_who_leaves_wants_no_answer(api: Served, key: str, home: ScriptedHome) -> None:
    home.reply = None
    async with talking(api, key) as talker:
        await talker.say("text", text="a story")
        await home.until(lambda: home.asked)
    await home.until(lambda: home.of_type("cancel"))


async def test_nobody_who_could_answer_is_said_at_once(api: Served, key: str) -> None:
    async with talking(api, key) as talker:
        [error] = await talker.text("hello")
        assert (error["error_code"], error["recoverable"], error["retry_after"]) == ("NO_HOME_ASSISTANT", True, 5)
        assert error["error"]["code"] == error["error_code"]
        assert error["request_id"]


async def test_home_assistant_that_goes_in_the_midst_is_said_soon(api: Served, key: str) -> None:
    async with talking(api, key) as talker:
        async with scripted_home(api) as home:
            home.reply = None
            await talker.say("text", text="hello")
            await home.until(lambda: home.asked)
        began = time.monotonic()
        assert (await talker.refusal())["error_code"] == "NO_HOME_ASSISTANT"
        assert time.monotonic() - began < 6


@pytest.mark.parametrize("code", [*home_module._FAILURES, "SOMETHING_ELSE"])
async def test_why_there_is_no_answer_is_stated(api: Served, key: str, home: ScriptedHome, code: str) -> None:
    async def fail(home: ScriptedHome, asked: dict[str, Any]) -> None:
        await home.tell(asked, HAPPY, {"type": "error", "code": code})

    home.reply = fail
    async with talking(api, key) as talker:
        emotion, error = await talker.text("hello")
    assert emotion == HAPPY
    assert error["error_code"] == (code if code in home_module._FAILURES else "NOT_ANSWERED")
    assert error["detail"].endswith(".")


async def test_nobody_talks_without_a_key_that_may(api: Served, key: str) -> None:
    _, deaf = api.new_key("deaf", "state.read")
    async with api.client(None) as client:
        for text, close, code in ((deaf, 4403, "CAPABILITY_MISSING"), ("mira_x", 4401, "KEY_NOT_VALID")):
            async with client.ws_connect(INTERACT) as ws:
                talker = Talker(ws)
                await talker.say("auth", api_key=text)
                assert (await talker.refusal())["error_code"] == code
                assert await closed(ws) == close
        async with client.get(INTERACT) as answer:
            assert answer.status == 426


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("hello", "BAD_MESSAGE"),
        ("[]", "BAD_MESSAGE"),
        ('{"type":"dance"}', "BAD_MESSAGE"),
        ('{"type":7}', "BAD_MESSAGE"),
        ("[" * 5_000, "BAD_MESSAGE"),
        ('{"type":"text"}', "BAD_REQUEST"),
        ('{"type":"text","text":7}', "BAD_REQUEST"),
        ('{"type":"text","text":" "}', "BAD_REQUEST"),
        ('{"type":"text","text":""}', "BAD_REQUEST"),
        (json.dumps({"type": "text", "text": "a" * 1_001}), "TEXT_TOO_LONG"),
        ('{"type":"audio_end","format":"mp3"}', "BAD_REQUEST"),
        ('{"type":"audio_end"}', "NO_AUDIO"),
        ('{"type":"interaction_start"}', "BAD_REQUEST"),
        ('{"type":"interaction_start","user_id":"anna"}', "UNKNOWN_USER"),
        ('{"type":"interaction_start","user_id":"p_00000000000000ff"}', "UNKNOWN_USER"),
        ('{"type":"interaction_start","user_id":"unknown","language":"English"}', "BAD_REQUEST"),
    ],
)
async def test_what_is_said_wrongly_is_refused_and_the_next_is_answered(
    api: Served, key: str, home: ScriptedHome, said: str, code: str
) -> None:
    async with talking(api, key) as talker:
        await talker.ws.send_str(said)
        assert (await talker.refusal())["error_code"] == code
        assert (await talker.text("hello"))[-1]["type"] == "stream_end"
    assert len(home.asked) == 1


async def test_who_speaks_is_said_first(api: Served, key: str, home: ScriptedHome) -> None:
    async with talking(api, key, None) as talker:
        await talker.say("text", text="hello")
        assert (await talker.refusal())["error_code"] == "NOT_STARTED"
        await talker.ws.send_bytes(b"\0" * 32)
        assert (await talker.refusal())["error_code"] == "NOT_STARTED"
        await talker.say("audio_end")
        await talker.say("interaction_start", user_id=ANNA)
        assert (await talker.text("hello"))[-1]["type"] == "stream_end"


async def test_a_key_of_a_person_speaks_for_nobody_else(api: Served, home: ScriptedHome) -> None:
    _, annas = api.new_key("Anna's", "talk.speak", person=ANNA)
    async with talking(api, annas, BEN) as talker:
        assert (await talker.refusal())["error_code"] == "PERSON_NOT_ALLOWED"
        for who in (ANNA, "unknown"):
            await talker.say("interaction_start", user_id=who)
            await talker.text("hello")
    assert [one["person"] for one in home.asked] == [ANNA, None]


async def test_a_key_of_nobody_speaks_for_no_person(api: Served, home: ScriptedHome) -> None:
    async with talking(api, api.new_key("anybody's", "talk.speak")[1], ANNA) as talker:
        assert (await talker.refusal())["error_code"] == "PERSON_NOT_ALLOWED"
        await talker.say("interaction_start", user_id="unknown")
        await talker.text("hello")
    assert [one["person"] for one in home.asked] == [None]


async def test_who_is_forgotten_meanwhile_speaks_no_more(api: Served, key: str, home: ScriptedHome) -> None:
    person = "p_00000000000000aa"
    add, forget = (api.mirror.command(one, {"person": person}) for one in ("add_person", "forget_person"))
    api.mirror.post([add])
    await asyncio.to_thread(api.mirror.answers, [add])
    async with talking(api, key, person) as talker:
        await talker.text("hello")
        api.mirror.post([forget])
        await asyncio.to_thread(api.mirror.answers, [forget])
        await talker.say("text", text="hello")
        assert (await talker.refusal())["error_code"] == "UNKNOWN_USER"


async def test_a_giant_frame_ends_the_connection_and_nothing_else(api: Served, key: str, home: ScriptedHome) -> None:
    async with talking(api, key) as talker, talking(api, key) as other:
        await talker.ws.send_bytes(b"\0" * 70_000)
        assert await closed(talker.ws) == 1009
        assert (await other.text("hello"))[-1]["type"] == "stream_end"


async def test_a_revoked_key_is_let_go_within_a_second_and_its_answer_ends(api: Served, home: ScriptedHome) -> None:
    home.reply = None
    own, text = api.new_key("gone", "talk.speak", "people.read")
    async with talking(api, text) as talker:
        await talker.say("text", text="a story")
        await home.until(lambda: home.asked)
        began = time.monotonic()
        keys.revoke(api.database, own.id)
        assert await closed(talker.ws) == 4401
        assert time.monotonic() - began < 1.5
        await home.until(lambda: home.of_type("cancel"))


async def test_sixteen_talk_at_once_and_no_more(api: Served, key: str, home: ScriptedHome) -> None:
    async with asyncio.TaskGroup() as tasks:
        done, here = asyncio.Event(), list[Talker]()

        async def stay() -> None:
            async with talking(api, key) as talker:
                here.append(talker)
                await done.wait()

        for _ in range(16):
            tasks.create_task(stay())
        await home.until(lambda: len(here) == 16)
        async with api.client(key) as client, client.ws_connect(INTERACT) as ws:
            error = await Talker(ws).refusal()
            assert (error["error_code"], error["retry_after"]) == ("TOO_MANY_SESSIONS", 5)
            await closed(ws)
        assert (await here[0].text("hello"))[-1]["type"] == "stream_end"
        done.set()
    async with talking(api, key) as talker:
        assert (await talker.text("hello"))[-1]["type"] == "stream_end"


async def test_what_was_told_of_another_session_or_turn_or_is_none_is_heard_by_nobody(
    api: Served, key: str, home: ScriptedHome
) -> None:
    async def lie(home: ScriptedHome, asked: dict[str, Any]) -> None:
        chunk = {"type": "text_chunk", "text": "LIE"}
        await home.tell({**asked, "session": "0" * 32}, chunk, END)
        await home.tell({**asked, "turn": "f" * 32}, chunk, END)
        await home.tell({**asked, "session": 7}, chunk)
        for body in (b"\xff\xfe", b"", b"[" * 4_000, b'{"session":', b"null"):
            await home.publish(body)
        await home.publish(json.dumps({**asked, "n": 0, "type": "text_chunk", "text": "LIE" * 30_000}))
        await home.tell(asked, HAPPY)
        await home.tell(asked, chunk)  # twice the place 0
        await home.tell(asked, {"type": "text_chunk", "text": "true"}, END, first=1)

    home.reply = lie
    async with talking(api, key) as talker:
        heard = await talker.text("hello")
    assert [one["type"] for one in heard] == ["emotion", "text_chunk", "stream_end"]
    assert "LIE" not in json.dumps(heard)


@pytest.mark.parametrize(
    "told",
    [
        {"type": "text_chunk", "text": 7},
        {"type": "dance"},
        {"type": "emotion", "tag": "x" * 65, "emoji": "", "hexcode": ""},
        {"type": "capture_request", "kind": "scan"},
        {"type": "error", "code": "<script>"},
        {"type": "text_chunk", "text": "a" * 8_001},
    ],
)
async def test_an_answer_that_breaks_the_contract_ends_with_an_error(
    api: Served, key: str, home: ScriptedHome, told: dict[str, Any]
) -> None:
    async def lie(home: ScriptedHome, asked: dict[str, Any]) -> None:
        await home.tell(asked, HAPPY, told, END)

    home.reply = lie
    async with talking(api, key) as talker:
        heard = await talker.text("hello")
        assert [one["type"] for one in heard] == ["emotion", "error"]
        assert heard[-1]["error_code"] == "NOT_ANSWERED"
        await home.until(lambda: home.of_type("cancel"))
        home.reply = echo
        assert (await talker.text("again"))[-1]["type"] == "stream_end"


async def test_what_is_missing_in_an_answer_is_not_passed_over(api: Served, key: str, home: ScriptedHome) -> None:
    async def skip(home: ScriptedHome, asked: dict[str, Any]) -> None:
        await home.tell(asked, HAPPY)
        await home.tell(asked, {"type": "text_chunk", "text": "not"}, END, first=2)

    home.reply = skip
    async with talking(api, key) as talker:
        assert [one["type"] for one in await talker.text("hello")] == ["emotion", "error"]


def wav(seconds: float, rate: int = 16_000, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        frames = int(seconds * rate) * channels
        writer.writeframes(struct.pack(f"<{frames}h", *(random.Random(1).choices(range(-9_000, 9_000), k=frames))))
    return file.getvalue()


async def sent(talker: Talker, sound: bytes, **end: Any) -> list[dict[str, Any]]:
    """Send a sound; the answer."""
    for place in range(0, len(sound), 32_000):
        await talker.ws.send_bytes(sound[place : place + 32_000])
    await talker.say("audio_end", **end)
    return await talker.answer()


async def test_a_sound_is_passed_on_whole_and_in_order(api: Served, key: str, home: ScriptedHome) -> None:
    sound = wav(2.3)
    async with talking(api, key, ANNA) as talker:
        for given, end in ((sound, {}), (sound[44:], {}), (sound[44:], {"format": "pcm"})):
            assert (await sent(talker, given, **end))[-1]["type"] == "stream_end"
    pieces = home.of_type("audio")
    assert list(home.sounds.values()) == [sound[44:]] * 3
    assert [(one["sequence"], one["last"]) for one in pieces[:5]] == [(n, n == 4) for n in range(5)]
    assert {one["person"] for one in pieces} == {ANNA}


async def test_other_sound_is_made_what_home_assistant_takes(api: Served, key: str, home: ScriptedHome) -> None:
    async with talking(api, key) as talker:
        await sent(talker, wav(1.0, 44_100, 2))
        await sent(talker, aac(1.0))
    first, second = home.sounds.values()
    assert 31_000 < len(first) < 33_000
    assert 31_000 < len(second) < 36_000


def aac(seconds: float) -> bytes:
    """A sound as AAC in ADTS."""
    import av  # noqa: PLC0415 - the extra of the speaker

    file = io.BytesIO()
    with av.open(file, "w", format="adts") as container:
        stream = container.add_stream("aac", rate=44_100, layout="mono")
        frame = av.AudioFrame(format="fltp", layout="mono", samples=int(44_100 * seconds))
        frame.sample_rate = 44_100
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        resampler = av.AudioResampler("fltp", "mono", 44_100, 1_024)
        for piece in resampler.resample(frame):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(
    ("sound", "code"),
    [
        (b"RIFF\0\0\0\0WAVEfmt ", "UNSUPPORTED_AUDIO"),
        (b"\xff\xf1" + bytes(400), "UNSUPPORTED_AUDIO"),
        (b"\0\0\0\x18ftypM4A " + bytes(400), "UNSUPPORTED_AUDIO"),
        (wav(0), "NO_AUDIO"),
        (b"\0", "NO_AUDIO"),
        (bytes(30 * 32_000 + 2), "AUDIO_TOO_LONG"),
        (wav(31, 8_000), "AUDIO_TOO_LONG"),
    ],
    ids=["wav without an end", "aac that is none", "m4a that is none", "empty", "half a sample", "long", "long wav"],
)
async def test_a_sound_that_is_none_or_too_long_is_refused(
    api: Served, key: str, home: ScriptedHome, sound: bytes, code: str
) -> None:
    async with talking(api, key) as talker:
        [error] = await sent(talker, sound)
        assert error["error_code"] == code
        assert (await talker.text("hello"))[-1]["type"] == "stream_end"
    assert home.of_type("audio") == []


async def test_more_sound_than_may_be_is_refused_once_and_the_rest_of_it_dropped(
    api: Served, key: str, home: ScriptedHome
) -> None:
    async with talking(api, key) as talker:
        for _ in range(180):
            await talker.ws.send_bytes(bytes(60_000))
        await talker.say("audio_end")
        assert (await talker.refusal())["error_code"] == "AUDIO_TOO_LONG"
        assert (await talker.text("hello"))[-1]["type"] == "stream_end"


async def test_what_is_said_is_no_yes_and_opens_no_turn(api: Served, key: str, home: ScriptedHome) -> None:
    asking = api.mirror.command("ask", {"text": "Shall I?", "duration_ms": 60_000})
    api.mirror.post([asking])
    await asyncio.to_thread(api.mirror.answers, [asking])
    before = api.mirror.snapshot()
    assert before["state"]["pending"]["command_id"] == asking["id"]
    async with talking(api, key, ANNA) as talker:
        for text in ("yes", "ja", "confirm", "okay, do it"):
            await talker.text(text)
    after = api.mirror.snapshot()
    assert after["state"]["pending"] == before["state"]["pending"]
    assert after["rev"] == before["rev"]
    assert after["state"]["parts"].get("voice", {}).get("turn") is None
    cancel = api.mirror.command("cancel", {}, source="touch")
    api.mirror.post([cancel])
    await asyncio.to_thread(api.mirror.answers, [cancel])


async def test_nothing_of_it_is_in_redis_or_in_the_log(api: Served, key: str, home: ScriptedHome) -> None:
    async with talking(api, key, ANNA) as talker:
        await talker.text("xylophone quagga")
    await asyncio.to_thread(api.mirror.redis.save)
    files = [path for path in api.database.parent.rglob("*") if path.is_file()]
    assert [path for path in files if b"quagga" in path.read_bytes()] == []
    for name in api.mirror.redis.keys("*"):
        assert "quagga" not in str(api.mirror.redis.dump(name))
    assert "quagga" not in api.mirror.sidecar.process.log.read_text()


async def test_an_answer_that_stands_still_costs_the_others_nothing(api: Served, key: str, home: ScriptedHome) -> None:
    async def half(home: ScriptedHome, asked: dict[str, Any]) -> None:
        if asked["text"] != "slow":
            await echo(home, asked)

    home.reply = half
    async with talking(api, key) as slow, talking(api, key) as quick:
        await slow.say("text", text="slow")
        assert (await quick.text("hello"))[-1]["type"] == "stream_end"


async def test_health_is_open_to_everybody(api: Served) -> None:
    async with api.client(None) as client:
        for path in ("/health", "/api/health"):
            async with client.get(path) as answer:
                health = await answer.json()
                assert (answer.status, health["status"]) == (200, "ok")
                assert health["version"]


async def test_the_documents_tell_of_it(api: Served) -> None:
    async with api.client(None) as client, client.get("/openapi.json") as answer:
        document = await answer.json()
    assert "### `/ws/interact`" in document["info"]["description"]
    assert {"InteractionStart", "TextChunk", "ResponseMeta"} <= document["components"]["schemas"].keys()


async def test_a_key_says_no_more_at_once_than_the_rate_of_voice(redis_server: RedisServer, tmp_path: Path) -> None:
    with served(redis_server, tmp_path, rates="voice=0.01/3") as api:
        one, other = (api.new_key(name, "talk.speak", "people.read")[1] for name in ("one", "other"))
        async with (
            scripted_home(api),
            talking(api, one) as first,
            talking(api, one) as second,
            talking(api, other) as third,
        ):
            for talker in (first, second, first):
                assert (await talker.text("hello"))[-1]["type"] == "stream_end"
            [error] = await second.text("hello")
            assert (error["error_code"], error["retry_after"]) == ("RATE_LIMITED", 1)
            assert (await third.text("hello"))[-1]["type"] == "stream_end"


@pytest.mark.parametrize("why", ["too_slow", "come_back", "key_not_valid"])
async def test_who_reads_nothing_or_may_talk_here_no_more_is_dropped(monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    monkeypatch.setattr(connections, "BEHIND_S", 0.3)
    watch, socket, transport = Watch("log", ()), AsyncMock(closed=False), Mock()
    transport.get_write_buffer_size.return_value = 1 << 20  # it waits to be read
    key = Key(id="0123456789ab", name="Toy", source="touch", capabilities=frozenset(), created_at="")
    caller = Caller(key, frozenset(), time.time() if why == "key_not_valid" else None)
    watch.serves = why != "come_back"
    connection = connections.Connection(socket, transport, caller, "request", watch)
    async with asyncio.timeout(5):
        await connection.run(lambda one: one.send(AuthOk("a" * 32)))
    assert watch.dropped == {why: 1}
    assert socket.close.await_count == 1
    assert transport.abort.called
    assert not socket.send_frame.called
