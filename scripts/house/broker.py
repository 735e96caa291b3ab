"""A real Mosquitto of our own, on a free port of the loopback interface, with the configuration of docs/mosquitto."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol, override

from house.debian import unpacked
from house.process import Process, Server, listens
from house.redis import free_port

CONFIGURATION: Final = Path(__file__).parents[2] / "docs" / "mosquitto"
_PLACE = "/etc/mosquitto"
_PACKAGES: Final = ("mosquitto", "libmosquitto1", "libcjson1", "libdlt2", "libwrap0", "libcap2")
_CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mira"


class Certificate(Protocol):
    """Files of a server's certificate."""

    server: Path
    key: Path


class MosquittoServer(Server):
    """Starts, stops, kills and pauses one `mosquitto`, with what docs/mosquitto gives people to copy."""

    def __init__(
        self,
        folder: Path,
        *,
        users: Mapping[str, str] | None = None,
        certificate: Certificate | None = None,
        settings: str = "",
    ) -> None:
        """`users`: passwords by name, None: whoever comes may do all. Without a certificate it is not encrypted.

        `settings`: further lines of its configuration.
        """
        self.folder = folder
        self.port = free_port()
        self.address = f"{'mqtts' if certificate else 'mqtt'}://{{user}}127.0.0.1:{self.port}"
        self.process = Process("Mosquitto", folder / "mosquitto.log")
        self._users = users
        self._certificate = certificate
        self._settings = settings

    def url(self, user: str | None = None) -> str:
        """Its address, as `windows_broker` takes it."""
        return self.address.format(user=f"{user}@" if user else "")

    @override
    def start(self) -> None:
        """Start, and wait until it listens. Raises HouseError with its own last words."""
        program, environment = _installed("mosquitto")
        self._configure()
        self.process.start([program, "-c", self.folder / "mosquitto.conf"], environment)
        self.process.wait_until(lambda: listens(self.port))

    def _configure(self) -> None:
        """Write what Debian's own configuration says, and beside it what docs/mosquitto does, for our places."""
        own = self.folder / "conf.d"
        for folder in (own, self.folder / "data", self.folder / "certs"):
            folder.mkdir(parents=True, exist_ok=True)
        main = f"user root\npersistence true\npersistence_location {self.folder / 'data'}/\ninclude_dir {own}\n"
        (self.folder / "mosquitto.conf").write_text(main)
        lines = (CONFIGURATION / "mira.conf").read_text().replace(_PLACE, str(self.folder)).splitlines()
        lines = [f"listener {self.port} 127.0.0.1" if line.startswith("listener ") else line for line in lines]
        if self._certificate:
            shutil.copy(self._certificate.server, self.folder / "certs" / "server.crt")
            shutil.copy(self._certificate.key, self.folder / "certs" / "server.key")
        else:
            lines = [line for line in lines if not line.startswith(("certfile ", "keyfile "))]
        if self._users is None:
            lines = [line for line in lines if not line.startswith(("password_file ", "acl_file "))]
            lines = ["allow_anonymous true" if line.startswith("allow_anonymous ") else line for line in lines]
        else:
            shutil.copy(CONFIGURATION / "mira.acl", self.folder)
            self._set_passwords(self._users)
        (own / "mira.conf").write_text("\n".join([*lines, self._settings, ""]))

    def _set_passwords(self, users: Mapping[str, str]) -> None:
        program, environment = _installed("mosquitto_passwd")
        file = self.folder / "passwords"
        file.write_text("".join(f"{name}:{password}\n" for name, password in users.items()))
        subprocess.run([program, "-U", file], env={**os.environ, **environment}, check=True, capture_output=True)


def _installed(name: str) -> tuple[Path, dict[str, str]]:
    """A program of Mosquitto's, and what it needs in its environment. Raises HouseError."""
    if program := shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin"):
        return Path(program), {}
    root = unpacked(_CACHE, *_PACKAGES)
    places = ":".join(str(place) for place in root.glob("**/lib/*-linux-gnu"))
    folder = "sbin" if name == "mosquitto" else "bin"
    return root / "usr" / folder / name, {"LD_LIBRARY_PATH": places}
