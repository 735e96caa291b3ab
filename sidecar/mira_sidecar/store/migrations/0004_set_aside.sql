-- Events that were stored and never published, because another sidecar took over: kept for whoever asks, not part of the log.
CREATE TABLE set_aside (body BLOB NOT NULL) STRICT;
