//! `promptory executions show`, and how the parts of an execution are written.

use promptory_api::execution::{Execution, ExecutionStatus, Purpose, Score, ScoreValue};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::facts;

pub(super) async fn run(context: &Context, route: Route) -> Result<(), Failure> {
    let answer = context.client.get(&route).await?;
    if context.out.is_json() {
        return context.out.json(&answer.body);
    }
    context.out.block(&describe(&answer.parse()?, &answer.parse()?))
}

/// What an `ExecutionDetail` has beside an `Execution`. Both at once cannot be read: serde keeps neither numbers nor raw
/// JSON through `flatten`.
#[derive(Deserialize)]
struct Kept {
    variables: Option<Box<RawValue>>,
    input: Option<Box<RawValue>>,
    output: Option<Box<RawValue>>,
    bodies: Option<String>,
    metadata: Option<Map<String, Value>>,
    scores: Vec<Score>,
}

pub(super) const fn status(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Success => "success",
        ExecutionStatus::Error => "error",
        ExecutionStatus::Timeout => "timeout",
        ExecutionStatus::Blocked => "blocked",
    }
}

/// In and out.
pub(super) fn tokens(one: &Execution) -> String {
    let count = |tokens: Option<i64>| tokens.map_or("-".to_owned(), |tokens| tokens.to_string());
    match (one.input_tokens, one.output_tokens) {
        (None, None) => "-".to_owned(),
        (input, output) => format!("{}/{}", count(input), count(output)),
    }
}

pub(super) fn cost(one: &Execution) -> String {
    one.cost_usd.as_ref().map_or("-".to_owned(), |usd| format!("${usd}"))
}

fn describe(one: &Execution, kept: &Kept) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let purpose = match one.purpose {
        Purpose::Live => "",
        Purpose::Test => ", a test",
        Purpose::Eval => ", an evaluation",
    };
    let tags = one.tags.iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>();
    let mut described = facts(&[
        ("id", one.id.clone()),
        ("prompt", format!("{} {} in {}{purpose}", one.prompt, one.version, one.environment)),
        ("variant", text(&one.variant)),
        ("status", status(one.status).to_owned()),
        ("error", [text(&one.error_type), text(&one.error_message)].join(" ").trim().to_owned()),
        ("started", one.started_at.clone()),
        ("received", format!("{}{}", one.received_at, if one.late { ", late" } else { "" })),
        ("latency", format!("{} ms", one.latency_ms)),
        ("tokens", all_tokens(one)),
        ("cost", one.cost_source.as_ref().map_or("-".to_owned(), |how| format!("{}, {how}", cost(one)))),
        ("model", [text(&one.provider), text(&one.model)].join(" ").trim().to_owned()),
        ("sent as", sent_as(one)),
        ("user", text(&one.key)),
        ("session", text(&one.session)),
        ("country", text(&one.country)),
        ("tags", tags.join(", ")),
        ("trace", text(&one.trace_id)),
        ("metadata", kept.metadata.as_ref().map(json).unwrap_or_default()),
        ("scores", kept.scores.iter().map(score).collect::<Vec<_>>().join("\n")),
        ("texts", text(&kept.bodies)),
        ("erased", if one.erased { "what could name a person".to_owned() } else { String::new() }),
    ]);
    let bodies = [("variables", &kept.variables), ("input", &kept.input), ("output", &kept.output)];
    for (name, body) in bodies {
        if let Some(body) = body {
            described.push_str(&format!("\n{name}:\n{}\n", readable(body)));
        }
    }
    described
}

fn all_tokens(one: &Execution) -> String {
    let parts = [
        ("in", one.input_tokens),
        ("out", one.output_tokens),
        ("of them cached", one.cached_tokens),
        ("written to a cache", one.cache_write_tokens),
        ("reasoning", one.reasoning_tokens),
    ];
    let known = parts.iter().filter_map(|(what, count)| count.map(|count| format!("{count} {what}")));
    let known = known.collect::<Vec<_>>().join(", ");
    if one.tokens_estimated && !known.is_empty() { format!("{known} (estimated)") } else { known }
}

/// Only where it is known by another name here.
fn sent_as(one: &Execution) -> String {
    let differs = (&one.provider_sent, &one.model_sent) != (&one.provider, &one.model);
    let sent = [&one.provider_sent, &one.model_sent].map(|text| text.clone().unwrap_or_default());
    if differs { sent.join(" ").trim().to_owned() } else { String::new() }
}

fn score(score: &Score) -> String {
    let value = match &score.value {
        ScoreValue::Boolean(yes) => yes.to_string(),
        ScoreValue::Number(number) => number.to_string(),
        ScoreValue::Category(text) => text.clone(),
    };
    let by = score.source.as_ref().map(|source| format!(" by {source}")).unwrap_or_default();
    let why = score.comment.as_ref().map(|comment| format!(": {comment}")).unwrap_or_default();
    format!("{} {value}{by}{why}", score.name)
}

/// A text as it is, everything else as indented JSON.
fn readable(body: &RawValue) -> String {
    match serde_json::from_str::<Value>(body.get()) {
        Ok(Value::String(text)) => text,
        Ok(value) => serde_json::to_string_pretty(&value).unwrap_or_default(),
        Err(_) => body.get().to_owned(),
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
