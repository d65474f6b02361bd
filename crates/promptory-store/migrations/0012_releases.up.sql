-- Several prompts that go to one environment together, all or none, and are taken back together.

-- Where it stands follows from its deployments.
CREATE TABLE release (
    id          key_text NOT NULL PRIMARY KEY,
    project_id  key_text NOT NULL REFERENCES project (id),
    environment key_text NOT NULL,
    -- What it waits for, or began by; none: nobody was asked for the whole.
    approval_id key_text REFERENCES approval (id),
    reason      TEXT     NOT NULL,
    actor       TEXT     NOT NULL,
    created_at  BIGINT   NOT NULL
);
CREATE INDEX release_created ON release (project_id, created_at, id);
CREATE UNIQUE INDEX release_approval ON release (approval_id);

CREATE TABLE release_item (
    release_id    key_text NOT NULL REFERENCES release (id),
    -- In this order they were asked for.
    place         BIGINT   NOT NULL,
    project_id    key_text NOT NULL REFERENCES project (id),
    deployment_id key_text NOT NULL REFERENCES deployment (id),
    -- Nobody named it: what is live of it includes what was named.
    dependent     BOOLEAN  NOT NULL,
    PRIMARY KEY (release_id, place)
);
CREATE UNIQUE INDEX release_item_deployment ON release_item (deployment_id);

-- Of the release that was taken back as a whole; none: the prompt was taken back by itself.
ALTER TABLE way_back ADD COLUMN release_id key_text;
