-- People: who they are in the whole instance, their roles in each project, where they are signed in, the keys they own.

CREATE TABLE person (
    id              key_text NOT NULL PRIMARY KEY,
    -- Lowered by the program: lower() of SQLite knows ASCII only.
    email           key_text NOT NULL,
    name            TEXT     NOT NULL,
    -- Argon2id with its parameters and salt; none until one is set.
    password_hash   TEXT,
    instance_admin  BOOLEAN  NOT NULL,
    created_at      BIGINT   NOT NULL,
    -- About; none before the first sign-in.
    last_seen       BIGINT,
    -- SHA-256 of the one-time link that sets a password.
    link_hash       key_text,
    link_expires_at BIGINT
);
CREATE UNIQUE INDEX person_email ON person (email);
CREATE UNIQUE INDEX person_link ON person (link_hash);

CREATE TABLE membership (
    project_id key_text NOT NULL REFERENCES project (id),
    person_id  key_text NOT NULL REFERENCES person (id),
    -- Words with spaces between them.
    roles      TEXT     NOT NULL,
    created_at BIGINT   NOT NULL,
    created_by TEXT     NOT NULL,
    PRIMARY KEY (project_id, person_id)
);
CREATE INDEX membership_person ON membership (person_id);

CREATE TABLE session (
    -- SHA-256 of the cookie's value.
    hash       key_text NOT NULL PRIMARY KEY,
    person_id  key_text NOT NULL REFERENCES person (id),
    created_at BIGINT   NOT NULL,
    last_seen  BIGINT   NOT NULL,
    expires_at BIGINT   NOT NULL,
    address    TEXT     NOT NULL
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expires ON session (expires_at);

-- Without a reference: SQLite could not drop the column again.
ALTER TABLE access_key ADD COLUMN person_id key_text;
-- What the key was made with, where its owner's roles may leave less of it: `scopes` is what it may do now.
ALTER TABLE access_key ADD COLUMN granted TEXT;
CREATE INDEX access_key_person ON access_key (person_id);
