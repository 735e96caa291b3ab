"""What voice keeps beside the log: what was said at the mirror, for some days, and how taught wake words sound."""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from typing import Any, override

from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.keeping import Kept
from mira_sidecar.protocol import milliseconds
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.keys import HOUSEHOLD
from mira_sidecar.store.older import Json, Older
from mira_sidecar.store.side import Row, SideStore, Table
from mira_sidecar.subjects.voice import takes
from mira_sidecar.subjects.voice.core.slice import voice
from mira_sidecar.subjects.voice.settings import VoiceSettings
from mira_sidecar.subjects.voice.takes import TAKES

SAID: Table[str] = Table("voice_said", str, days=7, rows=1_000)

_OF_OLDER = "said"
"""The table of the log that has it where an older version wrote it into events."""
_ANSWERS = {"yes": "yes", "ja": "yes", "no": "no", "nein": "no"}
"""What was an answer while the mirror itself compared words."""
_WITH_TEXT = ("show_message", "ask")
"""Actions whose own text stands in the answer to a yes, in the place of what was said."""


class KeptWords(Kept):
    """What was said has the ids of its commands; takes go with their word."""

    tables = (SAID, TAKES)
    at_once = False
    left_in = _OF_OLDER

    @override
    def limited(self, settings: VoiceSettings) -> tuple[Table[Any], ...]:
        # 0 for a table is for ever.
        return (dataclasses.replace(SAID, days=max(1, settings.keep_days)), TAKES)

    @override
    async def move(self, log: EventStore, side: SideStore) -> None:
        rows = [
            row(command_id, person, milliseconds(at), text)
            for command_id, person, at, text in await log.left_in(_OF_OLDER)
        ]
        if rows:
            await side.put(SAID, *rows)
            await log.empty(_OF_OLDER)

    @override
    def undone(self, document: Document, commands: Collection[str]) -> Iterator[Deed]:
        own = voice(document)
        if (lesson := own["lesson"]) and lesson["id"] in commands:
            yield "forget_wake_word", {"phrase": lesson["phrase"]}
        for each in own["taught"].values():
            if each["command_id"] in commands:
                yield "forget_wake_word", {"phrase": each["phrase"]}

    @override
    async def erase(self, side: SideStore, document: Document, commands: Collection[str]) -> None:
        await takes.forget_but(side, takes.known_to(document))
        for row_id in [one.id async for one in side.rows(SAID) if one.id in commands]:
            await side.delete(SAID, id=row_id)


def row(command_id: str, person: str | None, at_ms: int, text: str) -> Row[str]:
    """What was said, as it is kept."""
    return Row(id=command_id, at_ms=at_ms, value=text, owner=person or HOUSEHOLD)


def _bring_up(events: Sequence[Json]) -> tuple[Any, ...] | None:
    """Take what was said out of the events of a command; it, with whose it is, where the mirror took it."""
    said: Json | None = None
    for operation in (one for event in events for one in event.get("payload", {}).get("patch", ())):
        value = operation.get("value")
        if operation["path"] == "/utterance" and value and "text" in value:
            said = value
            operation["value"] = {**_facts(value["text"]), "at": value["at"]}
        elif operation["path"] == "/pending" and value:
            _bring_up_question(value)
    for answer in (event for event in events if event["type"] != "state_patch"):
        _bring_up_answer(answer, said)
    if said is None:
        return None
    return events[0]["command_id"], (events[0].get("origin") or {}).get("person"), said["at"], said["text"]


def _bring_up_answer(answer: Json, said: Json | None) -> None:
    payload = answer.get("payload", {})
    if "text" not in payload or "utterance" not in (answer["action"], payload.get("asked")):
        return
    if "confirmed" in payload and payload["asked"] in _WITH_TEXT:
        answer["payload"] = {**_facts(said["text"] if said else "yes"), **payload}
        return
    rest = {name: value for name, value in payload.items() if name != "text"}
    answer["payload"] = {**_facts(payload["text"]), **rest}


def _bring_up_question(pending: Json) -> None:
    if pending["action"] == "utterance" and "text" in pending["payload"]:
        pending["payload"] = _facts(pending["payload"]["text"])


def bring_up_state(document: Json) -> None:
    """Take what was said out of a state."""
    if (said := document.get("utterance")) and "text" in said:
        document["utterance"] = {**_facts(said["text"]), "at": said["at"]}
    if pending := document.get("pending"):
        _bring_up_question(pending)


def _facts(text: str) -> Json:
    return {"length": len(text), "answer": _ANSWERS.get(text.strip(" .!").casefold()), "language": None}


KeptWords.older = Older(mark=b"utterance", command=_bring_up, state=bring_up_state, table=_OF_OLDER)
KEPT = KeptWords()
