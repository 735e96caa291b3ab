"""Why what has to do with talk is refused."""

from collections.abc import Mapping
from typing import Final

from mira_sidecar.reasons import Wording

REASONS: Final[Mapping[str, Wording]] = {
    "reply_over": Wording("The persona is not answering this any more: the reply is over."),
    "talking": Wording("Somebody is talking with the mirror. Try again when they are done."),
    "quiet_hours": Wording("These are the mirror's quiet hours, in which it does not speak by itself."),
    "nobody_there": Wording("Nobody is before the mirror, as far as it knows, so it does not speak by itself."),
    "spoken_up_enough": Wording(
        "The mirror speaks by itself {limit} times a day at most, and not within {minutes} minutes of the last time.",
        {"limit": int, "minutes": int},
    ),
    "capturing": Wording("A photo or a video is being taken already."),
    "capture_over": Wording("This photo or video is not being taken any more."),
}
QUERY_REASONS: Final[Mapping[str, Wording]] = {
    "unknown_media": Wording("There is no such photo or video, or none any more."),
}
