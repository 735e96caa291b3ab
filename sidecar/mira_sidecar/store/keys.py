"""The keys of what is personal, one a person, in a file of their own. Whose key is deleted is erased, in every copy."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self, override

import msgspec
from msgspec import Meta

from mira_sidecar.private import write_private
from mira_sidecar.store.errors import StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HOUSEHOLD = "household"
"""Whose that is which is nobody's in particular."""
_KEY_BYTES = 32
_NONCE_BYTES = 12
"""96 random bits a row: a key may seal 2**32 rows before two of them are likely to have the same."""


class KeysDamagedError(StoreError):
    """The file is not what was written."""


class _Key(msgspec.Struct, frozen=True):
    id: str
    owner: str
    secret: Annotated[bytes, Meta(min_length=_KEY_BYTES, max_length=_KEY_BYTES)]

    @override
    def __repr__(self) -> str:
        return f"<key {self.id}>"


class _File(msgspec.Struct, frozen=True):
    keys: tuple[_Key, ...] = ()
    erased: tuple[str, ...] = ()
    """The ids of keys that must not come back from a backup."""


class KeyRing:
    """Seals what is personal, and opens it again."""

    def __init__(self, path: Path, content: _File) -> None:
        self._path = path
        self._content = content
        self._ciphers: dict[str, AESGCM] = {}

    @classmethod
    def read(cls, path: Path) -> Self:
        """The keys in a file; none where there is no such file. Raises StoreError."""
        try:
            return cls(path, msgspec.json.decode(path.read_bytes(), type=_File))
        except FileNotFoundError:
            return cls(path, _File())
        except ValueError as error:
            raise KeysDamagedError(f"The file {path} is no file of keys. Copy the right one there.") from error
        except OSError as error:
            raise StoreError(f"The file {path} cannot be read ({error.strerror}). Give this user access.") from error

    @property
    def known(self) -> frozenset[str]:
        """The ids of the keys that there are."""
        return frozenset(key.id for key in self._content.keys)

    @property
    def erased(self) -> tuple[str, ...]:
        """The ids of those that were deleted with their owners."""
        return self._content.erased

    def key_for(self, owner: str) -> str:
        """The id of the key that an owner's rows are sealed with. A new one is on the disk first. Raises OSError."""
        theirs = [key.id for key in self._content.keys if key.owner == owner]
        if theirs:
            return theirs[-1]
        key = _Key(secrets.token_hex(8), owner, secrets.token_bytes(_KEY_BYTES))
        self._write(_File((*self._content.keys, key), self._content.erased))
        return key.id

    def erase(self, owner: str) -> None:
        """Delete the keys of an owner for good. Raises OSError."""
        gone = [key.id for key in self._content.keys if key.owner == owner]
        if gone:
            left = tuple(key for key in self._content.keys if key.owner != owner)
            self._write(_File(left, (*self._content.erased, *gone)))
        for key_id in gone:
            self._ciphers.pop(key_id, None)

    def adopt(self, other: KeyRing) -> None:
        """Take over the keys of a backup, but for those that were erased here or there. Raises OSError."""
        erased = tuple(dict.fromkeys((*self.erased, *other.erased)))
        # Ours come last: they are those that new rows are sealed with.
        keys = {key.id: key for key in (*other._content.keys, *self._content.keys) if key.id not in erased}
        self._write(_File(tuple(keys.values()), erased))

    def write_to(self, path: Path) -> None:
        """Write a copy. Raises OSError."""
        write_private(path, msgspec.json.encode(self._content))

    def seal(self, key_id: str, plain: bytes, bound_to: bytes) -> bytes:
        """Encrypt; it can be opened only together with what it is bound to."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher(key_id).encrypt(nonce, plain, bound_to)

    def unseal(self, key_id: str, sealed: bytes, bound_to: bytes) -> bytes | None:
        """The same again; None where its key is gone, or it is not what was sealed here."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - 10 MB: only where something is sealed

        if key_id not in self.known:
            return None
        try:
            return self._cipher(key_id).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
        except InvalidTag, ValueError:
            return None

    def _cipher(self, key_id: str) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - see above

        if key_id not in self._ciphers:
            self._ciphers[key_id] = AESGCM(next(key.secret for key in self._content.keys if key.id == key_id))
        return self._ciphers[key_id]

    def _write(self, content: _File) -> None:
        write_private(self._path, msgspec.json.encode(content))
        self._content = content
