ALTER TABLE way_back DROP COLUMN release_id;
-- The older schema knows no approval of several builds: what waits for one is given up.
UPDATE deployment SET state = 'aborted', state_detail = 'withdrawn'
    WHERE state = 'pending_approval' AND id IN (SELECT deployment_id FROM release_item);
DROP TABLE release_item;
DROP TABLE release;
DELETE FROM approval_decision WHERE approval_id IN (SELECT id FROM approval WHERE kind = 'release');
DELETE FROM approval WHERE kind = 'release';
