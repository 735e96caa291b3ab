"""What people say to Assist, done by the mirror: it shows pages, takes back, and keeps the list of to-dos.

The sentences are sentence triggers, as an automation has them: Home Assistant has no other way by which an integration
brings sentences of its own. Each is registered while there is a mirror for it, for what its pages and mirrors are
called now; a list that the household has beside the mirror's keeps its name.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.homeassistant.exposed_entities import async_listen_entity_updates
from homeassistant.components.todo import DOMAIN as TODO
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntryChange
from homeassistant.const import CONF_COMMAND, CONF_PLATFORM, Platform
from homeassistant.core import CALLBACK_TYPE, Context, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import (
    async_call_later,
    async_track_state_added_domain,
    async_track_state_removed_domain,
)
from homeassistant.helpers.intent import async_get_entity_aliases
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.trigger import async_initialize_triggers, async_validate_trigger_config
from homeassistant.setup import async_when_setup

from .const import DOMAIN
from .coordinator import SIGNAL_VIEW, MiraConfigEntry, MiraCoordinator
from .device import distinct_names, mirror_names
from .helpers import area_of, exposed_mirrors, is_loaded, nearest_mirror
from .models.state import State
from .sentences import (
    ANY_LIST,
    ANY_LIST_NAMES,
    COMMANDS,
    LISTS,
    TODO_NAMES,
    TODOS,
    answers,
    bare,
    command_sentences,
    list_sentences,
    names_by_room,
    names_of_page,
    page_sentences,
    telling,
)
from .translation import async_sentence, base_language
from .util import matching, plain, shortened

_LOGGER = logging.getLogger(__name__)

CONVERSATION: Final = "conversation"
SUMMARY_LENGTH: Final = 255
"""Characters of a to-do; the mirror refuses more."""
_SPOKEN: Final = 10
"""To-dos that are read out; the rest is counted."""


_ANSWER: Final = "answer"
_PATIENCE: Final = 60.0
"""Seconds in which the mere name of a mirror answers which one is meant."""
_AT_ONCE: Final = 1.0
"""Seconds in which the same words in the same context were said once."""
_LIST_WORDS: Final = ((TODOS, TODO_NAMES), (ANY_LIST, ANY_LIST_NAMES))
"""What people call the list of the mirror, and the plain names of others that would be meant then."""


@dataclass(frozen=True)
class Wish:
    """What somebody asks for by one of several sentences."""

    sentences: tuple[str, ...]
    command: str
    page: str | None = None
    entry_id: str | None = None
    """The mirror that the sentence names; None: the near one is meant."""


@dataclass(frozen=True)
class _Question:
    """Which mirror was meant."""

    wish: Wish
    item: str
    asker: str
    """The satellite, the device or the conversation that may answer."""


@callback
def async_setup_assist(hass: HomeAssistant) -> None:
    """Understand what people say, once and as long as Home Assistant has a conversation."""

    async def start(hass: HomeAssistant, component: str) -> None:
        Assist(hass).async_start()

    async_when_setup(hass, CONVERSATION, start)


class Assist:
    """Keeps the sentences current, and does what they say."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._wishes: list[Wish] = []
        self._unregister: CALLBACK_TYPE | None = None
        self._outdated = False
        self._registering = asyncio.Lock()
        self._heard: tuple[str, str, float] | None = None
        self._pages: dict[str, tuple[str, ...]] = {}
        self._question: _Question | None = None
        self._forget: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> None:
        """Look whenever something may be called otherwise, may be meant, or is not there any more."""
        hass = self._hass
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed)
        async_dispatcher_connect(hass, SIGNAL_VIEW, self._async_view_changed)
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_look)
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._async_look)
        hass.bus.async_listen(ar.EVENT_AREA_REGISTRY_UPDATED, self._async_look)
        async_track_state_added_domain(hass, TODO, self._async_look)
        async_track_state_removed_domain(hass, TODO, self._async_look)
        async_listen_entity_updates(hass, CONVERSATION, self._async_look)
        self._async_look()

    @callback
    def _async_entry_changed(self, change: ConfigEntryChange, entry: MiraConfigEntry) -> None:
        if entry.domain == DOMAIN:
            self._async_look()

    @callback
    def _async_view_changed(self, coordinator: MiraCoordinator) -> None:
        entry_id, snapshot = coordinator.config_entry.entry_id, coordinator.data.snapshot
        if snapshot and self._pages.get(entry_id) != snapshot.state.pages:
            self._pages[entry_id] = snapshot.state.pages
            self._async_look()

    @callback
    def _async_look(self, *_: object) -> None:
        if not self._outdated:
            self._outdated = True
            self._hass.async_create_task(self._async_register(), f"{DOMAIN} sentences", eager_start=False)

    async def _async_register(self) -> None:
        """Have the sentences registered that there are now."""
        async with self._registering:
            self._outdated = False
            wishes = self._wanted()
            if wishes == self._wishes:
                return
            if self._unregister:
                self._unregister()
                self._unregister = None
            self._wishes = []
            if wishes:
                triggers = [{CONF_PLATFORM: CONVERSATION, CONF_COMMAND: list(wish.sentences)} for wish in wishes]
                self._unregister = await async_initialize_triggers(
                    self._hass,
                    await async_validate_trigger_config(self._hass, triggers),
                    # With its wishes: what was heard just before they change has their numbers.
                    partial(self._async_heard, wishes),
                    DOMAIN,
                    "Mira",
                    _LOGGER.log,
                )
            self._wishes = wishes if self._unregister else []  # what failed is tried again at the next look

    @callback
    def _mirrors(self) -> list[MiraConfigEntry]:
        """The mirrors that may be asked for something."""
        return [entry for entry in exposed_mirrors(self._hass, CONVERSATION) if is_loaded(entry)]

    @callback
    def _has_list(self, entry: MiraConfigEntry) -> bool:
        """Whether its list is exposed."""
        unique_id = f"{entry.runtime_data.server_id}_todos"
        entity_id = er.async_get(self._hass).async_get_entity_id(Platform.TODO, DOMAIN, unique_id)
        return entity_id is not None and async_should_expose(self._hass, CONVERSATION, entity_id)

    @callback
    def _wanted(self) -> list[Wish]:
        """What people may ask for now."""
        if not (mirrors := self._mirrors()):
            return []
        taken = self._other_lists()
        near = [words for words, names in _LIST_WORDS if not taken & names]
        wishes = _wishes(mirrors, None, (), near if any(map(self._has_list, mirrors)) else [], taken)
        for entry, names in self._names(mirrors).items():
            words = [words for words, _ in _LIST_WORDS] if self._has_list(entry) else []
            alone = telling(names)
            wishes += _wishes([entry], entry.entry_id, alone, words, taken) if alone else []
            if self._question:
                wishes.append(Wish(tuple(answers(names)), _ANSWER, None, entry.entry_id))
        return wishes

    @callback
    def _names(self, mirrors: list[MiraConfigEntry]) -> dict[MiraConfigEntry, tuple[str, ...]]:
        """What people call each mirror and no other: also by the area where it is."""
        hass = self._hass
        areas = ar.async_get(hass)

        def names(entry: MiraConfigEntry) -> list[str]:
            area = areas.async_get_area(area_of(hass, None, entry.runtime_data.device_id) or "")
            rooms = (area.name, *area.aliases) if area else ()
            return [*mirror_names(hass, entry), *(name for room in rooms for name in names_by_room(room))]

        all_names = {entry: names(entry) for entry in mirrors}
        shared = Counter(name for of_one in all_names.values() for name in set(map(plain, of_one)))
        return {
            entry: (distinct, *(name for name in all_names[entry] if shared[plain(name)] == 1))
            for distinct, entry in distinct_names(hass, mirrors).items()
        }

    @callback
    def _other_lists(self) -> set[str]:
        """The plain names of the lists that Home Assistant's own sentences know besides those of mirrors.

        Where there is any, "the list" is not for the mirror to take.
        """
        hass, entities = self._hass, er.async_get(self._hass)
        # "Add milk to the list" is its sentence.
        names = set(ANY_LIST_NAMES) if "shopping_list" in hass.config.components else set()
        for state in hass.states.async_all(TODO):
            entity = entities.async_get(state.entity_id)
            if not (entity and entity.platform == DOMAIN) and async_should_expose(hass, CONVERSATION, state.entity_id):
                called = async_get_entity_aliases(hass, entity, state=state)
                names |= {*map(plain, called), *map(bare, called), *ANY_LIST_NAMES}
        return names

    async def _async_heard(
        self, wishes: Sequence[Wish], variables: dict[str, Any], context: Context | None = None
    ) -> ScriptRunResult:
        """Do what a sentence says, and answer in its language."""
        trigger = variables["trigger"]
        heard = trigger["user_input"]
        if self._is_known(heard["context"]["id"], heard["text"]):
            return ScriptRunResult(None, None, {})
        texts = await Texts.load(self._hass, heard["language"] or self._hass.config.language)
        wish, item = wishes[int(trigger["idx"])], trigger["slots"].get("item", "")
        asker = str(trigger["satellite_id"] or trigger["device_id"] or heard["conversation_id"])
        mirrors = self._mirrors()
        if wish.command == _ANSWER:
            if not (question := self._question) or question.asker != asker:
                return ScriptRunResult(texts.error("refused_nothing_pending", {}), None, {})
            mirrors = [entry for entry in mirrors if entry.entry_id == wish.entry_id]
            wish, item = question.wish, question.item
            self._async_put_away()
        mirrors = [entry for entry in mirrors if self._fits(entry, wish)]
        area = area_of(self._hass, trigger["satellite_id"], trigger["device_id"])
        if entry := nearest_mirror(self._hass, mirrors, area):
            answer = await _async_ask(entry.runtime_data, wish, item, Context(**heard["context"]), texts)
        elif mirrors:
            answer = texts("which_mirror", mirrors=", ".join(distinct_names(self._hass, mirrors)))
            self._async_wait_for_answer(_Question(wish, item, asker))
        else:
            answer = texts("no_mirror")
        return ScriptRunResult(answer, None, {})

    @callback
    def _is_known(self, context_id: str, text: str) -> bool:
        """Whether this is being done already: Home Assistant calls us for each wish that a sentence fits."""
        before, self._heard = self._heard, (context_id, text, self._hass.loop.time())
        return before is not None and before[:2] == self._heard[:2] and self._heard[2] - before[2] < _AT_ONCE

    @callback
    def _fits(self, entry: MiraConfigEntry, wish: Wish) -> bool:
        """Whether a mirror may be meant."""
        if wish.entry_id:
            return entry.entry_id == wish.entry_id
        return self._has_list(entry) if wish.command in LISTS else wish.page in (None, *_pages_of(entry))

    @callback
    def _async_wait_for_answer(self, question: _Question) -> None:
        """Understand the mere name of a mirror for a while."""
        self._async_put_away()
        self._question = question
        self._forget = async_call_later(
            self._hass, _PATIENCE, HassJob(self._async_put_away, "forget the question", cancel_on_shutdown=True)
        )
        self._async_look()

    @callback
    def _async_put_away(self, *_: object) -> None:
        """Understand names alone no longer."""
        if self._forget:
            self._forget()
        self._question = self._forget = None
        self._async_look()


@callback
def _wishes(
    mirrors: Sequence[MiraConfigEntry],
    entry_id: str | None,
    names: tuple[str, ...],
    words: Sequence[Mapping[str, str]],
    taken: Collection[str],
) -> list[Wish]:
    """What people may ask one of these mirrors for, by these names, and of its list by these words.

    These plain names are those of other lists.
    """
    pages = dict.fromkeys(page for entry in mirrors for page in _pages_of(entry) if plain(page))
    return [
        *(Wish(tuple(page_sentences(page, names, others=pages)), "show_page", page, entry_id) for page in pages),
        *(Wish(tuple(command_sentences(command, names)), command, None, entry_id) for command in COMMANDS),
        *(
            Wish(tuple(list_sentences(command, names, words=words, taken=taken)), command, None, entry_id)
            for command in (LISTS if words else ())
        ),
    ]


@callback
def _pages_of(entry: MiraConfigEntry) -> tuple[str, ...]:
    snapshot = entry.runtime_data.data.snapshot
    return snapshot.state.pages if snapshot else ()


class Texts:
    """Answers in the language of whoever asked."""

    def __init__(self, language: str, common: dict[str, str], exceptions: dict[str, str]) -> None:
        self.language = language
        self._common = common
        self._exceptions = exceptions

    @classmethod
    async def load(cls, hass: HomeAssistant, language: str) -> Texts:
        """The texts of a language; English ones where there are none."""
        language = base_language(language)
        common = await async_get_translations(hass, language, "common", [DOMAIN])
        return cls(language, common, await async_get_translations(hass, language, "exceptions", [DOMAIN]))

    def __call__(self, key: str, **values: object) -> str:
        """An answer."""
        return self._common[f"component.{DOMAIN}.common.assist_{key}"].format(**values)

    def persona(self, key: str, **values: object) -> str:
        """An answer of a persona's own."""
        return self._common[f"component.{DOMAIN}.common.says_{key}"].format(**values)

    def error(self, key: str | None, placeholders: Mapping[str, str] | None) -> str:
        """What is wrong, by the key of its text among the exceptions."""
        return self._exceptions[f"component.{DOMAIN}.exceptions.{key}.message"].format(**placeholders or {})

    def page(self, page: str) -> str:
        """What a page is called."""
        return names_of_page(page, self.language)[0]


@dataclass(frozen=True)
class Order:
    """What the mirror is asked for, and what is said once it has done it."""

    action: str
    payload: dict[str, Any]
    answer: str
    person: str | None = None
    """Who asks, by the mirror's id: it is told that of what was said to a persona alone."""


async def _async_ask(mirror: MiraCoordinator, wish: Wish, item: str, context: Context, texts: Texts) -> str:
    """Have the mirror do it, and say what came of that."""
    snapshot = mirror.data.snapshot
    if mirror.data.error or not snapshot:
        return texts("away", mirror=mirror.name)
    order = _order(wish, item, snapshot.state, texts)
    return order if isinstance(order, str) else await async_carry_out(mirror, order, context, texts)


async def async_carry_out(mirror: MiraCoordinator, order: Order, context: Context, texts: Texts) -> str:
    """Have the mirror do it, and say what came of that: the order's own answer where it is done."""
    if mirror.data.error:
        return texts("away", mirror=mirror.name)
    try:
        source = "sensor" if order.person else "automation"
        decision = await mirror.async_send(
            order.action, order.payload, context=context, source=source, person=order.person
        )
    except HomeAssistantError as err:
        # Not always "cannot be reached": where no answer came, it may have done it.
        return texts.error(err.translation_key, err.translation_placeholders)
    if not decision.accepted:
        return texts("refused", reason=await async_sentence(mirror.hass, decision, texts.language))
    return texts("needs_confirmation") if decision.needs_confirmation else order.answer


def _order(wish: Wish, item: str, state: State, texts: Texts) -> Order | str:
    """What to ask the mirror for; or the answer, where it need not be asked."""
    command = wish.command
    if command == "show_page":
        return Order(command, {"page": wish.page}, texts("page_shown", page=texts.page(str(wish.page))))
    if command in COMMANDS:
        return Order(command, {}, texts("undone" if command == "undo" else "page_turned"))
    if command == "read_todos":
        return _read_out([todo.summary for todo in state.todos if not todo.completed], texts)
    if command == "add_todo":
        # As Home Assistant's own sentence does it.
        summary = shortened(item[:1].upper() + item[1:], SUMMARY_LENGTH)
        return Order(command, {"summary": summary}, texts("todo_added", item=item))
    known = {todo.uid: [todo.summary] for todo in state.todos if command == "remove_todos" or not todo.completed}
    if not (found := matching(item, known)):
        return texts("todo_missing", item=item)
    answer = texts("todo_removed" if command == "remove_todos" else "todo_completed", item=item)
    return Order(command, {"uids": found[:1]}, answer)


def _read_out(todos: Sequence[str], texts: Texts) -> str:
    """What is to be done, as far as anybody listens."""
    if not todos:
        return texts("list_empty")
    items = ", ".join(todos[:_SPOKEN])
    more = len(todos) - _SPOKEN
    return texts("list_more", items=items, count=more) if more > 0 else texts("list", items=items)
