-- What calls of models cost. Those of the project `_instance` hold for every project that has none of its own.

CREATE TABLE price (
    id          key_text NOT NULL PRIMARY KEY,
    project_id  key_text NOT NULL REFERENCES project (id),
    provider    key_text NOT NULL,
    model       key_text NOT NULL,
    -- The year 0 for what always held.
    valid_from  BIGINT   NOT NULL,
    -- Picodollars per token.
    input       BIGINT   NOT NULL,
    output      BIGINT   NOT NULL,
    cached_read BIGINT,
    cached_write BIGINT,
    reasoning   BIGINT,
    -- Picodollars.
    per_request BIGINT   NOT NULL,
    -- JSON.
    batch       TEXT     NOT NULL,
    tiers       TEXT     NOT NULL,
    source      TEXT     NOT NULL,
    created_by  TEXT     NOT NULL,
    created_at  BIGINT   NOT NULL
);
CREATE UNIQUE INDEX price_of ON price (project_id, provider, model, valid_from);
