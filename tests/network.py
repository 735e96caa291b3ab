"""A network between two parts, which may sleep, lose a connection, be away, or lead elsewhere."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any


class Network:
    """Passes on what comes to `port` of 127.0.0.1, until it is told to do worse. Ends with `close`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._awake = asyncio.Event()
        self._lines: dict[_Line, int] = {}
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._thread.start()
        self.port = self._run(self._open(0))

    def sleep(self) -> None:
        """Nothing gets through, and nobody is told: packets wait."""
        self._loop.call_soon_threadsafe(self._awake.clear)

    def wake(self) -> None:
        """What waited gets through."""
        self._loop.call_soon_threadsafe(self._awake.set)

    def lose_connections(self) -> None:
        """Those that are open never say anything again, nor that they have ended; new ones work."""
        self._loop.call_soon_threadsafe(lambda: [line.lose() for line in self._lines])

    def lose_answers(self) -> None:
        """On connections that are open, what is said still gets there, and no answer comes back."""
        self._loop.call_soon_threadsafe(lambda: [line.lose(answers_only=True) for line in self._lines])

    def lead_to(self, target: int) -> None:
        """New connections get to this port; those that are open stay where they are."""
        self._target = target

    def targets(self) -> set[int]:
        """Where connections that are open lead."""
        return set(self._lines.copy().values())

    def cut(self) -> None:
        """End what is open, and let nobody in."""
        self._run(self._cut())

    def join(self) -> None:
        """The end of `cut`."""
        self._run(self._open(self.port))

    def close(self) -> None:
        """End everything."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self, port: int) -> int:
        self._awake.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for line in list(self._lines):
            line.end()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = _Line(self._awake)
        target = self._lines[line] = self._target
        try:
            await line.carry(reader, writer, target)
        finally:
            del self._lines[line]


class _Line:
    """One connection, both ways."""

    def __init__(self, awake: asyncio.Event) -> None:
        self._awake = awake
        self._lost = set[asyncio.StreamReader]()
        self._readers: tuple[asyncio.StreamReader, ...] = ()
        self._ended = asyncio.Event()

    def lose(self, *, answers_only: bool = False) -> None:
        self._lost.update(self._readers[answers_only:])

    def end(self) -> None:
        self._ended.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int) -> None:
        """Until one side has ended it, or the network does."""
        await self._awake.wait()
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", target)
        except OSError:  # nobody listens: neither do we
            writer.close()
            return
        self._readers = (reader, there_reader)
        ways = [
            asyncio.create_task(self._copy(reader, there_writer)),
            asyncio.create_task(self._copy(there_reader, writer)),
            asyncio.create_task(self._ended.wait()),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        if self._lost:
            await self._ended.wait()
        for way in ways:
            way.cancel()
        await asyncio.wait(ways)
        writer.close()
        there_writer.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while packet := await reader.read(65_536):
                await self._awake.wait()
                if reader not in self._lost:
                    writer.write(packet)
                    await writer.drain()
