"""The folder of a Home Assistant that is onboarded before it first starts, and reachable from this machine alone."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from house.login import Login, create, write_store
from house.model import openai_url

type Document = dict[str, Any]

REPOSITORY = Path(__file__).resolve().parents[2]

# The first provider answers the login page. On 127.0.0.1 it knows one user alone, the mirror's, and lets it in
# without a word; [::1] is not in its network, so there the page asks for name and password. Where the machine
# has no [::1], the page asks which of the two it is.
_CONFIGURATION = """\
# Written once by scripts/develop; change what you like. `scripts/develop --fresh` writes it anew.
homeassistant:
  auth_providers:
    # Whoever comes to 127.0.0.1 is the mirror. With `allow_bypass_login: false` the login page asks.
    - type: trusted_networks
      trusted_networks: 127.0.0.1/32
      trusted_users:
        127.0.0.1/32: {mirror_user}
      allow_bypass_login: {bypass}
    - type: homeassistant
# Not `default_config`: nothing here asks the internet for anything.
frontend:
config:
history:
logbook:
system_health:
automation: !include automations.yaml
logger:
  default: warning
  logs:
    custom_components.mira: info
"""

_PIPELINE: Document = {
    "id": "01jhouse0000000000000speech",
    "name": "Home Assistant",
    "language": "en",
    "conversation_engine": "conversation.home_assistant",
    "conversation_language": "en",
    "stt_engine": None,
    "stt_language": None,
    "tts_engine": None,
    "tts_language": None,
    "tts_voice": None,
    "wake_word_entity": None,
    "wake_word_id": None,
    "prefer_local_intents": False,
}
_SPEECH = {
    "stt_engine": "stt.house_speech",
    "stt_language": "en",
    "tts_engine": "tts.house_speech",
    "tts_language": "en",
    "conversation_engine": "conversation.mira",
    "prefer_local_intents": True,
}
"""What Wyoming calls house/speech_engine.py, and the persona over house/model.py."""

PALM_TODO = "Wave back"
"""What the example automation adds."""

_AUTOMATIONS = f"""\
- id: palm_adds_a_todo
  alias: A palm adds a todo
  description: Hold an open hand towards the mirror.
  triggers:
    - trigger: event.received
      target:
        entity_id: event.hall_gesture
      options:
        event_type: palm
  actions:
    - action: todo.get_items
      target:
        entity_id: todo.hall_to_dos
      response_variable: lists
    - alias: It is not on the list yet
      condition: template
      value_template: >-
        {{{{ "{PALM_TODO}" not in lists["todo.hall_to_dos"]["items"] | map(attribute="summary") }}}}
    - action: todo.add_item
      target:
        entity_id: todo.hall_to_dos
      data:
        item: {PALM_TODO}
"""


def login_hosts() -> tuple[str, ...]:
    """The addresses to listen on: 127.0.0.1 for the display and, where there is one, ::1 for people."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return ("127.0.0.1",)
    return ("127.0.0.1", "::1")


def write(directory: Path, port: int) -> Login:
    """Make the folder where it is missing, set the port in any case, and say who may log in."""
    storage = directory / ".storage"
    login_file = directory / "login.json"
    login = Login.kept_in(login_file)
    if login is None:
        directory.mkdir(parents=True, exist_ok=True)
        login = create(storage, login_file)
        _write_first_start(directory, storage, login)
    _write_port(storage, port)
    return login


def point_to_redis(directory: Path, redis_url: str) -> None:
    """Let the config entries of an earlier start follow Redis to where it is today."""

    def moved(entry: Document) -> Document:
        return {"mirror": entry["mirror"], **redis_fields(redis_url)}

    _change_entries(directory, "mira", moved)


def use_speech(directory: Path, port: int, model_port: int) -> None:
    """Have Assist hear and speak by house/speech_engine.py and answer by house/model.py, where nobody chose others."""
    _change_entries(directory, "wyoming", lambda entry: {**entry, "port": port})
    _change_entries(directory, "llama_cpp", lambda entry: {**entry, "base_url": openai_url(model_port)})
    storage = directory / ".storage"
    file = storage / "assist_pipeline.pipelines"
    kept = json.loads(file.read_text())["data"] if file.exists() else {"items": [_PIPELINE]}
    pipeline = kept["items"][0]
    if pipeline["stt_engine"] is None:
        pipeline |= _SPEECH
        write_store(storage, file.name, {"preferred_item": pipeline["id"], **kept}, minor_version=2)


def _change_entries(directory: Path, domain: str, change: Callable[[Document], Document]) -> None:
    file = directory / ".storage/core.config_entries"
    if not file.exists():
        return
    store = json.loads(file.read_text())
    for entry in store["data"]["entries"]:
        if entry["domain"] == domain:
            entry["data"] = change(entry["data"])
    file.write_text(json.dumps(store, indent=2))


def redis_fields(redis_url: str) -> dict[str, str | int | bool]:
    """The fields of Mira's config flow that say where Redis is."""
    url = urlsplit(redis_url)
    fields: dict[str, str | int | bool] = {
        "host": url.hostname or "127.0.0.1",
        "port": url.port or 6379,
        "ssl": url.scheme == "rediss",
    }
    if url.username:
        fields["username"] = unquote(url.username)
    if url.password:
        fields["password"] = unquote(url.password)
    return fields


def _write_first_start(directory: Path, storage: Path, login: Login) -> None:
    bypass = str(len(login_hosts()) > 1).lower()
    text = _CONFIGURATION.format(mirror_user=login.mirror_user, bypass=bypass)
    (directory / "configuration.yaml").write_text(text)
    (directory / "automations.yaml").write_text(_AUTOMATIONS)
    components = directory / "custom_components"
    components.mkdir()
    (components / "mira").symlink_to(REPOSITORY / "custom_components/mira")
    steps = ["user", "core_config", "analytics", "integration"]
    write_store(storage, "onboarding", {"done": steps}, version=4)
    home = {
        "location_name": "Mira's house",
        "latitude": 52.52,
        "longitude": 13.405,
        "elevation": 34,
        "radius": 100,
        "unit_system_v2": "metric",
        "currency": "EUR",
        "country": "DE",
        "language": "en",
        "time_zone": _time_zone(),
        "external_url": None,
        "internal_url": None,
    }
    write_store(storage, "core.config", home, minor_version=4)


def _write_port(storage: Path, port: int) -> None:
    # `http:` in YAML would be a trial that Home Assistant takes back after five minutes.
    stable = {
        "server_host": list(login_hosts()),
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    content = {"stable": stable, "pending": None, "yaml_migration_done": True}
    write_store(storage, "http", content, version=2, minor_version=2)


def _time_zone() -> str:
    """This machine's, so that the clock on the mirror is right."""
    _, found, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return name if found and "/" in name else "UTC"
