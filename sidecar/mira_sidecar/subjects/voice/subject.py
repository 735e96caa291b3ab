"""Voice: what was said at the mirror."""

from mira_sidecar.core.subject import Subject
from mira_sidecar.subjects.voice.core import utterances

SUBJECT = Subject(
    name="voice",
    default=True,
    actions=utterances.ACTIONS,
    capabilities={"voice.speak": ("utterance",)},
    confidence={"voice": utterances.confidence},
    traces={("utterance",): None},
    summary=utterances.summary,
    asked={"utterance": utterances.asked},
    is_plain=lambda name, text: name == "language" and utterances.LANGUAGE.fullmatch(text) is not None,
)
