//! What is tried, in order.

use std::time::Duration;

use promptory_api::serving::{StreamChange, StreamHello};
use promptory_server::clock::{Clock, SystemClock};
use reqwest::Method;
use serde_json::{Value, json};

use super::probe::Probe;
use crate::client::Seen;
use crate::failure::Failure;
use crate::route::Route;

/// An activation reaches every client in less than a second; this is for slow lines.
const EVENT_WAIT: Duration = Duration::from_secs(10);
const SKEW_S: u64 = 30;
const HEADERS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
];

fn wrong(text: impl Into<String>) -> Failure {
    Failure::Local(text.into())
}

pub(super) async fn all(probe: &Probe<'_>) -> Result<(), Failure> {
    let client = &probe.context.client;
    let advice = "start the server, or name its address; see `promptory serve --help`";
    probe.step("health", advice, health(probe)).await?;
    let advice = "look at the server's log, and at `promptory doctor` on its machine";
    probe.step("ready", advice, ready(probe)).await?;
    probe.step("metrics", advice, metrics(probe)).await?;
    let advice = "give a key with the scopes read, write and deploy by PROMPTORY_KEY";
    let me = probe.step("key", advice, key(probe)).await?;
    let advice = "something between here and the server takes headers away; let the proxy pass them on";
    probe.step("headers", advice, async { headers(&me) }).await?;
    probe.step("clock", "set the clocks of both machines by NTP", async { clock(&me) }).await?;
    let advice = "name an environment with --environment";
    let environment = probe.step("place", advice, place(probe)).await?;
    let advice = "a proxy may hold events back: turn its buffering off for /api/v1/stream";
    let route = Route::new("/stream").query("environment", Some(&environment));
    let mut events = probe
        .step("stream", advice, async {
            let mut events = client.events(&route).await?;
            let hello = next(&mut events, "hello").await?;
            let StreamHello { revision, .. } = parsed(&hello)?;
            Ok((events, format!("open, at revision {revision}")))
        })
        .await?;
    let advice = "the key needs the scope write; the server's log says more under the request id";
    probe.step("create", advice, create(probe)).await?;
    probe.step("version", advice, version(probe)).await?;
    let advice = "the key needs the scope deploy in this environment";
    probe.step("activate", advice, activate(probe, &environment)).await?;
    let advice = "a proxy may hold events back: turn its buffering off for /api/v1/stream";
    probe
        .step("event", advice, async {
            loop {
                let StreamChange { prompt, .. } = parsed(&next(&mut events, "change").await?)?;
                if prompt == probe.name {
                    return Ok(((), "the activation was told".to_owned()));
                }
            }
        })
        .await?;
    let advice = "the server does not serve what it stored: look at its log";
    probe.step("active", advice, active(probe, &environment)).await?;
    probe.step("resolve", advice, resolve(probe, &environment)).await
}

async fn health(probe: &Probe<'_>) -> Result<((), String), Failure> {
    match probe.context.client.open("/healthz").await? {
        (200, body) if body == "ok" => Ok(((), format!("{} answers", probe.context.client.base()))),
        (status, _) => Err(Failure::Unreachable(format!("/healthz answers {status}; is it Promptory?"))),
    }
}

async fn ready(probe: &Probe<'_>) -> Result<((), String), Failure> {
    let (status, body) = probe.context.client.open("/readyz").await?;
    let ready: Value =
        serde_json::from_str(&body).map_err(|_| wrong("/readyz does not answer as Promptory does"))?;
    for part in ["serve", "write", "feed"] {
        if ready[part] != "ok" {
            return Err(wrong(format!("{part} is {}", ready[part])));
        }
    }
    let word = |field: &str| ready[field].as_str().unwrap_or("unknown").to_owned();
    match status {
        200 => Ok(((), format!("promptory {} on {}", word("version"), word("database")))),
        _ => Err(wrong(format!("/readyz answers {status}"))),
    }
}

/// Rightly closed to the outside in many places.
async fn metrics(probe: &Probe<'_>) -> Result<((), String), Failure> {
    match probe.context.client.open("/metrics").await? {
        (200, body) if body.contains("promptory_ready") => Ok(((), "there".to_owned())),
        (401 | 403 | 404, _) => {
            Ok(((), "not reached from here, which is well outside of the own network".to_owned()))
        }
        (status, _) => Err(wrong(format!("/metrics answers {status}, or something else than Promptory's"))),
    }
}

async fn key(probe: &Probe<'_>) -> Result<(Seen, String), Failure> {
    let seen = probe.context.client.seen(Method::GET, &Route::new("/whoami"), None).await?;
    let me: Value = serde_json::from_str(&seen.body).unwrap_or_default();
    let scopes: Vec<&str> = me["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let missing = ["read", "write", "deploy"]
        .into_iter()
        .find(|wanted| !scopes.contains(wanted) && !scopes.contains(&"admin"));
    match missing {
        Some(scope) => Err(wrong(format!("the key lacks the scope {scope}"))),
        None => Ok((seen, format!("project {}", me["project"].as_str().unwrap_or("unknown")))),
    }
}

fn headers(seen: &Seen) -> Result<((), String), Failure> {
    for (name, value) in HEADERS {
        if seen.header(name) != Some(value) {
            let found = seen.header(name).unwrap_or("missing");
            return Err(wrong(format!("{name} is {found:?}, and should be {value:?}")));
        }
    }
    for name in ["content-security-policy", "x-request-id", "promptory-revision"] {
        if seen.header(name).is_none() {
            return Err(wrong(format!("{name} is missing")));
        }
    }
    Ok(((), "as the server sends them".to_owned()))
}

fn clock(seen: &Seen) -> Result<((), String), Failure> {
    let date = seen.header("date").ok_or_else(|| wrong("the answer has no Date"))?;
    let theirs = httpdate::parse_http_date(date).map_err(|_| wrong(format!("Date is {date:?}")))?;
    let theirs = theirs.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    let own = u64::try_from(SystemClock.now().micros() / 1_000_000).unwrap_or(0);
    let off = own.abs_diff(theirs);
    if off > SKEW_S {
        return Err(wrong(format!("this clock and the server's differ by {off} s")));
    }
    Ok(((), format!("{off} s apart")))
}

async fn place(probe: &Probe<'_>) -> Result<(String, String), Failure> {
    let answer = probe.context.client.get(&Route::new("/environments")).await?;
    let page: Value = answer.parse()?;
    let all: Vec<&Value> = page["items"].as_array().into_iter().flatten().collect();
    let name = |environment: &Value| environment["name"].as_str().unwrap_or_default().to_owned();
    let chosen = match &probe.environment {
        Some(wanted) => all.iter().find(|environment| name(environment) == *wanted),
        None => all.iter().find(|environment| environment["production"] == false),
    };
    let chosen = chosen.map(|environment| name(environment)).ok_or_else(|| {
        wrong("there is no such environment, or none but the production one, which is only taken when it is named")
    })?;
    let said = format!("the probe goes to {chosen}");
    Ok((chosen, said))
}

async fn create(probe: &Probe<'_>) -> Result<((), String), Failure> {
    let body = json!({"name": probe.name, "kind": "text", "description": "Made by promptory verify-install.",
        "version": {"content": "Probe {{ word }}"}});
    // From here on it may be there, even if no answer comes.
    probe.made.set(true);
    probe.context.client.post(&Route::new("/prompts"), &body).await?;
    Ok(((), probe.name.clone()))
}

async fn version(probe: &Probe<'_>) -> Result<((), String), Failure> {
    let route = Route::prompt(&probe.name)?.then("/versions");
    let answer = probe.context.client.post(&route, &json!({"content": "Probe: {{ word }}"})).await?;
    let version: Value = answer.parse()?;
    match version["version"].as_str() {
        Some(number @ "1.0.1") => Ok(((), number.to_owned())),
        _ => Err(wrong(format!("the second version is called {}", version["version"]))),
    }
}

async fn activate(probe: &Probe<'_>, environment: &str) -> Result<((), String), Failure> {
    let route = Route::prompt(&probe.name)?.then("/activate");
    let body = json!({"version": "1.0.1", "environment": environment, "reason": "promptory verify-install"});
    probe.context.client.post(&route, &body).await?;
    Ok(((), format!("1.0.1 in {environment}")))
}

async fn active(probe: &Probe<'_>, environment: &str) -> Result<((), String), Failure> {
    let client = &probe.context.client;
    let route = Route::prompt(&probe.name)?.then("/active").query("environment", Some(environment));
    let first = client.seen(Method::GET, &route, None).await?;
    let body: Value = serde_json::from_str(&first.body).unwrap_or_default();
    if body["content"] != "Probe: {{ word }}" || body["version"] != "1.0.1" {
        return Err(wrong(format!("{} is served as {}", body["version"], body["content"])));
    }
    let tag = first.header("etag").ok_or_else(|| wrong("the answer has no ETag"))?;
    let again = client.seen(Method::GET, &route, Some(("if-none-match", tag))).await?;
    match again.status {
        304 => Ok(((), "served, and 304 when it is known".to_owned())),
        status => Err(wrong(format!("asked again with its ETag it answers {status}, not 304"))),
    }
}

async fn resolve(probe: &Probe<'_>, environment: &str) -> Result<((), String), Failure> {
    let route = Route::prompt(&probe.name)?.then("/resolve");
    let body = json!({"environment": environment, "variables": {"word": "grüße"}});
    let answer: Value = probe.context.client.post(&route, &body).await?.parse()?;
    match answer["text"].as_str() {
        Some("Probe: grüße") => Ok(((), "rendered".to_owned())),
        _ => Err(wrong(format!("it is rendered as {}", answer["text"]))),
    }
}

/// The data of the next event of this name.
async fn next(events: &mut crate::client::Events<'_>, name: &str) -> Result<String, Failure> {
    let waiting = async {
        loop {
            match events.next().await? {
                Some(event) if event.name == name => return Ok(event.data),
                Some(_) => {}
                None => return Err(wrong("the server ended the stream")),
            }
        }
    };
    let late = || wrong(format!("no event {name:?} within {} s", EVENT_WAIT.as_secs()));
    tokio::time::timeout(EVENT_WAIT, waiting).await.map_err(|_| late())?
}

fn parsed<T: serde::de::DeserializeOwned>(data: &str) -> Result<T, Failure> {
    serde_json::from_str(data).map_err(|error| wrong(format!("an event that cannot be read: {error}")))
}
