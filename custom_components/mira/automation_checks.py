"""Whether a trigger or condition can ever be met. One that cannot is refused when it is saved.

What can be met then and cannot later (an entity is disabled, a gesture is forgotten, a mirror is removed) is a repair.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from functools import partial
from hashlib import sha256
from typing import Any, Final

import voluptuous as vol
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.trace import trace_id_get
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, GESTURES, MOTIONS
from .coordinator import SIGNAL_VIEW, MiraCoordinator
from .models.state import State
from .models.voice import Voice
from .target import TargetedMirrors

AUTOMATION_WITHOUT_MIRROR: Final = "automation_without_mirror"
AUTOMATION_UNKNOWN_GESTURE: Final = "automation_unknown_gesture"
AUTOMATION_UNKNOWN_PAGE: Final = "automation_unknown_page"
AUTOMATION_UNHEARD_WAKE_WORD: Final = "automation_unheard_wake_word"
AUTOMATION_HOLD_TOO_LONG: Final = "automation_hold_too_long"
AUTOMATION_ISSUES: Final = (
    *(AUTOMATION_WITHOUT_MIRROR, AUTOMATION_UNKNOWN_GESTURE, AUTOMATION_UNKNOWN_PAGE, AUTOMATION_UNHEARD_WAKE_WORD),
    AUTOMATION_HOLD_TOO_LONG,
)

_KINDS: Final[Mapping[str | None, str]] = {
    None: "entity of a mirror",
    "gesture": "gesture event of a mirror",
    "page": "page select of a mirror",
    "pin": "lock of a mirror",
    "assist_satellite": "voice satellite of a mirror",
}
_NAMED: Final = 3
"""The most entities that are suggested."""


@dataclass(frozen=True)
class Blocker:
    """Why a trigger or condition can never be met."""

    issue: str
    sentence: str
    """For who saves it; like all that Home Assistant says of an invalid automation, in English."""
    placeholders: Mapping[str, str] = field(default_factory=dict)


type Check = Callable[[Sequence[State]], Blocker | None]
"""Looks whether the options can be met by mirrors in these states."""


def nothing_to_check(states: Sequence[State]) -> None:
    """The check of options that any mirror can meet."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The question for the word that was meant, after a space; empty where none is like it."""
    near = get_close_matches(word.strip().lower().replace(" ", "_").replace("-", "_"), list(known), 1)
    return f" Did you mean {near[0]}?" if near else ""


def check_gestures(names: Sequence[str], min_hold: timedelta = timedelta(0)) -> Check:
    """Look whether each gesture is known, and accepted only after it was held long enough."""

    def check(states: Sequence[State]) -> Blocker | None:
        known = [*GESTURES, *(name for state in states for name in state.taught)]
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known) or " Teach it to the mirror first."
                sentence = f"No mirror in this target knows the gesture {name}.{hint}"
                return Blocker(AUTOMATION_UNKNOWN_GESTURE, sentence, {"gesture": name})
            if (held := _longest_hold(states, name)) is not None and held < min_hold:
                asked, accepted = (f"{time / timedelta(seconds=1):g}" for time in (min_hold, held))
                sentence = (
                    f"A mirror accepts the gesture {name} once it was held for {accepted} s, so a minimum hold of "
                    f"{asked} s is never reached. Set the hold time of {name} at the mirror (mira.set_gesture)."
                )
                placeholders = {"gesture": name, "asked": asked, "accepted": accepted}
                return Blocker(AUTOMATION_HOLD_TOO_LONG, sentence, placeholders)
        return None

    return check


def _longest_hold(states: Sequence[State], gesture: str) -> timedelta | None:
    """After which hold it is accepted at the latest: once, however long it is held then. None: that is not known.

    Nobody holds a motion, and a gesture of somebody's own may be one.
    """
    if gesture in MOTIONS or gesture not in GESTURES:
        return None
    thresholds = [state.thresholds for state in states if state.thresholds]
    if len(thresholds) < len(states):
        return None
    return timedelta(milliseconds=max(one.hold_ms(gesture) for one in thresholds))


def check_pages(names: Sequence[str]) -> Check:
    """Look whether each page exists."""

    def check(states: Sequence[State]) -> Blocker | None:
        known = list(dict.fromkeys(page for state in states for page in state.pages))
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known) or f" There are: {', '.join(known)}."
                sentence = f"No mirror in this target has a page named {name}.{hint}"
                return Blocker(AUTOMATION_UNKNOWN_PAGE, sentence, {"page": name})
        return None

    return check


def check_wake_words(names: Sequence[str]) -> Check:
    """Look whether a mirror listens for each wake word; where one has not said that it listens, that is not known."""

    def check(states: Sequence[State]) -> Blocker | None:
        voices = [voice for state in states if (voice := state.part(Voice)) and voice.listened_for]
        if len(voices) < len(states):
            return None
        active = list(dict.fromkeys(word for voice in voices for word in voice.listened_for))
        for name in names:
            if name not in active:
                hint = did_you_mean(name, active) or f" It listens for: {', '.join(active)}."
                sentence = f"No mirror in this target listens for the wake word {name}.{hint}"
                return Blocker(AUTOMATION_UNHEARD_WAKE_WORD, sentence, {"wake_word": name})
        return None

    return check


@dataclass(frozen=True)
class Needs:
    """What a trigger or condition needs in order to be met."""

    what: str
    """Its name in YAML."""
    target: Mapping[str, Any]
    key: str | None = None
    """The kind of entity that stands for its mirror in the target; None: any."""
    check: Check = nothing_to_check
    options: str = ""
    """What tells it from others of the same kind and target."""
    comes_later: str | None = None
    """The domain of an entity that a mirror does not have all the time."""

    @property
    def identity(self) -> str:
        """The same for what is the same in YAML."""
        target = sorted((name, sorted(ids)) for name, ids in self.target.items())
        return f"{self.what} {target} {self.options}"

    def waits_for_entity(self, hass: HomeAssistant) -> bool:
        """Whether it means an entity that a mirror may get yet."""
        if self.comes_later is None:
            return False
        entities = er.async_get(hass)
        named = [one for one in self.target.get(ATTR_ENTITY_ID, ()) if one.startswith(f"{self.comes_later}.")]
        if any(entities.async_get(entity_id) is None for entity_id in named):
            return True
        wider = {name: ids for name, ids in self.target.items() if name != ATTR_ENTITY_ID}
        have = {one.config_entry_id for one in entities.entities.values() if one.translation_key == self.key}
        return bool(TargetedMirrors(hass, wider, None).entities.keys() - have)


_WATCHED: HassKey[list[str]] = HassKey(f"{DOMAIN}_watched_automations")
"""What is in use as it was saved, by identity."""


@callback
def async_refuse_blocked(hass: HomeAssistant, needs: Needs) -> None:
    """Raise vol.Invalid for what can never be met.

    While Home Assistant starts, its mirrors are not there yet. And what is in use already has its repair: with an
    error, a reload of all automations would stop a whole automation for one of its triggers.
    """
    if hass.state is not CoreState.running or needs.identity in hass.data.get(_WATCHED, ()):
        return
    if blocker := _blocker(hass, needs, TargetedMirrors(hass, needs.target, needs.key)):
        raise vol.Invalid(blocker.sentence)


def _blocker(hass: HomeAssistant, needs: Needs, mirrors: TargetedMirrors) -> Blocker | None:
    if not mirrors.entities:
        if needs.waits_for_entity(hass):
            return None
        return Blocker(AUTOMATION_WITHOUT_MIRROR, _without_mirror(hass, needs))
    states = _states(hass, mirrors)
    return needs.check(states) if states else None


def _states(hass: HomeAssistant, mirrors: TargetedMirrors) -> list[State]:
    """The states of the mirrors; none where one of them was not seen yet."""
    states = [state_of(hass, entry_id) for entry_id in mirrors.entities]
    return [] if None in states else [state for state in states if state]


def state_of(hass: HomeAssistant, entry_id: str) -> State | None:
    """The state of the mirror of a config entry; None where it was not seen yet."""
    entry = hass.config_entries.async_get_entry(entry_id)
    # Also of one that is just being set up: that is when it says that its view is a new one.
    coordinator: MiraCoordinator | None = getattr(entry, "runtime_data", None)
    snapshot = coordinator.data.snapshot if coordinator else None
    return snapshot.state if snapshot else None


def _without_mirror(hass: HomeAssistant, needs: Needs) -> str:
    """What is missing in the target, and what was meant: of the mirror that is named otherwise, or a name like it."""
    named, devices = needs.target.get(ATTR_ENTITY_ID, ()), needs.target.get(ATTR_DEVICE_ID, ())
    ours = [entity for entity in er.async_get(hass).entities.values() if entity.platform == DOMAIN]
    fitting = [entity for entity in ours if entity.translation_key == (needs.key or "gesture")]
    entries = {one.config_entry_id for one in ours if one.entity_id in named or one.device_id in devices}
    meant = [entity for entity in fitting if entity.config_entry_id in entries]
    if disabled := [entity.entity_id for entity in meant if entity.disabled]:
        return f"{disabled[0]} is disabled. Enable it in its settings, then save again."
    ids = [entity.entity_id for entity in fitting if not entity.disabled]
    near = [entity.entity_id for entity in meant] or [
        match for entity_id in named for match in get_close_matches(entity_id, ids, 1)
    ]
    missing = f"This target has no {_KINDS[needs.key]}."
    if near:
        return f"{missing} Did you mean {near[0]}?"
    return f"{missing} Choose {' or '.join(sorted(ids)[:_NAMED])}, its device or its area." if ids else missing


class Watch:
    """Has a repair for a trigger or condition in use as long as it cannot be met."""

    def __init__(self, hass: HomeAssistant, needs: Needs, used_in: str) -> None:
        self._hass = hass
        self._needs = needs
        self._used_in = used_in
        self._raised: str | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._started = False
        self.mirrors = TargetedMirrors(hass, needs.target, needs.key, self._judge)

    async def async_start(self) -> None:
        """Begin; before Home Assistant has started, nothing is missed."""
        watched = self._hass.data.setdefault(_WATCHED, [])
        watched.append(self._needs.identity)
        self._unsubscribe = [
            partial(watched.remove, self._needs.identity),
            await self.mirrors.async_setup(),
            async_dispatcher_connect(self._hass, SIGNAL_VIEW, self._view_changed),
            async_at_started(self._hass, self._home_assistant_started),
        ]

    @callback
    def stop(self) -> None:
        """End, and take the repair along."""
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._show(None)

    @callback
    def _home_assistant_started(self, hass: HomeAssistant) -> None:
        self._started = True
        self._judge()

    @callback
    def _view_changed(self, coordinator: MiraCoordinator) -> None:
        if coordinator.config_entry.entry_id in self.mirrors.entities:
            self._judge()

    @callback
    def _judge(self) -> None:
        """Look again. Of a mirror that is not there, nothing is known to have changed."""
        if self._started and (not self.mirrors.entities or _states(self._hass, self.mirrors)):
            self._show(_blocker(self._hass, self._needs, self.mirrors))

    def _show(self, blocker: Blocker | None) -> None:
        issue_id = f"{blocker.issue}_{self._digest}" if blocker else None
        if self._raised and self._raised != issue_id:
            ir.async_delete_issue(self._hass, DOMAIN, self._raised)
        self._raised = issue_id
        if blocker and issue_id:
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key=blocker.issue,
                translation_placeholders={
                    "automation": self._used_in,
                    "what": self._needs.what,
                    **blocker.placeholders,
                },
            )

    @property
    def _digest(self) -> str:
        """The same after a restart: an issue that somebody ignores stays so."""
        return sha256(f"{self._used_in} {self._needs.identity}".encode()).hexdigest()[:12]


@callback
def async_used_in(hass: HomeAssistant, action: object = None) -> str:
    """The name of the automation or script that uses a trigger or condition, as far as that can be told.

    A trigger's action is a method of its automation; within a run, Home Assistant's trace says whose it is.
    """
    owner = getattr(action, "__self__", None)
    if isinstance(owner, Entity):
        return str(owner.name or owner.entity_id)
    domain, _, unique_id = (trace_id_get() or ("", ""))[0].partition(".")
    entity_id = er.async_get(hass).async_get_entity_id(domain, domain, unique_id)
    state = hass.states.get(entity_id) if entity_id else None
    return state.name if state else "?"
