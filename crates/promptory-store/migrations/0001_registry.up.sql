-- Projects, prompts, versions, what is live, keys, the change feed and the audit chain.
-- One text for both databases; a line that starts with `--@postgres ` is run on PostgreSQL only.

--@postgres CREATE DOMAIN key_text AS text COLLATE "C";

CREATE TABLE meta (
    name  key_text NOT NULL PRIMARY KEY,
    value TEXT     NOT NULL
);

CREATE TABLE project (
    id         key_text NOT NULL PRIMARY KEY,
    name       key_text NOT NULL UNIQUE,
    created_at BIGINT   NOT NULL,
    revision   BIGINT   NOT NULL,
    last_at    BIGINT   NOT NULL,
    audit_n    BIGINT   NOT NULL,
    audit_hash TEXT     NOT NULL
);

CREATE TABLE environment (
    project_id key_text NOT NULL REFERENCES project (id),
    name       key_text NOT NULL,
    position   BIGINT   NOT NULL,
    production BOOLEAN  NOT NULL,
    created_at BIGINT   NOT NULL,
    PRIMARY KEY (project_id, name)
);
CREATE UNIQUE INDEX environment_one_production ON environment (project_id) WHERE production;

CREATE TABLE prompt (
    id          key_text NOT NULL PRIMARY KEY,
    project_id  key_text NOT NULL REFERENCES project (id),
    name        key_text NOT NULL,
    name_folded key_text NOT NULL,
    kind        TEXT     NOT NULL,
    description TEXT     NOT NULL,
    -- Lowered by the program: lower() of SQLite knows ASCII only.
    description_folded TEXT NOT NULL,
    category    TEXT     NOT NULL,
    owner       TEXT     NOT NULL,
    tags        TEXT     NOT NULL,
    metadata    TEXT     NOT NULL,
    created_by  TEXT     NOT NULL,
    created_at  BIGINT   NOT NULL,
    updated_at  BIGINT   NOT NULL,
    archived_at BIGINT,
    revision    BIGINT   NOT NULL
);
CREATE UNIQUE INDEX prompt_name ON prompt (project_id, name_folded);

CREATE TABLE version (
    id            key_text NOT NULL PRIMARY KEY,
    project_id    key_text NOT NULL REFERENCES project (id),
    prompt_id     key_text NOT NULL REFERENCES prompt (id),
    sequence      BIGINT   NOT NULL,
    major         BIGINT   NOT NULL,
    minor         BIGINT   NOT NULL,
    patch         BIGINT   NOT NULL,
    pre           key_text NOT NULL,
    content       TEXT     NOT NULL,
    template      TEXT     NOT NULL,
    variables     TEXT     NOT NULL,
    settings      TEXT     NOT NULL,
    content_hash  key_text NOT NULL,
    note          TEXT     NOT NULL,
    metadata      TEXT     NOT NULL,
    tags          TEXT     NOT NULL,
    author        TEXT     NOT NULL,
    created_at    BIGINT   NOT NULL,
    archived_at   BIGINT,
    deprecated_at BIGINT
);
CREATE UNIQUE INDEX version_sequence ON version (prompt_id, sequence);
CREATE UNIQUE INDEX version_number ON version (prompt_id, major, minor, patch, pre);
CREATE INDEX version_content ON version (prompt_id, content_hash, sequence);

CREATE TABLE deployment (
    id              key_text NOT NULL PRIMARY KEY,
    project_id      key_text NOT NULL REFERENCES project (id),
    prompt_id       key_text NOT NULL REFERENCES prompt (id),
    environment     key_text NOT NULL,
    version_id      key_text NOT NULL REFERENCES version (id),
    from_version_id key_text          REFERENCES version (id),
    build_hash      key_text NOT NULL,
    state           TEXT     NOT NULL,
    strategy        TEXT     NOT NULL,
    direction       TEXT     NOT NULL,
    reason          TEXT     NOT NULL,
    actor           TEXT     NOT NULL,
    created_at      BIGINT   NOT NULL,
    ended_at        BIGINT,
    revision        BIGINT   NOT NULL
);
CREATE INDEX deployment_list ON deployment (project_id, created_at, id);

-- What each environment served and when. The live row is the one without an end: one per prompt and environment.
CREATE TABLE live (
    deployment_id key_text NOT NULL PRIMARY KEY REFERENCES deployment (id),
    project_id    key_text NOT NULL REFERENCES project (id),
    prompt_id     key_text NOT NULL REFERENCES prompt (id),
    environment   key_text NOT NULL,
    version_id    key_text NOT NULL REFERENCES version (id),
    build_hash    key_text NOT NULL,
    since         BIGINT   NOT NULL,
    until         BIGINT,
    revision      BIGINT   NOT NULL,
    FOREIGN KEY (project_id, environment) REFERENCES environment (project_id, name)
);
CREATE UNIQUE INDEX live_one ON live (prompt_id, environment) WHERE until IS NULL;
CREATE INDEX live_time ON live (prompt_id, environment, since);
CREATE INDEX live_project ON live (project_id) WHERE until IS NULL;
CREATE INDEX live_version ON live (version_id);

CREATE TABLE access_key (
    id             key_text NOT NULL PRIMARY KEY,
    project_id     key_text NOT NULL REFERENCES project (id),
    name           TEXT     NOT NULL,
    prefix         TEXT     NOT NULL,
    hash           key_text NOT NULL UNIQUE,
    scopes         TEXT     NOT NULL,
    environment    key_text,
    instance_admin BOOLEAN  NOT NULL,
    created_by     TEXT     NOT NULL,
    created_at     BIGINT   NOT NULL,
    expires_at     BIGINT,
    revoked_at     BIGINT
);
CREATE INDEX access_key_list ON access_key (project_id, created_at, id);

CREATE TABLE change (
    project_id    key_text NOT NULL REFERENCES project (id),
    revision      BIGINT   NOT NULL,
    ordinal       BIGINT   NOT NULL,
    at            BIGINT   NOT NULL,
    kind          TEXT     NOT NULL,
    prompt_id     key_text,
    environment   key_text,
    version_id    key_text,
    deployment_id key_text,
    build_hash    key_text,
    detail        TEXT     NOT NULL,
    PRIMARY KEY (project_id, revision, ordinal)
);

CREATE TABLE audit (
    project_id  key_text NOT NULL REFERENCES project (id),
    n           BIGINT   NOT NULL,
    at          BIGINT   NOT NULL,
    actor       TEXT     NOT NULL,
    actor_name  TEXT     NOT NULL,
    action      TEXT     NOT NULL,
    prompt_id   key_text,
    prompt      TEXT,
    environment key_text,
    address     TEXT,
    request_id  TEXT,
    detail      TEXT     NOT NULL,
    hash        key_text NOT NULL,
    PRIMARY KEY (project_id, n)
);
CREATE INDEX audit_prompt ON audit (prompt_id, n);

CREATE TABLE idempotency (
    project_id key_text NOT NULL REFERENCES project (id),
    actor      key_text NOT NULL,
    route      key_text NOT NULL,
    name       key_text NOT NULL,
    body_hash  TEXT     NOT NULL,
    status     BIGINT   NOT NULL,
    answer     TEXT     NOT NULL,
    created_at BIGINT   NOT NULL,
    PRIMARY KEY (project_id, actor, route, name)
);
CREATE INDEX idempotency_age ON idempotency (created_at);

-- Which server has applied what: one row per server and project.
CREATE TABLE node (
    id               key_text NOT NULL,
    project_id       key_text NOT NULL,
    applied_revision BIGINT   NOT NULL,
    seen_at          BIGINT   NOT NULL,
    PRIMARY KEY (id, project_id)
);
