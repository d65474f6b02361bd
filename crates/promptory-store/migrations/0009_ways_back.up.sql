-- Ways back: what was taken back where, by whom and why, and what is not released there again unasked.

-- Called as the deployment that brought the target, or, where a rollout was ended by it, as that one.
CREATE TABLE way_back (
    id                 key_text NOT NULL PRIMARY KEY,
    project_id         key_text NOT NULL REFERENCES project (id),
    prompt_id          key_text NOT NULL REFERENCES prompt (id),
    environment        key_text NOT NULL,
    kind               TEXT     NOT NULL,
    -- By which call.
    cause              TEXT     NOT NULL,
    wanted             TEXT     NOT NULL,
    evidence           TEXT     NOT NULL,
    from_version_id    key_text NOT NULL REFERENCES version (id),
    from_build_hash    key_text NOT NULL,
    from_deployment_id key_text NOT NULL REFERENCES deployment (id),
    to_version_id      key_text NOT NULL REFERENCES version (id),
    to_build_hash      key_text NOT NULL,
    to_deployment_id   key_text NOT NULL REFERENCES deployment (id),
    ended_rollout      BOOLEAN  NOT NULL,
    -- Of units that had got what was taken back.
    share_ppm          BIGINT   NOT NULL,
    actor              TEXT     NOT NULL,
    reason             TEXT     NOT NULL,
    at                 BIGINT   NOT NULL,
    revision           BIGINT   NOT NULL,
    -- When every server had said that it serves the target, or was not waited for any longer.
    settled_at         BIGINT,
    -- From the commit until the last server that confirmed had it.
    effect_us          BIGINT,
    -- Servers that had not confirmed, joined by spaces.
    lagging            TEXT     NOT NULL
);
CREATE INDEX way_back_time ON way_back (project_id, at, id);
CREATE INDEX way_back_place ON way_back (prompt_id, environment, at);
CREATE INDEX way_back_unsettled ON way_back (at, id) WHERE settled_at IS NULL;

-- Builds that were taken back: a way back that passes over one takes back two.
CREATE TABLE taken_back (
    way_back_id     key_text NOT NULL REFERENCES way_back (id),
    deployment_id   key_text NOT NULL REFERENCES deployment (id),
    project_id      key_text NOT NULL REFERENCES project (id),
    prompt_id       key_text NOT NULL REFERENCES prompt (id),
    environment     key_text NOT NULL,
    version_id      key_text NOT NULL REFERENCES version (id),
    build_hash      key_text NOT NULL,
    -- When somebody released it again and said that they know.
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    PRIMARY KEY (way_back_id, deployment_id)
);
CREATE INDEX taken_back_deployment ON taken_back (deployment_id);
CREATE INDEX taken_back_open ON taken_back (prompt_id, environment, build_hash) WHERE acknowledged_at IS NULL;
