"""`mira-sidecar` whose power goes after DIES_AFTER instructions of SQLite in one statement: takes its arguments."""

import os
import signal
import sys
from typing import Any

from mira_sidecar.cli import main
from mira_sidecar.store.ending import Connection

_connect = Connection.__init__


def _connect_dying(connection: Connection, *settings: Any, **more: Any) -> None:
    """Connect; the process is killed in the midst of what that connection does."""
    _connect(connection, *settings, **more)
    connection.set_progress_handler(lambda: os.kill(os.getpid(), signal.SIGKILL), int(os.environ["DIES_AFTER"]))


if __name__ == "__main__":
    setattr(Connection, "__init__", _connect_dying)  # noqa: B010 - a type may not be changed, a test may
    sys.exit(main())
