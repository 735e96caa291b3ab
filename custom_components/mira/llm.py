"""Tools for language models: show a page or a message, ask, explain what was decided, read the mirror's state.

They are offered where the options of a mirror say so, and at least one of its entities is exposed to the assistant.
Todos have tools of their own in Home Assistant; what was said and the payloads of commands stay here; and none takes
a PIN.

Small models send null, an empty text, "30" for a number, another case or an option that nobody asked for: what can be
meant by only one thing is taken for it, and the rest is answered by a sentence with the possible values.
"""

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, override

import voluptuous as vol
from homeassistant.components.llm import LLMTools
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util.json import JsonObjectType, JsonValueType

from .const import ATTR_WAITING_FOR, DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator, translated
from .device import distinct_names, mirror_names
from .errors import MiraError, NoMirror
from .helpers import area_of, exposed_mirrors, find_mirror, is_loaded, nearest_mirror
from .looking import LOOKS, LookError, Looks
from .options import CONF_LLM_TOOLS, options_of
from .schemas import MESSAGE_LENGTH, QUESTION_LENGTH, TITLE_LENGTH
from .sentences import names_of_page
from .translation import async_sentence
from .util import matching, plain, shortened

_READS = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)
_SHOWS = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
_EXPLAINED = 5
"""Decisions that are explained: enough for "and before that?"."""


class NotUnderstood(Exception):  # noqa: N818 - it is an answer
    """What a model sent cannot be understood; the text says what can."""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """What a tool takes."""

    schema: Any
    """What the model is told."""
    read: Callable[[Any], Any]
    """Makes a value of what the model sent. Raises NotUnderstood."""
    description: str | None = None
    required: bool = False
    default: Any = None
    """Of one that is not required; None: there is none."""

    def marker(self, name: str) -> vol.Marker:
        """The key of the tool's schema."""
        if self.required:
            return vol.Required(name, description=self.description)
        default = vol.UNDEFINED if self.default is None else self.default
        return vol.Optional(name, default=default, description=self.description)


def _text(limit: int, **how: Any) -> Argument:
    """A text; a longer one is cut, as a notification is."""

    def read(value: Any) -> str:
        if value is None or isinstance(value, dict | list):
            raise NotUnderstood("a text is expected.")
        return shortened(str(value).strip(), limit)

    return Argument(schema=vol.All(cv.string, vol.Length(max=limit)), read=read, **how)


def _seconds(most: int, **how: Any) -> Argument:
    """A number of seconds."""

    def read(value: Any) -> int:
        said = re.fullmatch(r"(\d+)(?:[.,]\d+)?\s*(?:s|sec|secs|seconds?|sekunden?)?", str(value).strip().casefold())
        seconds = int(said[1]) if said else 0
        if not 1 <= seconds <= most:
            raise NotUnderstood(f"a whole number from 1 to {most} is expected.")
        return seconds

    return Argument(schema=vol.All(int, vol.Range(1, most)), read=read, **how)


def _yes_or_no(**how: Any) -> Argument:
    def read(value: Any) -> bool:
        try:
            return cv.boolean(value)
        except vol.Invalid as err:
            raise NotUnderstood("true or false is expected.") from err

    return Argument(schema=cv.boolean, read=read, **how)


def _chosen(said: Any, known: Mapping[str, Iterable[str]]) -> str:
    """The one of the tool's own values that is meant, by itself before all it is called. Raises NotUnderstood."""
    if said in known:
        return str(said)
    found = matching(str(said), {value: [value] for value in known}) or matching(str(said), known)
    if len(found) != 1:
        raise NotUnderstood(f"the possible values are: {', '.join(known)}.")
    return found[0]


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What a model really said, by the plain names of the arguments: null and empty say nothing."""
    given: dict[str, Any] = {}
    for name, value in arguments.items():
        one = value[0] if isinstance(value, list) and len(value) == 1 else value
        text = one.strip().casefold() if isinstance(one, str) else one
        if text not in (None, "", "null", "none", [], {}):
            given[plain(name)] = one
    return given


class MirrorTool(Tool):
    """A tool for one of the mirrors that the assistant may know."""

    integration = DOMAIN
    arguments: ClassVar[Mapping[str, Argument]] = {}
    """What the tool takes besides the mirror."""

    def __init__(self, mirrors: dict[str, MiraConfigEntry]) -> None:
        self._mirrors = mirrors
        which = vol.Optional if len(mirrors) == 1 else vol.Required
        self.parameters = vol.Schema(
            {
                which("mirror", description="The name of the mirror"): vol.In(list(mirrors)),
                **{argument.marker(name): self.schema(name) for name, argument in self.arguments.items()},
            }
        )

    def schema(self, name: str) -> Any:
        """What the model is told of an argument."""
        return self.arguments[name].schema

    @override
    async def async_call(self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext) -> ToolResult:
        """Do it with the meant mirror; one that is not loaded is not replaced by another."""
        given = _given(tool_input.tool_args)
        name = "mirror"
        try:
            entry = self._mirror(hass, given.get(name), llm_context)
            coordinator = find_mirror(hass, entry.entry_id).runtime_data
            data: dict[str, Any] = {}
            for name, argument in self.arguments.items():
                said = given.get(plain(name))
                needed = said is not None or argument.required
                data[name] = self.read(name, said, coordinator) if needed else argument.default
        except NotUnderstood as err:
            return ToolResult({"error": f"{name}: {err}"}, error=True)
        return await self.async_do(coordinator, data, llm_context)

    def _mirror(self, hass: HomeAssistant, said: Any, llm_context: LLMContext) -> MiraConfigEntry:
        """The mirror that is named, the one where the sentence was spoken, or the only one. Raises NotUnderstood."""
        area = area_of(hass, None, llm_context.device_id)
        if said is None and (near := nearest_mirror(hass, self._mirrors.values(), area)):
            return near
        known = {name: (name, *mirror_names(hass, entry)) for name, entry in self._mirrors.items()}
        return self._mirrors[_chosen(said, known)]

    def read(self, name: str, value: Any, coordinator: MiraCoordinator) -> Any:
        """The value that the model means. Raises NotUnderstood."""
        return self.arguments[name].read(value)

    @abstractmethod
    async def async_do(self, coordinator: MiraCoordinator, data: dict[str, Any], llm_context: LLMContext) -> ToolResult:
        """Do it. Raises HomeAssistantError where the mirror cannot be asked."""

    async def async_ask(
        self, coordinator: MiraCoordinator, action: str, payload: dict[str, Any], llm_context: LLMContext
    ) -> ToolResult:
        """Ask the mirror, and tell what it answered."""
        decision = await coordinator.async_send(action, payload, context=llm_context.context)
        if not decision.accepted:
            return ToolResult(
                {
                    "error": await async_sentence(coordinator.hass, decision, llm_context.language),
                    "reason": decision.reason,
                },
                error=True,
            )
        if decision.needs_confirmation:
            return ToolResult({"status": decision.status, ATTR_WAITING_FOR: "confirmation at the mirror"})
        return ToolResult({"status": decision.status})


class ShowPage(MirrorTool):
    """Turns to a page."""

    name = f"{DOMAIN}__show_page"
    title = "Show a page on a mirror"
    description = "Show a page on a smart mirror."
    annotations = _SHOWS
    arguments: ClassVar = {"page": Argument(schema=str, read=str, required=True)}

    @override
    def schema(self, name: str) -> Any:
        """The page, out of those that there are."""
        snapshots = [entry.runtime_data.data.snapshot for entry in self._mirrors.values() if is_loaded(entry)]
        pages = {page: None for snapshot in snapshots if snapshot for page in snapshot.state.pages}
        return vol.In(list(pages))

    @override
    def read(self, name: str, value: Any, coordinator: MiraCoordinator) -> Any:
        """The page of this mirror that has such a name among people."""
        snapshot = coordinator.data.snapshot
        pages = snapshot.state.pages if snapshot else ()
        return _chosen(value, {page: names_of_page(page) for page in pages})

    @override
    async def async_do(self, coordinator: MiraCoordinator, data: dict[str, Any], llm_context: LLMContext) -> ToolResult:
        """Ask for the page."""
        return await self.async_ask(coordinator, "show_page", {"page": data["page"]}, llm_context)


class ShowMessage(MirrorTool):
    """Shows a message."""

    name = f"{DOMAIN}__show_message"
    title = "Show a message on a mirror"
    description = "Show a short message on the glass of a smart mirror, for everybody who stands in front of it."
    annotations = _SHOWS
    arguments: ClassVar = {
        "message": _text(MESSAGE_LENGTH, required=True),
        "title": _text(TITLE_LENGTH),
        "seconds": _seconds(86_400, default=10, description="How long it is shown"),
    }

    @override
    async def async_do(self, coordinator: MiraCoordinator, data: dict[str, Any], llm_context: LLMContext) -> ToolResult:
        """Ask for the message."""
        payload = {"text": data["message"], "duration_ms": data["seconds"] * 1000}
        if data["title"]:
            payload["title"] = data["title"]
        return await self.async_ask(coordinator, "show_message", payload, llm_context)


class Ask(MirrorTool):
    """Asks something, and waits for the answer."""

    name = f"{DOMAIN}__ask"
    title = "Ask at a mirror"
    description = (
        "Ask whoever stands in front of a smart mirror a question that is answered by yes or no, and wait for the "
        "answer. It is empty where nobody answered in time."
    )
    annotations = ToolAnnotations(destructive=False, open_world=False)
    arguments: ClassVar = {
        "question": _text(QUESTION_LENGTH, required=True),
        "seconds": _seconds(60, default=30, description="How long to wait"),
    }

    @override
    async def async_do(self, coordinator: MiraCoordinator, data: dict[str, Any], llm_context: LLMContext) -> ToolResult:
        """Ask."""
        context = llm_context.context or Context()
        answer = await coordinator.async_ask(data["question"], data["seconds"], context)
        return ToolResult({"answer": answer["answer"], "given_by": answer["source"]})


class Explain(MirrorTool):
    """Says what was decided, and why."""

    name = f"{DOMAIN}__explain_decisions"
    title = "Explain a mirror's decisions"
    description = (
        "Read what a smart mirror was asked for last, from which source, whether it did it and, if not, why; of the "
        "newest also what it answered, lost to, took back or led to. "
        "Use this to answer questions like 'Why did the mirror not react?' The newest decision comes first."
    )
    annotations = _READS
    arguments: ClassVar = {"only_refused": _yes_or_no(default=False)}

    @override
    async def async_do(self, coordinator: MiraCoordinator, data: dict[str, Any], llm_context: LLMContext) -> ToolResult:
        """Look into the log; without what was asked for in particular, which may be private."""
        types = ["rejected"] if data["only_refused"] else ["accepted", "rejected"]
        try:
            page = await coordinator.client.log.page(types=types, limit=_EXPLAINED)
        except MiraError as err:
            raise HomeAssistantError(**translated(err)) from err
        decisions: list[JsonValueType] = [
            {
                "time": event.at.isoformat(),
                "source": event.source,
                "action": event.action,
                "outcome": "waits for confirmation" if event.asks_back else "refused" if event.reason else "done",
                "reason": event.reason,
                "explanation": await async_sentence(coordinator.hass, event, llm_context.language),
            }
            for event in page.events
        ]
        if not page.events:
            return ToolResult({"decisions": []})
        newest = await coordinator.async_query("explain", {"command_id": page.events[0].command_id})
        related: list[JsonValueType] = [
            {"how": one["how"], "time": one["ts"], "source": one["source"], "action": one["action"]}
            for one in (*newest["before"], *newest["led_to"])
        ]
        return ToolResult({"decisions": decisions, "related_to_the_newest": related})


class ReadState(MirrorTool):
    """Reads the state."""

    name = f"{DOMAIN}__get_state"
    title = "Read a mirror's state"
    description = (
        "Read the state of a smart mirror: its page and pages, whether microphone and camera are on, whether it is "
        "locked, the message on the glass, and the question that waits for an answer."
    )
    annotations = _READS

    @override
    async def async_do(self, coordinator: MiraCoordinator, data: dict[str, Any], llm_context: LLMContext) -> ToolResult:
        """What everybody in front of the mirror sees."""
        view = coordinator.data
        if not view.connected or not view.snapshot:
            raise HomeAssistantError(**translated(view.error or NoMirror("It has no state yet.")))
        state, now = view.snapshot.state, coordinator.client.now()
        on_glass = state.message and state.message.until and state.message.until > now
        unlocked = state.access.unlocked_until and state.access.unlocked_until > now
        result: JsonObjectType = {
            "page": state.page,
            "pages": list(state.pages),
            **({"microphone_on": state.microphone} if view.has_device("microphone") is not False else {}),
            **({"camera_on": state.camera} if view.has_kind("camera") is not False else {}),
            # Without a PIN there is no lock: "unlocked" would sound like an open door.
            **({"locked": not unlocked} if state.access.pin_set else {}),
            "message": state.message.text if state.message and on_glass else None,
            "question_about": state.pending.action if state.pending else None,
        }
        return ToolResult(result)


class Look(Tool):
    """Takes a photo, which the agent of a persona gets with the next message."""

    name = f"{DOMAIN}__look"
    title = "Look through a mirror's camera"
    description = (
        "Take one photo with the camera of the smart mirror whose persona you are, to see who stands there, how they "
        "look or what they hold. Somebody there is asked first, and may say no. The photo comes with the next message."
    )
    integration = DOMAIN
    parameters = vol.Schema({})
    annotations = ToolAnnotations(destructive=False, open_world=False)

    @override
    async def async_call(self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext) -> ToolResult:
        """Ask for it, and wait until it is taken."""
        looks = _looks(hass, llm_context)
        if looks is None:
            return ToolResult({"error": "Nobody is waiting for an answer any more."}, error=True)
        try:
            await looks.async_look("photo")
        except LookError as err:
            return ToolResult({"error": str(err)}, error=True)
        return ToolResult({"status": "taken", "photo": "comes with the next message"})


def _looks(hass: HomeAssistant, llm_context: LLMContext) -> Looks | None:
    """What the reply of a persona may see in which the agent is asked, if it is."""
    return hass.data.get(LOOKS, {}).get(llm_context.context.id) if llm_context.context else None


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools for those mirrors of which something is exposed to the assistant."""
    if api_id != LLM_API_ASSIST or not llm_context.assistant:
        return None
    offered = [entry for entry in exposed_mirrors(hass, llm_context.assistant) if options_of(entry)[CONF_LLM_TOOLS]]
    mirrors = distinct_names(hass, offered)
    if not any(is_loaded(entry) for entry in mirrors.values()):
        return None
    tools: list[Tool] = [tool(mirrors) for tool in (ShowPage, ShowMessage, Ask, Explain, ReadState)]
    if (looks := _looks(hass, llm_context)) and looks.coordinator.config_entry in offered:
        tools.append(Look())
    return LLMTools(tools)
