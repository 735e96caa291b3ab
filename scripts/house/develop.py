"""`scripts/develop`: a real mirror in a real Home Assistant, in the foreground, until Ctrl-C."""

import argparse
import fcntl
import itertools
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn, TextIO

from house.bus import Bus
from house.configuration import REPOSITORY
from house.household import CONTENT, MIRROR, Household, Plan, check_port, shown
from house.process import HouseError
from house.terminal import Terminal
from house.voices import pause, spoken
from mira_sidecar.address import place_of

FOLDER = REPOSITORY / ".mira"
DEMO = Path(__file__).with_name("demo.jsonl")
_CAMERA = Path("/dev/video0")
_WAKE_WORD = "okay nabu"
_QUESTIONS = ("What time is it?", "Tell me a joke.", "What is the date today?", "Set a timer for two minutes.")
_BETWEEN_QUESTIONS_S = 60.0


class _EndedError(BaseException):
    """Ctrl-C, SIGTERM, or the terminal was closed."""


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after Ctrl-C or a check that held; 1 with a sentence otherwise."""
    options = _options(arguments)
    terminal = Terminal()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        if options.check:
            from house.check import check  # noqa: PLC0415 - a browser is only needed here

            return check(terminal)
        _develop(options, terminal)
    except HouseError as err:
        terminal.say(f"\ndevelop: {err}")
        return 1
    except _EndedError:
        return 0
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/develop", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="forget all data of earlier starts first")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the data lives (.mira)")
    parser.add_argument("--port", type=_port, default=8123, help="Home Assistant's (8123)")
    parser.add_argument("--redis-url", metavar="URL", help="a Redis that runs already (one of its own)")
    parser.add_argument("--camera", metavar="SOURCE", help="a device, URL or file (/dev/video0, else a script)")
    parser.add_argument(
        "--microphone", metavar="NAME", help="a microphone of ALSA, such as default (a made voice asks something)"
    )
    parser.add_argument("--speaker", metavar="NAME", help="a speaker of ALSA, such as default (one that nobody hears)")
    api = "with the API, on this port (8765); a key and a line that works are shown"
    parser.add_argument("--api", type=_port, nargs="?", const=8765, metavar="PORT", help=api)
    windows = "with a broker, rooms that are made up, and windows that the mirror moves"
    parser.add_argument("--windows", action="store_true", help=windows)
    parser.add_argument(
        "--check",
        action="store_true",
        help="drive everything once from end to end, in a folder of its own, and exit",
    )
    options = parser.parse_args(arguments)
    if options.check and len(arguments if arguments is not None else sys.argv[1:]) > 1:
        parser.error("--check brings its own ports, Redis and camera: it takes no other option.")
    return options


def _port(text: str) -> int:
    port = int(text)
    if not 1024 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port: take one from 1024 to 65535")
    return port


def _develop(options: argparse.Namespace, terminal: Terminal) -> None:
    folder: Path = options.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        _take(lock)
        check_port(options.port)
        if options.api:
            check_port(options.api, "--api")
        if options.redis_url:
            Bus(options.redis_url, MIRROR).check()
        camera, script = _camera(options.camera)
        if options.fresh:
            _forget(folder)
        terminal.say("Mira, for development\n")
        house = Household(
            Plan(
                folder=folder,
                port=options.port,
                redis_url=options.redis_url,
                camera=camera,
                script=script,
                api=options.api,
                voice=True,
                microphone=options.microphone,
                speaker=options.speaker,
                windows=options.windows,
            )
        )
        try:
            house.start(terminal)
            _introduce(house, camera, terminal)
            _introduce_voice(house, options.microphone, terminal)
            if options.api:
                _introduce_api(house, terminal)
            if house.broker:
                _introduce_windows(house, house.broker.url(), terminal)
            terminal.say("  Ctrl-C ends it all.")
            _watch(house, terminal)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # ending is under way and takes a moment
            terminal.say()
            house.stop(terminal)
            terminal.say(f"Everything that was started has ended; the data is kept in {shown(folder)}.")


def _take(lock: TextIO) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as err:
        raise HouseError(
            "scripts/develop runs here already. End that one (Ctrl-C), or give this one a place of its own: "
            "scripts/develop --folder .mira/second --port 8124"
        ) from err


def _forget(folder: Path) -> None:
    for name in CONTENT:
        for path in folder.glob(name):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _camera(wanted: str | None) -> tuple[str | None, Path | None]:
    """The source to open, or the script to play instead."""
    if wanted is not None:
        if "://" not in wanted and not Path(wanted).exists():
            raise HouseError(f"There is no camera or file {wanted}. Take another: --camera SOURCE")
        return wanted, None
    if os.access(_CAMERA, os.R_OK):
        return str(_CAMERA), None
    return None, DEMO


def _introduce(house: Household, camera: str | None, terminal: Terminal) -> None:
    login = house.home_assistant.login
    terminal.say(f"""
  Display          {house.display_url}   no password on this machine
  Home Assistant   {house.home_assistant.people_url}   user {login.username}, password {login.password}, for development
""")
    if camera:
        terminal.say(f"  Camera: {place_of(camera)}. Its sign on the display switches it; then hold up a palm.")
    else:
        terminal.say(
            f"  There is no camera ({_CAMERA}), so a script plays gestures each minute; --camera takes a source."
        )
        terminal.say("  They are refused while the camera is off: a tap on its sign, and a yes, switch it on.")
    terminal.say(f"  Logs: {shown(house.logs)}")


def _introduce_voice(house: Household, microphone: str | None, terminal: Terminal) -> None:
    terminal.say()
    if microphone:
        terminal.say(f"  Microphone: {microphone}. Its sign on the display switches it.")
        terminal.say(f"  Then say: {_WAKE_WORD}, what time is it?")
    else:
        terminal.say("  There is no microphone, so a made voice asks something each minute; --microphone takes one.")
        terminal.say("  It is not heard while the microphone is off: a tap on its sign switches it on.")


def _introduce_api(house: Household, terminal: Terminal) -> None:
    url = house.api_url
    terminal.say(f"""
  API              {url}/docs to try it, {url}/redoc to read about it
  Its key          {(key := house.new_key())}
  Talk simulator   {house.display_url}/settings/talk

  curl -X POST {url}/api/v1/command -H 'X-API-Key: {key}' \\
       -d '{{"action":"add_todo","payload":{{"text":"buy milk"}}}}'
""")


def _introduce_windows(house: Household, broker: str, terminal: Terminal) -> None:
    terminal.say(f"""
  Windows          three rooms at {broker}; to see what is said and decided:

  .venv/bin/mira-sidecar windows monitor --windows-broker {broker} \\
       --redis-url {place_of(house.redis_url)} --database {shown(house.sidecar.database)}
""")


def _watch(house: Household, terminal: Terminal) -> NoReturn:
    """Until a part ends by itself; Home Assistant may ask to be started again. A made voice asks meanwhile."""
    questions = itertools.cycle(_QUESTIONS)
    next_s = 0.0
    while True:
        if house.sound and house.sound.listened_to and time.monotonic() > next_s:
            house.sound.forget()
            house.sound.play(pause(1) + spoken(_WAKE_WORD) + pause(0.3) + spoken(next(questions)))
            next_s = time.monotonic() + _BETWEEN_QUESTIONS_S
        if house.home_assistant.wants_restart:
            with terminal.part("Home Assistant") as line:
                house.home_assistant.launch()
                house.home_assistant.wait_until_running(line.waiting)
                line.detail = "started again, as it asked"
        elif (process := house.ended()) is not None:
            raise HouseError(
                f"{process.name} ended by itself (exit code {process.exit_code}). The end of its log, "
                f"{shown(process.log)}:\n\n{process.last_lines()}"
            )
        time.sleep(0.3)


def _end(number: int, frame: object) -> NoReturn:
    raise _EndedError


if __name__ == "__main__":
    sys.exit(main())
