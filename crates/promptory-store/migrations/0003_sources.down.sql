ALTER TABLE version DROP COLUMN source_created_at;
ALTER TABLE version DROP COLUMN source_author;
ALTER TABLE prompt DROP COLUMN source_created_at;
ALTER TABLE prompt DROP COLUMN source_author;
