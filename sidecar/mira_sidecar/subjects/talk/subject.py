"""Talk: personas answer, the mirror shows what they express, and what was said is remembered."""

from collections.abc import Iterator

from mira_sidecar.core.decision import Mirror
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed, Opening, Reference, Subject
from mira_sidecar.core.summary import Line
from mira_sidecar.subjects.talk.core import captures, face, history, interaction, reasons, replies, speaking_up
from mira_sidecar.subjects.talk.core.slice import Talk, talk


def _summary(document: Document) -> Iterator[Line]:
    own = talk(document)
    for reply, each in own["replies"].items():
        yield Line("reply", f"of {each['persona']}, {each['place']}, {each['at']} ({reply})")
    if shown := own["face"]:
        yield Line("face", f"{shown['emotion']}, until {shown['until']}")
    if capture := own.get("capture"):
        yield Line("capture", f"a {capture['kind']} at {capture['at']} ({capture['id']})")
    if spoken := own["spoken_up"]:
        yield Line("spoke up", f"{spoken['count']} times on {spoken['day']}, last {spoken['last']}")


def _due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    yield from replies.due(document, now_ms, mirror)
    yield from face.due(document, now_ms, mirror)
    yield from captures.due(document, now_ms, mirror)


SUBJECT = Subject(
    name="talk",
    default=True,
    actions=(*replies.ACTIONS, *face.ACTIONS, *history.ACTIONS, *speaking_up.ACTIONS, *captures.ACTIONS),
    capabilities={
        "talk.capture": ("request_capture", "end_capture"),
        "talk.express": ("express",),
        "talk.forget": ("forget_talk",),
        "talk.observe": ("begin_reply", "end_reply", "compact"),
        "talk.speak_up": ("speak_up",),
        "talk.speak": (),
    },
    from_home={
        "sensor": (
            *("begin_reply", "express", "end_reply", "compact", "forget_talk"),
            *("request_capture", "end_capture"),
        ),
        "voice": ("express", "forget_talk"),
    },
    reasons=reasons.REASONS,
    query_reasons=reasons.QUERY_REASONS,
    times=(
        *(("parts", "talk", "replies", "*", time) for time in ("at", "until")),
        *(("parts", "talk", one, time) for one in ("face", "capture") for time in ("at", "until")),
        ("parts", "talk", "spoken_up", "last"),
    ),
    traces={
        ("parts", "talk", "replies"): {},
        **{("parts", "talk", one): None for one in ("face", "pictures", "spoken_up", "capture")},
    },
    openings={"capture": Opening(path="/parts/talk/capture", closed=None)},
    due=_due,
    messages=(Talk, *interaction.MESSAGES),
    summary=_summary,
    references=(
        Reference(name="reply", how="belongs to", back="led to"),
        Reference(name="capture", how="ends", back="was ended by"),
        Reference(name="crowded_out", how="makes room in place of", back="made room for"),
    ),
    traits=frozenset(
        {"replies", "face", "spoken_up", "crowded_out", "at", "until", "day", "last", "forgetting", "first"}
    ),
)
