"""The speaker, as the sidecar has it: a process that runs while there is something to play."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import msgspec

from mira_sidecar.devices.messages import FailureCode
from mira_sidecar.devices.process import Started, started

from . import wire
from .wire import Failed, Heard, Played, Playing, Stopped

_PLAYER: Final = "mira_sidecar.devices.speaker.play"
_IDLE_S = 60.0
"""After which a player that has nothing to do is ended: it takes memory."""
_HANGS_S = 10.0
"""Without a word for so long a player that has something to do hangs: it says one twice a second."""
_STOP_S = 0.2
"""By when one that is heard has to be silent; else it is killed."""
_decode = msgspec.json.Decoder(Heard)

type Hear = Callable[[Heard], None]


class Speaker:
    """Plays speeches. One that begins ends the one before. All that it is told returns at once."""

    def __init__(self, address: str, loopback: int | None = None) -> None:
        """`address`: its name in ALSA; `loopback`: the handle of where it writes what it plays, see loopback.py."""
        self._address = address
        self._inherits = () if loopback is None else (loopback,)
        self._wanted = asyncio.Event()
        self._orders = asyncio.Queue[bytes]()
        self._hear: dict[str, Hear] = {}
        """Of the speeches that are not over."""
        self._fed = False
        """Whether the newest takes pieces."""
        self._audible = False
        self._stopping: set[str] = set()
        self._silent_by: float | None = None
        self._patience: asyncio.Timeout | None = None
        """With the player, while it runs."""

    def warm(self) -> None:
        """Have the player run for a minute, so that what is to be played is heard at once."""
        self._wanted.set()
        self._expect()

    def start(self, speech: str, hear: Hear) -> None:
        """A speech begins. `hear` is told what becomes of it: Played, Stopped or Failed, and nothing after that."""
        self._begin(wire.START, speech, hear)
        self._fed = True

    def feed(self, piece: bytes) -> None:
        """The next piece of its file; for nobody where it is over already, or was stopped."""
        if self._fed:
            self._tell(wire.DATA, piece)

    def end_file(self) -> None:
        """Its file is whole, and another may follow."""
        if self._fed:
            self._tell(wire.END_FILE)

    def end(self) -> None:
        """It has no more files."""
        if self._fed:
            self._tell(wire.END)
            self._fed = False

    def chime(self, speech: str, hear: Hear) -> None:
        """Play the sign that the mirror listens: a speech that needs no more."""
        self._begin(wire.CHIME, speech, hear)

    def stop(self) -> None:
        """Be silent, whatever plays or waits."""
        self._fed = False
        if self._hear.keys() - self._stopping:
            self._tell(wire.STOP)
            self._stopping.update(self._hear)
            if self._audible and self._silent_by is None:
                self._silent_by = asyncio.get_running_loop().time() + _STOP_S
            self._expect()

    async def run(self) -> None:
        """Run the player while it is wanted, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                async with started(
                    _PLAYER, self._address, *map(str, self._inherits), inherits=self._inherits
                ) as player:
                    await self._serve(player)
            except OSError as error:  # there is no memory for a process
                self._fail("crashed", f"The player cannot be started ({error.strerror}).")

    async def _serve(self, player: Started) -> None:
        """Have it play, until it ends, hangs, or has had nothing to do for a while."""
        writing = asyncio.create_task(self._write(player))
        try:
            ended = await self._listen(player)
        finally:
            self._patience = None
            writing.cancel()
        if ended:
            self._fail("crashed", "The player ended by itself; the sidecar's log says more.")
            await player.ended()
        elif self._hear:
            player.kill()
            self._fail("silent", f"The speaker `{self._address}` took no sound for {_HANGS_S:.0f} s.")
        else:
            self._wanted.clear()

    def _begin(self, kind: bytes, speech: str, hear: Hear) -> None:
        self.stop()
        self._hear[speech] = hear
        self._tell(kind, speech.encode())
        self._expect()

    def _tell(self, kind: bytes, content: bytes = b"") -> None:
        self._orders.put_nowait(wire.order(kind, content))
        self._wanted.set()

    async def _write(self, player: Started) -> None:
        with contextlib.suppress(OSError):  # it has ended, as who listens to it learns
            while True:
                player.to.write(await self._orders.get())
                await player.to.drain()

    async def _listen(self, player: Started) -> bool:
        """Pass on what it says. Whether it ended by itself; else it hangs, or has had nothing to do for a while."""
        try:
            async with asyncio.timeout(None) as self._patience:
                self._expect()
                async for line in player.lines:
                    self._pass_on(_decode.decode(line))
                    self._expect()
        except TimeoutError:
            return False
        return True

    def _expect(self) -> None:
        """Until when it has to say something."""
        if self._patience:
            within_s = _HANGS_S if self._hear else _IDLE_S
            soon = asyncio.get_running_loop().time() + within_s
            self._patience.reschedule(soon if self._silent_by is None else self._silent_by)

    def _pass_on(self, message: Heard) -> None:
        match message:
            case Playing():
                self._audible = True
            case Played() | Stopped() | Failed():
                self._over(message)
                return
        self._hear[message.speech](message)

    def _over(self, message: Played | Stopped | Failed) -> None:
        self._audible = False
        self._stopping.discard(message.speech)
        if not self._stopping:
            self._silent_by = None
        hear = self._hear.pop(message.speech)
        if not self._hear:
            self._fed = False
        hear(message)

    def _fail(self, code: FailureCode, message: str) -> None:
        """Nothing of what it was told is played any more. What was to be silent is."""
        while not self._orders.empty():
            self._orders.get_nowait()
        self._wanted.clear()
        stopping = set(self._stopping)
        for speech in [*self._hear]:
            self._over(Stopped(speech) if speech in stopping else Failed(speech, code, message))


async def tried(address: str) -> Failed | None:
    """Open the speaker and close it again, without a sound; why that was not possible."""
    async with started(_PLAYER, address) as player:
        player.to.write(wire.order(wire.START) + wire.order(wire.END))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HANGS_S):
                async for line in player.lines:
                    match message := _decode.decode(line):
                        case Played():
                            return None
                        case Failed():
                            return message
    return Failed("", "crashed", f"The speaker `{address}` did not open.")
