-- How the gestures look that people have taught.
CREATE TABLE gesture_samples (
    id         TEXT PRIMARY KEY, -- the command, and the how-manieth of it
    owner      TEXT NOT NULL,
    at         INTEGER NOT NULL,
    key        TEXT NOT NULL,
    sealed     BLOB NOT NULL, -- a JSON list of numbers
    command_id TEXT NOT NULL -- of the yes to `teach_gesture` that they were shown for
) STRICT;

CREATE INDEX gesture_samples_of ON gesture_samples (command_id);
