-- The log. `body` is the event as it was published, byte for byte; the columns beside it are for asking.
CREATE TABLE events (
    seq        INTEGER PRIMARY KEY,
    command_id TEXT NOT NULL,
    type       TEXT NOT NULL,
    body       BLOB NOT NULL
) STRICT;

-- Each command has exactly one answer.
CREATE UNIQUE INDEX answers ON events (command_id) WHERE type != 'state_patch';

-- The state document now and then, so that a start need not fold the whole log.
CREATE TABLE snapshots (
    seq  INTEGER PRIMARY KEY,
    rev  INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- Who this log belongs to.
CREATE TABLE identity (server_id TEXT NOT NULL) STRICT;
