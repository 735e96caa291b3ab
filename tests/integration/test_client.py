"""The client against a real Redis: what it follows, what it asks, and what it does when something is wrong."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import islice
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, create_default_context
from tempfile import NamedTemporaryFile
from typing import Any, NoReturn

import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection

from custom_components.mira import client as client_module
from custom_components.mira.client import MiraClient, event_log
from custom_components.mira.errors import CannotConnect, NoAnswer, NoMirror, NotListening, TooLong, WrongProtocol
from custom_components.mira.models.event import Event
from custom_components.mira.models.view import MirrorView
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration.conftest import MakeClient
from tests.integration.written_mirror import WrittenMirror


class Follower:
    """What a listener was given."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.view = MirrorView()
        self.views: list[MirrorView] = []
        self._changed = asyncio.Event()

    def __call__(self, view: MirrorView, events: Sequence[Event]) -> None:
        self.view = view
        self.views.append(view)
        self.events += events
        self._changed.set()

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.events]

    async def until(self, condition: str) -> None:
        """Wait, at most ten seconds, until the expression over `view` and `seqs` is true."""
        try:
            async with asyncio.timeout(10):
                while not eval(condition, {"view": self.view, "seqs": self.seqs}):  # noqa: S307 - ours
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            pytest.fail(f"Never came true: {condition}; {self.view=}, {self.seqs=}")


@asynccontextmanager
async def running(client: MiraClient) -> AsyncIterator[Follower]:
    """Follow the mirror, until the end of the block."""
    follower = Follower()
    task = asyncio.create_task(client.run(follower))
    try:
        yield follower
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def tls_in_front_of(port: int) -> AsyncIterator[tuple[int, str]]:
    """A port that speaks TLS and passes on to `port`, and its certificate (PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, today, today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    with NamedTemporaryFile() as file:
        file.write(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        context.load_cert_chain(file.name)

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while piece := await source.read(65_536):
            target.write(piece)
        target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, server_writer), copy(server_reader, writer))

    loop = asyncio.get_running_loop()
    handler = loop.get_exception_handler()
    assert handler

    def told(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # Who does not trust us may hang up in the middle of the handshake.
        if not isinstance(context.get("exception"), ConnectionResetError):
            handler(loop, context)

    loop.set_exception_handler(told)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1], pem.decode()
        server.close_clients()
    await asyncio.sleep(0.1)
    loop.set_exception_handler(handler)


async def test_the_mirror_is_found(written_mirror: WrittenMirror, make_client: MakeClient) -> None:
    presence = await make_client().probe()
    assert (presence.server_id, presence.name) == ("0198c0de", "Hall mirror")


async def test_no_presence_is_no_mirror(redis_server: RedisServer, make_client: MakeClient) -> None:
    with pytest.raises(NoMirror, match="named hall"):
        await make_client().probe()


async def test_a_mirror_whose_state_is_still_to_be_written_is_waited_for(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    written_mirror.redis.delete("mira:{hall}:state")
    with pytest.raises(NoMirror, match="state is not there yet"):
        await make_client().probe()


async def test_another_protocol_is_refused(written_mirror: WrittenMirror, make_client: MakeClient) -> None:
    written_mirror.presence(protocol=3)
    with pytest.raises(WrongProtocol):
        await make_client().probe()


async def test_tls_is_spoken_and_the_servers_certificate_is_checked(
    redis_server: RedisServer, written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    async with tls_in_front_of(redis_server.port) as (port, certificate):
        trusting = create_default_context(cadata=certificate)
        assert (await make_client(port=port, tls=trusting).probe()).mirror == "hall"
        with pytest.raises(CannotConnect, match="certificate verify failed"):
            await make_client(port=port, tls=create_default_context()).probe()


async def test_connecting_reads_no_file_in_the_event_loop(
    written_mirror: WrittenMirror, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blocked(*arguments: object, **more: object) -> NoReturn:
        pytest.fail(f"A file was read: {arguments}")

    monkeypatch.setattr(Path, "read_text", blocked)
    monkeypatch.setattr("builtins.open", blocked)
    await make_client().probe()


async def test_events_are_followed_from_the_snapshot_on(written_mirror: WrittenMirror, make_client: MakeClient) -> None:
    written_mirror.event(1)
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.event(2)
        written_mirror.event(3)
        await follower.until("len(seqs) == 2")

    assert follower.seqs == [2, 3]
    assert not any(event.replayed for event in follower.events)


def turned_to(page: str) -> dict[str, Any]:
    """What makes an event the patch that turns the page."""
    patch = [{"op": "replace", "path": "/page", "value": page}]
    return {"type": "state_patch", "action": "show_page", "payload": {"patch": patch}}


async def test_what_happens_between_the_first_look_and_the_following_is_of_no_outage(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    client = make_client()
    await client.connect()
    written_mirror.event(2)
    async with running(client) as follower:
        await follower.until("seqs == [2]")
    assert not follower.events[0].replayed
    written_mirror.event(3)
    async with running(client) as follower:
        await follower.until("seqs == [3]")
    assert follower.events[0].replayed


async def test_a_patch_changes_what_is_shown_and_the_state_is_not_read_again(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    written_mirror.state(todos=[{"uid": "milk", "summary": "Milk"}])
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        before = follower.view.snapshot
        written_mirror.redis.delete("mira:{hall}:state")
        written_mirror.event(2, **turned_to("clock"), rev=2)
        await follower.until("view.snapshot.state.page == 'clock'")
        now = follower.view.snapshot
    assert before
    assert now
    assert (now.rev, now.seq, now.document["page"]) == (2, 2, "clock")
    assert before.document["page"] == "home"
    assert now.document["todos"] is before.document["todos"]
    assert now.state.todos is before.state.todos


async def test_a_todo_that_is_added_leaves_the_others_as_they_were_read(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    written_mirror.state(todos=[{"uid": "milk", "summary": "Milk"}])
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        before = follower.view.snapshot
        patch = [{"op": "add", "path": "/todos/-", "value": {"uid": "eggs", "summary": "Eggs"}}]
        written_mirror.event(2, type="state_patch", rev=2, payload={"patch": patch})
        await follower.until("len(view.snapshot.state.todos) == 2")
        assert before
        assert follower.view.snapshot
        assert follower.view.snapshot.state.todos[0] is before.state.todos[0]


async def test_a_state_that_was_written_a_while_ago_is_followed_up_to_the_head(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    written_mirror.event(2, **turned_to("todos"), rev=2)
    written_mirror.event(3)
    written_mirror.event(4, **turned_to("clock"), rev=3)
    written_mirror.event(5, **turned_to("forged"), rev=4, beyond_the_head=True)
    view = await make_client().connect()
    assert view.snapshot
    assert (view.snapshot.rev, view.snapshot.seq, view.snapshot.state.page) == (3, 4, "clock")


@pytest.mark.parametrize(
    "broken",
    [
        {**turned_to("todos"), "rev": 3},
        {**turned_to("todos"), "rev": 2, "payload": {"erased": True}},
        {**turned_to("todos"), "rev": 2, "payload": {"patch": [{"op": "remove", "path": "/attic/0"}]}},
        {**turned_to("todos"), "rev": 2, "payload": {"patch": [{"op": "replace", "path": "/page", "value": 7}]}},
        {**turned_to("todos"), "rev": 2, "payload": {"patch": ["garbage"]}},
    ],
    ids=["a patch is missing", "erased", "leads nowhere", "leads to no state", "no patch"],
)
async def test_where_a_patch_does_not_lead_on_the_state_is_read_again(
    written_mirror: WrittenMirror, make_client: MakeClient, broken: dict[str, Any]
) -> None:
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.state(rev=9, seq=2, page="clock")
        written_mirror.event(2, **broken)
        await follower.until("seqs == [2]")
        assert follower.view.snapshot
        assert follower.view.snapshot.state.page == "clock"


async def test_no_state_is_shown_that_the_mirror_did_not_have_while_its_log_is_being_filled(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    written_mirror.event(2, **turned_to("todos"), rev=2)
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
    written_mirror.redis.delete("mira:{hall}:events")
    async with running(client) as follower:
        await follower.until("'state is not there yet' in str(view.error)")
        assert follower.view.snapshot
        assert follower.view.snapshot.state.page == "todos"
        written_mirror.state(rev=2, seq=2, page="todos")
        await follower.until("view.connected")
    assert follower.view.snapshot
    assert follower.view.snapshot.state.page == "todos"


@pytest.mark.parametrize("lost", [("head",), ("state",), ("events",), ("head", "state", "events"), ("state", "events")])
async def test_whatever_redis_loses_each_change_is_shown_and_nothing_else(
    sidecar: SidecarProcess, redis_server: RedisServer, make_client: MakeClient, lost: tuple[str, ...]
) -> None:
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        await client.send("show_page", {"page": "todos"})
        with redis.Redis.from_url(redis_server.url) as server:
            server.delete(*(f"mira:{{hall}}:{name}" for name in lost))
        for page in ("clock", "todos"):
            assert (await client.send("show_page", {"page": page})).accepted
            await follower.until(f"view.connected and view.snapshot.state.page == '{page}'")
    shown = [view.snapshot.state.page for view in follower.views if view.snapshot]
    assert [page for page, before in zip(shown, ["", *shown], strict=False) if page != before] == [
        *("home", "todos", "clock", "todos")
    ]
    assert follower.seqs == sorted(set(follower.seqs)), "and told once"


async def test_what_comes_again_after_a_failover_to_an_older_redis_is_acted_on_once(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        for seq in (2, 3, 4):
            written_mirror.event(seq)
        await follower.until("seqs == [2, 3, 4]")
    # It lacks the last second, until the sidecar gives it that again.
    written_mirror.redis.delete("mira:{hall}:events")
    written_mirror.event(2)
    async with running(client) as follower:
        await follower.until("view.connected and view.snapshot.seq == 2")
        for seq in (3, 4, 5):
            written_mirror.event(seq)
        await follower.until("seqs == [5]")


async def test_events_of_an_outage_are_handed_out_once_and_marked(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        written_mirror.event(2)
        await follower.until("seqs == [2]")
    written_mirror.event(3)
    written_mirror.state(rev=2, seq=3)

    async with running(client) as follower:
        await follower.until("seqs == [3]")
        written_mirror.event(4)
        await follower.until("seqs == [3, 4]")

    assert [event.replayed for event in follower.events] == [True, False]


async def test_events_that_come_before_the_sidecar_shows_itself_are_of_the_outage(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
    written_mirror.redis.flushall()

    async with running(client) as follower:
        await follower.until("view.error and view.error.code == 'no_mirror'")
        written_mirror.event(2)
        await follower.until("seqs == [2]")
        written_mirror.state(rev=2, seq=2)
        written_mirror.presence()
        await follower.until("view.connected")
        written_mirror.event(3)
        await follower.until("seqs == [2, 3]")

    assert [event.replayed for event in follower.events] == [True, False]


async def test_a_gap_makes_it_take_the_state_again(written_mirror: WrittenMirror, make_client: MakeClient) -> None:
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.state(rev=5, seq=9, page="todos")
        written_mirror.event(9)
        await follower.until("seqs == [9]")
        assert follower.view.snapshot
        assert follower.view.snapshot.state.page == "todos"


async def test_a_forged_event_from_the_future_is_shown_to_nobody(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.event(1_000_000, beyond_the_head=True)
        await asyncio.sleep(1.2)
        assert follower.seqs == []
        written_mirror.redis.delete("mira:{hall}:events")  # as the sidecar does, when it notices
        written_mirror.event(1)
        written_mirror.event(2)
        await follower.until("seqs == [2]")


async def test_an_event_in_the_place_of_a_forged_one_is_read(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    written_mirror.event(1)
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.event(2)
        written_mirror.event(3, id="forged")
        await follower.until("seqs == [2, 3]")
        written_mirror.state(rev=5, seq=4, page="todos")
        with written_mirror.redis.pipeline(transaction=True):
            written_mirror.redis.delete("mira:{hall}:events")
            for seq in (1, 2, 3, 4):
                written_mirror.event(seq)
        await follower.until("seqs == [2, 3, 3, 4]")
        assert follower.view.snapshot
        assert follower.view.snapshot.state.page == "todos"
    assert [event.document["id"] for event in follower.events][1:] == ["forged", "event-3", "event-4"]


async def test_the_first_event_after_the_state_is_read_though_a_forged_one_came_before_it(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    written_mirror.event(1)
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.event(2, id="forged")
        await follower.until("seqs == [2]")
        written_mirror.redis.delete("mira:{hall}:events")
        written_mirror.event(1)
        written_mirror.event(2)
        await follower.until("seqs == [2, 2]")


async def test_after_forged_events_the_sidecars_own_are_followed_and_commands_answered(
    sidecar: SidecarProcess, redis_server: RedisServer, make_client: MakeClient
) -> None:
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        await client.send("add_todo", {"summary": "Milk"})
        for ahead, shown in ((1, "Bread"), (2, "Eggs")):
            seq = (client.read_to or 0) + ahead
            event = json.dumps({**follower.events[-1].document, "seq": seq, "id": "forged"})
            forger = redis.Redis.from_url(redis_server.url)
            forger.xadd("mira:{hall}:events", {"event": event}, id=f"{seq}-0")
            await follower.until("view.presence.degraded and view.presence.degraded[0].code == 'forged_events'")
            decision = await client.send("add_todo", {"summary": shown})
            assert decision.accepted
            forger.close()
        await follower.until("len(view.snapshot.state.todos) == 3")


@pytest.mark.parametrize("entry_id", ["2-7", "18446744073709551615-18446744073709551615"])
async def test_an_entry_in_no_events_place_is_left_out_and_nothing_behind_it_missed(
    written_mirror: WrittenMirror, make_client: MakeClient, caplog: pytest.LogCaptureFixture, entry_id: str
) -> None:
    written_mirror.event(1)
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.event(2)
        entry = written_mirror.redis.xrange("mira:{hall}:events", "2-0", "2-0")[0][1]
        written_mirror.redis.xadd("mira:{hall}:events", entry, id=entry_id)
        await asyncio.sleep(1.2)
        assert caplog.text.count("It has the place of another event.") < 5
        written_mirror.redis.delete("mira:{hall}:events")
        for seq in (1, 2, 3):
            written_mirror.event(seq)
        await follower.until("seqs == [2, 3]")


async def test_a_stream_that_is_being_filled_again_is_not_read_twice(
    written_mirror: WrittenMirror, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "BATCH", 3)
    written_mirror.event(1)
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        for seq in range(2, 12):
            written_mirror.event(seq)
        written_mirror.state(rev=5, seq=11)
        await follower.until("seqs == [*range(2, 12)]")
        written_mirror.redis.delete("mira:{hall}:events")
        await asyncio.sleep(0.7)
        for seq in (1, 2, 9):
            written_mirror.event(seq)
        await asyncio.sleep(0.7)
        for seq in (10, 11, 12):
            written_mirror.event(seq)
        await follower.until("seqs == [*range(2, 13)]")


async def test_a_log_that_begins_anew_is_followed_from_there(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    written_mirror.state(rev=5, seq=9)
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.redis.flushall()
        written_mirror.state(rev=1, seq=2)
        written_mirror.presence(started_at="2026-11-20T13:00:00.000Z")
        await follower.until("view.connected and view.snapshot.seq == 2")
        written_mirror.event(3)
        await follower.until("seqs == [3]")

    assert not follower.events[0].replayed


@pytest.mark.parametrize("garbage", ["secret garbage", b"secret \xff\xfe", "{}", '{"seq": "secret"}'])
async def test_garbage_among_the_events_is_left_out_and_named(
    written_mirror: WrittenMirror,
    make_client: MakeClient,
    caplog: pytest.LogCaptureFixture,
    garbage: str | bytes,
) -> None:
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.redis.xadd("mira:{hall}:events", {"event": garbage}, id="2-0")
        written_mirror.event(3)
        await follower.until("seqs == [3]")

    assert "Entry 2-0 of the mirror's events is left out" in caplog.text
    assert "secret" not in caplog.text


async def test_what_nobody_expected_is_logged_and_the_mirror_followed_again(
    written_mirror: WrittenMirror,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = make_client()
    read = client._read

    async def fail_once(redis: Redis) -> NoReturn:
        monkeypatch.setattr(client, "_read", read)
        raise ZeroDivisionError

    monkeypatch.setattr(client, "_read", fail_once)
    async with running(client) as follower:
        await follower.until("view.error and view.error.code == 'unknown'")
        await follower.until("view.connected")

    assert "unexpected error while following it" in caplog.text


async def test_a_mirror_is_followed_again_though_its_old_connections_do_not_close(
    redis_server: RedisServer,
    written_mirror: WrittenMirror,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disconnect = AbstractConnection.disconnect

    async def never_said_goodbye(self: AbstractConnection, nowait: bool = False, **how: Any) -> None:
        await disconnect(self, nowait=True, **how)
        if not nowait:
            raise redis.TimeoutError("Timed out closing connection")

    client = make_client()
    await client.connect()  # leaves an idle connection
    monkeypatch.setattr(AbstractConnection, "disconnect", never_said_goodbye)
    async with running(client) as follower:
        redis_server.kill()
        await follower.until("'cannot be used' in str(view.error)")
        redis_server.start()
        written_mirror.presence()
        written_mirror.state()
        await follower.until("view.connected")
    await client.connect()
    await client.close()


async def test_while_redis_refuses_what_is_written_it_is_not_asked_ever_so_often(
    written_mirror: WrittenMirror, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_FIRST_DELAY", 0.05)
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        written_mirror.redis.config_set("maxmemory", "1")
        await client._renew()
        monkeypatch.setattr(client_module, "_CHECK_AGE", 0.0)
        await follower.until("view.error and view.error.code == 'cannot_write'")
        before = client._server.era
        await asyncio.sleep(1.5)
        assert client._server.era - before <= 6  # 0.05, 0.1, 0.2, 0.4, 0.8 s
        written_mirror.redis.config_set("maxmemory", "0")
        await follower.until("view.connected")


async def test_a_clock_is_measured_again_where_the_answer_was_slow(
    written_mirror: WrittenMirror, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()
    ask = Redis.time

    async def slow_once(self: Redis) -> Any:
        monkeypatch.setattr(Redis, "time", ask)
        await asyncio.sleep(0.6)  # an attempt that came to nothing, before the one that is answered
        return await self.time()

    monkeypatch.setattr(Redis, "time", slow_once)
    await client.connect()
    assert abs((client.now() - datetime.now(UTC)).total_seconds()) < 0.2


async def test_a_sidecar_that_goes_is_noticed_and_noticed_again_when_it_is_back(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.redis.delete("mira:{hall}:presence")
        await follower.until("not view.connected and view.error.code == 'no_mirror'")
        assert follower.view.snapshot

        written_mirror.presence(protocol=7)
        await follower.until("view.error.code == 'wrong_protocol'")

        written_mirror.state(page="clock")
        written_mirror.presence()
        await follower.until("view.connected and view.snapshot.state.page == 'clock'")


@pytest.mark.parametrize("outage", ["kill", "pause"])
async def test_a_redis_that_goes_is_noticed_and_used_again_when_it_is_back(
    redis_server: RedisServer,
    sidecar: SidecarProcess,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    outage: str,
) -> None:
    monkeypatch.setattr(client_module, "_LAST_DELAY", 1.0)
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        getattr(redis_server, outage)()
        await follower.until("view.error and view.error.code == 'cannot_connect'")
        redis_server.resume() if outage == "pause" else redis_server.start()
        await follower.until("view.connected")


async def test_a_command_is_answered_with_its_effect_in_place(sidecar: SidecarProcess, make_client: MakeClient) -> None:
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        decision = await client.send("show_page", {"page": "clock"})

        assert decision.accepted
        assert follower.view.snapshot
        assert follower.view.snapshot.state.page == "clock"


async def test_words_are_heard_before_their_command_is_read_and_stand_in_no_stream(
    redis_server: RedisServer, sidecar: SidecarProcess, make_client: MakeClient
) -> None:
    client = make_client()
    with redis.Redis.from_url(redis_server.url) as server, server.pubsub() as channel:
        channel.subscribe("mira:{hall}:private")
        async with running(client) as follower:
            await follower.until("view.connected")
            decision = await client.send("next_page", {}, words={"text": "Grüße"})
        heard = [json.loads(one["data"]) for one in islice(channel.listen(), 2) if one["type"] == "message"]
        assert heard == [{"command_id": decision.command_id, "words": {"text": "Grüße"}}]
        assert "Gr" not in str(server.xrange("mira:{hall}:events"))


async def test_a_command_whose_words_nobody_hears_is_not_sent(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    client = make_client()
    with pytest.raises(NotListening):
        await client.send("next_page", {}, words={"text": "Hello"})
    assert not written_mirror.redis.exists("mira:{hall}:commands:home")
    await client.close()


async def test_an_answer_given_between_the_first_look_and_the_following_still_arrives(
    redis_server: RedisServer, sidecar: SidecarProcess, make_client: MakeClient
) -> None:
    client = make_client()
    await client.connect()
    asked = asyncio.create_task(client.send("show_page", {"page": "clock"}))
    with redis.Redis.from_url(redis_server.url) as server:
        await asyncio.to_thread(server.xread, {"mira:{hall}:events": "0"}, block=5_000)
    async with running(client):
        assert (await asked).accepted


async def test_an_answer_given_during_an_outage_still_arrives(
    redis_server: RedisServer, sidecar: SidecarProcess, make_client: MakeClient
) -> None:
    client = make_client()
    with redis.Redis.from_url(redis_server.url) as server:
        async with running(client) as follower:
            await follower.until("view.connected")
            sidecar.process.signal(signal.SIGSTOP)
            asked = asyncio.create_task(client.send("show_page", {"page": "clock"}))
            await asyncio.to_thread(server.xread, {"mira:{hall}:commands:home": "0"}, block=5_000)
            server.client_kill_filter(_type="normal", skipme=True)
            sidecar.process.signal(signal.SIGCONT)
            assert (await asked).accepted


async def test_a_refusal_says_why(sidecar: SidecarProcess, make_client: MakeClient) -> None:
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        decision = await client.send("show_page", {"page": "cellar"})

    assert (decision.outcome, decision.reason) == ("rejected", "unknown_page")
    assert decision.values == {"pages": ["home", "todos", "clock"]}


async def test_a_refusal_is_handed_out_once_although_the_state_stays(
    sidecar: SidecarProcess, make_client: MakeClient
) -> None:
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        await client.send("show_page", {"page": "cellar"})
        await client.send("show_page", {"page": "clock"})
        assert follower.seqs == [1, 2, 3]


async def test_hundreds_of_commands_at_once_are_each_answered(sidecar: SidecarProcess, make_client: MakeClient) -> None:
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        decisions = await asyncio.gather(
            *(client.send("add_todo", {"summary": f"Todo {number}"}) for number in range(300))
        )

        assert all(decision.accepted for decision in decisions)
        assert follower.seqs == list(range(1, 601))
        assert follower.view.snapshot
        assert len(follower.view.snapshot.state.todos) == 300


async def test_no_answer_is_told_after_a_bounded_time(
    written_mirror: WrittenMirror, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_GRACE", 0.1)
    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        with pytest.raises(NoAnswer, match=r"within 0\.1 s"):
            await client.send("next_page", {}, ttl_ms=100)

    assert written_mirror.redis.xlen("mira:{hall}:commands:home") == 1


async def test_a_refusal_that_was_counted_together_with_others_is_answered_all_the_same(
    written_mirror: WrittenMirror, make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    def answer_by_hand() -> None:
        """As the sidecar: the event that stands for it, under the command's own id."""
        mirror = written_mirror.redis
        ((_, ((_, fields),)),) = mirror.xread({"mira:{hall}:commands:home": "0"}, block=5_000)
        command_id = json.loads(fields["command"])["id"]
        refusal = {"seq": 1, "ts": "2026-11-20T12:00:00.000Z", "type": "rejected", "source": "automation"}
        refusal |= {"action": "next_page", "reason": "rate_limited", "command_id": command_id}
        for text in ("garbage", json.dumps({**refusal, "command_id": "of somebody else"}), *2 * [json.dumps(refusal)]):
            assert mirror.publish("mira:{hall}:answers", text) == 1

    client = make_client()
    async with running(client) as follower:
        await follower.until("view.connected")
        heard = {"mira:{hall}:answers": 1}
        while dict(written_mirror.redis.pubsub_numsub("mira:{hall}:answers")) != heard:  # noqa: ASYNC110 - it is Redis that knows
            await asyncio.sleep(0.02)
        asked = asyncio.create_task(client.send("next_page", {}))
        await asyncio.to_thread(answer_by_hand)
        decision = await asyncio.wait_for(asked, 2)
        assert (decision.outcome, decision.reason) == ("rejected", "rate_limited")
        assert follower.seqs == []  # it is no event of its own
    assert dict(written_mirror.redis.pubsub_numsub("mira:{hall}:answers")) == {"mira:{hall}:answers": 0}


async def test_commands_that_nobody_reads_do_not_fill_redis(
    written_mirror: WrittenMirror, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_GRACE", 0.0)
    monkeypatch.setattr(client_module, "COMMANDS_KEPT", 200)
    client = make_client()
    await client.connect()
    with written_mirror.redis.pipeline() as pipeline:
        for _ in range(1_000):
            pipeline.xadd("mira:{hall}:commands:home", {"command": "older"})
        pipeline.execute()
    with pytest.raises(NoAnswer):
        await client.send("next_page", {}, ttl_ms=50)
    assert written_mirror.redis.xlen("mira:{hall}:commands:home") < 400
    assert "next_page" in written_mirror.redis.xrevrange("mira:{hall}:commands:home", count=1)[0][1]["command"]


async def test_a_command_is_stamped_by_the_clock_of_the_redis_server(
    written_mirror: WrittenMirror, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_GRACE", 0.0)
    client = make_client()
    await client.connect()
    with pytest.raises(NoAnswer):
        await client.send("next_page", {}, ttl_ms=50)

    ((entry_id, fields),) = written_mirror.redis.xrange("mira:{hall}:commands:home")
    stamped = datetime.fromisoformat(json.loads(fields["command"])["ts"])
    arrived = datetime.fromtimestamp(int(entry_id.partition("-")[0]) / 1000, UTC)
    assert abs((arrived - stamped).total_seconds()) < 0.2


async def test_a_command_that_nobody_would_read_is_not_sent(
    written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    client = make_client()
    await client.connect()
    with pytest.raises(TooLong, match="65536"):
        await client.send("add_todo", {"summary": "x" * 1_000_000})
    assert written_mirror.redis.xlen("mira:{hall}:commands:home") == 0


async def test_a_command_without_redis_is_told_at_once(
    redis_server: RedisServer, written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    client = make_client()
    await client.connect()
    redis_server.kill()
    with pytest.raises(CannotConnect):
        await client.send("next_page", {})


async def test_the_log_is_paged_backwards_to_its_beginning(
    written_mirror: WrittenMirror, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "BATCH", 3)
    for seq in range(1, 11):
        written_mirror.event(seq)
    client = make_client()

    pages, cursor = [], None
    while not pages or cursor:
        page = await client.log.page(limit=4, before_seq=cursor)
        pages.append([event.seq for event in page.events])
        cursor = page.before_seq

    assert pages == [[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]]


async def test_the_log_is_filtered(written_mirror: WrittenMirror, make_client: MakeClient) -> None:
    written_mirror.event(1)
    written_mirror.event(2, type="rejected", reason="camera_off")
    written_mirror.event(3, type="rejected", reason="cooldown")
    written_mirror.event(4, source="voice", action="add_todo")
    client = make_client()

    async def found(**filters: object) -> list[int]:
        return [event.seq for event in (await client.log.page(**filters)).events]

    assert await found(types=["rejected"]) == [3, 2]
    assert await found(reasons=["camera_off"]) == [2]
    assert await found(sources=["voice"]) == [4]
    assert await found(actions=["gesture"], types=["accepted"]) == [1]
    assert await found(since=datetime(2026, 11, 20, 12, 0, 3, tzinfo=UTC)) == [4, 3]
    assert await found(until=datetime(2026, 11, 20, 12, 0, 2, tzinfo=UTC)) == [2, 1]
