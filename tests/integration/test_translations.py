"""Every text exists in every language, and every text that is asked for exists."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, trigger
from homeassistant.setup import async_setup_component

from custom_components.mira import PLATFORMS, window_flow
from custom_components.mira.automation_checks import AUTOMATION_ISSUES
from custom_components.mira.binary_sensor import FURTHER
from custom_components.mira.condition import IS_LOCKED_SCHEMA, IS_PAGE_SCHEMA, IS_SPOKEN_TO_SCHEMA
from custom_components.mira.const import (
    ACTIONS,
    DEGRADED,
    DEVICE_KINDS,
    GESTURES,
    OWN_ACTIONS,
    REASONS,
    SOURCES,
    WINDOW_FAULTS,
)
from custom_components.mira.emotions import EMOTIONS
from custom_components.mira.errors import WRITES_REFUSED, CannotWrite, MiraError, QueryRefused
from custom_components.mira.issues import CANNOT_WRITE, FIXABLE, ISSUES, PROBLEM_CODES, WRONG_PROTOCOL
from custom_components.mira.logbook import ICONS as LOGBOOK_ICONS
from custom_components.mira.options import CURRENT_PIN, NEW_PIN, SCHEMA
from custom_components.mira.persona import SUBENTRY_PERSONA
from custom_components.mira.persona_flow import SCHEMA as PERSONA_SCHEMA
from custom_components.mira.persona_reply import Outcome
from custom_components.mira.refusals import FAULTS, PLACEHOLDERS, WORDED
from custom_components.mira.scene import NAMED_PAGES
from custom_components.mira.trigger import (
    EMOTION_SCHEMA,
    GESTURE_SCHEMA,
    HANDS,
    PRESSED_SCHEMA,
    REFUSED_SCHEMA,
    REQUESTED_SCHEMA,
    SPOKEN_TO_SCHEMA,
)
from custom_components.mira.weather_flow import FIELDS as WEATHER_FIELDS
from custom_components.mira.window_flow import MQTT_FIELDS, ROOM_FIELDS, WINDOW_FIELDS
from custom_components.mira.window_issues import OTHER_FAULT, REFUSED, SILENT, WINDOWS_OFF
from custom_components.mira.window_sensor import FEATURES, POLICIES, WHYS
from custom_components.mira.windows import CONF_KIND, CONF_SAME_ROOM, CONF_WINDOW, MOVED_BY, ROOM_KINDS
from mira_sidecar.discovery import all_subjects
from mira_sidecar.subjects.voice.names import BUILT_IN
from mira_sidecar.subjects.windows.core.slice import Feature, WindowFault
from tests.integration.texts import ENGLISH, FOLDER, GERMAN, ICONS, leaves


def test_german_has_the_keys_and_the_placeholders_of_english() -> None:
    def placeholders(tree: dict[str, Any]) -> dict[tuple[str, ...], list[str]]:
        return {key: sorted(re.findall(r"{\w+}", text)) for key, text in leaves(tree)}

    assert placeholders(GERMAN) == placeholders(ENGLISH)
    assert all(text.strip() for _, text in [*leaves(ENGLISH), *leaves(GERMAN)])


@pytest.mark.parametrize("texts", [ENGLISH, GERMAN], ids=["English", "German"])
def test_no_text_has_the_marks_of_code_for_most_places_show_them_as_they_are(texts: dict[str, Any]) -> None:
    assert [key for key, text in leaves(texts) if "`" in text] == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_entity_has_a_name_and_an_icon(platform: str) -> None:
    paths = [FOLDER / f"{platform}.py", FOLDER / f"window_{platform}.py"]
    source = "".join(path.read_text() for path in paths if path.exists())
    keys = set(re.findall(r'(?:\bkey=|super\(\).__init__\(coordinator, )f?"(\w+|{device_id}_capture)"', source))
    if "{device_id}_capture" in keys:
        keys = keys - {"{device_id}_capture"} | {f"{kind}_capture" for kind in DEVICE_KINDS} | {*FURTHER.values()}
    if platform == "select":  # Home Assistant's own choices have two names: the id's, and the text's
        keys |= set(re.findall(r'translation_key="(\w+)"', source))
    if platform == "scene":
        keys = {*NAMED_PAGES, "page"}
    if "gesture_{name}" in source:
        keys |= {f"gesture_{name}" for name in GESTURES}
    assert keys
    assert keys == set(ICONS["entity"][platform])
    if platform not in ("conversation", "cover"):  # where the name is the persona's own, or the window's
        assert keys == set(ENGLISH["entity"][platform])


def test_each_gesture_has_a_name() -> None:
    event = ENGLISH["entity"]["event"]["gesture"]["state_attributes"]["event_type"]["state"]
    assert list(event) == list(ENGLISH["entity"]["sensor"]["last_gesture"]["state"]) == GESTURES


def test_each_reason_of_a_window_has_a_name() -> None:
    why = ENGLISH["entity"]["sensor"]["why"]
    assert list(why["state"]) == WHYS
    assert set(why["state_attributes"]["source"]["state"]) == set(SOURCES)
    assert set(POLICIES) <= set(REASONS)
    assert set(FEATURES) == set(get_args(Feature.__value__))
    fault = ENGLISH["entity"]["binary_sensor"]["problem"]["state_attributes"]["fault"]
    assert tuple(fault["state"]) == WINDOW_FAULTS == get_args(WindowFault.__value__)


def test_each_reason_has_a_name() -> None:
    assert list(ENGLISH["entity"]["sensor"]["last_refusal"]["state"]) == REASONS


def test_each_issue_has_a_text_and_a_way_out() -> None:
    causes = {f"redis_{cause}" for cause in WRITES_REFUSED}
    keys = {*ISSUES, "update_integration", "update_sidecar", *PROBLEM_CODES, *causes, "degraded", *DEGRADED}
    keys |= set(AUTOMATION_ISSUES)
    keys -= {WRONG_PROTOCOL, CANNOT_WRITE}
    faults = {OTHER_FAULT, *(f"window_{fault}" for fault in WINDOW_FAULTS)}
    assert set(ENGLISH["issues"]) == keys | faults | {WINDOWS_OFF, REFUSED, SILENT}
    for key, issue in ENGLISH["issues"].items():
        assert ("fix_flow" in issue) == (key in FIXABLE | faults) == ("description" not in issue)


def test_each_line_of_the_system_health_has_a_name() -> None:
    source = (FOLDER / "system_health.py").read_text()
    assert set(re.findall(r'^        "(\w+)":', source, re.MULTILINE)) == set(ENGLISH["system_health"]["info"])


def test_each_error_that_is_raised_has_a_text_and_no_other_has() -> None:
    sources = [path.read_text() for path in FOLDER.glob("*.py") if path.stem != "select"]  # which names choices so
    raised = re.findall(r'translation_key="(\w+)"', "".join(sources))
    codes = [error.code for error in (MiraError, *MiraError.__subclasses__())]
    causes = {f"{CannotWrite.code}_{cause}" for cause in WRITES_REFUSED}
    refused = {f"refused_{reason}" for reason in WORDED} | {f"invalid_{fault}" for fault in FAULTS} | {"rejected"}
    keys = {*raised, *codes, *causes, *refused} - {CannotWrite.code, QueryRefused.code}
    assert keys == set(ENGLISH["exceptions"])


@pytest.mark.parametrize("texts", [ENGLISH, GERMAN], ids=["English", "German"])
def test_each_refusal_is_worded_with_just_the_values_that_come_with_it(texts: dict[str, Any]) -> None:
    said = {f"refused_{reason}": PLACEHOLDERS.get(reason, ()) for reason in WORDED}
    said |= {f"invalid_{fault}": names for fault, names in FAULTS.items()}
    for key, names in said.items():
        assert sorted(re.findall(r"{(\w+)}", texts["exceptions"][key]["message"])) == sorted(names)


def test_each_step_error_and_end_of_the_config_flow_has_a_text_and_no_other_has() -> None:
    source = "".join((FOLDER / f"{name}.py").read_text() for name in ("config_flow", "sensor_discovery"))
    texts = ENGLISH["config"]
    entrances = {"reauth", "zeroconf", "hassio", "integration_discovery"}
    assert set(texts["step"]) == set(re.findall(r"def async_step_(\w+)", source)) - entrances
    own = {"required", "unknown", "not_placed"}
    assert set(texts["error"]) <= {error.code for error in MiraError.__subclasses__()} | own
    named = set(re.findall(r'(?:reason=|errors\.get\("base", )"(\w+)"', source))
    home_assistants = {"reauth_successful", "reconfigure_successful", "already_configured"}
    assert set(texts["abort"]) == named | home_assistants | set(texts["error"]) - {
        "invalid_auth",
        "required",
        "not_placed",
    }


@pytest.mark.parametrize(
    ("kind", "step", "fields"),
    [
        ("window", "user", {*WINDOW_FIELDS, CONF_WINDOW}),
        ("window", "reconfigure", WINDOW_FIELDS),
        ("window", "cover", window_flow.cover_fields([])),
        ("window", "mqtt", MQTT_FIELDS),
        ("window", "room", {*ROOM_FIELDS, CONF_SAME_ROOM}),
        ("weather", "user", WEATHER_FIELDS),
        ("weather", "reconfigure", WEATHER_FIELDS),
    ],
)
def test_each_field_of_windows_and_weather_has_a_text_and_an_explanation(
    kind: str, step: str, fields: Iterable[object]
) -> None:
    texts = ENGLISH["config_subentries"][kind]["step"][step]
    assert set(texts["data"]) == set(texts["data_description"]) == set(map(str, fields))


def test_each_error_and_end_of_windows_and_weather_has_a_text() -> None:
    source = "".join((FOLDER / f"{name}_flow.py").read_text() for name in ("window", "weather"))
    for kind in ("window", "weather"):
        texts = ENGLISH["config_subentries"][kind]
        ends = {"windows_off", "mirror_unavailable", "not_loaded"}
        assert set(texts["abort"]) - {"already_configured"} == ends <= set(re.findall(r'"(\w+)"', source))
        assert set(texts["error"]) <= set(re.findall(r'"(\w+)"', source))
    options = ENGLISH["selector"]
    assert list(options["moved_by"]["options"]) == list(MOVED_BY)
    assert list(options[CONF_KIND]["options"]) == list(ROOM_KINDS)


def test_each_option_has_a_text_and_an_explanation() -> None:
    steps = ENGLISH["options"]["step"]
    page = steps["settings"]
    assert list(page["data"]) == list(page["data_description"]) == [str(field) for field in SCHEMA.schema]
    choices = SCHEMA.schema["logbook"].config
    assert list(ENGLISH["selector"][choices["translation_key"]]["options"]) == choices["options"]
    assert set(steps) == {"init", *steps["init"]["menu_options"]}
    for step, fields in (("set_pin", NEW_PIN), ("change_pin", CURRENT_PIN | NEW_PIN), ("remove_pin", CURRENT_PIN)):
        assert list(steps[step]["data"]) == [str(field) for field in fields]
        assert f"{step}_successful" in ENGLISH["options"]["abort"]
    source = (FOLDER / "options.py").read_text()
    named = set(re.findall(r'"((?:pin|wrong|no|refused)(?:_(?!again)\w+)?)"', source)) - {"pin"}
    assert set(ENGLISH["options"]["error"]) == named


@pytest.mark.parametrize(
    ("kind", "schemas"),
    [
        (
            "trigger",
            {
                "gesture_performed": GESTURE_SCHEMA,
                "command_refused": REFUSED_SCHEMA,
                "confirmation_requested": REQUESTED_SCHEMA,
                "message_button_pressed": PRESSED_SCHEMA,
                "spoken_to": SPOKEN_TO_SCHEMA,
                "emotion_shown": EMOTION_SCHEMA,
            },
        ),
        (
            "condition",
            {"is_page": IS_PAGE_SCHEMA, "is_locked": IS_LOCKED_SCHEMA, "is_spoken_to": IS_SPOKEN_TO_SCHEMA},
        ),
    ],
)
async def test_each_trigger_and_condition_is_offered_by_the_visual_editor(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, kind: str, schemas: dict[str, Any]
) -> None:
    helper = {"trigger": trigger, "condition": condition}[kind]
    assert await async_setup_component(hass, "mira", {})
    await hass.async_block_till_done()  # platforms are looked for in the background
    descriptions = await helper.async_get_all_descriptions(hass)
    assert {name for name in descriptions if name.startswith("mira.")} == {f"mira.{name}" for name in schemas}
    for name, schema in schemas.items():
        texts, described = ENGLISH[f"{kind}s"][name], descriptions[f"mira.{name}"]
        assert described
        assert "target" in described
        assert set(described["fields"]) == set(texts["fields"]) == option_names(schema)
        assert ICONS[f"{kind}s"][name][kind]
        assert texts["name"]
        assert texts["description"]
    assert set(ENGLISH[f"{kind}s"]) == set(ICONS[f"{kind}s"]) == set(schemas)
    assert "Unable to parse" not in caplog.text


def option_names(schema: Any) -> set[str]:
    """The names of a trigger's or condition's options."""
    options = next(value for key, value in schema.schema.items() if str(key) == "options")
    if not isinstance(options, dict):
        options = options.validators[0]
    return {str(key) for key in options}


def selectors(tree: Any) -> Iterator[dict[str, Any]]:
    """The select selectors in a description."""
    if isinstance(tree, dict):
        if isinstance(select := tree.get("select"), dict):
            yield select
        for value in tree.values():
            yield from selectors(value)


@pytest.mark.parametrize("name", ["triggers.yaml", "conditions.yaml", "services.yaml"])
def test_each_option_that_can_be_chosen_has_a_text_and_is_one_that_exists(name: str) -> None:
    known = {
        "action": ACTIONS,
        "event_type": ["accepted", "rejected", "state_patch"],
        "emotion": EMOTIONS,
        "gesture": GESTURES,
        "gesture_kind": ["pose", "motion"],
        "hand": HANDS,
        "reason": REASONS,
        "source": SOURCES,
        "wake_word": BUILT_IN,
    }
    for select in selectors(yaml.safe_load((FOLDER / name).read_text())):
        key = select["translation_key"]
        assert set(select["options"]) <= set(known[key]) == set(ENGLISH["selector"][key]["options"])


def test_whatever_is_refused_and_for_whatever_reason_an_automation_can_be_about_it() -> None:
    fields = yaml.safe_load((FOLDER / "triggers.yaml").read_text())["command_refused"]["fields"]
    chosen = {name: field["selector"]["select"]["options"] for name, field in fields.items()}
    assert (chosen["reason"], chosen["action"]) == (REASONS, ACTIONS)
    assert set(chosen["source"]) == set(SOURCES)


def test_actions_and_reasons_are_those_of_the_sidecar() -> None:
    assert set(ACTIONS) == set(all_subjects().actions)
    own = {name for name, action in all_subjects().actions.items() if action.own}
    assert own | {"take_sample"} == OWN_ACTIONS
    documented = Path("docs/protocol/README.md").read_text().partition("## Reasons")[2]
    assert set(REASONS) == set(
        re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]+) \|", documented, re.MULTILINE)))
    )


def test_each_entry_of_the_logbook_has_a_text() -> None:
    others = ("assist_", "persona_", "look_", "says_", "windows_")
    texts = {name for name in ENGLISH["common"] if not name.startswith(others)}
    assert texts == {f"logbook_{outcome}" for outcome in [*LOGBOOK_ICONS, "done"]}


def test_each_outcome_of_a_reply_that_is_no_answer_has_a_sentence() -> None:
    texts = {name.removeprefix("persona_") for name in ENGLISH["common"] if name.startswith("persona_")}
    assert texts == set(Outcome) - {Outcome.ANSWERED, Outcome.INTERRUPTED}


def test_each_text_about_looking_is_said_somewhere() -> None:
    texts = {name.removeprefix("look_") for name in ENGLISH["common"] if name.startswith("look_")}
    source = "".join((FOLDER / name).read_text() for name in ("looking.py", "persona_reply.py"))
    named = set(re.findall(r"""["']([a-z_]+)["']""", source))
    assert texts <= {*named, "may_take_photo", "may_take_video", "no_photos", "no_videos"}


def test_each_emotion_has_a_name() -> None:
    assert list(ENGLISH["entity"]["sensor"]["emotion"]["state"]) == list(EMOTIONS)


def test_each_step_and_error_of_a_persona_has_a_text_and_no_other_has() -> None:
    source = (FOLDER / "persona_flow.py").read_text()
    texts = ENGLISH["config_subentries"][SUBENTRY_PERSONA]
    steps = set(re.findall(r"def async_step_(\w+)", source))
    assert steps == set(texts["step"]) == set(texts["initiate_flow"])
    assert set(texts["error"]) == {"required", *re.findall(r'= "(\w+_agent|agent_\w+)"', source)}
    for step in texts["step"].values():
        assert set(step["data"]) == set(step["data_description"]) == {str(field) for field in PERSONA_SCHEMA.schema}


def test_each_answer_of_assist_has_a_text() -> None:
    calls = re.findall(r"texts\(([^)]*)", (FOLDER / "assist.py").read_text())
    said = {key for call in calls for key in re.findall(r'"([a-z_]+)"', call)} - {"undo", "remove_todos"}
    said = {f"assist_{key}" for key in said} | set(re.findall(r'"(assist_\w+)"', (FOLDER / "intent.py").read_text()))
    assert said == {name for name in ENGLISH["common"] if name.startswith("assist_")}
