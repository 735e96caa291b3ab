"""The files of subjects: clips, snapshots, sounds. Each has a row in the side store, and goes with that.

A file is sealed with a key of its own, which its row has, sealed with the key of its owner: whose key is deleted, their
files can be read nowhere any more. A row is written once its file is whole, and deleted before it.
"""

import errno
import secrets
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from uuid import uuid7

import msgspec

from mira_sidecar.store.errors import StoreError, refused
from mira_sidecar.store.files import keys_of
from mira_sidecar.store.keys import HOUSEHOLD
from mira_sidecar.store.rows import PAGE
from mira_sidecar.store.side import FILES, FileSecret, Row, SideStore

_UNLIMITED = 1 << 62
_LOOK_EVERY = 8_000_000
"""Bytes of a file between two looks at how much of the disk is free."""


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """How much room files may take."""

    bytes: int = 0
    """Those of one subject; 0: without limit."""
    free_bytes: int = 0
    """What of the disk they leave free."""


class MediaFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file, without what is in it; they sort by their ids, and so by time."""

    id: str
    owner: str
    subject: str
    kind: str
    at_ms: int
    bytes: int
    keep_s: int
    """0: until somebody deletes it."""
    sha256: str | None
    """None where it cannot be opened: the key of its owner is missing."""


class MediaStore:
    """Reads and writes the files of all subjects."""

    def __init__(self, side: SideStore, limits: MediaLimits) -> None:
        self._side = side
        self._files = side.files
        self._limits = limits

    async def add(
        self,
        subject: str,
        kind: str,
        content: AsyncIterable[bytes],
        *,
        at_ms: int,
        owner: str = HOUSEHOLD,
        keep_s: int = 0,
    ) -> MediaFile:
        """Keep a file, whole and on the disk, or not at all; the oldest make room for it.

        Raises StoreError, also where its owner is erased meanwhile.
        """
        key = await self._side.key_for(owner)
        file_id, secret = str(uuid7()), secrets.token_bytes(32)
        name = _name(subject, file_id)
        with self._files.new(name):
            written = await self._files.write(name, secret, self._with_room(content), self._limits.bytes or _UNLIMITED)
            columns = {"subject": subject, "kind": kind, "bytes": written.size, "keep_s": keep_s}
            value = FileSecret(secret, written.sha256)
            row = Row(id=file_id, at_ms=at_ms, value=value, owner=owner, columns=columns)
            try:
                await self._side.put(FILES, row, key=key)
            except BaseException:
                await self._files.remove(name)
                raise
        await self._keep_to_quota()
        return _file(row)

    async def get(self, file_id: str) -> MediaFile | None:
        """One file. Raises StoreError."""
        row = await self._side.get(FILES, file_id)
        return _file(row) if row else None

    async def page(self, subject: str, most: int = PAGE, *, after: str = "", **where: object) -> list[MediaFile]:
        """A subject's files behind an id, of this `owner` or `kind`. Raises StoreError."""
        rows = await self._side.page(FILES, most, after=after, subject=subject, **where)
        return [_file(row) for row in rows]

    async def read(self, file_id: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """What is in a file, from `start` up to `stop`, chunk by chunk. Raises StoreError, also where it is gone."""
        row = await self._side.get(FILES, file_id)
        if row is None:
            raise StoreError(f"There is no file {file_id}.")
        name, size = _name(row.columns["subject"], file_id), row.columns["bytes"]
        if row.value is None:
            raise StoreError(f"The file {file_id} cannot be opened: its key is not in {keys_of(self._side.path)}.")
        stop = size if stop is None else min(size, stop)
        async for chunk in self._files.read(name, row.value.secret, size, start, stop):
            yield chunk

    async def delete(self, *file_ids: str) -> int:
        """Delete files; how many there were. Raises StoreError."""
        names = []
        for file_id in file_ids:
            row = await self._side.get(FILES, file_id)
            if row and await self._side.delete(FILES, id=file_id):
                names.append(_name(row.columns["subject"], file_id))
        await self._files.remove(*names)
        return len(names)

    async def sweep(self) -> int:
        """Delete rows without a file, and files without a row; how many rows.

        Raises StoreError, also where the folder is there and none of the files: then it is another disk's place.
        """
        known = await self._side.file_names()
        there = await self._files.names()
        if known and there.isdisjoint(known) and await self._files.exists():
            raise StoreError(
                f"None of the {len(known):,} files in {self._files.folder} is there. Mount the disk that they are on; "
                "Mira goes on by itself. Where they are lost, delete the folder."
            )
        lost = [name.rpartition("/")[2] for name in known - there]
        for file_id in lost:
            await self._side.delete(FILES, id=file_id)
        await self._side.drop_files()
        return len(lost)

    async def retain(self, sure_ms: int, latest_ms: int) -> int:
        """Delete what is too old, or too much; how many. Raises StoreError. For the times see `SideStore.retain`."""
        await self._side.bring_down(FILES, latest_ms)
        old = "SELECT id FROM media_files WHERE keep_s > 0 AND at + keep_s * 1000 <= ?"
        expired = [str(file_id) for (file_id,) in await self._side.select(old, sure_ms)]
        return await self.delete(*expired) + await self._keep_to_quota() + await self._leave_free()

    async def _with_room(self, content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The same, while the oldest make room for it. Raises StoreError where none is left that could.

        The disk is the log's, too: what is written here must not be what fills it.
        """
        unseen = _LOOK_EVERY
        async for piece in content:
            unseen += len(piece)
            if unseen >= _LOOK_EVERY:
                unseen = 0
                await self._leave_free()
                if await self._files.free() < self._limits.free_bytes:
                    raise refused(OSError(errno.ENOSPC, ""), self._files.folder)
            yield piece

    async def _keep_to_quota(self) -> int:
        if not self._limits.bytes:
            return 0
        # In the order in which they came: that is right by any clock.
        surplus = (
            "SELECT id FROM (SELECT id, sum(bytes) OVER (PARTITION BY subject ORDER BY rowid DESC) AS total "
            "FROM media_files) WHERE total > ?"
        )
        return await self.delete(*[str(found) for (found,) in await self._side.select(surplus, self._limits.bytes)])

    async def _leave_free(self) -> int:
        count, oldest = 0, "SELECT id FROM media_files ORDER BY rowid LIMIT 1"
        while await self._files.free() < self._limits.free_bytes and (found := await self._side.select(oldest)):
            count += await self.delete(str(found[0][0]))
        return count


def _name(subject: str, file_id: str) -> str:
    return f"{subject}/{file_id}"


def _file(row: Row[FileSecret]) -> MediaFile:
    sha256 = row.value.sha256.hex() if row.value else None
    return MediaFile(id=row.id, owner=row.owner, at_ms=row.at_ms, sha256=sha256, **row.columns)
