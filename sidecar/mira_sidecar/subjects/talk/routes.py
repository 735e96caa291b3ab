"""What the API offers of it: to talk to a persona."""

from collections.abc import Iterator

from mira_sidecar.api.connections import SocketRoute
from mira_sidecar.parts import Part
from mira_sidecar.subjects.talk.core.interaction import SAID
from mira_sidecar.subjects.talk.interact import MOST_BYTES, Interactions


def sockets(part: Part) -> Iterator[SocketRoute]:
    """The WebSocket."""
    yield SocketRoute(
        path="/ws/interact",
        description=_INTERACT,
        capability="talk.speak",
        messages=SAID,
        most_bytes=MOST_BYTES,
        serve=Interactions(part.shell).serve,
    )


_INTERACT = """Talk to a persona of the mirror. First comes `auth_ok`. Say `interaction_start` with the id of a person
whom the mirror knows, or `unknown`; then a `text`, or a sound in binary frames (WAV, AAC, or samples of 16 kHz, mono,
16 bits) and `audio_end`. The answer comes as `emotion`, `text_chunk` …, `capture_request` where the persona wants a
picture, `response_meta`, and `stream_end`; each ends with that or with an `error`, the object below with
`"type": "error"`. What is said while an answer comes interrupts it, as does `cancel`. It is no yes to a question at the
mirror."""
