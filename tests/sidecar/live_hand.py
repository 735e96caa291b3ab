"""A hand as displays are told of it."""

from mira_sidecar.subjects.gesture.seen import LiveHand

HAND = LiveHand(
    handedness="left",
    x=0.5,
    y=0.5,
    size=0.2,
    engaged=True,
    pose="palm",
    confidence=0.9,
    held_ms=100,
    hold_ms=600,
    travel_x=0,
    travel_y=0,
    landmarks=[(0.5, 0.5)] * 21,
)
