-- Deployments by steps: where each stands, what happened to it, what is being rolled out, and who moves them.

-- Of a deployment that was made before, or by a release that knows none other, the defaults are true: it is immediate
-- and completed.
ALTER TABLE deployment ADD COLUMN state_detail TEXT NOT NULL DEFAULT '';
-- JSON.
ALTER TABLE deployment ADD COLUMN schedule TEXT NOT NULL DEFAULT '[{"share_ppm":1000000,"after_s":0}]';
ALTER TABLE deployment ADD COLUMN watch TEXT NOT NULL DEFAULT '{"names":[],"bake_s":3600}';
ALTER TABLE deployment ADD COLUMN unit TEXT NOT NULL DEFAULT 'user';
-- By which units fall into buckets: made once.
ALTER TABLE deployment ADD COLUMN seed TEXT NOT NULL DEFAULT '';
-- It waits for somebody to start it.
ALTER TABLE deployment ADD COLUMN hold BOOLEAN NOT NULL DEFAULT FALSE;
-- Rises by one with each transition.
ALTER TABLE deployment ADD COLUMN number BIGINT NOT NULL DEFAULT 1;
ALTER TABLE deployment ADD COLUMN step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN share_ppm BIGINT NOT NULL DEFAULT 1000000;
-- 0: when it was created.
ALTER TABLE deployment ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN started_at BIGINT;
-- When nothing moved any more by itself; `ended_at` is when another took its place.
ALTER TABLE deployment ADD COLUMN finished_at BIGINT;
ALTER TABLE deployment ADD COLUMN entered_at BIGINT;
ALTER TABLE deployment ADD COLUMN paused_at BIGINT;
ALTER TABLE deployment ADD COLUMN paused_us BIGINT NOT NULL DEFAULT 0;
-- JSON: when which step began.
ALTER TABLE deployment ADD COLUMN entries TEXT NOT NULL DEFAULT '[]';
-- When time alone moves it; none: not before somebody does.
ALTER TABLE deployment ADD COLUMN next_at BIGINT;
ALTER TABLE deployment ADD COLUMN rollback_of key_text;
-- Why it was allowed to start.
ALTER TABLE deployment ADD COLUMN basis TEXT NOT NULL DEFAULT 'no_stages';
-- Started and not at its end.
ALTER TABLE deployment ADD COLUMN under_way BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX deployment_one_under_way ON deployment (prompt_id, environment) WHERE under_way;
CREATE INDEX deployment_due ON deployment (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX deployment_version ON deployment (version_id);

-- Every transition, for ever.
CREATE TABLE deployment_event (
    deployment_id key_text NOT NULL REFERENCES deployment (id),
    seq           BIGINT   NOT NULL,
    project_id    key_text NOT NULL REFERENCES project (id),
    at            BIGINT   NOT NULL,
    kind          TEXT     NOT NULL,
    -- None: it was created.
    from_state    TEXT,
    to_state      TEXT     NOT NULL,
    to_detail     TEXT     NOT NULL,
    step          BIGINT   NOT NULL,
    share_ppm     BIGINT   NOT NULL,
    -- None: the clock.
    actor         TEXT,
    reason        TEXT     NOT NULL,
    PRIMARY KEY (deployment_id, seq)
);

-- Which build gets which share beside the one that is live, while it is neither nothing nor everything.
CREATE TABLE rollout (
    prompt_id     key_text NOT NULL REFERENCES prompt (id),
    environment   key_text NOT NULL,
    project_id    key_text NOT NULL REFERENCES project (id),
    deployment_id key_text NOT NULL REFERENCES deployment (id),
    version_id    key_text NOT NULL REFERENCES version (id),
    build_hash    key_text NOT NULL,
    share_ppm     BIGINT   NOT NULL,
    seed          TEXT     NOT NULL,
    unit          TEXT     NOT NULL,
    -- Of the commit that started it.
    revision      BIGINT   NOT NULL,
    PRIMARY KEY (prompt_id, environment)
);
CREATE INDEX rollout_project ON rollout (project_id);

-- A frozen environment takes nothing new. None: it is not frozen.
ALTER TABLE environment ADD COLUMN frozen_since BIGINT;
-- None: until somebody ends it.
ALTER TABLE environment ADD COLUMN frozen_until BIGINT;
ALTER TABLE environment ADD COLUMN freeze_reason TEXT NOT NULL DEFAULT '';
-- How long a conversation may rest and keep its build.
ALTER TABLE environment ADD COLUMN pin_idle_s BIGINT NOT NULL DEFAULT 3600;

-- Who does what only one server may do.
CREATE TABLE lease (
    name     key_text NOT NULL PRIMARY KEY,
    -- Empty: it was given back.
    holder   TEXT     NOT NULL,
    renewals BIGINT   NOT NULL,
    -- Rises when the holder changes: who has an older one changes nothing any more.
    fence    BIGINT   NOT NULL
);
