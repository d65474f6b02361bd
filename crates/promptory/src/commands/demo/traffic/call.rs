//! One planned call as it went.

use std::collections::BTreeMap;

use promptory_api::execution::{ExecutionStatus, NewExecution, Purpose, ScoreValue, Tags};

use super::chance::Chance;
use super::plan::Planned;
use super::shape::{Failing, Profile, Shape};

/// Seeds of different things.
const CALLS: u64 = 3;
const CUSTOMERS: u64 = 4;
const STAFF: u64 = 5;
const TIMEOUT_MS: f64 = 30_000.0;

/// Which version answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answering<'a> {
    /// From 1.
    pub(super) version: usize,
    pub(super) number: &'a str,
    pub(super) environment: &'a str,
    pub(super) provider: &'a str,
    pub(super) model: &'a str,
    /// Its provider has its bad hour.
    pub(super) outage: bool,
}

/// Without texts and time.
pub(super) struct Call {
    pub(super) sent: NewExecution,
    /// What the user said of it, and how many seconds later.
    pub(super) thumbs: Option<(bool, i64)>,
}

pub(super) fn call(shape: &Shape, planned: &Planned, number: u64, answering: Answering<'_>) -> Option<Call> {
    let profile = shape.prompts.get(&planned.prompt)?;
    let mut chance = Chance::of(CALLS, number);
    let mut sent = NewExecution {
        id: Some(format!("demo-{number:05}")),
        prompt: Some(planned.prompt.clone()),
        version: Some(answering.number.to_owned()),
        environment: Some(answering.environment.to_owned()),
        session: planned.session.map(|session| format!("s-{session:010x}")),
        purpose: planned.test.then_some(Purpose::Test),
        provider: Some(answering.provider.to_owned()),
        model: Some(answering.model.to_owned()),
        status: Some(ExecutionStatus::Success),
        ..NewExecution::default()
    };
    who(shape, profile, planned.user, &mut sent, &mut chance);
    usage(shape, profile, planned, answering, &mut sent, &mut chance);
    fail(shape, profile, answering, &mut sent, &mut chance);
    let good = sent.status == Some(ExecutionStatus::Success);
    if good {
        sent.scores = Some(scores(profile, answering.version, &mut chance)).filter(|all| !all.is_empty());
    }
    let (often, up) = profile.thumbs;
    let said = good && !planned.test && chance.is(often);
    let thumbs = said.then(|| (chance.is(up), 20 + chance.below(240).cast_signed()));
    Some(Call { sent, thumbs })
}

/// Somebody lives in one country and has one plan, whenever they come.
fn who(shape: &Shape, profile: &Profile, user: u64, sent: &mut NewExecution, chance: &mut Chance) {
    let mut tags = BTreeMap::new();
    let staff = profile.who == "staff";
    let mut person = Chance::of(if staff { STAFF } else { CUSTOMERS }, user);
    let pick = |from: &BTreeMap<String, f64>, person: &mut Chance| {
        person.weighted(from.iter().map(|(name, weight)| (name, *weight))).cloned()
    };
    if staff {
        sent.key = Some(format!("staff-{user:02}"));
        sent.country = pick(&shape.staff_countries, &mut person);
        tags.insert("plan".to_owned(), "internal".to_owned());
    } else {
        sent.key = Some(format!("customer-{user:04}"));
        sent.country = pick(&shape.countries, &mut person);
        tags.extend(pick(&shape.plans, &mut person).map(|plan| ("plan".to_owned(), plan)));
    }
    tags.extend(chance.one(&profile.channels).map(|channel| ("channel".to_owned(), channel.clone())));
    sent.tags = Some(Tags::Values(tags));
}

/// Tokens, and the time that they take.
fn usage(
    shape: &Shape,
    profile: &Profile,
    planned: &Planned,
    answering: Answering<'_>,
    sent: &mut NewExecution,
    chance: &mut Chance,
) {
    let worse = profile.worse.as_ref().filter(|worse| worse.version == answering.version);
    let (more_in, more_out) = worse.map_or((1.0, 1.0), |worse| (worse.input, worse.output));
    let input = chance.around((profile.input + profile.per_turn * planned.turn as f64) * more_in, 0.25);
    let output = chance.around(profile.output * more_out, 0.35).max(1.0);
    // A conversation begins without anything in the cache.
    let begun = planned.session.is_none() || planned.turn > 0;
    let cached =
        if begun && chance.is(0.75) { input * profile.cached * (0.7 + 0.3 * chance.unit()) } else { 0.0 };
    let slow = if chance.is(0.02) { 2.6 } else { 1.0 };
    if let Some(model) = shape.models.get(answering.model) {
        let begins = chance.around(model.begins_ms, 0.3);
        let writes = chance.around(output / model.tokens_per_s * 1000.0, 0.12);
        sent.latency_ms = Some(((begins + writes) * slow * 10.0).round() / 10.0);
    }
    sent.input_tokens = Some(input as u64);
    sent.output_tokens = Some(output as u64);
    sent.cached_tokens = Some(cached as u64).filter(|cached| *cached > 0);
}

fn fail(
    shape: &Shape,
    profile: &Profile,
    answering: Answering<'_>,
    sent: &mut NewExecution,
    chance: &mut Chance,
) {
    let outage = &shape.outage;
    let of_provider = || shape.failures.iter().filter(|failing| failing.provider == answering.provider);
    if answering.outage && chance.is(outage.failure_rate) {
        let wanted = chance.one(&outage.types);
        if let Some(failing) = of_provider().find(|failing| wanted == Some(&failing.r#type)) {
            provider_fails(failing, sent, chance);
        }
    } else if chance.is(shape.failure_rate)
        && let Some(failing) = chance.weighted(of_provider().map(|failing| (failing, failing.weight)))
    {
        provider_fails(failing, sent, chance);
    } else if let Some(own) = &profile.own_error {
        let worse = profile.worse.as_ref().filter(|worse| worse.version == answering.version);
        if chance.is(own.rate + worse.map_or(0.0, |worse| worse.errors)) {
            sent.status = Some(ExecutionStatus::Error);
            say(sent, &own.r#type, &own.message, chance);
            if own.r#type == "context_length_exceeded" {
                nothing_billed(sent, 120.0);
            }
        }
    }
}

fn provider_fails(failing: &Failing, sent: &mut NewExecution, chance: &mut Chance) {
    sent.status = Some(match failing.r#type.as_str() {
        "timeout" => {
            sent.latency_ms = Some(TIMEOUT_MS + chance.below(40) as f64);
            (sent.output_tokens, sent.cached_tokens) = (Some(0), None);
            ExecutionStatus::Timeout
        }
        "content_filter" => {
            sent.output_tokens = Some(chance.below(12));
            ExecutionStatus::Blocked
        }
        _ => {
            nothing_billed(sent, chance.around(280.0, 0.6).round());
            ExecutionStatus::Error
        }
    });
    say(sent, &failing.r#type, &failing.message, chance);
}

fn nothing_billed(sent: &mut NewExecution, latency_ms: f64) {
    sent.latency_ms = Some(latency_ms);
    (sent.input_tokens, sent.output_tokens, sent.cached_tokens) = (Some(0), Some(0), None);
}

fn say(sent: &mut NewExecution, kind: &str, message: &str, chance: &mut Chance) {
    let mut said = message.to_owned();
    while said.contains("{n}") {
        said = said.replacen("{n}", &(100 + chance.below(900)).to_string(), 1);
    }
    said = said.replace("{s}", &format!("{}.{}", chance.below(9), chance.below(10)));
    said = said.replace("{id}", &format!("req_{:016x}", chance.next()));
    sent.error_message = Some(said.replace("{model}", sent.model.as_deref().unwrap_or_default()));
    sent.error_type = Some(kind.to_owned());
}

fn scores(profile: &Profile, version: usize, chance: &mut Chance) -> BTreeMap<String, ScoreValue> {
    let mut all = BTreeMap::new();
    for (name, judged) in &profile.scores {
        let of_version =
            |each: &Option<Vec<f64>>| each.as_ref().and_then(|each| each.get(version - 1).copied());
        if !chance.is(judged.of) {
            continue;
        }
        if let Some(rate) = of_version(&judged.rate) {
            all.insert(name.clone(), ScoreValue::Boolean(chance.is(rate)));
        } else if let Some(mean) = of_version(&judged.mean) {
            let value = (mean + 0.09 * chance.normal()).clamp(0.0, 1.0);
            all.insert(name.clone(), ScoreValue::Number((value * 100.0).round() / 100.0));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(prompt: &str, version: usize, outage: bool) -> Vec<NewExecution> {
        let shape = Shape::read().expect("readable");
        let planned = |number| Planned {
            at: 0,
            prompt: prompt.to_owned(),
            user: number % 50,
            turn: 0,
            session: None,
            test: false,
        };
        let answering = Answering {
            version,
            number: "1.0.0",
            environment: "production",
            provider: "anthropic",
            model: "claude-sonnet-4-5",
            outage,
        };
        (0..3_000).filter_map(|n| call(&shape, &planned(n), n, answering)).map(|call| call.sent).collect()
    }

    fn failed(calls: &[NewExecution]) -> f64 {
        let failed = calls.iter().filter(|sent| sent.status != Some(ExecutionStatus::Success));
        failed.count() as f64 / calls.len() as f64
    }

    #[test]
    fn the_worse_version_fails_more_and_costs_more() {
        let (good, worse) = (calls("data/text-to-sql", 1, false), calls("data/text-to-sql", 2, false));
        assert_eq!(good.len(), 3_000);
        assert!(failed(&good) < 0.04 && failed(&worse) > 0.1, "{} {}", failed(&good), failed(&worse));
        let input = |calls: &[NewExecution]| calls.iter().filter_map(|sent| sent.input_tokens).sum::<u64>();
        assert!(input(&worse) > 2 * input(&good));
        assert!(failed(&calls("support/reply", 1, true)) > 0.75);
    }

    #[test]
    fn every_call_is_whole() {
        for sent in calls("support/reply", 2, false) {
            assert!(
                sent.latency_ms.is_some_and(|ms| ms > 0.0) && sent.model.is_some() && sent.country.is_some()
            );
            assert!(sent.cached_tokens <= sent.input_tokens);
            let good = sent.status == Some(ExecutionStatus::Success);
            assert_eq!(good, sent.error_type.is_none() && sent.error_message.is_none());
            assert!(sent.error_message.is_none_or(|said| !said.contains(['{', '}'])));
        }
    }
}
