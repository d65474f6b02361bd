DROP TABLE emergency;
DROP TABLE approval_decision;
DROP TABLE approval;
ALTER TABLE access_key DROP COLUMN personal;
ALTER TABLE version DROP COLUMN author_user;
ALTER TABLE environment DROP COLUMN policy;
-- What waited for approval has nobody to wait for any more.
DELETE FROM deployment_event WHERE deployment_id IN (SELECT id FROM deployment WHERE state = 'pending_approval');
DELETE FROM deployment WHERE state = 'pending_approval';
