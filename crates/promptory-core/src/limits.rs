//! Every limit, in one place, units in the names. Beyond a limit: a clear 413 or 422.

pub const CONTENT_BYTES: usize = 1024 * 1024;
pub const MESSAGES: usize = 1_000;
pub const VARIABLES: usize = 200;
pub const VARIABLE_NAME_BYTES: usize = 128;
pub const VARIABLE_SCHEMA_BYTES: usize = 64 * 1024;
pub const SETTINGS_BYTES: usize = 256 * 1024;
pub const METADATA_BYTES: usize = 64 * 1024;
pub const NOTE_BYTES: usize = 16 * 1024;
pub const DESCRIPTION_BYTES: usize = 16 * 1024;
pub const SHORT_TEXT_BYTES: usize = 256;
pub const TAGS: usize = 50;
pub const TAG_BYTES: usize = 64;
pub const PROMPT_NAME_BYTES: usize = 256;
pub const REASON_BYTES: usize = 4 * 1024;

pub const JSON_DEPTH: usize = 64;
pub const REQUEST_BODY_BYTES: usize = 8 * 1024 * 1024;
pub const PAGE_ITEMS: i64 = 200;
pub const PAGE_ITEMS_DEFAULT: i64 = 50;

pub const RENDER_OUTPUT_BYTES: usize = 4 * 1024 * 1024;
pub const RENDER_FUEL: u64 = 2_000_000;
pub const RENDER_RECURSION: usize = 50;
pub const RENDER_REPEAT_BYTES: usize = 1024 * 1024;

/// Of one layer.
pub const PRICES: usize = 20_000;
pub const PRICE_TIERS: usize = 10;

pub const KEYS_PER_PROJECT: i64 = 10_000;
pub const ENVIRONMENTS: usize = 20;
pub const LABELS_PER_PROMPT: usize = 100;
pub const SAMPLES_PER_PROMPT: usize = 100;
pub const COMMENTS_PER_VERSION: i64 = 1_000;
/// Decisions among them; what decides is taken beyond that.
pub const COMMENTS_PER_APPROVAL: usize = 1_000;
pub const FORMER_NAMES: usize = 50;
/// Open event streams of one server.
pub const STREAMS: usize = 5_000;
pub const RESOLVES_PER_REQUEST: usize = 100;
/// Values of one kind that a filter offers.
pub const FACETS: usize = 200;
pub const SEARCH_WORDS: usize = 10;
pub const IDEMPOTENCY_KEY_BYTES: usize = 256;
pub const IDEMPOTENCY_HOURS: i64 = 24;
pub const CHANGE_DAYS: i64 = 7;

pub const WRITES_PER_SECOND_PER_KEY: u32 = 5_000;

/// Bytes and elements that filters, operators and captured blocks of one rendering may handle in all.
pub const RENDER_WORK: u64 = 64 * 1024 * 1024;
pub const RENDER_RANGE_ITEMS: usize = 10_000;
/// Lists and maps inside each other, of values that a template makes.
pub const RENDER_VALUE_DEPTH: usize = 100;
/// Tokens between `{{` and `}}` or `{%` and `%}`: each may cost a stack frame when it is compiled.
pub const TEMPLATE_TAG_TOKENS: usize = 1_000;
pub const TEMPLATE_ELIFS: usize = 100;

pub const RANGE_BYTES: usize = 256;
/// Prompts inside each other: the version itself is at depth 0.
pub const INCLUDE_DEPTH: usize = 8;
/// Different includes of one build, those of included prompts counted.
pub const INCLUDES: usize = 64;

/// What one comparison may do, in steps of a few nanoseconds. See `compare::Budget`.
pub const COMPARE_STEPS: u64 = 40_000_000;

pub const USERS_PER_PROJECT: i64 = 10_000;
/// As RFC 5321 has it.
pub const EMAIL_BYTES: usize = 254;
pub const PASSWORD_CHARS_LEAST: usize = 10;
pub const PASSWORD_CHARS: usize = 256;
/// Of one address, on each server.
pub const SIGN_INS_PER_MINUTE: u32 = 10;
/// Of a session, since it was last used.
pub const SESSION_IDLE_DAYS: i64 = 14;
/// Of a session, however much it is used.
pub const SESSION_DAYS: i64 = 30;
/// Of a one-time link.
pub const LINK_HOURS: i64 = 72;

pub const EXECUTIONS_PER_REQUEST: usize = 10_000;
pub const EXECUTIONS_BODY_BYTES: usize = 32 * 1024 * 1024;

pub const ROLLOUT_STEPS: usize = 50;
/// Prompts that are released together, those that include them among them.
pub const RELEASE_ITEMS: usize = 50;
/// From the start of a rollout to its last step.
pub const ROLLOUT_DAYS: i64 = 90;
/// Of watching after everybody has the new version.
pub const BAKE_DAYS: i64 = 7;

/// How long a conversation rests and keeps its build, unless the environment says otherwise.
pub const PIN_IDLE_S: i64 = 3600;
pub const PIN_IDLE_S_LEAST: i64 = 60;
pub const PIN_IDLE_S_MOST: i64 = 30 * 86_400;
pub const WEBHOOKS_PER_PROJECT: usize = 20;
pub const WEBHOOK_EVENTS: usize = 50;
pub const URL_BYTES: usize = 2_000;
/// Attempts to tell a webhook are kept so long.
pub const DELIVERY_DAYS: i64 = 30;

pub const APPROVAL_STAGES: usize = 10;
pub const APPROVALS_PER_STAGE: u32 = 20;
pub const USERS_PER_STAGE: usize = 100;
pub const APPROVAL_HOURS_LEAST: i64 = 1;
pub const APPROVAL_DAYS: i64 = 90;
/// From an emergency to the review that it must have.
pub const EMERGENCY_REVIEW_HOURS: i64 = 24;
