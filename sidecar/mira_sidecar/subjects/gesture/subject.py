"""Gestures: what hands say, from where on that counts, and gestures that people teach."""

from mira_sidecar.core.subject import Subject
from mira_sidecar.subjects.gesture.core import gestures, reasons, teaching, tuning
from mira_sidecar.subjects.gesture.names import GESTURE_NAMES
from mira_sidecar.subjects.gesture.seen import Live

SUBJECT = Subject(
    name="gesture",
    default=True,
    actions=(*gestures.ACTIONS, *tuning.ACTIONS, *teaching.ACTIONS),
    capabilities={
        "gesture.make": ("gesture",),
        "gesture.set": ("set_thresholds", "set_gesture"),
        "gesture.teach": ("teach_gesture", "take_sample", "forget_gesture"),
    },
    gates=(tuning.gesture,),
    policies=(tuning.cooldown,),
    confidence={"gesture": tuning.confidence},
    reasons=reasons.REASONS,
    faults=reasons.FAULTS,
    times=(("gestures_seen", "*"), ("teaching", "until")),
    traces={("gesture",): None, ("gestures_seen",): {}},
    due=teaching.due,
    messages=(Live,),
    summary=gestures.summary,
    asked={"gesture": gestures.asked},
    traits=frozenset(GESTURE_NAMES),
    kinds=frozenset({"thresholds"}),
)
