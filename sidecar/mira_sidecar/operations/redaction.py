"""A log that can be shown around: what happened and when, and nothing of what was said, written or named."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import msgspec.inspect

from mira_sidecar.core.state import steps_of
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import Event, PatchOperation, Snapshot
from mira_sidecar.reasons import Value

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_ID = re.compile(r"(?=.*[0-9])[0-9A-Za-z_-]{8,64}")
_REGISTRY_ID = re.compile(r"[0-9a-f]{32}")
"""Home Assistant's own; what stands for one has to be taken for one."""
_CLASSES = (33, 65, 256, 1_001)
"""Characters from which on a text is longer than most of its kind. What stands for it is as long as the shortest of its
class, and so within every limit that the text was in."""
_OWN = ("seq", "ts", "type", "source", "reason", "policy", "looked", "captured_at", "confidence", "rev")
"""Fields of an event that the sidecar itself fills in, from words and numbers of its own."""
_PLAIN_VALUES = ("fault", "field", "choices", "kinds", "sender", "source")
"""Values of reasons that are words of the protocol. Every other text may name something."""
_PICTURE = re.compile(r"(media-source://|[a-z_]+\.|/(?:local|media|api/[a-z_]+(?:/serve)?)/)(.+)", re.DOTALL)
"""What kind of picture it is, and which."""
_REGISTRY = all_subjects()
_KINDS = frozenset(kind for subject in _REGISTRY.subjects for kind in subject.kinds)


_TYPES = [
    msgspec.inspect.type_info(kind)
    for kind in (
        *(Event, Snapshot, PatchOperation),
        *(action.payload for action in _REGISTRY.inner.values()),
        *(kind for subject in _REGISTRY.subjects for kind in subject.messages),
    )
]


def _all(kind: msgspec.inspect.Type) -> Iterator[msgspec.inspect.Type]:
    """A type, and all that it is made of."""
    yield kind
    match kind:
        case msgspec.inspect.StructType(fields=fields):
            inner = [field.type for field in fields]
        case msgspec.inspect.UnionType(types=types):
            inner = list(types)
        case msgspec.inspect.ListType(item_type=item) | msgspec.inspect.Metadata(type=item):
            inner = [item]
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            inner = [key, value]
        case _:
            inner = []
    for one in inner:
        yield from _all(one)


_FIELDS = [
    field
    for whole in _TYPES
    for kind in _all(whole)
    if isinstance(kind, msgspec.inspect.StructType)
    for field in kind.fields
]
_LITERALS = [kind for whole in _TYPES for kind in _all(whole) if isinstance(kind, msgspec.inspect.LiteralType)]
STRUCTURAL = frozenset(
    [
        *(field.encode_name for field in _FIELDS),
        *(str(word) for literal in _LITERALS for word in literal.values),
        *_REGISTRY.inner,
        *_REGISTRY.places,
        *_REGISTRY.risks,
        *(trait for subject in _REGISTRY.subjects for trait in subject.traits),
        *(subject.name for subject in _REGISTRY.subjects),
        *(*_REGISTRY.words.reasons, *_REGISTRY.words.query_reasons),
        *("-", ""),
    ]
)
"""The words of Mira itself. Every other text might be somebody's."""
NUMERIC = frozenset(
    field.encode_name
    for field in _FIELDS
    if any(isinstance(kind, msgspec.inspect.IntType | msgspec.inspect.FloatType) for kind in _all(field.type))
    and not any(isinstance(kind, msgspec.inspect.StructType) for kind in _all(field.type))
)
"""The names behind which Mira itself has numbers."""


class Redactor:
    """Puts placeholders in the place of texts: the same for the same text, in all that it redacts."""

    def __init__(self) -> None:
        self._placeholders: dict[str, str] = {}

    def event(self, event: Event) -> Event:
        """An event that still folds. Its message is left out: it says no more than the reason and its values."""
        raw = msgspec.to_builtins(msgspec.structs.replace(event, message=None, values={}))
        own = {name: raw.pop(name) for name in _OWN if name in raw}
        own["values"] = {name: self._value(name, value) for name, value in event.values.items()}
        # A patch that was erased has none.
        if "patch" in event.payload and event.type == "state_patch":
            own["payload"] = {"patch": [self._operation(one) for one in raw.pop("payload")["patch"]]}
        return msgspec.convert({**self._members(raw), **own}, Event)

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot to which the redacted events fit."""
        return msgspec.convert(self._members(msgspec.to_builtins(snapshot)), Snapshot)

    def _value(self, name: str, value: Value) -> Any:
        """A value of a reason: a number or a word of the protocol stays."""
        return self._redacted(value, name) if isinstance(value, str | list) and name not in _PLAIN_VALUES else value

    def _operation(self, operation: dict[str, Any]) -> dict[str, Any]:
        steps = steps_of(operation["path"])
        path = "/".join(step if step.isdecimal() else self._text(step) for step in steps)
        value = {"value": self._redacted(operation["value"], steps[-1])} if "value" in operation else {}
        return {"op": operation["op"], "path": path, **value}

    def _members(self, value: dict[str, Any]) -> dict[str, Any]:
        return {self._text(name): self._redacted(one, name) for name, one in value.items()}

    def _redacted(self, value: Any, name: str) -> Any:
        """A value that stands behind a name."""
        match value:
            case str():
                of = _PICTURE.fullmatch(value) if name == "picture" else None
                return of[1] + self._text(of[2]) if of else self._text(value, name)
            case list():
                return [self._redacted(item, name) for item in value]
            case dict():
                return self._members(value)
            case int() | float():
                # Behind any other name, even a number may be a PIN.
                return value if isinstance(value, bool) or name in NUMERIC else None
        return None

    def _text(self, text: str, name: str = "") -> str:
        if text in STRUCTURAL or _INSTANT.fullmatch(text):
            return text
        if any(one.is_plain(name, text) for one in _REGISTRY.subjects):
            return text
        kind, colon, name = text.partition(":")
        if colon and kind in _KINDS:
            return f"{kind}:{self._text(name)}"
        if text not in self._placeholders:
            self._placeholders[text] = _placeholder(text, f"{len(self._placeholders) + 1:06}")
        return self._placeholders[text]


def _placeholder(text: str, number: str) -> str:
    if _REGISTRY_ID.fullmatch(text):
        return number.rjust(32, "0")
    length = max((least for least in _CLASSES if least <= len(text)), default=0)
    return f"id_{number}" if _ID.fullmatch(text) else f"text_{number}".ljust(length, "_")
