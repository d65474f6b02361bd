//! What a project keeps of executions, ready to be applied.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use promptory_api::execution::RecordingPolicy;
use promptory_core::id::ProjectId;
use regex::{NoExpand, Regex};
use serde_json::{Value, value::RawValue};

use crate::app::{Ctx, Outcome, wire::damaged};

/// Of one body, whatever the policy says.
pub const BODY_BYTES: usize = 256 * 1024;
/// Of one compiled pattern.
pub const PATTERN_BYTES: usize = 1 << 20;

#[derive(Debug)]
pub struct Policy {
    /// Of the project when this was read: another one may have another policy.
    revision: i64,
    epoch: Arc<str>,
    pub settings: RecordingPolicy,
    rules: Vec<(Regex, String)>,
    max_bytes: usize,
}

#[derive(Default)]
pub struct Policies(papaya::HashMap<ProjectId, Arc<Policy>>);

/// What was done to a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    pub truncated: bool,
    pub redacted: bool,
}

impl Policies {
    /// # Errors
    /// The database cannot be read.
    pub async fn of(&self, ctx: &Ctx) -> Outcome<Arc<Policy>> {
        let (revision, epoch) = {
            let snapshot = ctx.project.snapshot();
            (snapshot.revision, Arc::clone(&snapshot.epoch))
        };
        let known = self.0.pin().get(&ctx.project.id).map(Arc::clone);
        if let Some(known) = known.filter(|known| known.revision == revision && known.epoch == epoch) {
            return Ok(known);
        }
        let stored = ctx.app.store.read().await?.project(&ctx.project.id).recording().await?;
        let settings = match stored {
            None => RecordingPolicy::default(),
            Some(text) => serde_json::from_str(&text).map_err(|_| damaged("recording", &ctx.project.name))?,
        };
        let policy = Arc::new(Policy::new(settings, revision, epoch));
        self.0.pin().insert(ctx.project.id.clone(), Arc::clone(&policy));
        Ok(policy)
    }
}

/// # Errors
/// What is wrong with the pattern.
pub fn pattern(text: &str) -> Result<Regex, String> {
    regex::RegexBuilder::new(text).size_limit(PATTERN_BYTES).build().map_err(|error| error.to_string())
}

impl Policy {
    fn new(settings: RecordingPolicy, revision: i64, epoch: Arc<str>) -> Self {
        let rules = settings.redact.iter().filter_map(|rule| {
            let put = rule.replacement.clone().unwrap_or_else(|| format!("[{}]", rule.name));
            Some((pattern(&rule.pattern).ok()?, put))
        });
        let max_bytes = match settings.bodies.as_str() {
            "truncate" => usize::try_from(settings.max_body_bytes).unwrap_or(BODY_BYTES).min(BODY_BYTES),
            _ => BODY_BYTES,
        };
        Self { revision, epoch, rules: rules.collect(), max_bytes, settings }
    }

    pub fn drops_bodies(&self) -> bool {
        self.settings.bodies == "drop"
    }

    /// Text with what the rules find replaced.
    pub fn redact<'a>(&self, text: &'a str, done: &mut Done) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for (pattern, put) in &self.rules {
            if pattern.is_match(&text) {
                done.redacted = true;
                text = Cow::Owned(pattern.replace_all(&text, NoExpand(put)).into_owned());
            }
        }
        text
    }

    /// A body as it is stored: JSON still, the rules applied to each text in it, cut if it is too long.
    pub fn body(&self, body: &RawValue, done: &mut Done) -> String {
        let text = if self.rules.is_empty() {
            Cow::Borrowed(body.get())
        } else {
            match serde_json::from_str::<Value>(body.get()) {
                Ok(mut value) => {
                    self.redact_value(&mut value, done);
                    Cow::Owned(value.to_string())
                }
                // Too deep, or with half a character: as one text, so that nothing gets by.
                Err(_) => Cow::Owned(Value::from(self.redact(body.get(), done)).to_string()),
            }
        };
        if text.len() <= self.max_bytes {
            return text.into_owned();
        }
        done.truncated = true;
        // A text stays a text; anything else becomes one.
        let whole = serde_json::from_str::<String>(&text).map_or(text, Cow::Owned);
        let mut end = self.max_bytes.min(whole.len());
        while !whole.is_char_boundary(end) {
            end -= 1;
        }
        Value::from(format!("{}…", &whole[..end])).to_string()
    }

    fn redact_value(&self, value: &mut Value, done: &mut Done) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(redacted) = self.redact(text, done) {
                    *text = redacted;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact_value(item, done)),
            Value::Object(fields) => {
                for (name, mut item) in std::mem::take(fields) {
                    self.redact_value(&mut item, done);
                    fields.insert(self.redact(&name, done).into_owned(), item);
                }
            }
            _ => {}
        }
    }
}

/// Values of one kind that a project may have in an hour before further ones are counted as `other`.
const VALUES_PER_HOUR: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Model,
    Provider,
    ErrorType,
    ErrorShape,
    Tag,
    Score,
    Category,
}

/// Bounds how many different values there may be, so that statistics stay small whatever is sent.
#[derive(Default)]
pub struct Caps {
    hour: i64,
    seen: HashMap<(i64, Kind), std::collections::HashSet<Box<str>>>,
}

impl Caps {
    /// Whether the value is among the first of its kind in this hour.
    pub fn admits(&mut self, (project, kind): (i64, Kind), value: &str, now: i64) -> bool {
        let hour = now.div_euclid(3_600_000_000);
        if hour != self.hour {
            self.hour = hour;
            self.seen.clear();
        }
        let seen = self.seen.entry((project, kind)).or_default();
        if seen.contains(value) {
            return true;
        }
        let room = seen.len() < VALUES_PER_HOUR;
        if room {
            seen.insert(value.into());
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use promptory_api::execution::RedactRule;

    use super::*;

    fn policy(bodies: &str, max_body_bytes: u64, rules: &[(&str, &str)]) -> Policy {
        let redact = rules.iter().map(|(name, pattern)| RedactRule {
            name: (*name).to_owned(),
            pattern: (*pattern).to_owned(),
            replacement: None,
        });
        let settings = RecordingPolicy {
            bodies: bodies.to_owned(),
            max_body_bytes,
            redact: redact.collect(),
            ..RecordingPolicy::default()
        };
        Policy::new(settings, 1, "e".into())
    }

    fn stored(policy: &Policy, body: &str) -> (String, Done) {
        let raw = RawValue::from_string(body.to_owned()).expect("JSON");
        let mut done = Done::default();
        let text = policy.body(&raw, &mut done);
        serde_json::from_str::<Value>(&text).expect("it is JSON still");
        (text, done)
    }

    #[test]
    fn bodies_are_cut_and_redacted_and_stay_json() {
        let plain = policy("store", 0, &[]);
        assert_eq!(stored(&plain, "{\"a\": 1.50}"), ("{\"a\": 1.50}".to_owned(), Done::default()));
        let rules = policy("store", 0, &[("email", r"[\w.]+@[\w.]+"), ("card", r"\d{16}")]);
        let (text, done) = stored(&rules, r#"{"to":["a.b@c.de \"x\""],"n":4111111111111111}"#);
        assert_eq!(text, r#"{"to":["[email] \"x\""],"n":4111111111111111}"#);
        assert_eq!(done, Done { redacted: true, truncated: false });
        let short = policy("truncate", 1024, &[]);
        let (text, done) = stored(&short, &Value::from("ä\"".repeat(2000)).to_string());
        assert!(done.truncated && text.len() < 2_000 && text.ends_with("…\""));
        assert!(stored(&short, &format!("[{}1]", "1,".repeat(2000))).1.truncated);
    }

    #[test]
    fn the_first_values_of_an_hour_are_told_apart() {
        let mut caps = Caps::default();
        for n in 0..VALUES_PER_HOUR {
            assert!(caps.admits((1, Kind::Model), &n.to_string(), 0));
        }
        assert!(!caps.admits((1, Kind::Model), "further", 0));
        assert!(caps.admits((1, Kind::Model), "7", 0) && caps.admits((2, Kind::Model), "further", 0));
        assert!(caps.admits((1, Kind::Model), "further", 3_600_000_000));
    }
}
