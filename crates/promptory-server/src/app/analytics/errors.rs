//! What went wrong, by type and shape of the message.

use std::collections::{HashMap, HashSet};

use promptory_api::analytics::{AnalyticsQuery, ErrorPattern, ErrorPatterns, ErrorPlace};
use promptory_core::{
    analytics::{Cell, STATUSES, Seen, Status},
    time::Timestamp,
};

use super::{
    Asked,
    ask::{Dimension, Question, invalid},
    asked,
    figures::share,
    gather::{self, Sums},
    refuse,
};
use crate::app::{Ctx, Outcome};

/// Places that are named with a pattern.
const PLACES: usize = 10;

/// # Errors
/// The question makes no sense, or is too much.
pub async fn errors(ctx: &Ctx, query: &AnalyticsQuery) -> Outcome<ErrorPatterns> {
    refuse(&[("metric", &query.metric), ("interval", &query.interval)], "only a series has it.")?;
    refuse(&[("group_by", &query.group_by)], "errors are grouped by type and message.")?;
    let Asked { mut question, lines, chosen } = asked(ctx, query).await?;
    failures_only(&mut question)?;
    use Dimension::{ErrorType, Prompt, Shape, Version};
    question.by = vec![ErrorType, Shape, Prompt, Version];
    let limit = question.limit;
    let source = gather::source(&question, None, &chosen);
    let sums = gather::sums(ctx, question, (source, None), lines).await?;
    Ok(patterns(sums, limit))
}

fn failures_only(question: &mut Question) -> Outcome<()> {
    let success = Status::Success.as_str();
    match &question.filter.statuses {
        Some(given) if given.iter().any(|status| &**status == success) => {
            Err(invalid("status=success: that is no failure; use error, timeout or blocked."))
        }
        Some(_) => Ok(()),
        None => {
            let failures = STATUSES.into_iter().filter(|status| *status != Status::Success);
            question.filter.statuses = Some(failures.map(|status| status.as_str().into()).collect());
            Ok(())
        }
    }
}

#[derive(Default)]
struct Pattern {
    count: u64,
    seen: Cell,
    places: Vec<ErrorPlace>,
}

fn patterns(sums: Sums, limit: usize) -> ErrorPatterns {
    let mut found: HashMap<(String, String), Pattern> = HashMap::new();
    for ((number, _), cell) in sums.cells {
        let Some(named) = usize::try_from(number).ok().and_then(|at| sums.groups.get(at)) else { continue };
        let group = named.group.clone();
        let key = (group.error_type.unwrap_or_default(), named.shape.clone().unwrap_or_default());
        let pattern = found.entry(key).or_default();
        let place = ErrorPlace {
            prompt: group.prompt.unwrap_or_default(),
            version: group.version.unwrap_or_default(),
            count: cell.count(),
        };
        pattern.count += place.count;
        pattern.places.push(place);
        pattern.seen.merge(&Cell { seen: cell.seen, ..Cell::default() });
    }
    let errors: u64 = found.values().map(|pattern| pattern.count).sum();
    let all = found.len() as u64;
    let mut found: Vec<_> = found.into_iter().filter(|(_, pattern)| pattern.count > 0).collect();
    found.sort_unstable_by(|a, b| b.1.count.cmp(&a.1.count).then_with(|| a.0.cmp(&b.0)));
    found.truncate(limit);
    let items = found.into_iter().map(|(key, pattern)| shown(key, pattern, errors)).collect();
    ErrorPatterns { items, errors, patterns: all, coverage: sums.coverage }
}

fn shown((error_type, message): (String, String), mut pattern: Pattern, errors: u64) -> ErrorPattern {
    let prompts: HashSet<&str> = pattern.places.iter().map(|place| place.prompt.as_str()).collect();
    let prompt_count = prompts.len() as u64;
    pattern.places.sort_unstable_by(|a, b| {
        b.count.cmp(&a.count).then_with(|| (&a.prompt, &a.version).cmp(&(&b.prompt, &b.version)))
    });
    pattern.places.truncate(PLACES);
    let time = |look: fn(&Seen) -> i64| {
        let at = pattern.seen.seen.as_ref().map(look).unwrap_or_default();
        Timestamp::from_micros(at).to_rfc3339()
    };
    ErrorPattern {
        error_type: Some(error_type).filter(|text| !text.is_empty()),
        message,
        count: pattern.count,
        share: share(pattern.count, errors).unwrap_or_default(),
        first_seen: time(|seen| seen.first),
        last_seen: time(|seen| seen.last),
        prompt_count,
        example: pattern.seen.seen.as_ref().map(|seen| seen.example.to_string()),
        prompts: pattern.places,
    }
}
