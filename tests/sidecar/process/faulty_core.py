"""`mira-sidecar` with a fault in its core, `next_page`: takes the arguments of `mira-sidecar`."""

import dataclasses
import sys
from typing import Any, NoReturn

from mira_sidecar.cli import main
from mira_sidecar.discovery import known


def _fail(*_: Any) -> NoReturn:
    raise AssertionError("a fault")


if __name__ == "__main__":
    subjects = known()
    screen = subjects["screen"]
    faulty = (dataclasses.replace(one, perform=_fail) if one.name == "next_page" else one for one in screen.actions)
    subjects["screen"] = dataclasses.replace(screen, actions=tuple(faulty))
    sys.exit(main())
