-- How the wake words sound that people have taught.
CREATE TABLE voice_takes (
    id         TEXT PRIMARY KEY, -- the command, and the how-manieth of it
    owner      TEXT NOT NULL,
    at         INTEGER NOT NULL,
    key        TEXT NOT NULL,
    sealed     BLOB NOT NULL, -- as worker/likeness.py has it, in base64
    command_id TEXT NOT NULL -- of the yes to `teach_wake_word` that they were said for
) STRICT;

CREATE INDEX voice_takes_of ON voice_takes (command_id);
