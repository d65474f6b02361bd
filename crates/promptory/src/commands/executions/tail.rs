//! `promptory executions tail`

use std::time::Duration;

use promptory_api::execution::Execution;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::MissedTickBehavior;

use super::show::{cost, status, tokens};
use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::cut;

/// The server is asked once a second.
const PACE: Duration = Duration::from_secs(1);
const MESSAGE_CHARS: usize = 100;

/// The answer, with executions as the server wrote them.
#[derive(Deserialize)]
struct Received {
    items: Vec<Box<RawValue>>,
    next: String,
    skipped: bool,
}

pub(super) async fn run(context: &Context, route: &Route) -> Result<(), Failure> {
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut after: Option<String> = None;
    loop {
        let received = async {
            pace.tick().await;
            context.client.get(&route.clone().query("after", after.as_deref())).await
        };
        let answer = tokio::select! {
            // It is how the command is meant to end.
            _ = &mut interrupted => return Ok(()),
            answer = received => answer?,
        };
        let received: Received = answer.parse()?;
        if after.is_none() {
            context.out.aside("Following from now on; Ctrl-C ends it.");
        }
        if received.skipped {
            context.out.aside("More was received than is shown: the newest 200.");
        }
        for item in &received.items {
            print(context, item)?;
        }
        after = Some(received.next);
    }
}

fn print(context: &Context, item: &RawValue) -> Result<(), Failure> {
    if context.out.is_json() {
        // One line each, on a terminal too.
        return context.out.bytes(format!("{}\n", item.get().replace('\n', " ")).as_bytes());
    }
    let one: Execution = serde_json::from_str(item.get()).map_err(|error| {
        Failure::Unreachable(format!("an execution is not one that this program knows ({error})"))
    })?;
    context.out.block(&line(&one))
}

fn line(one: &Execution) -> String {
    let time = one.started_at.get(11..19).unwrap_or(&one.started_at);
    let mut text = format!(
        "{time}  {:7}  {} {} in {}  {:.0} ms",
        status(one.status),
        one.prompt,
        one.version,
        one.environment,
        one.latency_ms
    );
    for part in [one.model.clone().unwrap_or_default(), tokens(one), cost(one)] {
        if !part.is_empty() && part != "-" {
            text.push_str(&format!("  {part}"));
        }
    }
    text.push_str(&format!("  {}", one.id));
    if let Some(message) = one.error_message.as_ref().or(one.error_type.as_ref()) {
        text.push_str(&format!("  {}", cut(&message.replace('\n', " "), MESSAGE_CHARS)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_per_execution() {
        let mut json = serde_json::json!({
            "id": "a-1", "prompt": "support/reply", "version": "1.2.0", "environment": "production",
            "status": "success", "purpose": "live", "started_at": "2026-11-20T08:00:01.250Z",
            "received_at": "2026-11-20T08:00:02.000Z", "latency_ms": 812.4, "input_tokens": 1000,
            "output_tokens": 500, "tokens_estimated": false, "model": "gpt-4.1", "tags": {}, "late": false,
            "erased": false
        });
        json["cost_usd"] = serde_json::from_str("0.006000").expect("a number");
        let check = |json: &serde_json::Value, expected: &str| {
            let one = serde_json::from_str(&json.to_string()).expect("an execution");
            assert_eq!(line(&one), expected);
        };
        check(
            &json,
            "08:00:01  success  support/reply 1.2.0 in production  812 ms  gpt-4.1  1000/500  $0.006000  a-1",
        );
        json["status"] = "timeout".into();
        json["error_message"] = "no answer\nin 30 s".into();
        for field in ["cost_usd", "model", "input_tokens", "output_tokens"] {
            json.as_object_mut().expect("an object").remove(field);
        }
        check(&json, "08:00:01  timeout  support/reply 1.2.0 in production  812 ms  a-1  no answer in 30 s");
    }
}
