"""How a connection ends."""

import sqlite3
from typing import Any, override


class Ending:
    """What a connection does to the files when it is closed."""

    tidy = False
    """Whether the write-ahead log goes into the main file. SQLite would do that to a damaged one as well."""


class Connection(sqlite3.Connection):
    """A connection with an ending."""

    def __init__(self, ending: Ending, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self._ending = ending

    @override
    def close(self) -> None:
        self.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, not self._ending.tidy)
        super().close()
