"""Where the MQTT broker is, and how it lets us in."""

from pathlib import Path
from typing import NamedTuple, Self, override
from urllib.parse import unquote, urlsplit

_EXPECTED = (
    "Expected mqtt://user@host:port or mqtts://user@host:port, without a path, and in the user %40 for @, %2F for /, "
    "%3A for :"
)
_PORTS = {"mqtt": 1883, "mqtts": 8883}


class BrokerAddress(NamedTuple):
    """As the settings have it. The password stays in its file until it is sent."""

    host: str
    port: int
    tls: bool
    user: str | None
    password_file: Path | None
    ca_file: Path | None

    @classmethod
    def of(cls, url: str, password_file: Path | None, ca_file: Path | None) -> Self:
        """Raises ValueError, in which the text is not repeated: somebody may have put a password into it."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError) as error:
            raise ValueError(_EXPECTED) from error
        if parts.password is not None:
            raise ValueError("the password does not belong in the address: name a file with it (broker_password_file)")
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError(_EXPECTED)
        user = unquote(parts.username) if parts.username else None
        return cls(parts.hostname, port, parts.scheme == "mqtts", user, password_file, ca_file)

    @override
    def __str__(self) -> str:
        """As it may be shown: without the user."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"
