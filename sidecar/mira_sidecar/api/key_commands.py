"""`mira-sidecar keys`: who may use the API."""

import shlex
from collections.abc import Sequence

from mira_sidecar.api import keys
from mira_sidecar.api.capabilities import SPEAK
from mira_sidecar.api.keys import Key, KeySource
from mira_sidecar.config import Settings
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.printing import printable, say
from mira_sidecar.words import near

_LONGEST = 64
"""A name, or an id of a person."""
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens here
"""What a server listens at, and where it is on this machine then."""


def add(
    settings: Settings,
    name: str,
    source: KeySource,
    capabilities: frozenset[str],
    *,
    with_pin: frozenset[str],
    person: str | None,
) -> None:
    """Make a key, and show it. Raises StoreError or OperationError."""
    if twice := sorted(capabilities & with_pin):
        raise OperationError(f"`{twice[0]}` stands in --may and in --with-pin: leave it in one of them.")
    if source == "voice" and SPEAK not in capabilities | with_pin:
        raise OperationError(f"A key with `--source voice` has to be given `{SPEAK}`, too: name it in --may.")
    for what, text in (("name", name), ("id of a person", "-" if person is None else person)):
        if not 1 <= len(text) <= _LONGEST or text != printable(text).strip():
            raise OperationError(f"The {what} takes 1 to {_LONGEST} characters, without a space at either end.")
    key, text = keys.add(settings.database_path, name, source, capabilities, with_pin=with_pin, person=person)
    say(f"The key {key.id} for {name} is shown only now. Keep it where that program alone can read it.", "")
    say(f"  {text}", "")
    say(f"  {_curl(settings, key, text)}")
    if settings.api_port is None:
        say("", "The API is off. Set `api_port` to the port that it is to have, and start the sidecar again.")


def show(settings: Settings) -> None:
    """Print a line for each key. Raises StoreError."""
    found = keys.all_keys(settings.database_path)
    if not found:
        say("There are no keys. `mira-sidecar keys add NAME --may read` makes one.")
        return
    head = ("id", "name", "source", "person", "created", "last used", "may", "with pin")
    _table([head, *map(_row, found)])


def revoke(settings: Settings, which: str) -> None:
    """Revoke the key with this id, this name or this text. Raises StoreError or OperationError."""
    found = keys.all_keys(settings.database_path)
    # Somebody who has found a key somewhere has its text; it is not to be repeated, wherever it goes from here.
    wanted = keys.id_in(which) or which
    # An id comes first, whatever another key is called.
    key = next((one for name in ("id", "name") for one in found if getattr(one, name) == wanted), None)
    if key is None:
        hint = near(wanted, [one.name for one in found])
        raise OperationError(f"There is no key `{wanted}`{hint}. `mira-sidecar keys list` shows those that there are.")
    keys.revoke(settings.database_path, key.id)
    say(f"The key {key.id} for {key.name} is revoked. A sidecar that runs refuses it within a second.")


def _curl(settings: Settings, key: Key, text: str) -> str:
    """A line that works with this key on this machine."""
    host = _EVERYWHERE.get(settings.api_host, settings.api_host)
    scheme = "https" if settings.api_certificate else "http"
    place = f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.api_port or 'PORT'}"
    trust = ["--cacert", str(settings.api_certificate)] if settings.api_certificate else []
    path = "/api/v1/state" if "state.read" in key.capabilities else "/health"
    return shlex.join(["curl", *trust, "-H", f"X-API-Key: {text}", f"{place}{path}"])


def _row(key: Key) -> Sequence[str]:
    may, with_pin = (",".join(sorted(some)) or "-" for some in (key.capabilities, key.with_pin))
    return key.id, key.name, key.source, key.person or "-", key.created_at, key.last_used_at or "never", may, with_pin


def _table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(map(str.ljust, row, widths, strict=True)).rstrip())
