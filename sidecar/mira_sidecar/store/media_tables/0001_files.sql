-- The files of subjects: what is in one is in `<database>.media/<subject>/<id>`.
CREATE TABLE media_files (
    id      TEXT PRIMARY KEY, -- a uuid7
    owner   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    key     TEXT NOT NULL,
    sealed  BLOB NOT NULL,    -- the key of this file, and the SHA-256 of what is in it
    subject TEXT NOT NULL,
    kind    TEXT NOT NULL,    -- the subject's own word, such as `clip`
    bytes   INTEGER NOT NULL, -- before they are sealed
    keep_s  INTEGER NOT NULL  -- how long it is kept; 0: until somebody deletes it
) STRICT;

CREATE INDEX media_files_of ON media_files (subject);
