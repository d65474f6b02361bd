ALTER TABLE approval_decision DROP COLUMN reply_to;
