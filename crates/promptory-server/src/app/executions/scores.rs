//! Scores, as they come in.

use std::sync::{Arc, atomic::Ordering};

use promptory_api::execution::{NewScore, Recorded, Rejected, ScoreValue};
use promptory_core::{
    analytics::{score_units, short},
    limits,
    time::Timestamp,
};
use promptory_store::{NewScoreRow, Target};

use crate::{
    app::{Ctx, Outcome},
    ids::uuid_v7,
    recording::{
        Job, Line, Stored,
        intake::{admit_score, check_id, check_score, clean, hash_of},
        version_line,
    },
    refusal::{Code, Refusal, item},
};

const NOTE_BYTES: usize = 4 * 1024;

/// # Errors
/// One score by itself that is wrong; the queue is full; the database does not take it.
pub async fn score(ctx: &Ctx, sent: Vec<NewScore>, single: bool) -> Outcome<Recorded> {
    let (mut recorded, mut rows, mut places, mut lines) =
        (Recorded::default(), Vec::new(), Vec::new(), Vec::new());
    for (index, one) in (0..).zip(sent) {
        match row(ctx, one).await? {
            Ok((row, line)) => {
                rows.push(row);
                places.push(index);
                lines.extend(line);
            }
            Err(detail) if single => {
                return Err(Refusal::with_items(Code::Invalid, vec![item("invalid", "", detail)]));
            }
            Err(detail) => recorded.rejected.push(Rejected { index, detail }),
        }
    }
    if rows.is_empty() {
        return Ok(recorded);
    }
    // Of several with one id the first is stored.
    let mut seen = std::collections::HashSet::new();
    let (mut fresh, mut kept) = (Vec::new(), Vec::new());
    for (row, index) in rows.into_iter().zip(places) {
        if seen.insert(row.id_hash.clone()) {
            fresh.push(row);
            kept.push(index);
        } else {
            recorded.duplicates += 1;
        }
    }
    let job = Job { project: ctx.project.id.clone(), lines, executions: Vec::new(), scores: fresh };
    let done = ctx.app.recording.queue.store(job).await?;
    for (index, stored) in kept.into_iter().zip(done.scores) {
        match stored {
            Stored::Accepted => recorded.accepted += 1,
            Stored::Duplicate => recorded.duplicates += 1,
            Stored::Refused => recorded
                .rejected
                .push(Rejected { index, detail: "The database does not take this score.".to_owned() }),
        }
    }
    recorded.rejected.sort_by_key(|rejected| rejected.index);
    ctx.app.recording.counters.scores.fetch_add(recorded.accepted, Ordering::Relaxed);
    Ok(recorded)
}

type Row = Result<(NewScoreRow, Option<Arc<Line>>), String>;

async fn row(ctx: &Ctx, sent: NewScore) -> Outcome<Row> {
    let checked = check(&sent);
    if let Err(detail) = checked {
        return Ok(Err(detail));
    }
    let project = ctx.project.id.as_str();
    let at = match sent.at.as_deref().map(Timestamp::parse_rfc3339) {
        Some(None) => return Ok(Err("`at` is no time. Send RFC 3339.".to_owned())),
        Some(Some(at)) => at.micros().clamp(0, ctx.now.plus_seconds(300).micros()),
        None => ctx.now.micros(),
    };
    let (target, target_id, prompt, line) = match target(ctx, &sent).await? {
        Ok(found) => found,
        Err(detail) => return Ok(Err(detail)),
    };
    let kind = match target {
        Target::Execution => "execution",
        Target::Session => "session",
        Target::Key => "key",
        Target::Version => "version",
    };
    let id = sent.id.unwrap_or_else(|| uuid_v7(&*ctx.app.ids, ctx.now));
    let (units, category) = match &sent.value {
        ScoreValue::Boolean(yes) => (score_units(f64::from(u8::from(*yes))), None),
        ScoreValue::Number(number) => (score_units(*number), None),
        ScoreValue::Category(text) => (None, Some(clean(text.clone()))),
    };
    let target_hash = match target {
        // As executions are found.
        Target::Execution => hash_of(project, "", &target_id),
        _ => hash_of(project, kind, &target_id),
    };
    let admitted = match ctx.app.recording.caps.lock() {
        Ok(mut caps) => admit_score(&mut caps, short(project), (&sent.name, &sent.value), ctx.now),
        Err(_) => return Err(Refusal::new(Code::Internal, "The server failed.")),
    };
    if let Err(detail) = admitted {
        return Ok(Err(detail));
    }
    let row = NewScoreRow {
        n: 0,
        id_hash: hash_of(project, "score", &id),
        id,
        project: short(project),
        name: sent.name,
        units,
        category,
        boolean: matches!(sent.value, ScoreValue::Boolean(_)),
        comment: sent.comment.map(clean),
        source: sent.source.map(clean),
        at,
        received_at: ctx.now.micros(),
        target,
        target_id,
        target_hash,
        prompt,
        line: line.as_ref().map(|line| line.id),
    };
    Ok(Ok((row, line)))
}

fn check(sent: &NewScore) -> Result<(), String> {
    check_score(&sent.name, &sent.value)?;
    check_id("id", sent.id.as_deref())?;
    check_id("execution_id", sent.execution_id.as_deref())?;
    let limits = [
        ("session", &sent.session, limits::SHORT_TEXT_BYTES),
        ("key", &sent.key, limits::SHORT_TEXT_BYTES),
        ("source", &sent.source, limits::SHORT_TEXT_BYTES),
        ("comment", &sent.comment, NOTE_BYTES),
    ];
    for (field, value, bytes) in limits {
        if value.as_ref().is_some_and(|value| value.len() > bytes) {
            return Err(format!("{field} has more than {bytes} bytes."));
        }
    }
    Ok(())
}

type Found = Result<(Target, String, Option<String>, Option<Arc<Line>>), String>;

async fn target(ctx: &Ctx, sent: &NewScore) -> Outcome<Found> {
    let NewScore { execution_id, session, key, prompt, version, .. } = sent;
    Ok(Ok(match (execution_id, session, key, prompt, version) {
        (Some(id), None, None, None, None) => (Target::Execution, id.clone(), None, None),
        (None, Some(session), None, None, None) => (Target::Session, clean(session.clone()), None, None),
        (None, None, Some(key), Some(prompt), None) => {
            let snapshot = ctx.project.snapshot();
            let Some(entry) = snapshot.prompt(prompt) else {
                return Ok(Err(format!("There is no prompt {prompt:?} in this project.")));
            };
            (Target::Key, clean(key.clone()), Some(entry.id.to_string()), None)
        }
        (None, None, None, Some(prompt), Some(version)) => match version_line(ctx, prompt, version).await? {
            Ok(line) => (Target::Version, format!("{prompt}@{version}"), None, Some(line)),
            Err(detail) => return Ok(Err(detail)),
        },
        _ => {
            return Ok(Err(
                "Say what the score is about: `execution_id`, or `session`, or `key` and `prompt`, or \
                 `prompt` and `version`."
                    .to_owned(),
            ));
        }
    }))
}
