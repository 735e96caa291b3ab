"""What stands on the screen, and what it waits for: to-dos, a message, a question, and the PIN."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from .json_object import Document, JsonObject


@dataclass(frozen=True)
class Todo:
    """One todo; its place in the list is its order."""

    uid: str
    summary: str = field(repr=False)
    completed: bool
    due: date | datetime | None
    description: str | None = field(repr=False)
    completed_at: datetime | None

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A TodoItem of the protocol."""
        return cls(
            uid=fields.required("uid", str),
            summary=fields.required("summary", str),
            completed=fields.optional("status", str) == "completed",
            due=fields.optional_due("due"),
            description=fields.optional("description", str),
            completed_at=fields.optional_time("completed"),
        )


@dataclass(frozen=True)
class Pending:
    """A command that waits for a yes or a no."""

    command_id: str
    action: str
    payload: Document = field(repr=False)
    deadline: datetime | None
    risks: frozenset[str]
    """What it would switch on, whatever was asked for: `camera_on`, `microphone_on`."""

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Pending of the protocol."""
        return cls(
            command_id=fields.required("command_id", str),
            action=fields.required("action", str),
            payload=fields.optional("payload", dict) or {},
            deadline=fields.optional_time("deadline"),
            risks=frozenset(fields.texts("risks") if "risks" in fields.document else ()),
        )


@dataclass(frozen=True)
class Message:
    """What stands on the glass until its time is over."""

    text: str = field(repr=False)
    until: datetime | None

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Message of the protocol."""
        return cls(fields.required("text", str), fields.optional_time("until"))


@dataclass(frozen=True)
class Access:
    """What the PIN guards, and whether it is open. Without a PIN nothing is guarded."""

    pin_set: bool = False
    unlocked_until: datetime | None = None
    wrong_tries: int = 0
    blocked_until: datetime | None = None
    """No PIN is compared before that time, because of wrong tries."""
    unlocked_by: str | None = None
    """The id of the person whose PIN opened it; None: that of the household, or nobody."""
    own_pins: int = 0
    """How many people have a PIN of their own."""

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """An Access of the protocol."""
        return cls(
            pin_set=fields.optional("pin_set", bool) or False,
            unlocked_until=fields.optional_time("unlocked_until"),
            wrong_tries=fields.optional("wrong_tries", int) or 0,
            blocked_until=fields.optional_time("blocked_until"),
            unlocked_by=fields.optional("unlocked_by", str),
            own_pins=len(fields.optional("persons", dict) or {}),
        )
