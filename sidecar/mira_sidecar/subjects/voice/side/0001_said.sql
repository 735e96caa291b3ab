-- What was said at the mirror.
CREATE TABLE voice_said (
    id     TEXT PRIMARY KEY, -- the `utterance` that it belongs to
    owner  TEXT NOT NULL, -- who said it, where that is known
    at     INTEGER NOT NULL,
    key    TEXT NOT NULL,
    sealed BLOB NOT NULL -- a JSON text
) STRICT;

CREATE INDEX voice_said_at ON voice_said (at);
