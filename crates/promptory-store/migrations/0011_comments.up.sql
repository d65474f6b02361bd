-- What people say about a version, beside any request for approval. Nothing is changed or taken away afterwards.
CREATE TABLE version_comment (
    id         key_text NOT NULL PRIMARY KEY,
    project_id key_text NOT NULL REFERENCES project (id),
    prompt_id  key_text NOT NULL REFERENCES prompt (id),
    version_id key_text NOT NULL REFERENCES version (id),
    -- The comment that it answers, which answers none itself.
    reply_to   key_text REFERENCES version_comment (id),
    -- Null: a key that belongs to nobody.
    person_id  key_text,
    author     TEXT     NOT NULL,
    comment    TEXT     NOT NULL,
    at         BIGINT   NOT NULL,
    -- Of the project, in which it was said: the order of comments.
    revision   BIGINT   NOT NULL
);
CREATE INDEX version_comment_version ON version_comment (version_id, revision);
