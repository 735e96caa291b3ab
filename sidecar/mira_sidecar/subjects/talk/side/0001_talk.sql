-- What was said with personas: a question has the id of its `begin_reply`, an answer that of its `end_reply`.
CREATE TABLE talk_messages (
    id      TEXT PRIMARY KEY,
    owner   TEXT NOT NULL, -- who asked
    at      INTEGER NOT NULL,
    key     TEXT NOT NULL,
    sealed  BLOB NOT NULL, -- JSON: who says it, and the text
    persona TEXT NOT NULL, -- Home Assistant's id of it
    reply   TEXT NOT NULL, -- the `begin_reply` that it belongs to
    seq     INTEGER NOT NULL -- its place in the log: clocks jump, and senders make ids
) STRICT;

CREATE INDEX talk_messages_at ON talk_messages (at);
CREATE INDEX talk_messages_of ON talk_messages (owner, persona, seq);
CREATE INDEX talk_messages_reply ON talk_messages (reply);

-- What takes the place of older messages: one for each persona and owner.
CREATE TABLE talk_summaries (
    id      TEXT PRIMARY KEY, -- both of them
    owner   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    key     TEXT NOT NULL,
    sealed  BLOB NOT NULL, -- JSON: the text, and the last message in it
    persona TEXT NOT NULL
) STRICT;

CREATE INDEX talk_summaries_at ON talk_summaries (at);
