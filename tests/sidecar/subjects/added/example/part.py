"""What is run for it."""

import sys
from pathlib import Path
from typing import override

import msgspec

from mira_sidecar.parts import Now, Part
from mira_sidecar.queries.kind import Kind, QueryRefusedError
from mira_sidecar.store.log_reader import LogReader


class HowOften(msgspec.Struct, frozen=True):
    pass


class Times(msgspec.Struct, frozen=True):
    times: int


def _how_often(database: Path, payload: HowOften) -> Times:
    with LogReader(database) as log:
        times = sum(event.action == "count" and event.type == "accepted" for event in log.after(0))
    if not times:
        raise QueryRefusedError("never_counted")
    return Times(times)


class ExamplePart(Part):
    queries = (Kind("how_often", HowOften, _how_often),)

    @override
    def changed(self, now: Now) -> None:
        if now.deciding:
            sys.stderr.write(f"example: {now.document['parts']['example']['total']}\n")


PART = ExamplePart
