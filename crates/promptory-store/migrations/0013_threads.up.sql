-- The `seq` of what a comment answers, of the same request, which answers none itself.
ALTER TABLE approval_decision ADD COLUMN reply_to BIGINT;
