"""What every mirror has: its switches, pages, todos and messages, questions, the PIN, and taking back."""

from mira_sidecar.core.state import FIRST_PAGES
from mira_sidecar.core.subject import Opening, Reference, Subject
from mira_sidecar.subjects.screen.core import messages, pages, pin, questions, reasons, summary, todos, toggles, undo

SUBJECT = Subject(
    name="screen",
    below=True,
    actions=(
        *(*toggles.ACTIONS, *todos.ACTIONS, *pages.ACTIONS, *messages.ACTIONS),
        *(*questions.ACTIONS, *pin.ACTIONS, *undo.ACTIONS),
    ),
    inner=todos.INNER,
    capabilities={
        "mic.toggle": ("set_microphone", "toggle_microphone"),
        "cam.toggle": ("set_camera", "toggle_camera"),
        "todo.write": tuple(action.name for action in todos.ACTIONS),
        "page.show": ("show_page", "next_page", "previous_page"),
        "message.show": ("show_message",),
        "question.ask": ("ask",),
        "question.answer": ("confirm", "cancel", "press_button"),
        "pin.use": ("unlock", "lock"),
        "pin.set": ("set_pin",),
        "change.undo": ("undo",),
    },
    gates=(toggles.microphone, toggles.camera),
    reasons=reasons.REASONS,
    unheard=frozenset({"microphone_off"}),
    faults=reasons.FAULTS,
    risks=(*toggles.RISKS.values(), "clear_completed_todos"),
    places=("microphone", "camera", "page", "lock"),
    times=(
        ("access", "unlocked_until"),
        ("access", "blocked_until"),
        ("access", "elsewhere", "*", "blocked_until"),
        ("message", "at"),
        ("message", "until"),
    ),
    openings={
        "camera": Opening(path="/camera/on", closed=False),
        "microphone": Opening(path="/microphone/on", closed=False),
        "lock": Opening(path="/access/unlocked_until", closed=None),
    },
    traces={("message",): None},
    due=pin.due,
    summary=summary.summary,
    about=todos.about,
    references=(
        Reference(name="confirmed", how="answers", back="was confirmed by", brings=True),
        Reference(name="cancelled", how="answers", back="was cancelled by", brings=True),
        Reference(name="undone", how="takes back", back="was taken back by", brings=True),
        Reference(name="skipped", how="cannot take back"),
    ),
    asked={
        "unlock": lambda recorded: {**recorded.answer.payload, "pin": "right"},
        "set_pin": lambda recorded: {**recorded.answer.payload, "current": "right"},
        "confirm": lambda recorded: {"command_id": recorded.answer.payload["confirmed"]},
        "cancel": lambda recorded: {"command_id": recorded.answer.payload["cancelled"]},
        "undo": undo.asked,
        "show_message": messages.asked,
    },
    traits=frozenset(
        {
            *FIRST_PAGES,
            *("undone", "skipped", "action", "confirmed", "cancelled", "until", "uids"),
        }
    ),
    kinds=frozenset({"todo"}),
    is_plain=lambda name, text: todos.DUE.fullmatch(text) is not None,
    lasting=todos.lasting,
)
