"""What it decides."""

import msgspec

from mira_sidecar.core.decision import Action, Change, Context, Refusal, Undo
from mira_sidecar.core.state import Document, replace
from mira_sidecar.core.subject import Outcome, Subject
from mira_sidecar.reasons import Wording
from mira_sidecar.subjects.example.settings import ExampleSettings  # type: ignore[import-not-found]


class Count(msgspec.Struct, frozen=True):
    by: int = 1


def _count(document: Document, payload: Count, context: Context) -> Change:
    total = document["parts"]["example"]["total"] + payload.by
    return Change(
        {"by": payload.by, "total": total},
        [replace("/parts/example/total", total)],
        touches=("example",),
        undo=Undo("count", {"by": -payload.by}),
    )


def far_enough(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """Nobody counts for ever."""
    most = context.rules.of("example", ExampleSettings).most
    if isinstance(outcome, Change) and outcome.payload.get("total", 0) > most and context.command.action == "count":
        return Refusal("far_enough", "far_enough", {"most": most})
    return None


SUBJECT = Subject(
    name="example",
    part={"total": 0},
    actions=(Action("count", Count, _count),),
    policies=(far_enough,),
    reasons={"far_enough": Wording("It counts to {most}.", {"most": int})},
    places=("example",),
    asked={"count": lambda recorded: {"by": recorded.answer.payload["by"]}},
    traits=frozenset({"total", "far_enough"}),
)
