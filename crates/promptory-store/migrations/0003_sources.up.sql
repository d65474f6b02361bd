-- What came from files keeps who made it there and when, beside who brought it here.

ALTER TABLE prompt ADD COLUMN source_author TEXT;
ALTER TABLE prompt ADD COLUMN source_created_at BIGINT;
ALTER TABLE version ADD COLUMN source_author TEXT;
ALTER TABLE version ADD COLUMN source_created_at BIGINT;
