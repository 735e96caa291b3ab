"""The mirror's todo list."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, override

from homeassistant.components.todo import TodoItem, TodoItemStatus, TodoListEntity, TodoListEntityFeature
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity, MiraEntityDescription, async_add_described
from .models.screen import Todo

PARALLEL_UPDATES = 0


TODOS = MiraEntityDescription(key="todos")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the todo list."""
    async_add_described(entry, async_add_entities, MiraTodoList, [TODOS])


class MiraTodoList(MiraEntity, TodoListEntity):
    """The todos on the glass, in their order."""

    _attr_supported_features = (
        TodoListEntityFeature.CREATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.MOVE_TODO_ITEM
        | TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
        | TodoListEntityFeature.SET_DUE_DATE_ON_ITEM
        | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
    )

    def __init__(self, coordinator: MiraCoordinator, description: MiraEntityDescription) -> None:
        super().__init__(coordinator, description)
        self._read: tuple[Todo, ...] | None = None
        self._items: list[TodoItem] | None = None
        self._written: tuple[bool, tuple[Todo, ...] | None] | None = None

    @property
    @override
    def todo_items(self) -> list[TodoItem] | None:
        """The todos as Home Assistant knows them."""
        todos = self.mirror.todos if self.mirror else None
        if todos is not self._read:
            self._read, self._items = todos, None if todos is None else [_item(todo) for todo in todos]
        return self._items

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Home Assistant compares each todo with what it told last: not for a page that turns."""
        shown = (self.available, self.mirror.todos if self.mirror else None)
        if shown != self._written:
            self._written = shown
            super()._handle_coordinator_update()

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        """Add a todo at the end."""
        wanted = {name: value for name, value in _payload(item).items() if value is not None}
        await self._async_change("add_todo", wanted)

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Change what differs from what is shown, so that a change by voice meanwhile is kept."""
        wanted = _payload(item)
        shown = next((_payload(other) for other in self.todo_items or () if other.uid == item.uid), {})
        changes = {name: value for name, value in wanted.items() if name not in shown or shown[name] != value}
        if changes:
            await self._async_change("update_todo", {"uid": item.uid, **changes})

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Remove todos by one command, which one undo takes back."""
        if uids:
            await self._async_change("remove_todos", {"uids": uids})

    @override
    async def async_move_todo_item(self, uid: str, previous_uid: str | None = None) -> None:
        """Move a todo behind another, or to the top."""
        await self._async_change("move_todo", {"uid": uid, "previous_uid": previous_uid})

    async def _async_change(self, action: str, payload: Mapping[str, Any]) -> None:
        """Ask the mirror. Raises a translated error where it refuses, and where it waits for a confirmation.

        Home Assistant takes a todo for changed when this returns.
        """
        if (await self.async_command(action, payload)).needs_confirmation:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="needs_confirmation")


def _item(todo: Todo) -> TodoItem:
    return TodoItem(
        uid=todo.uid,
        summary=todo.summary,
        status=TodoItemStatus.COMPLETED if todo.completed else TodoItemStatus.NEEDS_ACTION,
        due=todo.due,
        description=todo.description,
        completed=todo.completed_at,
    )


def _payload(item: TodoItem) -> dict[str, Any]:
    """The item in the words of the protocol, without its uid; an empty description is none."""
    return {
        "summary": item.summary,
        # Home Assistant's own actions put plain text there.
        "status": TodoItemStatus(item.status).value if item.status else None,
        "due": _due(item.due),
        "description": item.description or None,
    }


def _due(due: date | datetime | None) -> str | None:
    if isinstance(due, datetime):
        return due.isoformat(timespec="seconds")
    return due.isoformat() if due else None
