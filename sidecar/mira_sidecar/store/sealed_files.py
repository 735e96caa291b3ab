"""Files that are sealed, each with a key of its own and in chunks, so that none is ever whole in memory.

They have a thread of their own: a disk that hangs keeps nobody else waiting. A file that is there is whole. Each chunk
is bound to the file's name, its place, and whether it is the last: none can be moved, left out or cut off.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mira_sidecar.private import make_folder, private, sync
from mira_sidecar.store.errors import StoreError, unkept

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 65_536
"""Bytes that are sealed together: what a reader who seeks has to open at least."""
_TAG = 16
_NONCE_BYTES = 12
_OURS = re.compile(r"\.?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.part)?")
"""The names of files here. What else lies there is somebody else's, and left alone."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    size: int
    sha256: bytes


class SealedFiles:
    """Files in a folder, by names such as `example/01935f…`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._thread = ThreadPoolExecutor(1, "media")
        self._new: set[str] = set()

    @contextlib.contextmanager
    def new(self, name: str) -> Iterator[None]:
        """While a file is made that nobody else knows yet: `keep_only` keeps it."""
        self._new.add(name)
        try:
            yield
        finally:
            self._new.discard(name)

    async def write(self, name: str, secret: bytes, content: AsyncIterable[bytes], most: int) -> Written:
        """Write a file, on the disk and whole, or not at all. Raises StoreError, also beyond `most` bytes."""
        writing = await self._run(_Writing, self.folder / name, name, secret)
        try:
            async for piece in content:
                await self._run(writing.feed, piece, most)
            return await self._run(writing.finish)
        except BaseException:
            await self._run(writing.discard)
            raise

    async def read(self, name: str, secret: bytes, size: int, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `stop`, chunk by chunk. Raises StoreError."""
        # It is opened for each chunk: whoever is erased is read no further.
        for number in range(start // CHUNK, -(-stop // CHUNK)):
            first = number * CHUNK
            chunk = await self._run(self._chunk, name, secret, number, first + CHUNK >= size)
            yield chunk[max(0, start - first) : stop - first]

    async def remove(self, *names: str) -> None:
        """Delete files, where they are there. Raises StoreError."""
        await self._run(self._remove, names)

    async def names(self) -> set[str]:
        """Those that are there and whole. Raises StoreError."""
        return {name for name in await self._run(self._all) if Path(name).suffix != ".part"}

    async def keep_only(self, names: Collection[str]) -> None:
        """Delete all others, and what was not written to its end. Raises StoreError."""
        kept = {*names, *self._new, *(_part(name) for name in self._new)}
        await self._run(self._keep_only, kept)

    async def exists(self) -> bool:
        """Whether its folder is there, be it only a name for one that is not."""
        return await self._run(os.path.lexists, self.folder)

    async def free(self) -> int:
        """Bytes that are free on its disk. Raises StoreError."""
        return await self._run(self._free)

    def close(self) -> None:
        """Let the thread end; a disk that hangs is not waited for."""
        self._thread.shutdown(wait=False)

    async def _run[*A, T](self, work: Callable[[*A], T], *arguments: *A) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
        except OSError as error:
            raise unkept(error, self.folder) from error

    def _free(self) -> int:
        return shutil.disk_usage(next(one for one in (self.folder, *self.folder.parents) if one.exists())).free

    def _all(self) -> list[str]:
        if not self.folder.exists():
            return []
        folders = [folder for folder in self.folder.iterdir() if folder.is_dir()]
        return [f"{one.name}/{file.name}" for one in folders for file in one.iterdir() if _OURS.fullmatch(file.name)]

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)

    def _keep_only(self, names: Collection[str]) -> None:
        self._remove(name for name in self._all() if name not in names)

    def _chunk(self, name: str, secret: bytes, number: int, is_last: bool) -> bytes:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - 10 MB: only where something is sealed

        with (self.folder / name).open("rb") as file:
            file.seek(number * (CHUNK + _TAG))
            sealed = file.read(CHUNK + _TAG)
        try:
            return _cipher(secret).decrypt(_nonce(number, is_last), sealed, name.encode())
        except InvalidTag as error:
            raise StoreError(f"The file {self.folder / name} is damaged. Copy the right one there.") from error


class _Writing:
    """A file that is being written, in the thread."""

    def __init__(self, path: Path, name: str, secret: bytes) -> None:
        make_folder(path.parent)
        self._path = path
        self._part = path.with_name(Path(_part(name)).name)
        self._bound_to = name.encode()
        self._cipher = _cipher(secret)
        self._file = os.fdopen(private(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb")
        self._number = 0
        self._rest = bytearray()
        self._size = 0
        self._digest = hashlib.sha256()

    def feed(self, piece: bytes, most: int) -> None:
        self._size += len(piece)
        if self._size > most:
            raise StoreError(f"A file for {self._path.parent} is larger than `media_mb` allows. It is not kept.")
        self._digest.update(piece)
        self._rest += piece
        # What may be the last chunk waits.
        while len(self._rest) > CHUNK:
            self._seal(bytes(self._rest[:CHUNK]), is_last=False)
            del self._rest[:CHUNK]

    def finish(self) -> Written:
        self._seal(bytes(self._rest), is_last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._path)
        sync(self._path.parent)
        return Written(self._size, self._digest.digest())

    def discard(self) -> None:
        with contextlib.suppress(OSError):  # what it could not write before, it cannot now
            self._file.close()
        self._part.unlink(missing_ok=True)

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last), plain, self._bound_to))
        self._number += 1


def _part(name: str) -> str:
    """The name of a file until it is whole."""
    subject, _, file_id = name.rpartition("/")
    return f"{subject}/.{file_id}.part"


def _nonce(number: int, is_last: bool) -> bytes:
    """No key seals two chunks with the same: each file has a key of its own, and is written once."""
    return number.to_bytes(_NONCE_BYTES - 1, "big") + bytes([is_last])


def _cipher(secret: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - see above

    return AESGCM(secret)
