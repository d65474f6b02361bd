-- Who has to agree before an environment serves something new, who did, and what was done without.

-- JSON of core's `Policy`; `rollback` stands in its own column as well, for the release before.
ALTER TABLE environment ADD COLUMN policy TEXT NOT NULL DEFAULT '{}';
-- The person who wrote it, where one did.
ALTER TABLE version ADD COLUMN author_user key_text;
-- Its owner made it, signed in or with another such key: it decides for them.
ALTER TABLE access_key ADD COLUMN personal BOOLEAN NOT NULL DEFAULT FALSE;

-- One request. What it is for never changes; what was decided is in rows of its own.
CREATE TABLE approval (
    id            key_text NOT NULL PRIMARY KEY,
    project_id    key_text NOT NULL REFERENCES project (id),
    -- Kind, prompt, environment and detail are core's `Subject`.
    kind          TEXT     NOT NULL,
    prompt_id     key_text REFERENCES prompt (id),
    environment   key_text NOT NULL,
    detail        key_text NOT NULL,
    version_id    key_text REFERENCES version (id),
    -- What is done at the last approval beside starting a deployment: JSON, or empty.
    wanted        TEXT     NOT NULL,
    -- None: a key that belongs to nobody.
    requester_id  key_text,
    requester     TEXT     NOT NULL,
    -- JSON: ids of persons.
    authors       TEXT     NOT NULL,
    note          TEXT     NOT NULL,
    opened_at     BIGINT   NOT NULL,
    -- What it amounted to when it was last looked at.
    state         TEXT     NOT NULL,
    -- Something can still become of it.
    standing      BOOLEAN  NOT NULL,
    -- When it is to be looked at again.
    look_at       BIGINT   NOT NULL,
    ended_at      BIGINT,
    spent_at      BIGINT,
    -- What waits for it, or was started by it.
    deployment_id key_text REFERENCES deployment (id)
);
CREATE INDEX approval_opened ON approval (project_id, opened_at, id);
CREATE INDEX approval_prompt ON approval (prompt_id);
CREATE INDEX approval_version ON approval (version_id);
CREATE INDEX approval_deployment ON approval (deployment_id);
CREATE INDEX approval_due ON approval (look_at, id) WHERE standing;

-- Everything that was decided and said, for ever.
CREATE TABLE approval_decision (
    approval_id key_text NOT NULL REFERENCES approval (id),
    seq         BIGINT   NOT NULL,
    project_id  key_text NOT NULL REFERENCES project (id),
    at          BIGINT   NOT NULL,
    -- None: the clock.
    person_id   key_text,
    name        TEXT     NOT NULL,
    -- Space-separated: what they were then.
    roles       TEXT     NOT NULL,
    kind        TEXT     NOT NULL,
    stage       TEXT     NOT NULL,
    comment     TEXT     NOT NULL,
    PRIMARY KEY (approval_id, seq)
);

-- What went live without approval, and who looked at it afterwards.
CREATE TABLE emergency (
    deployment_id key_text NOT NULL PRIMARY KEY REFERENCES deployment (id),
    project_id    key_text NOT NULL REFERENCES project (id),
    at            BIGINT   NOT NULL,
    -- None: a key that belongs to nobody.
    person_id     key_text,
    name          TEXT     NOT NULL,
    reason        TEXT     NOT NULL,
    review_by     BIGINT   NOT NULL,
    reviewed_at   BIGINT,
    reviewer_id   key_text,
    reviewer      TEXT     NOT NULL DEFAULT '',
    approved      BOOLEAN  NOT NULL DEFAULT FALSE,
    comment       TEXT     NOT NULL DEFAULT ''
);
CREATE INDEX emergency_at ON emergency (project_id, at, deployment_id);
