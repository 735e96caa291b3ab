"""The mirror at a real MQTT broker: nothing is carried out late, and little is lost."""

import asyncio
import contextlib
import itertools
import resource
import socket
import struct
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiomqtt
import pytest
import pytest_socket

from house.broker import MosquittoServer
from house.redis import free_port
from mira_sidecar.subjects.windows import mqtt
from mira_sidecar.subjects.windows.mqtt_connection import LARGEST
from tests.integration.certificate import Certificates
from tests.sidecar.subjects.windows.at_the_broker import Device, MirrorSide, until

_NUMBERS = itertools.count()

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MosquittoServer]:
    """A broker that lets everybody do all, and that no test ends."""
    pytest_socket.enable_socket()  # before any test's own fixture could
    with MosquittoServer(tmp_path_factory.mktemp("mosquitto")) as server:
        yield server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MosquittoServer]:
    """A broker of one test's own."""
    with MosquittoServer(tmp_path / "mosquitto") as server:
        yield server


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


@pytest.fixture
def guarded(tmp_path: Path, certificates: Certificates) -> Iterator[MosquittoServer]:
    """A broker just as the docs have it: TLS, passwords and an access list."""
    users = {"mira": "umbrella", "bath": "towel", "bed": "pillow"}
    with MosquittoServer(tmp_path / "mosquitto", users=users, certificate=certificates) as server:
        yield server


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text("umbrella\n")
    return file


@contextlib.asynccontextmanager
async def both(server: MosquittoServer) -> AsyncIterator[tuple[MirrorSide, Device]]:
    """A device, and a mirror that nobody knows yet."""
    mirror = MirrorSide(server, f"new_{next(_NUMBERS)}")
    async with mirror.running(), Device(server).running() as device:
        yield mirror, device


async def test_a_reading_comes_in_and_a_command_goes_out(shared: MosquittoServer) -> None:
    async with both(shared) as (mirror, device):
        before = int(time.time() * 1_000)
        await device.send("sensor/bath/humidity", "63.5")
        await until(lambda: mirror.heard)
        (message,) = mirror.heard
        assert (message.topic, message.payload, message.retained) == ("sensor/bath/humidity", b"63.5", False)
        assert before <= message.at_ms <= time.time() * 1_000
        assert await mirror.control(b'{"position": 25}', expires_s=10)
        await until(lambda: device.got)
        (command,) = device.got
        assert (command.payload, command.qos, command.retain) == (b'{"position": 25}', 1, False)
        assert 8 <= command.properties.MessageExpiryInterval <= 10
    assert not mirror.board.problems


async def test_what_cannot_be_sent_now_is_never_sent(server: MosquittoServer) -> None:
    async with both(server) as (mirror, device):
        assert await mirror.control(b"first", expires_s=10)
        server.kill()
        assert not await mirror.control(b"late", expires_s=10)
        await until(lambda: not mirror.broker.connected)
        assert not await mirror.control(b"later", expires_s=10)
        server.start()
        await until(lambda: mirror.broker.connected)
        await until(lambda: device._client)
        assert await mirror.control(b"new", expires_s=10)
        await until(lambda: b"new" in device.payloads)
        await asyncio.sleep(0.5)
        assert device.payloads == [b"first", b"new"]


async def test_what_a_broker_is_sent_while_it_hangs_is_not_delivered_when_it_goes_on(server: MosquittoServer) -> None:
    async with both(server) as (mirror, device):
        server.pause()
        began = time.monotonic()
        assert not await mirror.control(b"late", expires_s=60)
        assert time.monotonic() - began < 3
        assert not mirror.broker.connected
        problem = await mirror.problem()
        assert problem.code == "broker_away"
        assert f"The MQTT broker {server.url()} does not answer." in problem.message
        server.resume()
        await until(lambda: mirror.broker.connected)
        await until(lambda: device._client)
        assert await mirror.control(b"new", expires_s=10)
        await until(lambda: b"new" in device.payloads)
        assert device.payloads == [b"new"]
        assert not mirror.board.problems


async def test_of_many_that_wait_for_a_broker_that_hangs_none_waits_longer_than_one(server: MosquittoServer) -> None:
    async with both(server) as (mirror, _device):
        server.pause()
        began = time.monotonic()
        assert not any(await asyncio.gather(*(mirror.control(b"1", f"w{number}") for number in range(20))))
        assert time.monotonic() - began < 3
        server.resume()


async def test_a_command_expires_at_the_broker_while_the_device_sleeps(shared: MosquittoServer) -> None:
    mirror, device = MirrorSide(shared), Device(shared, "sleeper", keep_s=60)
    async with mirror.running():
        async with device.running():
            pass
        assert await mirror.control(b"short", expires_s=1)
        assert await mirror.control(b"long", expires_s=60)
        await asyncio.sleep(2.2)
        async with device.running():
            await until(lambda: device.got)
            await asyncio.sleep(0.2)
    assert device.payloads == [b"long"]


async def test_a_command_is_not_kept_for_later_comers_and_the_status_is(shared: MosquittoServer) -> None:
    mirror = MirrorSide(shared, "stairs")
    topics = ("window/bath/control", "mira/stairs/status")
    async with mirror.running():
        assert await mirror.control(b"now", expires_s=10)
        async with Device(shared, "later", topics).running() as device:
            await until(lambda: device.got)
            assert [(message.payload, message.retain) for message in device.got] == [(b"online", True)]
    async with Device(shared, "later", topics).running() as device:
        await until(lambda: device.got)
        assert device.payloads == [b"offline"]


async def test_devices_hear_of_a_mirror_that_is_gone_without_a_word(shared: MosquittoServer) -> None:
    mirror = MirrorSide(shared, "attic")
    async with Device(shared, "watcher", ("mira/attic/status",)).running() as device, mirror.running():
        await until(lambda: b"online" in device.payloads)
        mirror.broker._connection._client._client.socket().shutdown(socket.SHUT_RDWR)
        await until(lambda: device.payloads[-2:] == [b"offline", b"online"])


async def test_readings_wait_for_a_mirror_that_is_away(shared: MosquittoServer) -> None:
    mirror = MirrorSide(shared, "porch")
    async with mirror.running():
        pass
    async with Device(shared, "thermometer").running() as device:
        await asyncio.gather(*(device.send("sensor/thermometer/temperature", str(number)) for number in range(1_000)))
        async with mirror.running():
            await until(lambda: len(mirror.heard) == 1_000)
            await device.send("sensor/thermometer/temperature", "new")
            await until(lambda: len(mirror.heard) == 1_001)
    assert sorted(mirror.payloads[:-1], key=int) == [b"%d" % number for number in range(1_000)]
    assert all(message.kept for message in mirror.heard[:-1])
    assert not mirror.heard[-1].kept


async def test_what_is_not_acknowledged_comes_again_and_the_rest_does_not(shared: MosquittoServer) -> None:
    mirror = MirrorSide(shared, "careful", at_once=False)
    async with Device(shared).running() as device:
        async with mirror.running():
            for number in range(10):
                await device.send("sensor/bath/humidity", str(number))
            await device.send("sensor/bath/noise", "no matter", qos=0)
            await until(lambda: len(mirror.heard) == 11)
            mirror.broker.acknowledge(7)
            await asyncio.sleep(0.2)
        mirror.heard.clear()
        async with mirror.running():
            await until(lambda: len(mirror.heard) == 3)
            assert mirror.payloads == [b"7", b"8", b"9"]
            # Three of before and the one of QoS 0 are counted, though they can be acknowledged no more.
            mirror.broker.acknowledge(4 + 2)
            await asyncio.sleep(0.2)
        mirror.heard.clear()
        async with mirror.running():
            await until(lambda: mirror.heard)
            await asyncio.sleep(0.2)
            assert mirror.payloads == [b"9"]
            mirror.broker.acknowledge(99)
            await asyncio.sleep(0.2)


async def test_a_broker_that_takes_little_at_once_does_not_wait_for_the_acknowledgement(tmp_path: Path) -> None:
    with MosquittoServer(tmp_path / "mosquitto", settings="max_inflight_messages 20") as server:
        mirror = MirrorSide(server, at_once=False)
        async with mirror.running(), Device(server).running() as device:
            for number in range(100):
                await device.send("sensor/bath/humidity", str(number))
            await until(lambda: len(mirror.heard) == 100)


async def test_readings_outlast_the_death_of_a_broker_that_has_saved_them(server: MosquittoServer) -> None:
    mirror = MirrorSide(server)
    async with mirror.running():
        pass
    async with Device(server).running() as device:
        await asyncio.gather(*(device.send("sensor/bath/temperature", str(number)) for number in range(200)))
        saved, sent = server.folder / "data" / "mosquitto.db", time.time()
        await until(lambda: saved.exists() and saved.stat().st_mtime > sent)
        server.kill()
        server.start()
        async with mirror.running():
            await until(lambda: len(mirror.heard) == 200)


async def test_what_is_retained_says_so(shared: MosquittoServer) -> None:
    async with Device(shared).running() as device:
        for topic in ("window/old/control", "window/old/state"):
            await device.send(topic, "before", retain=True)
        mirror = MirrorSide(shared, "cellar")
        async with mirror.running():
            await until(lambda: len(mirror.heard) == 2)
            await device.send("window/old/state", "now", retain=True)
            await until(lambda: len(mirror.heard) == 3)
        for topic in ("window/old/control", "window/old/state"):
            await device.send(topic, b"", retain=True)
    assert [message.retained for message in mirror.heard] == [True, True, False]


async def test_it_hears_other_topics_when_it_is_told_to(shared: MosquittoServer) -> None:
    async with both(shared) as (mirror, device):
        mirror.broker.listen_to(["tele/+/SENSOR"])
        await asyncio.sleep(0.3)
        await device.send("sensor/bath/humidity", "old")
        await device.send("tele/bath/SENSOR", "new")
        await until(lambda: mirror.heard)
        await asyncio.sleep(0.2)
    assert mirror.payloads == [b"new"]


async def test_it_leaves_when_another_sidecar_decides_and_comes_back(shared: MosquittoServer) -> None:
    first, second = MirrorSide(shared, "pair"), MirrorSide(shared, "pair")
    async with first.running(), Device(shared).running() as device:
        second.broker.serve(False)
        async with second.running(connected=False):
            await device.send("sensor/bath/humidity", "1")
            await until(lambda: first.heard)
            first.broker.serve(False)
            await until(lambda: not first.broker.connected)
            second.broker.serve(True)
            await until(lambda: second.broker.connected)
            await device.send("sensor/bath/humidity", "2")
            await until(lambda: second.heard)
    assert (first.payloads, second.payloads) == ([b"1"], [b"2"])
    assert not first.board.once
    assert not second.board.once


async def test_a_standby_that_has_decided_nothing_stays_away(shared: MosquittoServer) -> None:
    mirror = MirrorSide(shared, "standby")
    mirror.board.served.clear()
    async with mirror.running(connected=False):
        await asyncio.sleep(0.3)
        assert not mirror.broker.connected
        mirror.board.served.set()
        await until(lambda: mirror.broker.connected)


async def test_two_mirrors_share_a_broker_and_see_what_the_other_commands(shared: MosquittoServer) -> None:
    hall, loft = MirrorSide(shared, "hall_two"), MirrorSide(shared, "loft")
    async with hall.running(), loft.running(), Device(shared).running() as device:
        await device.send("sensor/bath/humidity", "63")
        await until(lambda: hall.heard and loft.heard)
        assert await loft.control(b"25", expires_s=10)
        await until(lambda: len(hall.heard) == 2)
        assert hall.payloads == [b"63", b"25"]
        assert loft.payloads == [b"63"]
        assert hall.broker.connected
        assert loft.broker.connected


async def test_two_with_one_name_throw_each_other_out_and_say_so(shared: MosquittoServer) -> None:
    one, other = MirrorSide(shared, "twice", node="nas:1"), MirrorSide(shared, "twice", node="pi:2")
    async with one.running(), other.running(connected=False):
        await until(lambda: one.board.once and other.board.once, 30)
    for side, node in ((one, "pi:2"), (other, "nas:1")):
        assert side.board.once[0].code == "broker_name_taken"
        assert f"Another sidecar ({node}) is at the MQTT broker" in side.board.once[0].message
        assert "`mira-twice`" in side.board.once[0].message


async def test_a_restart_of_the_sidecar_or_of_the_broker_is_no_fight(server: MosquittoServer) -> None:
    for node in ("nas:1", "nas:2"):
        mirror = MirrorSide(server, node=node)
        async with mirror.running():
            for _ in range(2):
                server.kill()
                server.start()
                await until(lambda side=mirror: not side.broker.connected)
                await until(lambda side=mirror: side.broker.connected)
        assert not mirror.board.once


async def test_a_message_of_10_mb_is_dropped_and_the_next_one_is_heard(tmp_path: Path) -> None:
    with MosquittoServer(tmp_path / "mosquitto", settings="max_packet_size 20000000") as server:
        async with both(server) as (mirror, device):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            sizes = [10_000_000, LARGEST, LARGEST - 100]
            for size in sizes:
                await device.send("sensor/bath/audio", b"x" * size)
            await device.send("sensor/bath/humidity", "63")
            await until(lambda: len(mirror.heard) == 2)
            assert [len(payload) for payload in mirror.payloads] == [LARGEST - 100, 2]
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 80_000
            assert mirror.broker.connected


async def test_the_broker_of_the_docs_takes_nothing_that_is_so_large(server: MosquittoServer) -> None:
    async with both(server) as (mirror, device):
        with pytest.raises(aiomqtt.MqttError):
            await device.send("sensor/bath/audio", b"x" * 10_000_000)
        await until(lambda: device._client)
        await device.send("sensor/bath/humidity", "63")
        await until(lambda: mirror.heard)
        assert mirror.payloads == [b"63"]


async def test_a_flood_keeps_nobody_else_from_the_event_loop(shared: MosquittoServer) -> None:
    mirror = MirrorSide(shared, "flooded")
    came = 0

    def hear(message: mqtt.Message) -> None:
        nonlocal came
        came += 1
        _busy(0.000_2)

    mirror.hear = hear
    async with mirror.running():
        flooding = await asyncio.create_subprocess_exec(*_flood(shared.port, 6_000))
        delays = []
        async with asyncio.timeout(60):
            while came < 5_000:
                began = time.perf_counter()
                await asyncio.sleep(0.005)
                delays.append(time.perf_counter() - began - 0.005)
        await flooding.wait()
    assert sorted(delays)[len(delays) // 2] < 0.02
    assert max(delays) < 1


async def test_a_message_that_nobody_can_handle_is_told_and_the_next_one_is_heard(shared: MosquittoServer) -> None:
    async with both(shared) as (mirror, device):

        def hear(message: mqtt.Message) -> None:
            if message.payload == b"bad":
                raise RuntimeError("of no use")
            mirror.heard.append(message)

        mirror.hear = hear
        await device.send("sensor/bath/humidity", "bad")
        await device.send("sensor/bath/humidity", "good")
        await until(lambda: mirror.heard)
        assert mirror.payloads == [b"good"]
        assert mirror.board.problems["windows.mqtt"].code == "worker_failing"
        assert mirror.broker.connected


async def test_small_packets_do_not_wait_for_each_other(shared: MosquittoServer) -> None:
    async with both(shared) as (mirror, _device):
        opened = mirror.broker._connection._client._client.socket()
        assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        took = []
        for _ in range(20):
            began = time.perf_counter()
            assert await mirror.control(b"{}", expires_s=10)
            took.append(time.perf_counter() - began)
    assert sorted(took)[10] < 0.03


async def test_devices_do_at_the_broker_of_the_docs_what_is_theirs_and_no_more(
    guarded: MosquittoServer, certificates: Certificates, password_file: Path
) -> None:
    mirror = MirrorSide(guarded, user="mira", password_file=password_file, ca_file=certificates.authority)
    topics = ("window/#", "mira/hall/status", "sensor/#")
    bath = Device(guarded, "bath", topics, password="towel", ca_file=certificates.authority)
    bed = Device(guarded, "bed", topics, password="pillow", ca_file=certificates.authority)
    async with mirror.running(), bath.running(), bed.running():
        for topic in ("sensor/bed/humidity", "window/bed/control", "window/bed/state", "mira/hall/status"):
            await bath.send(topic, "not mine")
        await bath.send("window/bath/control", "not mine either")
        for topic in ("sensor/bath/humidity", "window/bath/state"):
            await bath.send(topic, "mine")
        assert await mirror.control(b"25", "bath", expires_s=10)
        assert await mirror.control(b"50", "bed", expires_s=10)
        await until(lambda: len(mirror.heard) == 2 and len(bath.got) >= 2 and len(bed.got) >= 2)
        await asyncio.sleep(0.2)
    assert [message.topic for message in mirror.heard] == ["sensor/bath/humidity", "window/bath/state"]
    assert bath.payloads[:2] == [b"online", b"25"]
    assert bed.payloads[:2] == [b"online", b"50"]


async def test_what_is_forbidden_looks_as_if_it_had_been_sent(
    guarded: MosquittoServer, certificates: Certificates, tmp_path: Path
) -> None:
    """So nobody may believe that a window moves but by what it says itself."""
    (tmp_path / "towel").write_text("towel")
    mirror = MirrorSide(guarded, user="bath", password_file=tmp_path / "towel", ca_file=certificates.authority)
    bed = Device(guarded, "bed", ("window/bed/control",), password="pillow", ca_file=certificates.authority)
    async with mirror.running(), bed.running():
        assert await mirror.control(b"50", "bed", expires_s=10)
        await asyncio.sleep(0.3)
    assert not bed.got


async def test_a_wrong_password_is_told_without_it_and_a_right_one_is_taken_at_once(
    guarded: MosquittoServer,
    certificates: Certificates,
    password_file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    password_file.write_text("parasol")
    mirror = MirrorSide(guarded, user="mira", password_file=password_file, ca_file=certificates.authority)
    async with mirror.running(connected=False):
        problem = await mirror.problem()
        assert "refuses the user `mira` or its password" in problem.message
        assert "`windows_broker_password_file`" in problem.message
        assert "parasol" not in problem.message + capsys.readouterr().out
        password_file.write_text("umbrella")
        await until(lambda: mirror.broker.connected)
        assert not mirror.board.problems
        assert "umbrella" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("password", "told"),
    [(None, "cannot be read (No such file or directory)"), ("", "has to hold one line"), ("a\nb", "has to hold one")],
)
async def test_a_file_without_a_password_is_named(
    shared: MosquittoServer, tmp_path: Path, password: str | None, told: str
) -> None:
    file = tmp_path / "password"
    if password is not None:
        file.write_text(password)
    mirror = MirrorSide(shared, user="mira", password_file=file)
    async with mirror.running(connected=False):
        problem = await mirror.problem()
    assert f"The file {file}, set by `windows_broker_password_file`, {told}" in problem.message


async def test_a_certificate_of_somebody_else_is_not_trusted(
    guarded: MosquittoServer, password_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Certificates(tmp_path / "other").authority
    for ca_file in (other, None):
        mirror = MirrorSide(guarded, user="mira", password_file=password_file, ca_file=ca_file)
        async with mirror.running(connected=False):
            problem = await mirror.problem()
        assert "is not trusted (" in problem.message
        assert "`windows_broker_ca_file`" in problem.message


@pytest.mark.parametrize("made", ["nothing", "rubbish"])
async def test_a_file_without_certificates_is_named(guarded: MosquittoServer, tmp_path: Path, made: str) -> None:
    file = tmp_path / "nobody.pem"
    if made == "rubbish":
        file.write_text("rubbish")
    mirror = MirrorSide(guarded, ca_file=file)
    async with mirror.running(connected=False):
        problem = await mirror.problem()
    why = "it holds no certificates" if made == "rubbish" else "No such file or directory"
    assert f"The file {file}, set by `windows_broker_ca_file`, cannot be read ({why})" in problem.message


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mqtt://127.0.0.1:{free}", "is not running: nobody listens there"),
        ("mqtts://127.0.0.1:{plain}", "does not speak TLS"),
        ("mqtt://127.0.0.1:{guarded}", "does not answer"),
        ("mqtt://127.0.0.1:{old}", "speaks no MQTT 5"),
    ],
)
async def test_why_a_broker_cannot_be_reached_is_told(
    shared: MosquittoServer, guarded: MosquittoServer, url: str, told: str
) -> None:
    async with _old_broker() as old:
        ports = {"free": free_port(), "plain": shared.port, "guarded": guarded.port, "old": old}
        shared_url, shared.address = shared.address, url.format(**ports)
        try:
            mirror = MirrorSide(shared)
        finally:
            shared.address = shared_url
        async with mirror.running(connected=False):
            problem = await mirror.problem()
    assert told in problem.message
    assert "Sensors and windows on MQTT are out of reach." in problem.message


async def test_a_machine_that_nobody_knows_is_named(shared: MosquittoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    mirror = MirrorSide(shared)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    async with mirror.running(connected=False):
        problem = await mirror.problem()
    assert "Nobody knows a machine `127.0.0.1`" in problem.message


async def test_without_its_library_there_is_no_mqtt_and_it_is_said_what_to_install(
    shared: MosquittoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt.importlib.util, "find_spec", lambda name: None)
    mirror = MirrorSide(shared)
    await asyncio.wait_for(mirror.broker.run(), 1)
    problem = await mirror.problem()
    assert problem.code == "extra_missing"
    assert "Install `mira-sidecar[windows]`" in problem.message


def _busy(seconds: float) -> None:
    until_ = time.perf_counter() + seconds
    while time.perf_counter() < until_:
        pass


def _flood(port: int, count: int) -> list[str]:
    program = (
        "import sys, paho.mqtt.client as paho\n"
        "client = paho.Client(paho.CallbackAPIVersion.VERSION2)\n"
        f"client.connect('127.0.0.1', {port}); client.loop_start()\n"
        f"for number in range({count}): sent = client.publish('sensor/flood/temperature', '21.5')\n"
        "sent.wait_for_publish(60)\n"
    )

    return [sys.executable, "-c", program]


@contextlib.asynccontextmanager
async def _old_broker() -> AsyncIterator[int]:
    """One that knows no MQTT 5, as far as the first packet goes."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(64)
        writer.write(struct.pack("!BBBB", 0x20, 2, 0, 1))
        await reader.read()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as old:
        yield old.sockets[0].getsockname()[1]
