"""Who is let in: whoever has a key, or a token that was given to one."""

from collections.abc import Mapping

from mira_sidecar.api.errors import ApiError
from mira_sidecar.api.keys import KeyRing, TooManyTriesError
from mira_sidecar.api.routes import Caller
from mira_sidecar.api.tokens import Mint

_BEARER = "bearer "


class Gate:
    """Tells callers by what they send."""

    def __init__(self, ring: KeyRing, mint: Mint) -> None:
        self._ring = ring
        self._mint = mint

    async def caller(self, text: str) -> Caller:
        """Who has this key or token. Raises ApiError."""
        try:
            key = await self._ring.find(text)
        except TooManyTriesError as error:
            text = "Too many texts for this key are being compared. Try again in a moment."
            raise ApiError(429, "TOO_MANY_TRIES", text, retry_after=1) from error
        if key is not None:
            self._ring.used(key)
            return Caller(key, key.capabilities)
        token = self._mint.read(text) if text.count(".") == 2 else None
        key = self._ring.named(token.sub) if token else None
        if key is None or token is None:
            raise ApiError(401, "KEY_NOT_VALID", "This key or token is not valid, or not any more.")
        self._ring.used(key)
        return Caller(key, frozenset(token.cap) & (key.capabilities | key.with_pin), token.exp)


def text_in(headers: Mapping[str, str]) -> str | None:
    """The key or token that a request brings; None where it brings none."""
    if key := headers.get("X-API-Key"):
        return key.strip()
    given = headers.get("Authorization", "")
    return given[len(_BEARER) :].strip() if given[: len(_BEARER)].lower() == _BEARER else None


def no_key() -> ApiError:
    """There is none."""
    text = "Send a key as `X-API-Key`, or as `Authorization: Bearer …`. `mira-sidecar keys add` makes one."
    return ApiError(401, "KEY_MISSING", text)
