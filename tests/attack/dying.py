"""`mira-sidecar` whose power goes after DIES_AFTER instructions of SQLite in one statement: takes its arguments."""

import os
import signal
import sys
from typing import Any

from mira_sidecar.cli import main
from mira_sidecar.store import event_store
from mira_sidecar.store.ending import Connection, Ending


class DyingConnection(Connection):
    """A connection in whose midst the process is killed."""

    def __init__(self, ending: Ending, *settings: Any, **more: Any) -> None:
        super().__init__(ending, *settings, **more)
        self.set_progress_handler(lambda: os.kill(os.getpid(), signal.SIGKILL), int(os.environ["DIES_AFTER"]))


if __name__ == "__main__":
    setattr(event_store, "Connection", DyingConnection)  # noqa: B010 - a name that it only imports
    sys.exit(main())
