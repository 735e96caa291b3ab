"""The command line of `scripts/bench`."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from house.bench import api, display, figures, gestures, integration, sidecar, talk, voice, windows
from house.process import HouseError
from house.terminal import Terminal

ROOT = Path(__file__).parents[3]
PARTS = {
    "sidecar": (figures.SIDECAR, sidecar.measure),
    "integration": (figures.INTEGRATION, integration.measure),
    "api": (figures.API, api.measure),
    "display": (figures.DISPLAY, display.measure),
    "gestures": (figures.GESTURES, gestures.measure),
    "voice": (figures.VOICE, voice.measure),
    "talk": (figures.TALK, talk.measure),
    "windows": (figures.WINDOWS, windows.measure),
}


def main() -> int:
    """Measure and print; 0 whatever the figures are, 1 where something could not be measured at all."""
    given = _parser().parse_args()
    targets, measure = PARTS[given.what]
    terminal = Terminal(sys.stderr)
    began = time.monotonic()
    scratch = given.folder or ROOT / ".mira"
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="bench-", dir=scratch) as folder:
            measured = measure(
                Path(folder),
                quick=given.quick,
                progress=lambda what: terminal.passing(f"  … {what} ({time.monotonic() - began:.0f} s)"),
            )
    except (HouseError, OSError) as error:
        terminal.say(f"bench: {error}")
        return 1
    except KeyboardInterrupt:
        terminal.say("bench: stopped")
        return 130
    terminal.say()
    if given.json:
        print(json.dumps(figures.as_json(targets, measured), indent=2))
        return 0
    print(figures.as_table(targets, measured))
    print(f"\n{_machine()}; {time.monotonic() - began:.0f} s, load at the end {os.getloadavg()[0]:.1f}")
    if given.quick:
        print("A short look, so no figure to quote.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures Mira beside what it is compared with.")
    parser.add_argument("what", nargs="?", choices=PARTS, default="sidecar", help="the part to measure (sidecar)")
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    parser.add_argument("--quick", action="store_true", help="a short look: few rounds, a small log, a few seconds")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="on the disk to measure (.mira)")
    return parser


def _machine() -> str:
    """What it was measured on."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
