//! What a project keeps of executions, and taking a person's traces away.

use std::collections::BTreeSet;

use promptory_api::execution::{Erase, Erased, RecordingPolicy};
use promptory_core::{analytics::short, limits};
use serde_json::json;

use crate::{
    app::{Ctx, Outcome, wire::damaged},
    check::Checks,
    ids::hex,
    recording::{
        intake::{flags, hash_of},
        policy::pattern,
    },
    refusal::Refusal,
};

const PIECE: i64 = 1_000;
const PIECE_OF_SCORES: usize = 500;
const RULES: usize = 20;
const TAGS: usize = 5;
const RETENTION_DAYS: i64 = 3_650;

/// # Errors
/// The database cannot be read.
pub async fn recording(ctx: &Ctx) -> Outcome<RecordingPolicy> {
    let stored = ctx.app.store.read().await?.project(&ctx.project.id).recording().await?;
    match stored {
        None => Ok(RecordingPolicy::default()),
        Some(text) => serde_json::from_str(&text).map_err(|_| damaged("recording", &ctx.project.name)),
    }
}

/// # Errors
/// What is wrong with it, all at once.
pub async fn put_recording(ctx: &Ctx, policy: RecordingPolicy) -> Outcome<RecordingPolicy> {
    ctx.unbound()?;
    check(&policy)?;
    let text = serde_json::to_string(&policy).unwrap_or_default();
    let mut tx = ctx.write().await?;
    let before = tx.project().recording().await?;
    if before.as_deref() == Some(text.as_str()) {
        return Ok(policy);
    }
    tx.put_recording(&text).await?;
    let before = before.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let audit = ctx.audit("recording.update", &json!({"before": before, "after": policy}));
    ctx.commit(tx, audit).await?;
    Ok(policy)
}

fn check(policy: &RecordingPolicy) -> Outcome<()> {
    let mut checks = Checks::under("");
    if !["store", "truncate", "drop"].contains(&policy.bodies.as_str()) {
        checks.add("invalid", "/bodies", "Use store, truncate or drop.".to_owned());
    }
    if !(1024..=262_144).contains(&policy.max_body_bytes) {
        checks.add("invalid", "/max_body_bytes", "It must be 1,024 to 262,144.".to_owned());
    }
    if !(1..=RETENTION_DAYS).contains(&policy.retention_days) {
        checks.add("invalid", "/retention_days", format!("It must be 1 to {RETENTION_DAYS}."));
    }
    if policy.redact.len() > RULES {
        checks.add("invalid", "/redact", format!("There are at most {RULES} rules."));
    }
    for (i, rule) in policy.redact.iter().enumerate() {
        if rule.name.trim().is_empty() || rule.name.len() > limits::TAG_BYTES {
            checks.add(
                "invalid",
                &format!("/redact/{i}/name"),
                "A rule needs a name of 1 to 64 bytes.".to_owned(),
            );
        }
        match pattern(&rule.pattern) {
            Err(why) => checks.add(
                "invalid",
                &format!("/redact/{i}/pattern"),
                format!("The pattern cannot be used: {why}"),
            ),
            Ok(pattern) if pattern.is_match("") => checks.add(
                "invalid",
                &format!("/redact/{i}/pattern"),
                "The pattern fits the empty text, so it would be put between all letters.".to_owned(),
            ),
            Ok(_) => {}
        }
    }
    if policy.tags.len() > TAGS {
        checks.add("invalid", "/tags", format!("At most {TAGS} tags can be chosen."));
    }
    if policy.tags.iter().any(|tag| tag.is_empty() || tag.len() > limits::TAG_BYTES) {
        checks.add("invalid", "/tags", "A tag has 1 to 64 bytes.".to_owned());
    }
    checks.finish()
}

/// Takes what could name a person from everything that is kept of a user; the figures stay. The audit log has the
/// hash of the user's key only.
///
/// # Errors
/// The database cannot be written; what was erased until then stays so, and it can be asked for again.
pub async fn erase(ctx: &Ctx, ask: &Erase) -> Outcome<Erased> {
    ctx.unbound()?;
    if ask.key.is_empty() || ask.key.len() > limits::SHORT_TEXT_BYTES {
        return Err(Refusal::invalid("/key", "Name the user whose traces are to be erased."));
    }
    if ask.reason.as_ref().is_some_and(|reason| reason.len() > limits::REASON_BYTES) {
        return Err(Refusal::invalid("/reason", "The reason is too long."));
    }
    let whose = (short(ctx.project.id.as_str()), ask.key.as_str());
    let days = ctx.app.store.days().await?;
    // First: executions without the key no longer tell whose scores are meant.
    let scores = erase_scores(ctx, whose, &days).await?;
    let mut executions = 0;
    for day in days {
        loop {
            let some = ctx.app.store.erase_executions(whose, flags::ERASED, day, PIECE).await?;
            executions += some;
            if some == 0 {
                break;
            }
        }
    }
    let erased = Erased { executions, scores };
    let hash = hash_of(ctx.project.id.as_str(), "key", &ask.key);
    let detail = json!({
        "key_hash": hex(&hash),
        "reason": ask.reason,
        "executions": erased.executions,
        "scores": erased.scores,
    });
    let tx = ctx.write().await?;
    ctx.commit(tx, ctx.audit("executions.erase", &detail)).await?;
    Ok(erased)
}

/// What was written beside scores of the user, of their executions and of their sessions; how many.
async fn erase_scores(ctx: &Ctx, whose: (i64, &str), days: &[i64]) -> Outcome<u64> {
    let (store, id) = (&ctx.app.store, ctx.project.id.as_str());
    let mut hashes = BTreeSet::from([hash_of(id, "key", whose.1)]);
    for day in days {
        let sessions = store.sessions_of(whose, *day).await?;
        hashes.extend(sessions.iter().map(|session| hash_of(id, "session", session)));
    }
    let hashes: Vec<Vec<u8>> = hashes.into_iter().collect();
    let mut erased = 0;
    for day in days {
        for piece in hashes.chunks(PIECE_OF_SCORES) {
            erased += store.erase_scores(whose.0, piece, *day).await?;
        }
        for of in days {
            erased += store.erase_scores_of(whose, *of, *day).await?;
        }
    }
    Ok(erased)
}
