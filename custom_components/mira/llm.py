"""Tools for language models: show a page or a message, ask, explain what was decided, read the mirror's state.

They are offered where the options of a mirror say so, and at least one of its entities is exposed to the assistant.
Todos have tools of their own in Home Assistant; what was said and the payloads of commands stay here; and none takes
a PIN.
"""

from abc import abstractmethod
from typing import Any, override

import voluptuous as vol
from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util.json import JsonObjectType, JsonValueType

from .asking import async_ask
from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator, translated
from .errors import MiraError, NoMirror
from .mirrors import all_mirrors, find_mirror, is_loaded
from .options import CONF_LLM_TOOLS, options_of
from .wording import async_sentence

_READS = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)
_SHOWS = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
_EXPLAINED = 5
"""Decisions that are explained: enough for "and before that?"."""


class MirrorTool(Tool):
    """A tool for one of the mirrors that the assistant may know."""

    integration = DOMAIN

    def __init__(self, mirrors: dict[str, MiraConfigEntry]) -> None:
        self._mirrors = mirrors
        which = vol.Optional if len(mirrors) == 1 else vol.Required
        self.parameters = vol.Schema(
            {which("mirror", description="The name of the mirror"): vol.In(list(mirrors)), **self.fields()}
        )

    def fields(self) -> dict[Any, Any]:
        """What the tool takes besides the mirror."""
        return {}

    @override
    async def async_call(self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext) -> ToolResult:
        """Do it with the named mirror, or the only one; one that is not loaded is not replaced by another."""
        data = self.parameters(tool_input.tool_args)
        entry = self._mirrors[data.get("mirror", next(iter(self._mirrors)))]
        return await self.async_do(find_mirror(hass, entry.entry_id).runtime_data, data, llm_context)

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
        return ToolResult({"success": True, "waits_for_a_yes_at_the_mirror": decision.needs_confirmation})


class ShowPage(MirrorTool):
    """Turns to a page."""

    name = f"{DOMAIN}__show_page"
    title = "Show a page on a mirror"
    description = "Show a page on a smart mirror."
    annotations = _SHOWS

    @override
    def fields(self) -> dict[Any, Any]:
        """The page, out of those that there are."""
        snapshots = [entry.runtime_data.data.snapshot for entry in self._mirrors.values() if is_loaded(entry)]
        pages = {page: None for snapshot in snapshots if snapshot for page in snapshot.state.pages}
        return {vol.Required("page"): vol.In(list(pages))}

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

    @override
    def fields(self) -> dict[Any, Any]:
        """Text, title and time."""
        return {
            vol.Required("message"): vol.All(cv.string, vol.Length(1, 500)),
            vol.Optional("title"): vol.All(cv.string, vol.Length(max=100)),
            vol.Optional("seconds", default=10, description="How long it is shown"): vol.All(int, vol.Range(1, 86_400)),
        }

    @override
    async def async_do(self, coordinator: MiraCoordinator, data: dict[str, Any], llm_context: LLMContext) -> ToolResult:
        """Ask for the message."""
        payload = {"text": data["message"], "duration_ms": data["seconds"] * 1000}
        if title := data.get("title"):
            payload["title"] = title
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

    @override
    def fields(self) -> dict[Any, Any]:
        """The question, and how long it may be answered."""
        return {
            vol.Required("question"): vol.All(cv.string, vol.Length(1, 200)),
            vol.Optional("seconds", default=30, description="How long to wait"): vol.All(int, vol.Range(1, 60)),
        }

    @override
    async def async_do(self, coordinator: MiraCoordinator, data: dict[str, Any], llm_context: LLMContext) -> ToolResult:
        """Ask."""
        context = llm_context.context or Context()
        answer = await async_ask(coordinator.hass, coordinator, data["question"], data["seconds"], context)
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

    @override
    def fields(self) -> dict[Any, Any]:
        """Whether all decisions are of interest."""
        return {vol.Optional("only_refused", default=False): cv.boolean}

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
                "outcome": "waits for a yes" if event.asks_back else "refused" if event.reason else "done",
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
            **({"microphone_on": state.microphone} if view.has("microphone") is not False else {}),
            **({"camera_on": state.camera} if view.has("camera") is not False else {}),
            "locked": state.access.pin_set and not unlocked,
            "message": state.message.text if state.message and on_glass else None,
            "question_about": state.pending.action if state.pending else None,
        }
        return ToolResult(result)


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools for those mirrors of which something is exposed to the assistant."""
    if api_id != LLM_API_ASSIST or not llm_context.assistant:
        return None
    entities = er.async_get(hass)
    mirrors = {
        entry.title: entry
        for entry in all_mirrors(hass)
        if options_of(entry)[CONF_LLM_TOOLS]
        and any(
            async_should_expose(hass, llm_context.assistant, entity.entity_id)
            for entity in er.async_entries_for_config_entry(entities, entry.entry_id)
        )
    }
    if not any(is_loaded(entry) for entry in mirrors.values()):
        return None
    return LLMTools([tool(mirrors) for tool in (ShowPage, ShowMessage, Ask, Explain, ReadState)])
