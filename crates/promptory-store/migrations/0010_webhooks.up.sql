-- Who is told of what happens. The audit log is what is to be told; each endpoint has its place in it.
CREATE TABLE webhook (
    id            key_text NOT NULL PRIMARY KEY,
    project_id    key_text NOT NULL REFERENCES project (id),
    url           TEXT     NOT NULL,
    -- JSON: names of events, or fronts of names.
    events        TEXT     NOT NULL,
    secret        TEXT     NOT NULL,
    -- Of before the secret was changed; empty: none.
    old_secret    TEXT     NOT NULL DEFAULT '',
    old_until     BIGINT   NOT NULL DEFAULT 0,
    enabled       BOOLEAN  NOT NULL,
    -- Why it was switched off by itself; empty: it was not.
    stopped_why   TEXT     NOT NULL DEFAULT '',
    -- Everything up to this entry was taken, given up, or not wanted.
    sent_n        BIGINT   NOT NULL,
    -- Of the next entry that it wants.
    attempts      BIGINT   NOT NULL DEFAULT 0,
    next_at       BIGINT   NOT NULL DEFAULT 0,
    failing_since BIGINT,
    created_by    TEXT     NOT NULL,
    created_at    BIGINT   NOT NULL
);
CREATE INDEX webhook_project ON webhook (project_id, id);

-- Each attempt.
CREATE TABLE webhook_delivery (
    id         key_text NOT NULL PRIMARY KEY,
    webhook_id key_text NOT NULL REFERENCES webhook (id),
    project_id key_text NOT NULL REFERENCES project (id),
    -- The audit entry; 0: a test.
    n          BIGINT   NOT NULL,
    event      TEXT     NOT NULL,
    attempt    BIGINT   NOT NULL,
    at         BIGINT   NOT NULL,
    took_ms    BIGINT   NOT NULL,
    -- Of the answer; none: there was none.
    status     BIGINT,
    -- Empty: it was taken.
    error      TEXT     NOT NULL
);
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id, id);
