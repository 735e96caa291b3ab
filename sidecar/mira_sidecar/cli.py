"""The command line: `mira-sidecar --help` lists what it can do."""

import argparse
import asyncio
import contextlib
import os
import stat
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TextIO, override

from mira_sidecar import __version__, app, logs
from mira_sidecar.config import FIELDS, OF_SUBJECTS, OLD_NAMES, ConfigError, Settings, flag, load
from mira_sidecar.discovery import all_subjects, known, modules_of
from mira_sidecar.log_key import LogKeyError
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.printing import printable, say
from mira_sidecar.protocol import CARRIES, Instant, instant
from mira_sidecar.scripted import ScriptError
from mira_sidecar.store.errors import StoreError
from mira_sidecar.succession import ForeignLogError, MirrorTakenError
from mira_sidecar.words import near

type Work = Callable[[Settings, argparse.Namespace], int]
_MOST_SHOWN = 100_000
_MOST_DAYS = 3_650
_RULES = (
    *("ranks", "hold_ms", "rates", "confirm", "confirm_ms", "guarded", "subjects"),
    *OF_SUBJECTS,
)
"""The settings by which commands are decided."""

_OF_SUBJECTS = modules_of(known(), "command_line").values()
"""What subjects add to it: `add` adds their commands, whose `FAULTS` have a sentence of their own for the user."""
_EXPECTED: tuple[type[Exception], ...] = (
    *(OperationError, StoreError, LogKeyError, ForeignLogError, MirrorTakenError, ScriptError),
    *(fault for added in _OF_SUBJECTS for fault in added.FAULTS),
)
"""Faults that have a sentence of their own for the user."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it did what was asked, 1 when it could not, 2 when it was asked wrongly."""
    given = _parser().parse_args(arguments)
    flags = {name: value for name in FIELDS if (value := getattr(given, name, None)) is not None}
    try:
        settings = load(flags, os.environ, given.config, given.needed)
        with contextlib.nullcontext() if given.for_all else _own_files():
            result: int = given.command(settings, given)
        sys.stdout.flush()
    except ConfigError as error:
        say(f"mira-sidecar: {error}", file=sys.stderr)
        return 2
    except _EXPECTED as error:
        say(f"mira-sidecar: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output has seen enough (`| head`).
        _give_up(sys.stdout)
        return 0
    except KeyboardInterrupt:
        return 130
    try:
        sys.stderr.flush()
    except OSError:
        # The log's disk is full. Python would try once more, and end with a code of its own.
        _give_up(sys.stderr)
    return result


@contextlib.contextmanager
def _own_files() -> Iterator[None]:
    """What is made meanwhile is for this user alone, also what a library makes."""
    before = os.umask(stat.S_IRWXG | stat.S_IRWXO)
    try:
        yield
    finally:
        os.umask(before)


def _give_up(stream: TextIO) -> None:
    """Let what is left in the stream go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _run(settings: Settings, given: argparse.Namespace) -> int:
    logs.configure(settings.log_level)
    asyncio.run(app.run(settings))
    return 0


def _operate(settings: Settings, given: argparse.Namespace) -> int:
    """Do anything else. What only that needs is half a megabyte, which would stay in a sidecar that serves."""
    from mira_sidecar import operating  # noqa: PLC0415

    return operating.WORKS[given.operation](settings, given)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong without what was meant for somebody else: a password behind a flag, a terminal's command."""

    def __init__(self, **settings: Any) -> None:
        # `--redis-password hunter2` is not to mean --redis-password-file.
        super().__init__(allow_abbrev=False, **settings)

    @override
    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        given, unknown = self.parse_known_args(args, namespace)
        if unknown:
            name = unknown[0].partition("=")[0]
            known = [flag(one) for one in FIELDS]
            self.error(f"unknown argument {name}{near(name, known)}" if name.startswith("-") else "too many arguments")
        return given

    @override
    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


class _Commands:
    """The commands of the command line, or of one of them."""

    def __init__(self, parser: argparse.ArgumentParser, group: str = "") -> None:
        self._group = group
        self._among = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        self,
        name: str,
        work: Work,
        text: str,
        settings: Collection[str] = ("mirror", "database"),
        *,
        for_all: bool = False,
    ) -> argparse.ArgumentParser:
        """Add a command that needs these settings; `for_all`: what it makes is not for this user alone."""
        added = self._among.add_parser(name, parents=[_settings_parser(settings)], help=text, description=text)
        added.set_defaults(command=work, operation=f"{self._group}{name}", needed=settings, for_all=for_all)
        return added

    def group(self, name: str, text: str) -> _Commands:
        """Add a command that has commands of its own."""
        return _Commands(self._among.add_parser(name, help=text), f"{name} ")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mira-sidecar", description="Mira's arbiter, event log and device workers.")
    parser.add_argument("--version", action="version", version=f"mira-sidecar {__version__}")
    commands = _Commands(parser)
    command = commands.add
    command("run", _run, "serve the mirror until told to stop", FIELDS)
    command("doctor", _operate, "check Redis, the database, the devices and the models, and say what to do", FIELDS)
    _add_reading(commands)
    _add_keeping(commands)
    _add_api(commands)
    for module in _OF_SUBJECTS:
        module.add(commands)
    command("subjects", _operate, "list what this sidecar can do, and how to switch it on", ("subjects",))
    command("schema", _operate, "print the JSON Schema of the protocol", ())
    return parser


def _add_reading(commands: _Commands) -> None:
    """What shows the log, and changes nothing."""
    history = commands.add("events", _operate, "show the end of the log")
    history.add_argument("--last", type=_count, default=20, metavar="N", help="how many events (20)")
    history.add_argument("--action", metavar="NAME", help="only the answers to one kind of command, such as gesture")
    history.add_argument("--since", metavar="TIME", help="only from this time on (UTC), such as 2026-11-20T18:00")
    aside = "those that were stored and never published, since another sidecar decided instead"
    history.add_argument("--set-aside", action="store_true", help=aside)
    exported = commands.add("export", _operate, "write the whole log as JSON lines")
    exported.add_argument("--output", type=Path, metavar="FILE", help="(standard output)")
    redact = "with placeholders for all texts and names, for a bug report"
    exported.add_argument("--redact", action="store_true", help=redact)
    replayed = commands.add("replay", _operate, "show the state that the log leads to", ("mirror", "database", *_RULES))
    replayed.add_argument("file", type=Path, nargs="?", metavar="FILE", help="an exported log (the database)")
    until = "an event's place in the log, or a time (UTC) such as 2026-11-20T18:00 (the end)"
    replayed.add_argument("--until", type=_until, metavar="SEQ|TIME", help=until)
    how = replayed.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="as the JSON that is kept in Redis")
    decide = "decide each command again, by these settings, and show the first that is decided otherwise"
    how.add_argument("--decide", action="store_true", help=decide)
    about = commands.add("explain", _operate, "say what became of a command, and why")
    about.add_argument("id", metavar="ID", help="the command's id, the beginning of it, or the place of its event")
    about.add_argument("file", type=Path, nargs="?", metavar="FILE", help="an exported log (the database)")
    about.add_argument("--json", action="store_true", help="as JSON")


def _add_keeping(commands: _Commands) -> None:
    """What looks after the log, and what is kept beside it."""
    backed_up = commands.add("backup", _operate, "copy the whole log, also while the sidecar runs")
    backed_up.add_argument("file", type=Path, metavar="FILE", help="where to")
    backed_up.add_argument("--force", action="store_true", help="replace the file where it exists")
    keys = "write the keys of what is personal, too: without them nobody can read it, and with them everybody can"
    backed_up.add_argument("--keys", action="store_true", help=keys)
    restored = commands.add("restore", _operate, "put a backup in the place of a stopped sidecar's database")
    restored.add_argument("file", type=Path, metavar="FILE", help="the backup")
    shorten = "delete what --keep-days and --keep-mb do not keep, while the sidecar is stopped"
    retained = commands.add("retain", _operate, shorten, ("mirror", "database", "keep_days", "keep_mb"))
    right = "delete by age also where this machine's clock is days ahead of the log, as after a long time off"
    retained.add_argument("--clock-is-right", action="store_true", help=right)
    commands.add("verify", _operate, "check that the log, or a backup of it, is whole")
    erased = commands.add(
        "erase", _operate, "take what a person, a device or a period left out of a stopped sidecar's log"
    )
    erased.add_argument("--since", type=_moment, metavar="TIME", help="of a period, such as 2026-11-20T18:00 (UTC)")
    erased.add_argument("--until", type=_moment, metavar="TIME", help="its end, which does not belong to it")
    erased.add_argument("--user", metavar="ID", help="Home Assistant's id of a user")
    erased.add_argument("--device", metavar="NAME", help="the name of a device, as it stands in `origin`")
    erased.add_argument("--person", metavar="ID", help="the id of a person whom the mirror recognised")
    erased.add_argument("--yes", action="store_true", help="do it; otherwise it is only said what would be done")
    commands.add("forget-pin", _operate, "clear a PIN that nobody knows any more, while the sidecar is stopped")


def _add_api(commands: _Commands) -> None:
    """What other programs need to talk to the mirror."""
    keys = commands.group("keys", "say which programs may use the API, and what each may do")
    api = ("mirror", "database", "api_port", "api_host", "api_certificate")
    added = keys.add("add", _operate, "make a key for a program, which is shown once", api)
    added.add_argument("name", metavar="NAME", help="what people call the program")
    what = "what it may do, such as state.read,todo.write; `read` is state.read and events.read"
    added.add_argument("--may", type=_capabilities, required=True, metavar="WORDS", help=what)
    pin = "what it may do only where its user gives the PIN, such as cam.toggle (nothing)"
    added.add_argument("--with-pin", type=_capabilities, default=frozenset(), metavar="WORDS", help=pin)
    counts = "what its commands count as: automation, touch, voice or sensor (automation)"
    added.add_argument("--source", choices=CARRIES["api"], default="automation", metavar="SOURCE", help=counts)
    added.add_argument("--person", metavar="ID", help="the id of the person who has it (nobody in particular)")
    keys.add("list", _operate, "list the keys, and when each was last used; none shows its text")
    revoked = keys.add("revoke", _operate, "revoke a key, also while the sidecar runs")
    revoked.add_argument("which", metavar="ID|NAME", help="its id or its name")
    text = "make a certificate for https, which the mirror signs itself, and show its fingerprint"
    certified = commands.add("certificate", _operate, text)
    further = "names and addresses beside those of this machine, such as mirror.example.org"
    certified.add_argument("--names", type=lambda text: text.split(","), default=[], metavar="NAMES", help=further)
    lasts = "how long it is valid (825: devices of Apple take none that is valid for longer)"
    certified.add_argument("--days", type=_days, default=825, metavar="N", help=lasts)
    certified.add_argument("--force", action="store_true", help="replace the one that there is")


def _capabilities(text: str) -> frozenset[str]:
    """What a key may be given. Raises ArgumentTypeError, which argparse shows."""
    from mira_sidecar.api.capabilities import named  # noqa: PLC0415 - a sidecar without the API needs nothing of it

    try:
        return named(text, all_subjects())
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _days(text: str) -> int:
    """Days that a certificate is valid. Raises ArgumentTypeError, which argparse shows."""
    if not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"takes a number from 1 to {_MOST_DAYS}")
    return int(text)


def _count(text: str) -> int:
    """A number of events. Raises ArgumentTypeError, which argparse shows."""
    if not text.isdecimal() or len(text) > 6 or not 1 <= int(text) <= _MOST_SHOWN:
        raise argparse.ArgumentTypeError(f"takes a number from 1 to {_MOST_SHOWN:,}; `export` writes the whole log")
    return int(text)


def _moment(text: str) -> Instant:
    """A time, UTC unless it says otherwise. Raises ArgumentTypeError, which argparse shows."""
    try:
        moment = datetime.fromisoformat(text)
        return instant(round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000))
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError("takes a time such as 2026-11-20T18:00, or 2026-11-20T18:00+01:00") from error


def _until(text: str) -> int | Instant:
    """A place in the log, or a time. Raises ArgumentTypeError, which argparse shows."""
    return int(text) if text.isascii() and text.isdecimal() else _moment(text)


def _settings_parser(shown: Collection[str]) -> argparse.ArgumentParser:
    """A flag for each setting, and help for those that matter here; what they take is checked by the settings."""
    shared = argparse.ArgumentParser(add_help=False)
    group = shared.add_argument_group("settings", "also as MIRA_… in the environment, and in the settings file")
    group.add_argument("--config", type=Path, metavar="FILE", help="a TOML file of settings")
    for name, field in FIELDS.items():
        text = field.type.__metadata__[-1].description.replace("%", "%%") if name in shown else argparse.SUPPRESS
        if isinstance(field.default, bool):
            group.add_argument(flag(name), action=argparse.BooleanOptionalAction, help=text)
        else:
            names = [name, *(old for old, new in OLD_NAMES.items() if new == name)]
            group.add_argument(*map(flag, names), metavar="VALUE", help=text)
    return shared


if __name__ == "__main__":
    sys.exit(main())
