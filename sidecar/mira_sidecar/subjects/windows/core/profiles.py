"""How devices of various makes speak MQTT, as tables. Another make is another row.

After their documentation: ESPHome (MQTT client component, cover), Tasmota (status, shutters), zigbee2mqtt (MQTT topics
and messages), Shelly (second generation, component Cover). None of these was tried on real devices.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeIs, get_args

from mira_sidecar.subjects.windows.core.topics import built, wildcard

type Profile = Literal["mira", "esphome", "tasmota", "zigbee2mqtt", "shelly"]
PROFILES: tuple[Profile, ...] = get_args(Profile.__value__)


def is_profile(name: str) -> TypeIs[Profile]:
    """Whether we know devices that speak so."""
    return name in PROFILES


class Sends(NamedTuple):
    """A topic on which devices send readings."""

    profile: Profile
    topic: str
    """With `{device}`, and `{kind}` where that stands in the topic: then the payload is one value."""
    members: Mapping[str, str] = {}
    """Of a JSON payload, by name: the kind, `battery`, `rssi` or `version`. Objects in it are looked through, too."""
    unit_in: str | None = None
    """The member that has the unit of temperatures."""


_TASMOTA = {
    "Temperature": "temperature",
    "Humidity": "humidity",
    "CarbonDioxide": "co2",
    "Pressure": "pressure",
    "Illuminance": "illuminance",
}
_ZIGBEE = {
    **{name: name for name in ("temperature", "humidity", "co2", "noise", "pressure", "illuminance", "battery")},
    "occupancy": "occupied",
    "presence": "occupied",
    "rain": "rain",
    "rain_intensity": "rain",
}
SENSORS: tuple[Sends, ...] = (
    Sends("mira", "sensor/{device}/{kind}"),
    Sends("esphome", "{device}/sensor/{kind}/state"),
    Sends("esphome", "{device}/binary_sensor/{kind}/state"),
    Sends("tasmota", "tele/{device}/SENSOR", _TASMOTA, unit_in="TempUnit"),
    Sends("zigbee2mqtt", "zigbee2mqtt/{device}", _ZIGBEE),
    Sends("shelly", "{device}/status/{component}", {"tC": "temperature", "rh": "humidity", "percent": "battery"}),
)


class Says(NamedTuple):
    """A topic on which devices say whether they are there."""

    profile: Profile
    topic: str


STATUSES: tuple[Says, ...] = (
    Says("mira", "sensor/{device}/status"),
    Says("esphome", "{device}/status"),
    Says("tasmota", "tele/{device}/LWT"),
    Says("zigbee2mqtt", "zigbee2mqtt/{device}/availability"),
    Says("shelly", "{device}/online"),
)


class Drive(NamedTuple):
    """How motors of windows are told where to go, and say where they are."""

    states: Mapping[str, Mapping[str, tuple[str, ...]]]
    """By topic, the way to each member in its JSON. Without any the payload is a position, or a word for one."""
    to: tuple[str, str]
    """Topic and payload. An empty payload is all that there is to say, as JSON."""
    stop: tuple[str, str]
    name: str | None = None
    """Which cover of a device it is where the topic of a window says none: `kitchen/2`. None: there is but one."""

    def names(self, topic: str) -> dict[str, str]:
        """What stands for the names in its patterns."""
        if self.name is None:
            return {"topic": topic}
        device, _, name = topic.partition("/")
        return {"topic": device, "name": name or self.name}


_MIRA = {name: (name,) for name in ("position", "moving", "id", "fault", "closed", "rain", "current_ma")}
DRIVES: Mapping[Profile, Drive] = {
    "mira": Drive({"window/{topic}/state": _MIRA}, ("window/{topic}/control", ""), ("window/{topic}/control", "")),
    "esphome": Drive(
        {"{topic}/cover/{name}/position/state": {}, "{topic}/cover/{name}/state": {}},
        ("{topic}/cover/{name}/position/command", "%d"),
        ("{topic}/cover/{name}/command", "STOP"),
        name="window",
    ),
    "tasmota": Drive(
        {
            "stat/{topic}/SHUTTER{name}": {},
            "stat/{topic}/RESULT": {
                "position": ("Shutter{name}", "Position"),
                "moving": ("Shutter{name}", "Direction"),
            },
            "tele/{topic}/SENSOR": {
                "position": ("Shutter{name}", "Position"),
                "moving": ("Shutter{name}", "Direction"),
            },
        },
        ("cmnd/{topic}/ShutterPosition{name}", "%d"),
        ("cmnd/{topic}/ShutterStop{name}", ""),
        name="1",
    ),
    "zigbee2mqtt": Drive(
        {"zigbee2mqtt/{topic}": {"position": ("position",), "moving": ("moving",)}},
        ("zigbee2mqtt/{topic}/set", '{"position": %d}'),
        ("zigbee2mqtt/{topic}/set", '{"state": "STOP"}'),
    ),
    "shelly": Drive(
        {"{topic}/status/cover:{name}": {"position": ("current_pos",), "moving": ("state",)}},
        ("{topic}/command/cover:{name}", "pos,%d"),
        ("{topic}/command/cover:{name}", "stop"),
        name="0",
    ),
}
CONTROL = "window/{topic}/control"
"""On which nobody but us is to speak."""
ANSWER = "ml/inference/response/{topic}"
"""On which a model of somebody else's advises."""
_STOP = {"stop": True}


def order(profile: Profile, topic: str, said: Mapping[str, Any]) -> tuple[str, bytes]:
    """The topic and payload that have a motor go to `position`, or stop where there is none in what is said."""
    drive = DRIVES[profile]
    pattern, payload = drive.to if "position" in said else drive.stop
    if profile == "mira":
        whole = said if "position" in said else {**_STOP, **said}
        return built(pattern, drive.names(topic)), json.dumps(whole, ensure_ascii=False).encode()
    text = payload % said["position"] if "position" in said else payload
    return built(pattern, drive.names(topic)), text.encode()


def filters(drives: Mapping[str, tuple[Profile, str]]) -> Iterator[str]:
    """What is to be subscribed to, once each; `drives`: of windows, by their ids, the profile and the topic."""
    patterns = [*(one.topic for one in SENSORS), *(one.topic for one in STATUSES), CONTROL, ANSWER]
    own = [wildcard(pattern) for pattern in (*patterns, *DRIVES["mira"].states)]
    theirs = [
        built(pattern, DRIVES[profile].names(topic))
        for profile, topic in drives.values()
        if profile != "mira"
        for pattern in DRIVES[profile].states
    ]
    # `sensor/+/status` is in `sensor/+/+`: a broker may send what is in two of them twice.
    yield from dict.fromkeys(one for one in (*own, *theirs) if one != "sensor/+/status")
