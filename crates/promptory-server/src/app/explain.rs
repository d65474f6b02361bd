//! Why a caller gets what it gets: every rule in the order in which `resolve` asks it.

use promptory_api::serving::{ExplainQuery, ExplainStep, Explained, Explanation};
use promptory_core::{bucketing::BUCKETS, resolve, rollout::Unit};

use super::{Ctx, Outcome, conversation::Conversation, serve};
use crate::{
    ids::drawn,
    refusal::Refusal,
    serving::{Ask, Asker, Build, Miss, PromptEntry, Reason, Rollout, is_range, resolve as answered},
};

/// # Errors
/// No such prompt or environment, or the database is needed and not available.
pub async fn explain(ctx: &Ctx, name: &str, query: &ExplainQuery) -> Outcome<Explanation> {
    serve::check_key(query.key.as_deref(), "")?;
    let environment = ctx.environment(query.environment.as_deref())?;
    let reference = query.version.as_deref();
    let chance = drawn(&*ctx.app.ids);
    let random = || chance;
    let asker = |pin| Asker::Unit { key: query.key.as_deref(), pin, random: &random };
    let ask = Ask { prompt: name, environment: &environment, version: reference, asker: asker(None) };
    let mut steps = Vec::new();
    let (answer, present, session, rollout) = {
        let snapshot = ctx.project.snapshot();
        if snapshot.environment(&environment).is_none() {
            return Err(Refusal::no_environment(&environment));
        }
        let entry = snapshot.prompt(name).ok_or_else(|| Refusal::no_prompt(name))?;
        before_rules(entry, name, &mut steps);
        let conversation = Conversation::of(ctx, &snapshot, &ask, query.pin.as_deref());
        let ask = Ask { asker: asker(conversation.pin()), ..ask };
        let answer = match answered(&snapshot, &ask) {
            Ok(choice) => {
                let explained = explained(choice.build, choice.reason, "memory");
                let rollout = entry.rollout_in(&environment).filter(|_| choice.reason == Reason::Rollout);
                let deployment_id = rollout.map(|rollout| rollout.deployment_id.to_string());
                let deployment_id = deployment_id.or_else(|| explained.deployment_id.clone());
                Found::Answer(Explained { deployment_id, ..explained }, choice.reason)
            }
            Err(Miss::NotInMemory) => Found::Database,
            Err(miss) => Found::Refused(serve::refusal(&snapshot, miss, &ask)),
        };
        let reason = if let Found::Answer(_, reason) = &answer { *reason } else { Reason::Pinned };
        let session = match conversation.dropped(&snapshot, &ask, reason) {
            Some(why) => why.told(),
            None => "The request hands back no earlier answer.",
        };
        let rollout = entry.rollout_in(&environment);
        let rollout = rollout.map(|rollout| told(rollout, query.key.as_deref(), chance));
        (answer, entry.name.to_string(), session, rollout)
    };
    let answer = match answer {
        Found::Database => {
            match ctx.app.pins.get(ctx, name, &environment, reference.unwrap_or_default()).await {
                Ok(pinned) => {
                    Found::Answer(explained(&pinned.build, Reason::Pinned, "database"), Reason::Pinned)
                }
                Err(refusal) if refusal.code.status().is_client_error() => Found::Refused(refusal),
                Err(refusal) => return Err(refusal),
            }
        }
        known => known,
    };
    rules(reference, session, (&environment, rollout), &answer, &mut steps);
    let (answer, refused) = match answer {
        Found::Answer(explained, _) => (Some(explained), None),
        Found::Refused(refusal) => (None, Some(refusal.detail)),
        Found::Database => (None, None),
    };
    Ok(Explanation { prompt: present, environment, answer, refused, steps })
}

enum Found {
    Answer(Explained, Reason),
    Refused(Refusal),
    /// Not in memory.
    Database,
}

fn step(rule: &str, outcome: &str, detail: impl Into<String>) -> ExplainStep {
    ExplainStep { rule: rule.to_owned(), outcome: outcome.to_owned(), detail: detail.into() }
}

fn explained(build: &Build, reason: Reason, source: &str) -> Explained {
    Explained {
        version: build.number.to_string(),
        sequence: build.sequence,
        build_hash: build.build_hash().to_owned(),
        reason: reason.as_str().to_owned(),
        deployment_id: build.deployment_id.as_deref().map(str::to_owned),
        revision: build.revision,
        source: source.to_owned(),
    }
}

fn before_rules(entry: &PromptEntry, name: &str, steps: &mut Vec<ExplainStep>) {
    if *entry.name != *name {
        let detail = format!("{name:?} is a former name; the prompt is called {:?} now.", entry.name);
        steps.push(step("name", "passed", detail));
    }
    let archived = if entry.archived {
        ("refused", "The prompt is archived.")
    } else {
        ("passed", "It is not archived.")
    };
    steps.push(step("archived", archived.0, archived.1));
}

/// Where this unit falls, in words.
fn told(rollout: &Rollout, key: Option<&str>, chance: u32) -> String {
    let number = &rollout.build.number;
    let as_core = resolve::Rollout {
        build: &rollout.build,
        seed: &rollout.seed,
        unit: rollout.unit,
        share: rollout.share,
    };
    let bucket = as_core.bucket(key, || chance);
    let gets = if bucket.is_within(rollout.share) { "it gets it" } else { "it gets what is live" };
    let by = match key.filter(|_| rollout.unit != Unit::Request) {
        Some(_) => "The key falls",
        None => "Without a key that counts, this request falls by chance",
    };
    format!(
        "{number} is being rolled out to {} % of units. {by} into bucket {} of {BUCKETS}; those below {} get {number}, so \
         {gets}.",
        rollout.share,
        bucket.number(),
        rollout.share.ppm() / (1_000_000 / BUCKETS),
    )
}

fn rules(
    reference: Option<&str>,
    session: &str,
    (environment, rollout): (&str, Option<String>),
    found: &Found,
    steps: &mut Vec<ExplainStep>,
) {
    let pinned = reference.filter(|reference| !is_range(reference));
    let range = reference.filter(|reference| is_range(reference));
    let taken = |detail: String| match found {
        Found::Refused(refusal) => ("refused", refusal.detail.clone()),
        _ => ("taken", detail),
    };
    match pinned {
        Some(reference) => {
            let (outcome, detail) = taken(format!("The request names {reference:?}."));
            steps.push(step("pinned", outcome, detail));
            return;
        }
        None => steps.push(step("pinned", "passed", "The request names no version.")),
    }
    if let Found::Answer(explained, Reason::Session) = found {
        let detail = format!("The conversation had {}, which may be served still.", explained.version);
        steps.push(step("session", "taken", detail));
        return;
    }
    steps.push(step("session", "passed", session));
    let by_rollout = matches!(found, Found::Answer(_, Reason::Rollout));
    match rollout {
        Some(detail) => steps.push(step("rollout", if by_rollout { "taken" } else { "passed" }, detail)),
        None => {
            steps.push(step("rollout", "passed", format!("Nothing is being rolled out in {environment:?}.")));
        }
    }
    if by_rollout {
        return;
    }
    match (range, found) {
        (None, _) => {
            let (outcome, detail) = taken(format!("What is live in {environment:?}."));
            steps.push(step("live", outcome, detail));
        }
        (Some(range), Found::Answer(_, Reason::Live)) => {
            steps.push(step("live", "taken", format!("What is live in {environment:?} lies in {range:?}.")));
        }
        (Some(range), _) => {
            steps.push(step(
                "live",
                "passed",
                format!("Nothing that is live in {environment:?} lies in {range:?}."),
            ));
            let (outcome, detail) =
                taken(format!("The most recent that was live in {environment:?} and lies in {range:?}."));
            steps.push(step("range", outcome, detail));
        }
    }
}
