-- For asking what happened of one kind, page by page: all answers to gestures of the last day.
ALTER TABLE events ADD COLUMN action TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN ts TEXT NOT NULL DEFAULT '';

UPDATE events SET
    action = json_extract(CAST(body AS TEXT), '$.action'),
    ts = json_extract(CAST(body AS TEXT), '$.ts');

CREATE INDEX history ON events (action, ts, seq) WHERE type != 'state_patch';
