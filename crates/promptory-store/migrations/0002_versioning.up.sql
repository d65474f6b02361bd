-- Versioning in full: includes and builds, labels, sample inputs, renames, what was taken back, policies, uses.

-- Deleted sequence numbers never come back.
ALTER TABLE prompt ADD COLUMN last_sequence BIGINT NOT NULL DEFAULT 0;
-- Every answer names its prompt, so a new name is a change of all of them.
ALTER TABLE prompt ADD COLUMN renamed_revision BIGINT NOT NULL DEFAULT 0;
-- `allowed` or `fix_forward`.
ALTER TABLE environment ADD COLUMN rollback TEXT NOT NULL DEFAULT 'allowed';
-- Replaced by going back to an older version.
ALTER TABLE live ADD COLUMN taken_back BOOLEAN NOT NULL DEFAULT FALSE;

-- What a version includes, as it is written.
CREATE TABLE include (
    version_id  key_text NOT NULL REFERENCES version (id),
    ordinal     BIGINT   NOT NULL,
    project_id  key_text NOT NULL REFERENCES project (id),
    name        key_text NOT NULL,
    name_folded key_text NOT NULL,
    reference   TEXT,
    PRIMARY KEY (version_id, ordinal)
);
CREATE INDEX include_name ON include (project_id, name_folded);

-- What the includes of a build mean, once and for all. A build without includes has no rows.
CREATE TABLE build_include (
    version_id  key_text NOT NULL REFERENCES version (id),
    build_hash  key_text NOT NULL,
    ordinal     BIGINT   NOT NULL,
    project_id  key_text NOT NULL REFERENCES project (id),
    included_id key_text NOT NULL REFERENCES version (id),
    -- Of the included prompt when the build was made.
    name        key_text NOT NULL,
    PRIMARY KEY (version_id, build_hash, ordinal)
);
CREATE INDEX build_include_included ON build_include (included_id);

CREATE TABLE label (
    prompt_id  key_text NOT NULL REFERENCES prompt (id),
    name       key_text NOT NULL,
    project_id key_text NOT NULL REFERENCES project (id),
    version_id key_text NOT NULL REFERENCES version (id),
    updated_by TEXT     NOT NULL,
    updated_at BIGINT   NOT NULL,
    revision   BIGINT   NOT NULL,
    PRIMARY KEY (prompt_id, name)
);
-- Not the other way round: SQLite would follow its order through a whole project for the labels of one prompt.
CREATE INDEX label_name ON label (name, project_id);
CREATE INDEX label_version ON label (version_id);

CREATE TABLE sample (
    prompt_id   key_text NOT NULL REFERENCES prompt (id),
    name        key_text NOT NULL,
    project_id  key_text NOT NULL REFERENCES project (id),
    description TEXT     NOT NULL,
    variables   TEXT     NOT NULL,
    updated_by  TEXT     NOT NULL,
    updated_at  BIGINT   NOT NULL,
    PRIMARY KEY (prompt_id, name)
);

-- Former names: callers that use them still get the prompt.
CREATE TABLE redirect (
    project_id  key_text NOT NULL REFERENCES project (id),
    name_folded key_text NOT NULL,
    name        key_text NOT NULL,
    prompt_id   key_text NOT NULL REFERENCES prompt (id),
    created_at  BIGINT   NOT NULL,
    PRIMARY KEY (project_id, name_folded)
);
CREATE INDEX redirect_prompt ON redirect (prompt_id);

-- When a prompt was archived: it was served nowhere then, whatever was live.
CREATE TABLE prompt_archived (
    prompt_id  key_text NOT NULL REFERENCES prompt (id),
    since      BIGINT   NOT NULL,
    until      BIGINT,
    project_id key_text NOT NULL REFERENCES project (id),
    PRIMARY KEY (prompt_id, since)
);
INSERT INTO prompt_archived (prompt_id, since, until, project_id)
    SELECT id, archived_at, NULL, project_id FROM prompt WHERE archived_at IS NOT NULL;

-- Who was given which build, and how often. Written every few seconds, so the last seconds may be lost.
CREATE TABLE use_count (
    prompt_id   key_text NOT NULL REFERENCES prompt (id),
    version_id  key_text NOT NULL REFERENCES version (id),
    build_hash  key_text NOT NULL,
    environment key_text NOT NULL,
    key_id      key_text NOT NULL,
    project_id  key_text NOT NULL REFERENCES project (id),
    uses        BIGINT   NOT NULL,
    first_at    BIGINT   NOT NULL,
    last_at     BIGINT   NOT NULL,
    PRIMARY KEY (prompt_id, version_id, build_hash, environment, key_id)
);
CREATE INDEX use_count_version ON use_count (version_id);
