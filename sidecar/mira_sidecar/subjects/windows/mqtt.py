"""The MQTT broker, from the mirror's side: what sensors and windows say there, and what windows are told.

Nothing that is sent is believed to have arrived: a broker says of no message that it was forbidden, and a window says
itself what it does. What cannot be sent now is not sent at all.
"""

import asyncio
import contextlib
import importlib.util
import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from mira_sidecar.bulletin import Bulletin
from mira_sidecar.config import node_name
from mira_sidecar.protocol import Problem
from mira_sidecar.subjects.windows.broker_address import BrokerAddress
from mira_sidecar.subjects.windows.mqtt_errors import BrokerError, LostError
from mira_sidecar.supervision import failing

if TYPE_CHECKING:
    from aiomqtt import Message as Received

    from mira_sidecar.subjects.windows.mqtt_connection import Connection, Receipt

log = structlog.get_logger()

_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0
"""Between two attempts."""
_SOUND_S: Final = 60.0
"""What a connection has to last for the next pause to be the first again."""
_KEEP_S: Final = 24 * 3_600
"""How long the broker keeps readings for a mirror that is away."""
_CAUGHT_UP_S: Final = 10.0
"""After which what comes counts as new, where the broker does not send us what we sent."""
_TAKEN_OFTEN: Final = 2
_TAKEN_WITHIN_S: Final = 300.0
"""So often within so long, and it was no standby that came and went."""
_MOST_HELD: Final = 100_000
_LEAVE_S: Final = 1.0
_ONLINE, _OFFLINE = b"online", b"offline"


class Message(NamedTuple):
    """What came from the broker."""

    topic: str
    payload: bytes
    retained: bool
    """The broker had it from before we subscribed: nobody knows since when."""
    at_ms: int
    """When it came here, by the mirror's clock."""
    kept: bool = False
    """It had waited at the broker while we were away, for up to a day."""


def not_installed() -> str | None:
    """What has to be installed for MQTT, as a sentence; None where it is."""
    if importlib.util.find_spec("aiomqtt") is not None:
        return None
    return (
        "`windows_broker` names an MQTT broker, and what that needs is not installed (aiomqtt). Sensors and windows on "
        "MQTT are out of reach. Install `mira-sidecar[windows]`, or leave `windows_broker` out."
    )


def client_id(mirror: str) -> str:
    """The name of a mirror at its broker."""
    return f"mira-{mirror}"


class Broker:
    """One connection to the broker of the settings, and the next one when that is over."""

    def __init__(
        self,
        address: BrokerAddress,
        mirror: str,
        heard: Callable[[Message], None],
        bulletin: Bulletin,
        *,
        now_ms: Callable[[], int],
        topics: Iterable[str] = (),
        node: str | None = None,
        at_once: bool = True,
    ) -> None:
        """`heard` returns at once; `now_ms`: by the mirror's clock; `topics`: as of `listen_to`; `node`: who we are.

        `at_once`: messages are acknowledged as soon as they were heard; otherwise by `acknowledge`.
        """
        self._address = address
        self._name = client_id(mirror)
        self._node = node or node_name()
        self._status = f"mira/{mirror}/status"
        self._heard = heard
        self._bulletin = bulletin
        self._now_ms = now_ms
        self._topics = frozenset(topics)
        self._serves = True
        self._changed = asyncio.Event()
        """Set where what we listen to has changed, or whether we are to be there."""
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._at_once = at_once
        self._held: deque[Receipt] = deque(maxlen=_MOST_HELD)
        """Of messages that were heard, and that `acknowledge` was not called for yet."""
        self._open: deque[Receipt] = deque()
        """Those of them that the broker waits for."""
        self._takes = 0
        self._caught_up = False
        self._kept_until = math.inf
        self._was_there = False
        """Whether we have been there, and have not been told to leave since."""
        self._taken: deque[float] = deque(maxlen=_TAKEN_OFTEN)
        """When somebody else was found to have been there with our name."""
        self._problem: Problem | None = None

    @property
    def connected(self) -> bool:
        """Whether the broker has us."""
        return self._connection is not None

    def listen_to(self, topics: Iterable[str]) -> None:
        """Hear these topics from now on, which may have wildcards, and no others."""
        self._topics = frozenset(topics)
        self._changed.set()

    def acknowledge(self, count: int) -> None:
        """So many more of the messages that were heard, the oldest, need not come again, whoever is killed."""
        for _ in range(min(count, len(self._held))):
            self._held.popleft().acknowledge()

    def serve(self, serves: bool) -> None:
        """Whether to be there at all: of sidecars of one mirror the one that decides has its name at the broker."""
        self._serves = serves
        self._changed.set()

    async def run(self) -> None:
        """Be there until cancelled, as soon as this sidecar has decided anything: a standby waits for that."""
        await self._bulletin.served.wait()
        if why := not_installed():
            log.error("there is no MQTT", why=why)
            self._bulletin.degraded("broker", Problem("extra_missing", why))
            return
        pause_s = _FIRST_PAUSE_S
        while True:
            self._changed.clear()
            if not self._serves:
                await self._changed.wait()
                continue
            began = time.monotonic()
            await self._stay()
            if time.monotonic() - began >= _SOUND_S:
                pause_s = _FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def publish(self, topic: str, payload: bytes, *, expires_s: int | None = None, retain: bool = False) -> bool:
        """Whether the broker has it, and got it no later than after `expires_s`. It is never sent later.

        A broker that hangs would deliver it when it goes on, so it is asked for a sign of life first.
        """
        asked = time.monotonic()
        async with self._turn:
            if (connection := self._connection) is None:
                return False
            try:
                await connection.answers()
                left_s = None if expires_s is None else round(expires_s - (time.monotonic() - asked))
                if left_s is not None and left_s < 1:
                    return False
                await connection.publish(topic, payload, expires_s=left_s, retain=retain)
            except LostError:
                self._drop(connection)
                return False
            return True

    async def _stay(self) -> None:
        """Be there until the connection is over, or we are to leave."""
        # It takes 5 MB, which a mirror without a broker need not have.
        from mira_sidecar.subjects.windows.mqtt_connection import Will, connected  # noqa: PLC0415

        self._caught_up = False
        self._open.clear()
        will = Will(self._status, _OFFLINE, self._node)
        try:
            async with connected(
                *(self._address, self._name, self._hear),
                will=will,
                keep_s=_KEEP_S,
                hold=None if self._at_once else self._hold,
                takes=self._set_takes,
            ) as connection:
                await self._serve(connection)
        except BrokerError as error:
            self._tell(Problem("broker_away", str(error)))
        except LostError:
            log.warning("the connection to the MQTT broker is over")

    async def _serve(self, connection: Connection) -> None:
        """Be there with this connection. Raises LostError when it is over."""
        self._kept_until = time.monotonic() + _CAUGHT_UP_S
        self._tell(self._forbidden(await connection.follow(self._topics, with_own=self._status)))
        await connection.publish(self._status, _ONLINE, retain=True, node=self._node)
        self._connection, self._was_there = connection, True
        log.info("the MQTT broker is there", at=str(self._address), name=self._name)
        try:
            while True:
                await connection.until(self._changed)
                self._changed.clear()
                if self._connection is None:
                    raise LostError
                if not self._serves:
                    self._was_there = False
                    return
                self._tell(self._forbidden(await connection.follow(self._topics, with_own=self._status)))
        finally:
            self._connection = None
            with contextlib.suppress(LostError, TimeoutError):
                async with asyncio.timeout(_LEAVE_S):
                    await connection.publish(self._status, _OFFLINE, retain=True, node=self._node)

    def _drop(self, connection: Connection) -> None:
        """Leave a broker that does not answer: what else is sent to it would be late."""
        if self._connection is connection:
            self._connection = None
            self._changed.set()

    def _set_takes(self, count: int) -> None:
        self._takes = count

    def _hear(self, received: Received) -> None:
        topic, payload = received.topic.value, received.payload
        if topic == self._status:
            self._hear_status(received)
            return
        kept = not self._caught_up and time.monotonic() < self._kept_until
        try:
            self._heard(Message(topic, payload, received.retain, self._now_ms(), kept))
        except Exception as error:
            # The broker would send it again and again. Its text is not for the log.
            log.exception("a fault of Mira: please report it", subject="windows")
            self._bulletin.degraded("windows.mqtt", failing("windows.mqtt", type(error).__name__))

    def _forbidden(self, topics: list[str]) -> Problem | None:
        if not topics:
            return None
        text = f"The MQTT broker {self._address} does not let the mirror hear {', '.join(topics)}."
        return Problem("broker_forbids", f"{text} Allow its user to, in the access list of the broker.")

    def _hold(self, receipt: Receipt) -> None:
        """Have it acknowledged later; but where the broker would soon wait for that, the oldest one is at once."""
        if receipt.topic == self._status:
            receipt.acknowledge()
            return
        self._held.append(receipt)
        if receipt.is_open:
            self._open.append(receipt)
        while self._open and (not self._open[0].is_open or len(self._open) > self._takes // 2):
            self._open.popleft().acknowledge()

    def _hear_status(self, received: Received) -> None:
        from mira_sidecar.subjects.windows.mqtt_connection import node_of  # noqa: PLC0415 - as in `_stay`

        node = node_of(received)
        if node == self._node:
            # What we sent comes behind all that had waited.
            self._caught_up |= received.payload == _ONLINE and not received.retain
        elif received.retain and self._was_there:
            self._note_rival(node)

    def _note_rival(self, node: str | None) -> None:
        """Somebody has been there with our name since we were: the broker throws out who was there before."""
        now = time.monotonic()
        self._taken.append(now)
        if len(self._taken) == _TAKEN_OFTEN and now - self._taken[0] < _TAKEN_WITHIN_S:
            text = (
                f"Another sidecar ({node or 'which does not say its name'}) is at the MQTT broker {self._address} with "
                f"the name of this mirror (`{self._name}`). Each throws the other out, so sensors and windows on MQTT "
                "are heard now and then only. Stop one of the two, or give each a `mirror` of its own."
            )
            log.warning("another sidecar has our name at the MQTT broker", name=self._name, node=node)
            self._bulletin.happened(Problem("broker_name_taken", text), _TAKEN_WITHIN_S)

    def _tell(self, problem: Problem | None) -> None:
        if problem is not None and problem != self._problem:
            log.warning("the MQTT broker is of no use", why=problem.message)
        self._problem = problem
        self._bulletin.degraded("broker", problem)
