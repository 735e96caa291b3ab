-- What people are called. A row's id is its owner.
CREATE TABLE people_names (
    id     TEXT PRIMARY KEY,
    owner  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    key    TEXT NOT NULL,
    sealed BLOB NOT NULL -- a JSON text
) STRICT;

-- What a face or a voice is like, as a model sees it.
CREATE TABLE people_prints (
    id     TEXT PRIMARY KEY, -- of the `take_print`
    owner  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    key    TEXT NOT NULL,
    sealed BLOB NOT NULL, -- a JSON list of numbers
    kind   TEXT NOT NULL, -- `face` or `voice`
    model  TEXT NOT NULL -- those of different models are never compared
) STRICT;

CREATE INDEX people_prints_of ON people_prints (owner, kind);
