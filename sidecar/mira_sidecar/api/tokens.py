"""Tokens: for ten minutes, what a key may do together with a PIN that was right. Nothing of them is stored."""

import secrets
import time

import msgspec

from mira_sidecar.protocol import MirrorName

LIFE_S = 600
_ALGORITHM = "HS256"


class Token(msgspec.Struct, frozen=True):
    """What a token says, as a JWT (RFC 7519)."""

    sub: str
    """The id of the key that it was given to."""
    aud: MirrorName
    cap: list[str]
    exp: int


class Mint:
    """Makes tokens, and knows its own; those of before a restart are worth nothing."""

    def __init__(self, mirror: MirrorName) -> None:
        self._mirror = mirror
        self._secret = secrets.token_bytes(32)

    def make(self, key_id: str, capabilities: frozenset[str]) -> tuple[str, int]:
        """A token, and until when it is valid, in Unix seconds."""
        # Only where somebody gives a PIN: it brings 12 MB of cryptography with it.
        import jwt  # noqa: PLC0415

        token = Token(sub=key_id, aud=self._mirror, cap=sorted(capabilities), exp=int(time.time()) + LIFE_S)
        return jwt.encode(msgspec.to_builtins(token), self._secret, _ALGORITHM), token.exp

    def read(self, text: str) -> Token | None:
        """What a token says that we made, and that is still valid."""
        import jwt  # noqa: PLC0415

        try:
            needed = ["exp", "aud", "sub"]
            said = jwt.decode(text, self._secret, [_ALGORITHM], audience=self._mirror, options={"require": needed})
            return msgspec.convert(said, Token)
        except jwt.InvalidTokenError, ValueError:
            return None
