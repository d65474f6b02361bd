-- promptory 0.1.0, e0c0552accf39081d6e2361bad73fde088755314065645a84625f7fc6bc63f7d
-- END_DEPLOYMENT
UPDATE deployment SET ended_at = $4 WHERE id = (SELECT deployment_id FROM live WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND until IS NULL)
-- END_LIVE
UPDATE live SET until = $4, taken_back = $5 WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND until IS NULL
-- INSERT_DEPLOYMENT
INSERT INTO deployment (id, project_id, prompt_id, environment, version_id, from_version_id, build_hash, state, strategy, direction, reason, actor, created_at, ended_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, 'completed', 'immediate', $8, $9, $10, $11, NULL, $12)
-- INSERT_LIVE
INSERT INTO live (deployment_id, project_id, prompt_id, environment, version_id, build_hash, since, until, revision, taken_back) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, FALSE)
-- ARCHIVE_PROMPT
UPDATE prompt SET archived_at = $3, updated_at = $4, revision = $5 WHERE project_id = $1 AND id = $2
-- ARCHIVE_VERSION
UPDATE version SET archived_at = $3 WHERE project_id = $1 AND id = $2
-- BEGIN_ARCHIVED
INSERT INTO prompt_archived (prompt_id, since, until, project_id) VALUES ($1, $2, NULL, $3)
-- END_ARCHIVED
UPDATE prompt_archived SET until = $2 WHERE prompt_id = $1 AND until IS NULL
-- PUT_LABEL
INSERT INTO label (prompt_id, name, project_id, version_id, updated_by, updated_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (prompt_id, name) DO UPDATE SET version_id = excluded.version_id, updated_by = excluded.updated_by, updated_at = excluded.updated_at, revision = excluded.revision
-- DELETE_LABEL
DELETE FROM label WHERE project_id = $1 AND prompt_id = $2 AND name = $3
-- SET_ROLLBACK
UPDATE environment SET rollback = $3 WHERE project_id = $1 AND name = $2
-- RENAME_PROMPT
UPDATE prompt SET name = $3, name_folded = $4, updated_at = $5, revision = $6, renamed_revision = $6 WHERE project_id = $1 AND id = $2
-- INSERT_REDIRECT
INSERT INTO redirect (project_id, name_folded, name, prompt_id, created_at) VALUES ($1, $2, $3, $4, $5)
-- DELETE_REDIRECT
DELETE FROM redirect WHERE project_id = $1 AND name_folded = $2 AND prompt_id = $3
-- DELETE_VERSION_INCLUDES
DELETE FROM include WHERE version_id = $1
-- DELETE_VERSION
DELETE FROM version WHERE project_id = $1 AND id = $2
-- KEEP_SEQUENCE
UPDATE prompt SET last_sequence = $3 WHERE project_id = $1 AND id = $2 AND last_sequence < $3
-- DELETE_PROMPT_SAMPLES
DELETE FROM sample WHERE prompt_id = $1
-- DELETE_PROMPT_LABELS
DELETE FROM label WHERE prompt_id = $1
-- DELETE_PROMPT_REDIRECTS
DELETE FROM redirect WHERE prompt_id = $1
-- DELETE_PROMPT_ARCHIVED
DELETE FROM prompt_archived WHERE prompt_id = $1
-- DELETE_PROMPT_INCLUDES
DELETE FROM include WHERE version_id IN (SELECT id FROM version WHERE prompt_id = $1)
-- DELETE_PROMPT_VERSIONS
DELETE FROM version WHERE prompt_id = $1
-- DELETE_PROMPT
DELETE FROM prompt WHERE project_id = $1 AND id = $2
-- INSERT_AUDIT
INSERT INTO audit (project_id, n, at, actor, actor_name, action, prompt_id, prompt, environment, address, request_id, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
-- LIST_AUDIT
SELECT n, at, actor, actor_name, action, prompt_id, prompt, environment, address, request_id, detail, hash FROM audit WHERE project_id = $1 AND n < $2 AND (CAST($3 AS TEXT) IS NULL OR prompt_id = $3) AND (CAST($4 AS TEXT) IS NULL OR action = $4) AND (CAST($5 AS TEXT) IS NULL OR actor = $5) AND (CAST($6 AS TEXT) IS NULL OR environment = $6) AND (CAST($7 AS BIGINT) IS NULL OR at >= $7) AND (CAST($8 AS BIGINT) IS NULL OR at < $8) AND (CAST($9 AS TEXT) IS NULL OR action <> $9) ORDER BY n DESC LIMIT $10
-- AUDIT_FROM
SELECT n, at, actor, actor_name, action, prompt_id, prompt, environment, address, request_id, detail, hash FROM audit WHERE project_id = $1 AND n > $2 ORDER BY n LIMIT $3
-- AUDIT_HEAD
SELECT audit_n AS n, audit_hash AS hash FROM project WHERE id = $1
-- COPY_INTO sqlite
VACUUM INTO $1
-- FOLD_LOG sqlite
PRAGMA wal_checkpoint(TRUNCATE)
-- INTEGRITY sqlite
PRAGMA integrity_check(1)
-- SCHEMA_NUMBER
SELECT CAST(MAX(version) AS BIGINT) AS n FROM _sqlx_migrations
-- SHARED_VALUES
SELECT name, value FROM meta WHERE name IN ('epoch', 'oldest_binary')
-- STANDING
SELECT p.name, p.revision, p.audit_n, p.audit_hash, a.hash AS entry_hash FROM project p LEFT JOIN audit a ON a.project_id = p.id AND a.n = p.audit_n ORDER BY p.name
-- CUT_OTHERS postgres
SELECT CAST(pg_terminate_backend(pid) AS TEXT) AS cut FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'promptory' AND pid <> pg_backend_pid()
-- REPLACE_EPOCH
INSERT INTO meta (name, value) VALUES ('epoch', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE meta.value = COALESCE(CAST($2 AS TEXT), meta.value)
-- META
SELECT value FROM meta WHERE name = $1
-- INSERT_META
INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING
-- INSERT_PROJECT
INSERT INTO project (id, name, created_at, revision, last_at, audit_n, audit_hash) VALUES ($1, $2, $3, 0, $3, 0, '') ON CONFLICT DO NOTHING
-- INSERT_FIRST_ENVIRONMENT
INSERT INTO environment (project_id, name, position, production, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
-- INSERT_CHANGE
INSERT INTO change (project_id, revision, ordinal, at, kind, prompt_id, environment, version_id, deployment_id, build_hash, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
-- STREAM_CHANGES
SELECT c.revision, c.kind, p.name AS prompt, c.environment, c.deployment_id, c.build_hash, c.detail, v.major, v.minor, v.patch, v.pre FROM change c LEFT JOIN prompt p ON p.id = c.prompt_id LEFT JOIN version v ON v.id = c.version_id WHERE c.project_id = $1 AND c.revision > $2 AND c.revision <= $3 ORDER BY c.revision, c.ordinal LIMIT $4
-- SWEEP_CHANGES
DELETE FROM change WHERE project_id = $1 AND at < $2
-- BEGIN_WRITE sqlite
BEGIN IMMEDIATE
-- COMMIT_WRITE
COMMIT
-- ROLLBACK_WRITE
ROLLBACK
-- LIST_DEPLOYMENTS
SELECT d.id, p.name AS prompt, d.environment, d.state, d.strategy, d.direction, d.build_hash, d.reason, d.actor, d.created_at, d.ended_at, d.revision, v.major, v.minor, v.patch, v.pre, f.major AS from_major, f.minor AS from_minor, f.patch AS from_patch, f.pre AS from_pre FROM deployment d JOIN prompt p ON p.id = d.prompt_id JOIN version v ON v.id = d.version_id LEFT JOIN version f ON f.id = d.from_version_id WHERE d.project_id = $1 AND (d.created_at, d.id) < ($2, $3) AND (CAST($4 AS TEXT) IS NULL OR d.prompt_id = $4) AND (CAST($5 AS TEXT) IS NULL OR d.environment = $5) ORDER BY d.created_at DESC, d.id DESC LIMIT $6
-- DEPLOYMENT_BY_ID
SELECT d.id, p.name AS prompt, d.environment, d.state, d.strategy, d.direction, d.build_hash, d.reason, d.actor, d.created_at, d.ended_at, d.revision, v.major, v.minor, v.patch, v.pre, f.major AS from_major, f.minor AS from_minor, f.patch AS from_patch, f.pre AS from_pre FROM deployment d JOIN prompt p ON p.id = d.prompt_id JOIN version v ON v.id = d.version_id LEFT JOIN version f ON f.id = d.from_version_id WHERE d.project_id = $1 AND d.id = $2
-- LIVE_ROW
SELECT deployment_id, version_id, build_hash, since, revision FROM live WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND until IS NULL
-- LIVE_AT
SELECT deployment_id, version_id, build_hash, since, revision FROM live WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND since <= $4 AND (until IS NULL OR until > $4) AND NOT EXISTS (SELECT 1 FROM prompt_archived a WHERE a.prompt_id = $2 AND a.since <= $4 AND (a.until IS NULL OR a.until > $4)) ORDER BY since DESC LIMIT 1
-- LAST_LIVE
SELECT deployment_id, version_id, build_hash, since, revision FROM live WHERE project_id = $1 AND version_id = $2 AND environment = $3 ORDER BY since DESC LIMIT 1
-- COUNT_LIVE
SELECT COUNT(*) AS n FROM live WHERE project_id = $1 AND version_id = $2
-- OCCUPANTS
SELECT l.version_id, l.build_hash, l.deployment_id, l.since, l.taken_back, v.sequence, v.major, v.minor, v.patch, v.pre, v.archived_at FROM live l JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 AND l.prompt_id = $2 AND l.environment = $3 AND NOT EXISTS (SELECT 1 FROM live n WHERE n.prompt_id = l.prompt_id AND n.environment = l.environment AND n.version_id = l.version_id AND n.build_hash = l.build_hash AND n.since > l.since) ORDER BY l.since DESC
-- ENVIRONMENT_AT
SELECT p.name AS prompt, l.deployment_id, l.build_hash, l.since, l.until, l.revision, v.sequence, v.major, v.minor, v.patch, v.pre, v.content_hash FROM prompt p JOIN live l ON l.prompt_id = p.id JOIN version v ON v.id = l.version_id WHERE p.project_id = $1 AND l.environment = $2 AND l.since <= $3 AND (l.until IS NULL OR l.until > $3) AND p.name_folded > $4 AND NOT EXISTS (SELECT 1 FROM prompt_archived a WHERE a.prompt_id = l.prompt_id AND a.since <= $3 AND (a.until IS NULL OR a.until > $3)) ORDER BY p.name_folded LIMIT $5
-- LIVE_ENVIRONMENTS
SELECT environment FROM live WHERE project_id = $1 AND prompt_id = $2 AND until IS NULL ORDER BY environment
-- VERSION_BY_ID
SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at FROM version WHERE project_id = $1 AND id = $2
-- LIST_ENVIRONMENTS
SELECT name, position, production, rollback, created_at FROM environment WHERE project_id = $1 ORDER BY position, name
-- MAKE_ROOM
UPDATE environment SET position = position + 1 WHERE project_id = $1 AND position >= $2
-- INSERT_ENVIRONMENT
INSERT INTO environment (project_id, name, position, production, created_at) VALUES ($1, $2, $3, $4, $5)
-- HEADS
SELECT id, name, revision, last_at, COALESCE((SELECT value FROM meta WHERE name = 'epoch'), '') AS epoch FROM project
-- CHANGES_AFTER
SELECT c.revision, c.kind, c.prompt_id, c.environment, c.deployment_id, c.build_hash, c.detail, c.version_id, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, v.archived_at, v.created_at, c.at, CAST((SELECT COUNT(*) FROM build_include b WHERE b.version_id = c.version_id AND b.build_hash = c.build_hash) AS BIGINT) AS includes, (SELECT b.at FROM change b WHERE b.project_id = $1 AND b.revision = $2 AND b.ordinal = 0) AS before_at FROM change c LEFT JOIN version v ON v.id = c.version_id WHERE c.project_id = $1 AND c.revision > $2 AND c.revision <= $3 ORDER BY c.revision, c.ordinal
-- LOAD_HEAD
SELECT id, name, revision, last_at, COALESCE((SELECT value FROM meta WHERE name = 'epoch'), '') AS epoch FROM project WHERE id = $1
-- LOAD_PROMPTS
SELECT id, name, kind, description, category, owner, tags, metadata, created_by, created_at, updated_at, archived_at, revision, last_sequence AS kept_sequence, renamed_revision FROM prompt WHERE project_id = $1
-- LOAD_FORMER_NAMES
SELECT prompt_id, name, created_at FROM redirect WHERE project_id = $1 ORDER BY created_at
-- LOAD_LATEST
SELECT v.prompt_id, v.id AS version_id, v.sequence, v.major, v.minor, v.patch, v.pre, CASE WHEN EXISTS (SELECT 1 FROM live l WHERE l.version_id = v.id AND l.until IS NULL) THEN NULL ELSE v.content END AS content, v.settings, v.created_at FROM version v WHERE v.project_id = $1 AND v.sequence = (SELECT MAX(n.sequence) FROM version n WHERE n.prompt_id = v.prompt_id)
-- LOAD_LABELS
SELECT l.prompt_id, l.name, l.revision, l.version_id, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, v.archived_at FROM label l JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 ORDER BY l.prompt_id, l.name
-- LOAD_LIVE
SELECT l.prompt_id, l.environment, l.deployment_id, l.build_hash, l.revision, l.version_id, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, v.archived_at, l.since, l.until FROM live l JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 AND l.until IS NULL
-- LOAD_PAST
SELECT l.prompt_id, l.environment, l.deployment_id, l.build_hash, l.revision, l.version_id, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, v.archived_at, l.since, l.until FROM (SELECT y.deployment_id, ROW_NUMBER() OVER (PARTITION BY y.prompt_id, y.environment ORDER BY y.since DESC) AS place FROM (SELECT w.deployment_id, w.prompt_id, w.environment, w.since, w.until, w.taken_back, ROW_NUMBER() OVER (PARTITION BY w.prompt_id, w.environment, w.version_id, w.build_hash ORDER BY w.since DESC) AS times FROM live w WHERE w.project_id = $1) y WHERE y.times = 1 AND y.until IS NOT NULL AND NOT y.taken_back) x JOIN live l ON l.deployment_id = x.deployment_id JOIN version v ON v.id = l.version_id WHERE x.place <= $2 ORDER BY l.prompt_id, l.environment, l.since DESC
-- LOAD_INCLUDES
SELECT version_id, build_hash, included_id, name FROM build_include WHERE project_id = $1 ORDER BY version_id, build_hash, ordinal
-- LOAD_INCLUDED
SELECT id, sequence, major, minor, patch, pre, content, template, variables, settings, content_hash FROM version WHERE id IN (SELECT included_id FROM build_include WHERE project_id = $1)
-- LOAD_ENVIRONMENTS
SELECT name, position, production, rollback, created_at FROM environment WHERE project_id = $1 ORDER BY position, name
-- LOAD_KEYS
SELECT id, name, prefix, hash, scopes, environment, instance_admin, created_by, created_at, expires_at, revoked_at FROM access_key WHERE project_id = $1 AND revoked_at IS NULL
-- INSERT_ANSWER
INSERT INTO idempotency (project_id, actor, route, name, body_hash, status, answer, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
-- FORGET_ANSWER
DELETE FROM idempotency WHERE project_id = $1 AND actor = $2 AND route = $3 AND name = $4 AND created_at < $5
-- KEPT_ANSWER
SELECT body_hash, status, answer FROM idempotency WHERE project_id = $1 AND actor = $2 AND route = $3 AND name = $4 AND created_at >= $5
-- SWEEP_ANSWERS
DELETE FROM idempotency WHERE created_at < $1
-- INSERT_INCLUDE
INSERT INTO include (version_id, ordinal, project_id, name, name_folded, reference) VALUES ($1, $2, $3, $4, $5, $6)
-- INCLUDES_OF_PROMPT
SELECT i.version_id, i.name, i.reference FROM include i JOIN version v ON v.id = i.version_id WHERE i.project_id = $1 AND v.prompt_id = $2 AND v.sequence >= $3 AND v.sequence <= $4 ORDER BY i.version_id, i.ordinal
-- INCLUDES_OF_VERSION
SELECT version_id, name, reference FROM include WHERE project_id = $1 AND version_id = $2 ORDER BY ordinal
-- INCLUDED_BY
SELECT p.name AS prompt, v.id AS version_id, v.sequence, v.major, v.minor, v.patch, v.pre, i.name AS written, i.reference, i.ordinal, v.archived_at FROM include i JOIN version v ON v.id = i.version_id JOIN prompt p ON p.id = v.prompt_id WHERE i.project_id = $1 AND i.name_folded = $2 AND (p.name_folded, v.sequence, i.ordinal) > ($3, $4, $5) ORDER BY p.name_folded, v.sequence, i.ordinal LIMIT $6
-- INSERT_BUILD_INCLUDE
INSERT INTO build_include (version_id, build_hash, ordinal, project_id, included_id, name) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (version_id, build_hash, ordinal) DO NOTHING
-- BUILD_INCLUDES
SELECT b.version_id, b.build_hash, b.name, v.id AS included_id, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, v.sequence FROM build_include b JOIN version v ON v.id = b.included_id WHERE b.project_id = $1 AND b.version_id = $2 AND b.build_hash = $3 ORDER BY b.ordinal
-- COUNT_BUILDS_WITH
SELECT COUNT(*) AS n FROM build_include WHERE project_id = $1 AND included_id = $2
-- LIVE_WITH
SELECT p.name AS prompt, l.environment, l.version_id, l.build_hash, v.major, v.minor, v.patch, v.pre, n.major AS included_major, n.minor AS included_minor, n.patch AS included_patch, n.pre AS included_pre FROM build_include b JOIN live l ON l.version_id = b.version_id AND l.build_hash = b.build_hash AND l.until IS NULL JOIN prompt p ON p.id = l.prompt_id JOIN version v ON v.id = l.version_id JOIN version n ON n.id = b.included_id WHERE b.project_id = $1 AND n.prompt_id = $2 ORDER BY p.name_folded, l.environment, b.ordinal
-- INSERT_KEY
INSERT INTO access_key (id, project_id, name, prefix, hash, scopes, environment, instance_admin, created_by, created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL)
-- REVOKE_KEY
UPDATE access_key SET revoked_at = $3 WHERE project_id = $1 AND id = $2 AND revoked_at IS NULL
-- KEY_BY_ID
SELECT id, name, prefix, hash, scopes, environment, instance_admin, created_by, created_at, expires_at, revoked_at FROM access_key WHERE project_id = $1 AND id = $2
-- LIST_KEYS
SELECT id, name, prefix, hash, scopes, environment, instance_admin, created_by, created_at, expires_at, revoked_at FROM access_key WHERE project_id = $1 AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4
-- COUNT_VALID_KEYS
SELECT COUNT(*) AS n FROM access_key WHERE project_id = $1 AND revoked_at IS NULL
-- COUNT_KEYS
SELECT COUNT(*) AS n FROM access_key WHERE project_id = $1
-- LABEL
SELECT name, version_id, updated_by, updated_at, revision FROM label WHERE project_id = $1 AND prompt_id = $2 AND name = $3
-- LABELS_OF_PROMPT
SELECT l.name, l.version_id, l.updated_by, l.updated_at, v.major, v.minor, v.patch, v.pre, v.sequence FROM label l JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 AND l.prompt_id = $2 ORDER BY l.name
-- COUNT_LABELS_NAMED
SELECT COUNT(*) AS n FROM label WHERE project_id = $1 AND name = $2
-- OLDEST_BINARY
SELECT value FROM meta WHERE name = 'oldest_binary'
-- SET_OLDEST_BINARY
INSERT INTO meta (name, value) VALUES ('oldest_binary', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value
-- PROBE
INSERT INTO meta (name, value) VALUES ('probe', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value
-- REPORT_NODE
INSERT INTO node (id, project_id, applied_revision, seen_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id, project_id) DO UPDATE SET applied_revision = excluded.applied_revision, seen_at = excluded.seen_at
-- SWEEP_NODES
DELETE FROM node WHERE seen_at < $1
-- LIST_PROJECTS
SELECT id, name, created_at, revision FROM project WHERE name > $1 ORDER BY name LIMIT $2
-- COUNT_PROJECTS
SELECT COUNT(*) AS n FROM project WHERE name <> $1
-- PROJECT_BY_NAME
SELECT id, name, created_at, revision FROM project WHERE name = $1
-- PROMPT_BY_NAME
SELECT id, name, kind, description, category, owner, tags, metadata, created_by, created_at, updated_at, archived_at, revision, last_sequence AS kept_sequence, renamed_revision FROM prompt WHERE project_id = $1 AND name_folded = $2
-- PROMPT_BY_FORMER_NAME
SELECT p.id, p.name, p.kind, p.description, p.category, p.owner, p.tags, p.metadata, p.created_by, p.created_at, p.updated_at, p.archived_at, p.revision, p.last_sequence AS kept_sequence, p.renamed_revision FROM redirect r JOIN prompt p ON p.id = r.prompt_id WHERE r.project_id = $1 AND r.name_folded = $2
-- FORMER_NAMES
SELECT name, created_at FROM redirect WHERE project_id = $1 AND prompt_id = $2 ORDER BY created_at
-- COUNT_PROMPTS
SELECT COUNT(*) AS n FROM prompt WHERE project_id = $1
-- PROMPT_LIVE
SELECT l.environment, v.major, v.minor, v.patch, v.pre FROM live l JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 AND l.prompt_id = $2 AND l.until IS NULL ORDER BY l.environment
-- PROMPT_LATEST
SELECT sequence, created_at, major, minor, patch, pre FROM version WHERE project_id = $1 AND prompt_id = $2 ORDER BY sequence DESC LIMIT 1
-- INSERT_PROMPT
INSERT INTO prompt (id, project_id, name, name_folded, kind, description, category, owner, tags, metadata, created_by, created_at, updated_at, archived_at, revision, description_folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, NULL, $13, $14) ON CONFLICT (project_id, name_folded) DO NOTHING
-- UPDATE_PROMPT
UPDATE prompt SET description = $3, category = $4, owner = $5, tags = $6, metadata = $7, updated_at = $8, revision = $9, description_folded = $10 WHERE project_id = $1 AND id = $2
-- SAMPLES
SELECT name, description, variables, updated_by, updated_at FROM sample WHERE project_id = $1 AND prompt_id = $2 ORDER BY name
-- SAMPLE
SELECT name, description, variables, updated_by, updated_at FROM sample WHERE project_id = $1 AND prompt_id = $2 AND name = $3
-- PUT_SAMPLE
INSERT INTO sample (prompt_id, name, project_id, description, variables, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (prompt_id, name) DO UPDATE SET description = excluded.description, variables = excluded.variables, updated_by = excluded.updated_by, updated_at = excluded.updated_at
-- DELETE_SAMPLE
DELETE FROM sample WHERE project_id = $1 AND prompt_id = $2 AND name = $3
-- ADD_USES
INSERT INTO use_count (prompt_id, version_id, build_hash, environment, key_id, project_id, uses, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (prompt_id, version_id, build_hash, environment, key_id) DO UPDATE SET uses = use_count.uses + excluded.uses, last_at = CASE WHEN excluded.last_at > use_count.last_at THEN excluded.last_at ELSE use_count.last_at END
-- USES
SELECT u.environment, u.build_hash, u.key_id, k.name AS key_name, v.major, v.minor, v.patch, v.pre, v.sequence, u.uses, u.first_at, u.last_at FROM use_count u JOIN version v ON v.id = u.version_id LEFT JOIN access_key k ON k.id = u.key_id WHERE u.project_id = $1 AND u.prompt_id = $2 ORDER BY u.last_at DESC, v.sequence DESC, u.environment, u.key_id, u.build_hash LIMIT $3
-- COUNT_USES_OF_VERSION
SELECT COUNT(*) AS n FROM use_count WHERE project_id = $1 AND version_id = $2
-- KNOWN_PAIR
SELECT COUNT(*) AS n FROM version WHERE id = $1 AND prompt_id = $2
-- VERSION_BY_SEQUENCE
SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at FROM version WHERE project_id = $1 AND prompt_id = $2 AND sequence = $3
-- VERSION_BY_NUMBER
SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at FROM version WHERE project_id = $1 AND prompt_id = $2 AND major = $3 AND minor = $4 AND patch = $5 AND pre = $6
-- VERSION_LATEST
SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at FROM version WHERE project_id = $1 AND prompt_id = $2 ORDER BY sequence DESC LIMIT 1
-- VERSION_LIVE_IN
SELECT v.id, v.prompt_id, v.sequence, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, v.content_hash, v.note, v.metadata, v.tags, v.author, v.created_at, v.archived_at, v.deprecated_at FROM live l JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 AND l.prompt_id = $2 AND l.environment = $3 AND l.until IS NULL
-- LIST_VERSIONS
SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at FROM version WHERE project_id = $1 AND prompt_id = $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4
-- COUNT_VERSIONS
SELECT COUNT(*) AS n FROM version WHERE project_id = $1 AND prompt_id = $2
-- HIGHEST_VERSION
SELECT v.id AS version_id, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, CAST((SELECT MAX(s.sequence) FROM version s WHERE s.prompt_id = $2) AS BIGINT) AS last_sequence, CAST((SELECT MIN(d.sequence) FROM version d WHERE d.prompt_id = $2 AND d.content_hash = $3) AS BIGINT) AS same_sequence FROM version v WHERE v.project_id = $1 AND v.prompt_id = $2 AND v.pre = '' ORDER BY v.major DESC, v.minor DESC, v.patch DESC LIMIT 1
-- SAME_CONTENT
SELECT major, minor, patch, pre, sequence FROM version WHERE project_id = $1 AND prompt_id = $2 AND content_hash = $3 ORDER BY sequence LIMIT 1
-- VERSION_NUMBERS
SELECT major, minor, patch, pre, sequence FROM version WHERE project_id = $1 AND prompt_id = $2
-- USABLE_NUMBERS
SELECT major, minor, patch, pre, sequence FROM version WHERE project_id = $1 AND prompt_id = $2 AND archived_at IS NULL ORDER BY sequence DESC
-- LIST_VERSIONS_UP
SELECT id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at FROM version WHERE project_id = $1 AND prompt_id = $2 AND sequence > $3 ORDER BY sequence LIMIT $4
-- VERSION_FACTS
SELECT l.environment, e.production, CAST(MAX(CASE WHEN l.until IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS now_live FROM live l JOIN environment e ON e.project_id = l.project_id AND e.name = l.environment WHERE l.project_id = $1 AND l.version_id = $2 GROUP BY l.environment, e.production, e.position ORDER BY e.position
-- PAGE_FACTS
SELECT l.version_id, l.environment, e.production, CAST(MAX(CASE WHEN l.until IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS now_live FROM live l JOIN environment e ON e.project_id = l.project_id AND e.name = l.environment JOIN version v ON v.id = l.version_id WHERE l.project_id = $1 AND l.prompt_id = $2 AND v.sequence >= $3 AND v.sequence <= $4 GROUP BY l.version_id, l.environment, e.production, e.position ORDER BY e.position
-- INSERT_VERSION
INSERT INTO version (id, project_id, prompt_id, sequence, major, minor, patch, pre, content, template, variables, settings, content_hash, note, metadata, tags, author, created_at, archived_at, deprecated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, NULL, NULL)
-- DEPRECATE_VERSION
UPDATE version SET deprecated_at = COALESCE(deprecated_at, $3) WHERE project_id = $1 AND id = $2 RETURNING archived_at
-- CORRECT_VERSION
UPDATE version SET note = $3, tags = $4, metadata = $5 WHERE project_id = $1 AND id = $2 RETURNING archived_at
-- LOCK_PROJECT_POSTGRES postgres
SELECT revision AS project_revision, last_at, audit_n, audit_hash FROM project WHERE id = $1 FOR UPDATE
-- LOCK_PROJECT_SQLITE sqlite
BEGIN IMMEDIATE; SELECT revision AS project_revision, last_at, audit_n, audit_hash FROM project WHERE id = $1
-- ADVANCE_PROJECT
UPDATE project SET revision = $2, last_at = $3, audit_n = $4, audit_hash = $5 WHERE id = $1
-- FINISH_SQLITE sqlite
INSERT INTO audit (project_id, n, at, actor, actor_name, action, prompt_id, prompt, environment, address, request_id, detail, hash) VALUES ($1, $2, $3, $6, $7, $8, $9, $10, $11, $12, $13, $14, $5); INSERT INTO change (project_id, revision, ordinal, at, kind, prompt_id, environment, version_id, deployment_id, build_hash, detail) VALUES ($1, $4, 0, $3, $15, $16, $17, $18, $19, $20, $21); UPDATE project SET revision = $4, last_at = $3, audit_n = $2, audit_hash = $5 WHERE id = $1; COMMIT
-- VERSION_START_POSTGRES
SELECT j.revision AS project_revision, j.last_at, j.audit_n, j.audit_hash, p.id, p.name, p.kind, p.description, p.category, p.owner, p.tags, p.metadata, p.created_by, p.created_at, p.updated_at, p.archived_at, p.revision, v.id AS version_id, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, p.last_sequence AS kept_sequence, p.renamed_revision, CAST((SELECT MAX(s.sequence) FROM version s WHERE s.prompt_id = p.id) AS BIGINT) AS last_sequence, CAST((SELECT MIN(d.sequence) FROM version d WHERE d.prompt_id = p.id AND d.content_hash = $3) AS BIGINT) AS same_sequence FROM project j LEFT JOIN prompt p ON p.project_id = j.id AND p.name_folded = $2 LEFT JOIN version v ON v.id = (SELECT h.id FROM version h WHERE h.prompt_id = p.id AND h.pre = '' ORDER BY h.major DESC, h.minor DESC, h.patch DESC LIMIT 1) WHERE j.id = $1
-- VERSION_START_SQLITE sqlite
BEGIN IMMEDIATE; SELECT j.revision AS project_revision, j.last_at, j.audit_n, j.audit_hash, p.id, p.name, p.kind, p.description, p.category, p.owner, p.tags, p.metadata, p.created_by, p.created_at, p.updated_at, p.archived_at, p.revision, v.id AS version_id, v.major, v.minor, v.patch, v.pre, v.content, v.template, v.variables, v.settings, p.last_sequence AS kept_sequence, p.renamed_revision, CAST((SELECT MAX(s.sequence) FROM version s WHERE s.prompt_id = p.id) AS BIGINT) AS last_sequence, CAST((SELECT MIN(d.sequence) FROM version d WHERE d.prompt_id = p.id AND d.content_hash = $3) AS BIGINT) AS same_sequence FROM project j LEFT JOIN prompt p ON p.project_id = j.id AND p.name_folded = $2 LEFT JOIN version v ON v.id = (SELECT h.id FROM version h WHERE h.prompt_id = p.id AND h.pre = '' ORDER BY h.major DESC, h.minor DESC, h.patch DESC LIMIT 1) WHERE j.id = $1
-- NOTIFY postgres
SELECT CAST(pg_notify($1, $2) AS TEXT) AS sent
