//! What the traffic is like: `demo/traffic.json`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::failure::Failure;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Shape {
    /// In all, about.
    pub(super) executions: f64,
    pub(super) countries: BTreeMap<String, f64>,
    pub(super) staff_countries: BTreeMap<String, f64>,
    pub(super) plans: BTreeMap<String, f64>,
    /// Weights of the hours of a day, in UTC.
    pub(super) hours: BTreeMap<String, Vec<f64>>,
    /// What is left on Saturday and Sunday.
    pub(super) weekend: BTreeMap<String, f64>,
    pub(super) models: BTreeMap<String, Model>,
    pub(super) prompts: BTreeMap<String, Profile>,
    pub(super) failures: Vec<Failing>,
    pub(super) failure_rate: f64,
    pub(super) outage: Outage,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    pub(super) begins_ms: f64,
    pub(super) tokens_per_s: f64,
}

/// How a prompt is called. Tokens are medians.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    /// Of all calls, as a weight.
    pub(super) share: f64,
    pub(super) who: String,
    /// Of a conversation, on average; absent: single calls.
    #[serde(default = "once")]
    pub(super) turns: f64,
    pub(super) input: f64,
    /// What each turn adds to the input.
    #[serde(default)]
    pub(super) per_turn: f64,
    pub(super) output: f64,
    /// Share of the input that the provider's cache often has.
    #[serde(default)]
    pub(super) cached: f64,
    pub(super) channels: Vec<String>,
    /// How often somebody says, and how often it is good.
    pub(super) thumbs: (f64, f64),
    pub(super) scores: BTreeMap<String, Judged>,
    pub(super) worse: Option<Worse>,
    pub(super) own_error: Option<OwnError>,
    pub(super) texts: Vec<Text>,
}

const fn once() -> f64 {
    1.0
}

/// A score that comes with some of the calls; what it is, version by version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Judged {
    pub(super) of: f64,
    /// Yes or no.
    pub(super) rate: Option<Vec<f64>>,
    /// 0 to 1.
    pub(super) mean: Option<Vec<f64>>,
}

/// A version, from 1, that should not have gone live.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Worse {
    pub(super) version: usize,
    /// Times as many tokens.
    pub(super) input: f64,
    pub(super) output: f64,
    /// More calls that end with the prompt's own error.
    pub(super) errors: f64,
}

/// What is wrong with an answer that did come.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnError {
    pub(super) r#type: String,
    pub(super) rate: f64,
    pub(super) message: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    /// Of the demo's samples.
    pub(super) sample: Option<String>,
    pub(super) variables: Option<Map<String, Value>>,
    pub(super) output: String,
}

/// What providers fail with; `{n}`, `{s}`, `{id}` and `{model}` differ from call to call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failing {
    pub(super) provider: String,
    pub(super) r#type: String,
    pub(super) weight: f64,
    pub(super) message: String,
}

/// An hour of a working day, at least so many days ago.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outage {
    pub(super) provider: String,
    pub(super) hour: i64,
    pub(super) days_ago: i64,
    pub(super) failure_rate: f64,
    pub(super) types: Vec<String>,
}

impl Shape {
    pub(in super::super) fn read() -> Result<Self, Failure> {
        serde_json::from_str(include_str!("../../../../demo/traffic.json"))
            .map_err(|error| Failure::Local(format!("the demo's traffic.json: {error}")))
    }
}

impl Outage {
    /// When it begins, in seconds.
    pub(super) fn begin(&self, now: i64) -> i64 {
        let mut day = now.div_euclid(86_400) - self.days_ago;
        while is_weekend(day) {
            day -= 1;
        }
        day * 86_400 + self.hour * 3_600
    }
}

/// Day 0 was a Thursday.
pub(super) const fn is_weekend(day: i64) -> bool {
    matches!((day + 4).rem_euclid(7), 0 | 6)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::commands::demo::content;

    #[test]
    fn the_shape_fits_the_examples() {
        let shape = Shape::read().expect("readable");
        let examples = content::examples().expect("readable");
        for (name, profile) in &shape.prompts {
            let example = examples.iter().find(|one| one.name == *name).expect("an example");
            assert!(shape.hours[&profile.who].len() == 24 && shape.weekend.contains_key(&profile.who));
            let versions = example.versions.len();
            for judged in profile.scores.values() {
                let each = judged.rate.as_ref().or(judged.mean.as_ref()).expect("a rate or a mean");
                assert_eq!(each.len(), versions, "{name}");
            }
            assert!(profile.worse.as_ref().is_none_or(|worse| worse.version <= versions));
            for text in &profile.texts {
                let sample =
                    text.sample.as_ref().is_some_and(|sample| example.about.samples.contains_key(sample));
                assert!(sample != text.variables.is_some(), "{name}: a sample or variables");
            }
            for version in &example.versions {
                let settings = version.body.settings.as_ref().expect("settings");
                let model = settings["model"].as_str().expect("a model");
                assert!(shape.models.contains_key(model), "{name}: {model}");
                let provider = settings["provider"].as_str().expect("a provider");
                assert!(shape.failures.iter().any(|failing| failing.provider == provider), "{provider}");
            }
        }
        let types: BTreeSet<_> = shape.failures.iter().map(|failing| &failing.r#type).collect();
        assert!(shape.outage.types.iter().all(|one| types.contains(one)));
    }

    #[test]
    fn the_outage_is_on_a_working_day() {
        let outage = Shape::read().expect("readable").outage;
        for day in 20_000..20_014 {
            let begin = outage.begin(day * 86_400 + 5);
            assert!(!is_weekend(begin / 86_400) && begin % 86_400 == outage.hour * 3_600);
            assert!((3..=5).contains(&(day - begin / 86_400)));
        }
        // 21 November 2026 is a Saturday.
        assert!(is_weekend(20_778) && is_weekend(20_779) && !is_weekend(20_780));
    }
}
