"""The sidecar as a process of its own, as it runs beside a mirror."""

import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from house.bus import Bus
from house.process import HouseError, Process

PROGRAM = Path(sys.executable).with_name("mira-sidecar")


class SidecarProcess:
    """Starts, stops and kills one `mira-sidecar run`; `flags` are its settings, such as `camera="/dev/video0"`.

    `program` is what is run in its place, by tests that break something inside it; `environment` is for it, too.
    """

    def __init__(
        self,
        redis_url: str,
        database: Path,
        *,
        mirror: str = "hall",
        log: Path | None = None,
        program: Sequence[str | Path] = (PROGRAM,),
        environment: Mapping[str, str] | None = None,
        **flags: str | Path | int | bool | None,
    ) -> None:
        self.database = database
        self.program = program
        self.environment = environment or {}
        self.bus = Bus(redis_url, mirror)
        self.process = Process("Sidecar", log or database.with_suffix(".log"))
        self.flags: dict[str, str | Path | int | bool | None] = {
            "redis_url": redis_url,
            "database": database,
            "mirror": mirror,
            "announce": False,  # whoever runs a house of tests keeps it to himself
            **flags,
        }

    @property
    def log_key(self) -> Path:
        """The file of the key of its log, which a standby needs, too."""
        return self.database.with_name(f"{self.database.name}.key")

    def start(self, waiting: Callable[[str], None] = lambda _: None, seconds: float = 20) -> None:
        """Start, and wait until it decides commands. Raises HouseError with its own last words."""
        self.launch()
        began = self.process.pid
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.exit_code is not None:
                raise HouseError(f"The sidecar ended while starting:\n{self.process.last_lines()}")
            presence = self.bus.presence() or {"node": ""}
            ours = presence["node"].endswith(f":{began}")
            if ours and not presence.get("problem") and self.bus.snapshot():
                return
            waiting("opening its event log")
            time.sleep(0.02)
        raise HouseError(f"The sidecar was not ready after {seconds:.0f} s:\n{self.process.last_lines()}")

    def launch(self) -> None:
        """Start it without waiting. Addresses may hold passwords, and arguments are for all to see: not there."""
        settings = {name: value for name, value in self.flags.items() if value is not None}
        environment = {f"MIRA_{name.upper()}": str(value) for name, value in settings.items()}
        self.process.start([*self.program, "run"], {**self.environment, **environment})

    def stop(self) -> None:
        """End it in order."""
        self.process.stop()

    def pause(self) -> None:
        """Let it hang."""
        self.process.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """The end of `pause`."""
        self.process.signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
