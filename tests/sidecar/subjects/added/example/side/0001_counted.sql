-- Who counted, and by how much.
CREATE TABLE example_counted (
    id         TEXT PRIMARY KEY, -- of the command
    owner      TEXT NOT NULL,
    at         INTEGER NOT NULL,
    key        TEXT NOT NULL,
    sealed     BLOB NOT NULL
) STRICT;

CREATE INDEX example_counted_at ON example_counted (at);
