"""Example: it counts, up to a point."""

from collections.abc import Iterator

import msgspec

from mira_sidecar.core.decision import Action, Change, Context, InvalidValueError, Refusal, Undo
from mira_sidecar.core.state import Document, add, replace
from mira_sidecar.core.subject import Outcome, Subject
from mira_sidecar.core.summary import Line
from mira_sidecar.protocol import instant
from mira_sidecar.reasons import Wording
from mira_sidecar.subjects.example.settings import ExampleSettings  # type: ignore[import-not-found]


class Count(msgspec.Struct, frozen=True):
    by: int = 1

    def __post_init__(self) -> None:
        if not self.by:
            raise InvalidValueError("counts_nothing", "by")


def _count(document: Document, payload: Count, context: Context) -> Change:
    total = document["parts"]["example"]["total"] + payload.by
    counted = {"who": context.command.id, "at": instant(context.now_ms)}
    return Change(
        {"by": payload.by, "total": total},
        [replace("/parts/example/total", total), add("/parts/example/counted/-", counted)],
        touches=("example",),
        undo=Undo("count", {"by": -payload.by}),
    )


def far_enough(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """Nobody counts for ever."""
    most = context.rules.of("example", ExampleSettings).most
    if isinstance(outcome, Change) and outcome.payload.get("total", 0) > most and context.command.action == "count":
        return Refusal("far_enough", "far_enough", {"most": most})
    return None


def _summary(document: Document) -> Iterator[Line]:
    if slice_ := document["parts"].get("example"):
        yield Line("example", f"has counted to {slice_['total']}")


SUBJECT = Subject(
    name="example",
    part={"total": 0, "counted": []},
    actions=(Action("count", Count, _count),),
    capabilities={"example.count": ("count",), "example.read": ()},
    from_home={"sensor": ("count",)},
    policies=(far_enough,),
    reasons={"far_enough": Wording("It counts to {most}.", {"most": int})},
    faults={"counts_nothing": Wording("`{field}` takes any number but 0", {"field": str})},
    query_reasons={"never_counted": Wording("It has never counted.")},
    places=("example",),
    times=(("parts", "example", "counted", "*", "at"),),
    traces={("parts", "example", "counted", "*", "who"): ""},
    summary=_summary,
    asked={"count": lambda recorded: {"by": recorded.answer.payload["by"]}},
    traits=frozenset({"total", "counted", "who", "far_enough"}),
)
