DROP INDEX access_key_person;
ALTER TABLE access_key DROP COLUMN granted;
ALTER TABLE access_key DROP COLUMN person_id;
DROP TABLE session;
DROP TABLE membership;
DROP TABLE person;
