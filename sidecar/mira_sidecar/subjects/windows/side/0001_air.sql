-- Devices that send over MQTT.
CREATE TABLE windows_devices (
    id     TEXT PRIMARY KEY, -- what it calls itself in its topics
    owner  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    key    TEXT NOT NULL,
    sealed BLOB NOT NULL -- JSON: what it measures, and how it fares
) STRICT;

CREATE INDEX windows_devices_at ON windows_devices (at);

-- What one sender measured in an hour, by kind and minute.
CREATE TABLE windows_hours (
    id     TEXT PRIMARY KEY, -- the sender, and the hour
    owner  TEXT NOT NULL,
    at     INTEGER NOT NULL, -- its beginning
    key    TEXT NOT NULL,
    sealed BLOB NOT NULL, -- JSON: means
    sender TEXT NOT NULL -- a device, or `room/` and the room of which Home Assistant says it
) STRICT;

CREATE INDEX windows_hours_at ON windows_hours (at);
CREATE INDEX windows_hours_of ON windows_hours (sender, at);

-- Readings of minutes that are not over yet.
CREATE TABLE windows_journal (
    id     TEXT PRIMARY KEY,
    owner  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    key    TEXT NOT NULL,
    sealed BLOB NOT NULL, -- JSON: readings
    minute INTEGER NOT NULL -- in minutes of Unix time
) STRICT;

CREATE INDEX windows_journal_at ON windows_journal (at);
