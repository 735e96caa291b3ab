"""One connection to an MQTT broker, from its beginning to its end.

Each has a client of its own. One that connects again sends what it could not send before: a window would open minutes
after somebody wanted it to.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from typing import Any, Final, NamedTuple, override

import aiomqtt
import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from mira_sidecar.private import secret_in
from mira_sidecar.subjects.windows.broker_address import BrokerAddress
from mira_sidecar.subjects.windows.mqtt_errors import BrokerError, LostError

ANSWER_S: Final = 2.0
"""For the broker to answer; one that hangs is one that is away."""
_CONNECT_S: Final = 3.0
_KEEPALIVE_S: Final = 10
"""Between two signs of life. After twice as long at most, either side knows that the other is gone."""
LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a message, its topic included. The broker drops for us what is larger."""
_UNLIMITED: Final = 65_535
_REFUSED_USER: Final = {4, 5, 134, 135}
_REFUSED_VERSION: Final = {1, 132}
_REFUSED_FROM: Final = 128
"""Codes from here on are refusals."""
_CHECK: Final = "Check `windows_broker`"
_NODE: Final = "node"
_MEANS: Final = "Sensors and windows on MQTT are out of reach"
_SILENT: Final = logging.getLogger("mira_sidecar.subjects.windows.mqtt")
"""For what the libraries say: what matters of it reaches us as an error."""
_SILENT.disabled = True
_SOCKET: Final = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    # What the network has not taken by then is dropped, so that it does not arrive later (Linux).
    *((socket.IPPROTO_TCP, option, 5_000) for option in (getattr(socket, "TCP_USER_TIMEOUT", None),) if option),
]
"""Without the first, every second message waits for the acknowledgement of the one before: 44 ms."""


class Will(NamedTuple):
    """What the broker says, and keeps, when we are gone without a word."""

    topic: str
    payload: bytes
    node: str


class Receipt:
    """For a message that the broker sends again, to the next connection, until it is acknowledged."""

    __slots__ = ("_client", "_message", "topic")

    def __init__(self, client: paho.Client, message: aiomqtt.Message) -> None:
        self.topic = message.topic.value
        self._client: paho.Client | None = client
        self._message = message.mid, message.qos

    @property
    def is_open(self) -> bool:
        """Whether the broker waits for it."""
        return self._client is not None and self._message[1] > 0

    def acknowledge(self) -> None:
        """Once is enough, and after the connection is over it does nothing."""
        if self._client is not None:
            self._client.ack(*self._message)
            self._client = None


class Connection:
    """A connection while it lasts. Each method raises LostError once it is over, or where the broker hangs."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._over = asyncio.create_task(self._run())
        self._subscribed: frozenset[str] = frozenset()
        self._refused: set[str] = set()

    async def follow(self, topics: Collection[str], *, with_own: str) -> list[str]:
        """Hear these topics and no others, and of what we send only `with_own`; those that the broker refuses."""
        wanted = frozenset({*topics, with_own})
        new, gone = sorted(wanted - self._subscribed), sorted(self._subscribed - wanted)
        asked = [(topic, SubscribeOptions(qos=1, noLocal=topic != with_own)) for topic in new]
        with _lost():
            codes = await self._client.subscribe(asked) if asked else ()
            if gone:
                await self._client.unsubscribe(gone)
        self._subscribed = wanted
        self._refused |= {topic for topic, code in zip(new, codes, strict=True) if _number(code) >= _REFUSED_FROM}
        return sorted(self._refused & wanted)

    async def publish(
        self, topic: str, payload: bytes, *, expires_s: int | None = None, retain: bool = False, node: str | None = None
    ) -> None:
        """Send it, and wait until the broker has it. That it was not allowed to be sent, no broker says.

        `node`: who sends it, where that is to be told.
        """
        expiry = {} if expires_s is None else {"MessageExpiryInterval": expires_s}
        properties = _properties(PacketTypes.PUBLISH, **expiry, **_told(node))
        with _lost():
            await self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)

    async def answers(self) -> None:
        """Ask the broker something without meaning: one that hangs would carry out later what it was sent now."""
        with _lost():
            await self._client.unsubscribe("mira/nothing")

    async def until(self, changed: asyncio.Event) -> None:
        """Wait until it is set."""
        waiting = asyncio.create_task(changed.wait())
        try:
            await asyncio.wait({waiting, self._over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self._over.done():
            await self._over

    async def close(self) -> None:
        """End it, whatever state it is in."""
        self._over.cancel()
        await asyncio.gather(self._over, return_exceptions=True)

    async def _run(self) -> None:
        with _lost():
            async for _ in self._client.messages:
                pass  # they have been handed on


@contextlib.asynccontextmanager
async def connected(
    address: BrokerAddress,
    identifier: str,
    hear: Callable[[aiomqtt.Message], None],
    *,
    will: Will | None = None,
    keep_s: int = 0,
    hold: Callable[[Receipt], None] | None = None,
    takes: Callable[[int], None] = lambda count: None,
) -> AsyncIterator[Connection]:
    """A connection of this name; `hear` is called with each message, and returns at once. Raises BrokerError.

    `hold` gets the receipt of each before; without it, messages are acknowledged when they were heard. `takes` is told
    first how many that are not acknowledged the broker takes, and sends no more.

    `keep_s`: how long the broker keeps what we listen to, and what comes meanwhile, after the connection is over.
    """
    properties = _properties(PacketTypes.CONNECT, SessionExpiryInterval=keep_s, MaximumPacketSize=LARGEST)

    def handle(message: aiomqtt.Message) -> None:
        if hold is not None:
            hold(Receipt(inner, message))
        hear(message)

    client = aiomqtt.Client(
        address.host,
        address.port,
        identifier=identifier,
        username=address.user,
        password=_password(address),
        tls_context=await asyncio.to_thread(_tls, address) if address.tls else None,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=not keep_s,
        properties=properties,
        will=will
        and aiomqtt.Will(
            *(will.topic, will.payload, 1, True, _properties(PacketTypes.WILLMESSAGE, **_told(will.node)))
        ),
        keepalive=_KEEPALIVE_S,
        timeout=_CONNECT_S,
        socket_options=_SOCKET,
        queue_type=_handing_to(handle),
        logger=_SILENT,
    )
    # aiomqtt leaves open what did not get far: it would come back with our name. Nor does it acknowledge later, or say
    # what the broker is able to.
    inner = client._client  # noqa: SLF001
    inner.manual_ack_set(hold is not None)
    inner.on_connect = _telling(takes, inner.on_connect)
    try:
        await client.__aenter__()
    except aiomqtt.MqttError as error:
        inner.disconnect()
        raise BrokerError(_explained(error, address)) from error
    client.timeout = ANSWER_S
    connection = Connection(client)
    try:
        yield connection
    finally:
        await connection.close()
        inner.disconnect()
        with contextlib.suppress(aiomqtt.MqttError):
            await client.__aexit__(None, None, None)


def _telling(takes: Callable[[int], None], further: Any) -> Any:
    """What paho calls when the broker has answered. Mosquitto and EMQX have one limit for both directions."""

    def on_connect(client: object, userdata: object, flags: object, reason: object, properties: object) -> None:
        takes(getattr(properties, "ReceiveMaximum", _UNLIMITED))
        further(client, userdata, flags, reason, properties)

    return on_connect


def node_of(received: aiomqtt.Message) -> str | None:
    """Who sent it, where that was told."""
    told: list[tuple[str, str]] = getattr(received.properties, "UserProperty", [])
    return dict(told).get(_NODE)


def _told(node: str | None) -> dict[str, tuple[str, str]]:
    return {"UserProperty": (_NODE, node)} if node else {}


def _properties(packet: int, **values: int | tuple[str, str]) -> Properties:
    properties = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(properties, name, value)
    return properties


def _handing_to(hear: Callable[[aiomqtt.Message], None]) -> type[asyncio.Queue[aiomqtt.Message]]:
    """What aiomqtt queues messages in: no queue.

    One message is read in a turn of the event loop, and handled in it. So a flood waits in the network and at the
    broker and not in our memory, and decisions have their turns in between.
    """

    class HandsOn(asyncio.Queue[aiomqtt.Message]):
        @override
        def put_nowait(self, item: aiomqtt.Message) -> None:
            hear(item)

    return HandsOn


@contextlib.contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except aiomqtt.MqttError as error:
        raise LostError from error


def _number(code: object) -> int:
    return code.value if isinstance(code, ReasonCode) else code if isinstance(code, int) else 0


def _password(address: BrokerAddress) -> str | None:
    """Read it anew each time: it may have been changed. Raises BrokerError."""
    if address.user is None or address.password_file is None:
        return None
    try:
        return secret_in(address.password_file)
    except ValueError as error:
        text = f"The file {address.password_file}, set by `windows_broker_password_file`, {error}"
        raise BrokerError(f"{text}. {_MEANS}. Put it right; Mira goes on by itself.") from error


def _tls(address: BrokerAddress) -> ssl.SSLContext:
    """Raises BrokerError."""
    try:
        return ssl.create_default_context(cafile=address.ca_file)
    except OSError as error:
        why = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        text = f"The file {address.ca_file}, set by `windows_broker_ca_file`, cannot be read ({why})"
        raise BrokerError(f"{text}. {_MEANS}. Put it right; Mira goes on by itself.") from error


def _explained(error: aiomqtt.MqttError, address: BrokerAddress) -> str:
    """What went wrong, what it means and what to do."""
    what, do = _refusal(error, address) if isinstance(error, aiomqtt.MqttCodeError) else _failure(error, address)
    return f"{what}. {_MEANS}. {do}; Mira goes on by itself."


def _refusal(error: aiomqtt.MqttCodeError, address: BrokerAddress) -> tuple[str, str]:
    broker, code = f"The MQTT broker {address}", _number(error.rc)
    if code in _REFUSED_USER:
        who = f"the user `{address.user}` or its password" if address.user else "to let anybody in without a user"
        return f"{broker} refuses {who}", "Correct `windows_broker`, or the file of `windows_broker_password_file`"
    if code in _REFUSED_VERSION:
        return f"{broker} speaks no MQTT 5", "Update it: Mosquitto does since 1.6"
    return f"{broker} refuses the connection ({error.rc})", "Its log says why"


def _failure(error: aiomqtt.MqttError, address: BrokerAddress) -> tuple[str, str]:
    broker = f"The MQTT broker {address}"
    no_tls = "Check the port, or write mqtt:// for a broker that does not encrypt"
    told = "Start it again, or check `windows_broker`: it begins with mqtts:// where the broker encrypts"
    match error.__context__:
        case socket.gaierror():
            what, do = f"Nobody knows a machine `{address.host}`, which is to be the MQTT broker", _CHECK
        case ssl.SSLCertVerificationError(verify_message=why):
            what = f"The certificate of the MQTT broker {address} is not trusted ({why})"
            do = "Name it in `windows_broker` as its certificate does, and in `windows_broker_ca_file` who signed that"
        case ssl.SSLError(reason=why):
            what, do = f"{broker} does not speak TLS ({why})", no_tls
        case ConnectionRefusedError():
            what, do = f"{broker} is not running: nobody listens there", "Start it, or check `windows_broker`"
        case ConnectionResetError() if address.tls:
            what, do = f"{broker} does not speak TLS", no_tls
        case OSError(strerror=str(why)) if why:
            what, do = f"{broker} cannot be reached ({why})", _CHECK
        case _:
            what, do = f"{broker} does not answer", told
    return what, do
