-- Where the log begins that can be folded: the state behind the events that were forgotten or erased. No row: with the
-- first event.
CREATE TABLE base (
    seq  INTEGER PRIMARY KEY,
    rev  INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
