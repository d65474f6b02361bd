-- Executions: who records them, what they are counted by, what is kept. The rows themselves are in tables by day of
-- receipt, which src/days.rs makes.

--@postgres CREATE DOMAIN blob AS bytea;

-- One run of one server at a time: rows and cells have the number of their recorder.
CREATE TABLE recorder (
    number       BIGINT  NOT NULL PRIMARY KEY,
    -- Goes up whenever another takes the number.
    fence        BIGINT  NOT NULL,
    -- Nobody has it, and everything of it is folded.
    free         BOOLEAN NOT NULL,
    -- Goes up while its holder lives.
    beats        BIGINT  NOT NULL,
    -- Rows up to this number are in the cells.
    folded_up_to BIGINT  NOT NULL,
    folded_at    BIGINT  NOT NULL
);

-- Who answered, as one number; see promptory-core/src/analytics/cube.rs.
CREATE TABLE line (
    id            BIGINT   NOT NULL PRIMARY KEY,
    project_id    key_text NOT NULL REFERENCES project (id),
    prompt_id     key_text NOT NULL,
    version_id    key_text NOT NULL,
    environment   key_text NOT NULL,
    -- Empty where there is none, as for the two below.
    deployment_id key_text NOT NULL,
    experiment_id key_text NOT NULL,
    variant       TEXT     NOT NULL,
    created_at    BIGINT   NOT NULL
);
CREATE INDEX line_prompt ON line (project_id, prompt_id);

-- The cells of one cube, prompt and bucket, counted by one recorder.
CREATE TABLE rollup (
    project  BIGINT NOT NULL,
    cube     BIGINT NOT NULL,
    grain    BIGINT NOT NULL,
    prompt   BIGINT NOT NULL,
    bucket   BIGINT NOT NULL,
    recorder BIGINT NOT NULL,
    cells    BLOB   NOT NULL,
    PRIMARY KEY (project, cube, grain, prompt, bucket, recorder)
);
CREATE INDEX rollup_bucket ON rollup (project, cube, grain, bucket);
CREATE INDEX rollup_age ON rollup (grain, bucket);

-- Days that have tables.
CREATE TABLE execution_day (
    -- Since 1970-01-01.
    day        BIGINT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

-- What a project keeps of executions.
CREATE TABLE recording (
    project_id key_text NOT NULL PRIMARY KEY REFERENCES project (id),
    -- JSON.
    policy     TEXT     NOT NULL,
    updated_at BIGINT   NOT NULL
);

-- From which day of receipt on everything of a project is kept.
CREATE TABLE execution_kept (
    project BIGINT NOT NULL PRIMARY KEY,
    day     BIGINT NOT NULL
);
