"""What `mira-sidecar` can do with talk: talk to a persona in the terminal, as another program does over the API."""

import argparse

from mira_sidecar.config import Settings
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.parts import Commands, missing

FAULTS: tuple[type[Exception], ...] = ()


def add(commands: Commands) -> None:
    """Add it."""
    text = "talk to a persona of the mirror over its API, and see what it expresses and how long that takes"
    talk = commands.add("talk", _talk, text, ("api_port", "api_host", "api_certificate"))
    talk.add_argument("text", nargs="?", metavar="TEXT", help="say only this (a conversation; /help lists more)")
    talk.add_argument("--url", metavar="URL", help="where the API is (that of these settings, on this machine)")
    key = "a key that may talk.speak; others here can read it, so set MIRA_API_KEY instead"
    talk.add_argument("--key", metavar="KEY", help=key)
    talk.add_argument("--person", default="unknown", metavar="ID", help="the id of the person who speaks (unknown)")


def _talk(settings: Settings, given: argparse.Namespace) -> int:
    if missing(["aiohttp"]):
        raise OperationError("Talking takes what the API does. Install `mira-sidecar[api]`.")
    # A client of HTTP, which no sidecar that serves needs.
    from mira_sidecar.subjects.talk.commands.talk import talk  # noqa: PLC0415

    return talk(settings, given.text, url=given.url, key=given.key, person=given.person)
