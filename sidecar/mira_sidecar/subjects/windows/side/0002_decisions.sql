-- What the mirror's own decisions about windows were made from.
CREATE TABLE windows_decisions (
    id     TEXT PRIMARY KEY, -- the `set_window`
    owner  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    key    TEXT NOT NULL,
    sealed BLOB NOT NULL, -- JSON: the numbers, and what was advised
    window TEXT NOT NULL
) STRICT;

CREATE INDEX windows_decisions_at ON windows_decisions (at);
