"""What `mira-sidecar` can do with windows: simulate rooms, say what rules make of a year in them, and watch."""

import argparse
from pathlib import Path

from mira_sidecar.arguments import whole
from mira_sidecar.config import Settings
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.parts import Commands
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.errors import ModelError
from mira_sidecar.subjects.windows.mqtt import not_installed

FAULTS = (ModelError, OperationError)
_BROKER = ("windows_broker", "windows_broker_password_file", "windows_broker_ca_file")
_REDIS = ("mirror", "redis_url", "redis_password_file")
_WATCHED = (*_REDIS, "database", "log_key_file")
_MOST_DEVICES = 30
_KINDS: tuple[RoomKind, ...] = ("bedroom", "living", "bath")
_PLANNERS = ("needs", "thresholds", "thresholds-co2")
_FAILURES = ("jams", "drifts", "lies", "silent")
_CLIMATES = 15
_HELD_BACK = (9, 12, 13, 15)


def add(commands: Commands) -> None:
    """Add them."""
    among = commands.group("windows", "simulate rooms with windows, and what opens them")
    text = "show what is decided in some days of a simulated room; or have simulated devices at a real broker"
    simulate = among.add("simulate", _simulate, text, (*_REDIS, *_BROKER))
    simulate.add_argument("--kind", choices=_KINDS, default="bedroom", help="of room (bedroom)")
    simulate.add_argument("--climate", type=whole(1, _CLIMATES), default=5, metavar="N", help="1 to 15 (5)")
    simulate.add_argument("--seed", type=whole(0, 999_999), default=1, metavar="N", help="of room, people, weather (1)")
    simulate.add_argument("--days", type=whole(1, 365), default=3, metavar="N", help="from 1 January on (3)")
    advises = f"who opens: {', '.join(_PLANNERS)} (needs)"
    simulate.add_argument("--planner", choices=_PLANNERS, default="needs", metavar="NAME", help=advises)
    simulate.add_argument("--failure", choices=_FAILURES, help="what is wrong with the motor (nothing)")
    simulate.add_argument("--all", action="store_true", help="with what is observed")
    devices = "so many rooms with sensors and motors at the MQTT broker, in place of one that nobody sees"
    simulate.add_argument("--devices", type=whole(1, _MOST_DEVICES), metavar="N", help=devices)
    simulate.add_argument("--speed", type=whole(1, 3_600), default=60, metavar="N", help="seconds a second (60)")
    simulate.add_argument("--add", action="store_true", help="have the mirror know their windows and sensors first")
    simulate.add_argument("--seconds", type=whole(1, 86_400), metavar="N", help="for so long (until Ctrl-C)")
    watch = among.add("monitor", _monitor, "show what devices say and what is decided, live", (*_WATCHED, *_BROKER))
    watch.add_argument("--all", action="store_true", help="with each reading, whether or not it has changed")
    watch.add_argument("--seconds", type=whole(1, 86_400), metavar="N", help="for so long (until Ctrl-C)")
    text = "say what rules make of a year in simulated rooms, with the policies and without"
    evaluate = among.add("evaluate", _evaluate, text)
    evaluate.add_argument("--kind", action="append", choices=_KINDS, help="only this kind of room; may be repeated")
    held = ",".join(map(str, _HELD_BACK))
    climates = f"1 to 15; may be repeated ({held}: kept back from all training and tuning)"
    evaluate.add_argument("--climate", action="append", type=whole(1, _CLIMATES), metavar="N", help=climates)
    seeds = "of room, people, weather; may be repeated (1)"
    evaluate.add_argument("--seed", action="append", type=whole(0, 999_999), metavar="N", help=seeds)
    evaluate.add_argument("--days", type=whole(15, 365), default=365, metavar="N", help="of them 14 do not count (365)")
    evaluate.add_argument("--by", action="append", metavar="NAME", help="only this row; may be repeated")
    years = "a test reference year of the DWD in place of climates; may be repeated"
    evaluate.add_argument("--weather", action="append", type=Path, metavar="FILE", help=years)
    evaluate.add_argument("--json", action="store_true", help="as JSON")
    text = "say what windows in shadow mode would have done, against what happened"
    shadowed = among.add("shadow", _shadow, text)
    shadowed.add_argument("--window", metavar="ID", help="only this one")
    shadowed.add_argument("--days", type=whole(1, 60), default=14, metavar="N", help="that are looked back (14)")
    shadowed.add_argument("--json", action="store_true", help="as JSON")
    _add_models(among.group("model", "keep trained models, and say which one advises"))


def _add_models(among: Commands) -> None:
    data, running = ("mirror", "database"), ("mirror", "redis_url", "redis_password_file", "database", "log_key_file")
    brought = among.add("import", _model_import, "keep a model from a file of Mira's, torch's or ONNX", data)
    brought.add_argument("file", type=Path, metavar="FILE", help=".npz, .pth or .onnx")
    about = "what the net of a .pth or .onnx looks at (FILE with .json)"
    brought.add_argument("--manifest", type=Path, metavar="JSON", help=about)
    among.add("list", _model_list, "list the models, and mark the one that advises", running)
    used = among.add("activate", _model_activate, "have a model advise, from the next decision on", running)
    used.add_argument("name", metavar="ID", help="of a model; `needs`: Mira's own rules")
    among.add("rollback", _model_rollback, "have the model advise again that did before", running)
    exported = among.add("export", _model_export, "write a model to a file", data)
    exported.add_argument("name", metavar="ID", help="of the model")
    exported.add_argument("output", type=Path, metavar="FILE", help="where to, such as needs-net-1.npz")
    removed = among.add("remove", _model_remove, "delete a model that is not used", running)
    removed.add_argument("name", metavar="ID", help="of the model")


def _shadow(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.windows.commands.shadow import show  # noqa: PLC0415 - as below

    show(settings.database_path, given.window, given.days, as_json=given.json)
    return 0


def _model_import(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.windows.commands import models  # noqa: PLC0415 - as below

    models.bring(settings, given.file, given.manifest)
    return 0


def _model_list(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.windows.commands import models  # noqa: PLC0415 - as below

    models.show(settings)
    return 0


def _model_activate(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.windows.commands import models  # noqa: PLC0415 - as below

    models.activate(settings, given.name)
    return 0


def _model_rollback(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.windows.commands import models  # noqa: PLC0415 - as below

    models.roll_back(settings)
    return 0


def _model_export(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.windows.commands import models  # noqa: PLC0415 - as below

    models.export(settings, given.name, given.output)
    return 0


def _model_remove(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.windows.commands import models  # noqa: PLC0415 - as below

    models.remove(settings, given.name)
    return 0


def _simulate(settings: Settings, given: argparse.Namespace) -> int:
    if given.devices is not None:
        return _simulate_live(settings, given)
    # The simulator is of no use to a sidecar that serves.
    from mira_sidecar.subjects.windows.commands.simulate import Wanted, simulate  # noqa: PLC0415

    told = {name: getattr(given, name) for name in ("kind", "climate", "seed", "days", "planner", "failure", "all")}
    simulate(Wanted(**told))
    return 0


def _simulate_live(settings: Settings, given: argparse.Namespace) -> int:
    _check_mqtt()
    from mira_sidecar.subjects.windows.commands.live import LiveWanted, simulate_live  # noqa: PLC0415 - as above

    told = {name: getattr(given, name) for name in ("devices", "speed", "climate", "seed", "failure", "add", "seconds")}
    simulate_live(settings, LiveWanted(**told))
    return 0


def _monitor(settings: Settings, given: argparse.Namespace) -> int:
    _check_mqtt()
    from mira_sidecar.subjects.windows.commands.monitor import Watched, monitor  # noqa: PLC0415 - as above

    monitor(settings, Watched(all=given.all, seconds=given.seconds))
    return 0


def _check_mqtt() -> None:
    """Raise OperationError where what MQTT needs is not installed."""
    if why := not_installed():
        raise OperationError(why)


def _evaluate(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.windows.commands.evaluate import Asked, evaluate  # noqa: PLC0415 - as above

    asked = Asked(
        kinds=given.kind or _KINDS,
        climates=given.climate or _HELD_BACK,
        seeds=given.seed or [1],
        days=given.days,
        by=given.by or (),
        files=given.weather or (),
    )
    evaluate(asked, as_json=given.json)
    return 0
