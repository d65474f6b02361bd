//! From what a caller sent to the row that is stored, or to what is wrong with it.

mod score;

use std::collections::BTreeMap;

use promptory_api::execution::{ExecutionStatus, NewExecution, Purpose, ScoreValue, Tags};
use promptory_core::{
    analytics::{OTHER, error_shape, is_country},
    cost::{PriceBook, money_from_text, normalised},
    limits,
    time::Timestamp,
};
use promptory_store::ExecutionRow;
use sha2::{Digest, Sha256};

use super::{
    attribution::Attribution,
    policy::{Caps, Done, Kind, Policy},
    pricing::priced,
};

pub use score::{admit_score, check_score};

/// What the bits of `flags` in a row say.
pub mod flags {
    pub const TOKENS_ESTIMATED: i64 = 1;
    pub const LATE: i64 = 1 << 1;
    pub const ERASED: i64 = 1 << 2;
    pub const COST_GIVEN: i64 = 1 << 3;
    pub const BATCH: i64 = 1 << 4;
    pub const BODIES_SENT: i64 = 1 << 5;
    pub const TRUNCATED: i64 = 1 << 6;
    pub const REDACTED: i64 = 1 << 7;
    pub const DROPPED: i64 = 1 << 8;
}

const LATE_MICROS: i64 = 15 * 60 * 1_000_000;
const AHEAD_MICROS: i64 = 5 * 60 * 1_000_000;
const ID_BYTES: usize = 128;
const NAME_BYTES: usize = 128;
const ERROR_MESSAGE_BYTES: usize = 4 * 1024;
const TAGS: usize = 20;
const SCORES: usize = 50;
/// A hundred days.
const LATENCY_MAX_MS: f64 = 8_640_000_000.0;
const TOKENS_MAX: u64 = 1_000_000_000_000;
/// 1970: what is older has no day.
const EARLIEST: i64 = 0;

/// What one request's executions have in common.
pub struct Intake<'a> {
    pub project: &'a str,
    /// Short.
    pub project_number: i64,
    pub policy: &'a Policy,
    pub prices: &'a PriceBook,
    pub now: Timestamp,
}

/// 16 bytes of the hash of project and id: what makes an id unique.
pub fn id_hash(project: &str, id: &str) -> Vec<u8> {
    hash_of(project, "", id)
}

/// The same for other things than executions.
pub fn hash_of(project: &str, kind: &str, id: &str) -> Vec<u8> {
    let hash = Sha256::new().chain_update(project).chain_update(kind).chain_update([0]).chain_update(id);
    hash.finalize()[..16].to_vec()
}

impl Intake<'_> {
    /// # Errors
    /// What is wrong with it, for the caller.
    pub fn row(
        &self,
        sent: NewExecution,
        id: String,
        whose: &Attribution,
        caps: &mut Caps,
    ) -> Result<ExecutionRow, String> {
        check_id("id", Some(&id))?;
        check(&sent)?;
        let received_at = self.now.micros();
        let (started_at, latency) = times(&sent, received_at)?;
        let mut row = ExecutionRow {
            id_hash: id_hash(self.project, &id),
            id,
            project: self.project_number,
            line: whose.line.id,
            started_at,
            received_at,
            latency,
            status: status(&sent)?,
            purpose: purpose_number(sent.purpose.unwrap_or_default()),
            input_tokens: tokens("input_tokens", sent.input_tokens)?,
            output_tokens: tokens("output_tokens", sent.output_tokens)?,
            cached_tokens: tokens("cached_tokens", sent.cached_tokens)?,
            cache_write_tokens: tokens("cache_write_tokens", sent.cache_write_tokens)?,
            reasoning_tokens: tokens("reasoning_tokens", sent.reasoning_tokens)?,
            ..ExecutionRow::default()
        };
        if received_at - started_at > LATE_MICROS {
            row.flags |= flags::LATE;
        }
        if sent.tokens_estimated == Some(true) {
            row.flags |= flags::TOKENS_ESTIMATED;
        }
        if sent.batch == Some(true) {
            row.flags |= flags::BATCH;
        }
        self.model(&mut row, &sent, whose, caps);
        self.cost(&mut row, &sent)?;
        self.labels(&mut row, &sent, caps)?;
        self.error(&mut row, &sent, caps);
        row.scores = sent.scores.as_ref().map(|scores| self.scores(scores, caps)).transpose()?;
        row.metadata = sent.metadata.map(|metadata| json(&metadata)).filter(|text| text != "{}");
        row.unit_key = sent.key.map(clean);
        row.session = sent.session.map(clean);
        row.trace_id = sent.trace_id.map(clean);
        row.span_id = sent.span_id.map(clean);
        row.parent_span_id = sent.parent_span_id.map(clean);
        let bodies = [
            (&mut row.variables, sent.variables),
            (&mut row.input, sent.input),
            (&mut row.output, sent.output),
        ];
        let mut done = Done::default();
        let mut any = false;
        for (column, body) in bodies {
            any |= body.is_some();
            if !self.policy.drops_bodies() {
                *column = body.map(|body| self.policy.body(&body, &mut done));
            }
        }
        row.flags |= body_flags(any, done, self.policy);
        Ok(row)
    }

    fn model(&self, row: &mut ExecutionRow, sent: &NewExecution, whose: &Attribution, caps: &mut Caps) {
        let model = sent.model.as_deref().or(whose.model.as_deref()).filter(|model| !model.trim().is_empty());
        // A model that the version does not name may be of another provider.
        let same = sent.model.is_none() || sent.model.as_deref() == whose.model.as_deref();
        let provider = sent.provider.as_deref().or(whose.provider.as_deref().filter(|_| same));
        let provider = provider.filter(|provider| !provider.trim().is_empty());
        let (found, name) = match model {
            Some(model) => {
                let (provider, name) = normalised(provider, model);
                (provider, Some(name))
            }
            None => (provider.map(promptory_core::cost::provider_name), None),
        };
        let mut capped = |kind, value: &str| {
            let value = clean(value.to_owned());
            let value = value.as_str();
            let known = caps.admits((self.project_number, kind), value, self.now.micros());
            if known { value.to_owned() } else { OTHER.to_owned() }
        };
        row.provider = found.as_deref().map(|provider| capped(Kind::Provider, provider));
        row.model = name.as_deref().map(|model| capped(Kind::Model, model));
        // Only where the two differ.
        let sent = |sent: Option<&str>, known: &Option<String>| {
            sent.filter(|sent| known.as_deref() != Some(*sent)).map(|sent| clean(sent.to_owned()))
        };
        row.model_sent = sent(model, &row.model);
        row.provider_sent = sent(provider, &row.provider);
    }

    fn cost(&self, row: &mut ExecutionRow, sent: &NewExecution) -> Result<(), String> {
        if let Some(given) = &sent.cost_usd {
            let cost = money_from_text(&given.to_string()).map_err(|why| format!("cost_usd: {why}."))?;
            row.cost = Some(cost);
            row.flags |= flags::COST_GIVEN;
            return Ok(());
        }
        row.cost = priced(self.prices, row);
        Ok(())
    }

    fn labels(&self, row: &mut ExecutionRow, sent: &NewExecution, caps: &mut Caps) -> Result<(), String> {
        row.country = sent.country.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(|country| {
            let upper = country.to_ascii_uppercase();
            if is_country(&upper) { upper } else { OTHER.to_owned() }
        });
        let tags: BTreeMap<&str, &str> = match &sent.tags {
            None => return Ok(()),
            Some(Tags::Values(values)) => values.iter().map(|(name, value)| (&**name, &**value)).collect(),
            Some(Tags::Names(names)) => names.iter().map(|name| (&**name, "true")).collect(),
        };
        if tags.len() > TAGS {
            return Err(format!("An execution has at most {TAGS} tags."));
        }
        if let Some((name, _)) = tags.iter().find(|(name, value)| {
            name.is_empty() || name.len() > limits::TAG_BYTES || value.len() > limits::SHORT_TEXT_BYTES
        }) {
            let shown: String = name.chars().take(64).collect();
            return Err(format!(
                "The tag {shown:?} is empty or too long: names have 1 to {} bytes, values at most {}.",
                limits::TAG_BYTES,
                limits::SHORT_TEXT_BYTES
            ));
        }
        let chosen: BTreeMap<&str, &str> = tags
            .iter()
            .filter(|(name, _)| self.policy.settings.tags.iter().any(|chosen| chosen == *name))
            .map(|(name, value)| {
                let both = format!("{name}:{value}");
                let known = caps.admits((self.project_number, Kind::Tag), &both, self.now.micros());
                (*name, if known { *value } else { OTHER })
            })
            .collect();
        row.tags = Some(json(&tags)).filter(|text| text != "{}");
        row.chosen_tags = Some(json(&chosen)).filter(|text| text != "{}");
        Ok(())
    }

    fn error(&self, row: &mut ExecutionRow, sent: &NewExecution, caps: &mut Caps) {
        if row.status == 0 {
            return;
        }
        let mut done = Done::default();
        let mut capped = |kind, value: String| {
            let known = caps.admits((self.project_number, kind), &value, self.now.micros());
            if known { value } else { OTHER.to_owned() }
        };
        row.error_type = sent.error_type.clone().map(clean).map(|name| capped(Kind::ErrorType, name));
        let Some(message) = sent.error_message.as_deref().filter(|text| !text.is_empty()) else { return };
        let message = cut(&self.policy.redact(message, &mut done), ERROR_MESSAGE_BYTES);
        row.error_shape = Some(capped(Kind::ErrorShape, error_shape(&message)));
        row.error_message = Some(message);
    }

    fn scores(&self, scores: &BTreeMap<String, ScoreValue>, caps: &mut Caps) -> Result<String, String> {
        if scores.len() > SCORES {
            return Err(format!("An execution has at most {SCORES} scores."));
        }
        for (name, value) in scores {
            check_score(name, value)?;
            admit_score(caps, self.project_number, (name, value), self.now)?;
        }
        Ok(json(scores))
    }
}

/// # Errors
/// It is no id.
pub fn check_id(field: &str, id: Option<&str>) -> Result<(), String> {
    let Some(id) = id else { return Ok(()) };
    if id.is_empty() || id.len() > ID_BYTES || id.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(format!("The {field} must have 1 to {ID_BYTES} bytes without spaces."));
    }
    Ok(())
}

fn check(sent: &NewExecution) -> Result<(), String> {
    let names = [
        ("key", &sent.key, limits::SHORT_TEXT_BYTES),
        ("session", &sent.session, limits::SHORT_TEXT_BYTES),
        ("trace_id", &sent.trace_id, NAME_BYTES),
        ("span_id", &sent.span_id, NAME_BYTES),
        ("parent_span_id", &sent.parent_span_id, NAME_BYTES),
        ("provider", &sent.provider, NAME_BYTES),
        ("model", &sent.model, limits::SHORT_TEXT_BYTES),
        ("error_type", &sent.error_type, NAME_BYTES),
        ("country", &sent.country, NAME_BYTES),
    ];
    for (field, value, bytes) in names {
        if value.as_ref().is_some_and(|value| value.len() > bytes) {
            return Err(format!("{field} has more than {bytes} bytes."));
        }
    }
    let metadata = sent.metadata.as_ref().map_or(0, |metadata| json(metadata).len());
    if metadata > limits::METADATA_BYTES {
        return Err(format!("metadata has more than {} bytes.", limits::METADATA_BYTES));
    }
    let count = |tokens: Option<u64>| tokens.unwrap_or(0);
    let cached = count(sent.cached_tokens).saturating_add(count(sent.cache_write_tokens));
    if cached > count(sent.input_tokens) {
        return Err("cached_tokens and cache_write_tokens are part of input_tokens and may not be more. \
             Where the provider reports them beside the input, send the sum as input_tokens."
            .to_owned());
    }
    if count(sent.reasoning_tokens) > count(sent.output_tokens) {
        return Err("reasoning_tokens are part of output_tokens and may not be more. \
             Where the provider reports them beside the output, send the sum as output_tokens."
            .to_owned());
    }
    Ok(())
}

/// When it started and how long it took, in microseconds.
#[allow(clippy::cast_possible_truncation)]
fn times(sent: &NewExecution, now: i64) -> Result<(i64, i64), String> {
    let read = |name: &str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => match Timestamp::parse_rfc3339(text) {
            Some(at) => Ok(Some(at.micros())),
            None => {
                let shown: String = text.chars().take(40).collect();
                Err(format!("{name} is no time: {shown:?}. Send RFC 3339, such as 2026-11-20T09:30:00.250Z."))
            }
        },
    };
    let (started, ended) = (read("started_at", &sent.started_at)?, read("ended_at", &sent.ended_at)?);
    let latency = match (sent.latency_ms, started, ended) {
        (Some(ms), ..) if !(0.0..=LATENCY_MAX_MS).contains(&ms) => {
            return Err(format!("latency_ms must be 0 to {LATENCY_MAX_MS}."));
        }
        (Some(ms), ..) => (ms * 1000.0).round() as i64,
        (None, Some(started), Some(ended)) if ended >= started => ended - started,
        (None, Some(_), Some(_)) => return Err("ended_at is before started_at.".to_owned()),
        (None, ..) => return Err("Send latency_ms, or started_at and ended_at.".to_owned()),
    };
    let started = started.or(ended.map(|ended| ended - latency)).unwrap_or(now - latency);
    if started < EARLIEST {
        return Err("It started before 1970.".to_owned());
    }
    // Somebody's clock is ahead.
    Ok((started.min(now + AHEAD_MICROS), latency))
}

fn status(sent: &NewExecution) -> Result<i64, String> {
    match sent.status {
        Some(ExecutionStatus::Success) => Ok(0),
        Some(ExecutionStatus::Error) => Ok(1),
        Some(ExecutionStatus::Timeout) => Ok(2),
        Some(ExecutionStatus::Blocked) => Ok(3),
        None => Err("Say how it went: status success, error, timeout or blocked.".to_owned()),
    }
}

pub const fn purpose_number(purpose: Purpose) -> i64 {
    match purpose {
        Purpose::Live => 0,
        Purpose::Test => 1,
        Purpose::Eval => 2,
    }
}

fn tokens(name: &str, count: Option<u64>) -> Result<Option<i64>, String> {
    match count {
        Some(count) if count > TOKENS_MAX => Err(format!("{name} is more than {TOKENS_MAX}.")),
        count => Ok(count.map(u64::cast_signed)),
    }
}

fn body_flags(any: bool, done: Done, policy: &Policy) -> i64 {
    let on = |yes: bool, flag: i64| if yes { flag } else { 0 };
    on(any, flags::BODIES_SENT)
        | on(done.truncated, flags::TRUNCATED)
        | on(done.redacted, flags::REDACTED)
        | on(any && policy.drops_bodies(), flags::DROPPED)
}

/// U+0000 is no text for PostgreSQL.
pub fn clean(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

fn cut(text: &str, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    clean(text[..end].to_owned())
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
