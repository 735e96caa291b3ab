"""`mira-sidecar` with a fault in its core, `next_page`: takes the arguments of `mira-sidecar`."""

import dataclasses
import sys
from typing import Any, NoReturn

from mira_sidecar.cli import main
from mira_sidecar.core.actions import ACTIONS, INNER


def _fail(*_: Any) -> NoReturn:
    raise AssertionError("a fault")


if __name__ == "__main__":
    faulty = {"next_page": dataclasses.replace(ACTIONS["next_page"], perform=_fail)}
    ACTIONS.update(faulty)
    INNER.update(faulty)
    sys.exit(main())
