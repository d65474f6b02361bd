//! Random executions and random questions: answers are what a plain count of the same executions gives.

use std::{collections::BTreeMap, sync::Arc};

use promptory_core::{
    analytics::{STATUSES, Status},
    cost::decimal,
};
use promptory_server::recording::Line;
use serde_json::Value;

use crate::{
    answer::word,
    facts::{Call, micros, text},
    server::{MORNING, Person, Server, story},
};

const CALLS: usize = 3_000;
const QUESTIONS: usize = 60;
const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// Small and repeatable (Steele, Lea, Flood: SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: i64) -> i64 {
        i64::try_from(self.roll() % u64::try_from(n).expect("positive")).expect("small")
    }

    fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(i64::try_from(all.len()).expect("few"))).expect("an index")]
    }
}

struct World {
    lines: Vec<(&'static str, Arc<Line>)>,
    calls: Vec<Call>,
}

async fn world(app: &Server, author: &Person, dice: &mut Dice) -> World {
    app.choose_plan().await;
    let mut lines = Vec::new();
    for (prompt, category, owner) in
        [("support/reply", "generation", "ada"), ("sql", "text-to-SQL", "ada"), ("a,b", "", "bob")]
    {
        author.publish(prompt, "one").await.good();
        author.reword(prompt, "two").await.good();
        let path = format!("/prompts/{}", crate::server::encoded(prompt));
        author.patch(&path, serde_json::json!({"category": category, "owner": owner})).await.good();
        for version in ["1", "2"] {
            for (environment, variant) in [("production", ""), ("production", "b"), ("staging", "")] {
                lines.push((prompt, app.line_with(prompt, version, environment, variant).await));
            }
        }
    }
    let now = micros(MORNING);
    let calls = (0..CALLS).map(|n| call(dice, &lines, n, now)).collect();
    World { lines, calls }
}

fn call(dice: &mut Dice, lines: &[(&'static str, Arc<Line>)], n: usize, now: i64) -> Call {
    let (prompt, line) = dice.of(lines).clone();
    let days = *dice.of(&[1, 6, 20, 60]);
    let at = now - dice.below(days * DAY);
    let call = Call::new(prompt, &line, &text(at));
    let failed = dice.one_in(5);
    let some = |dice: &mut Dice, most| (!dice.one_in(6)).then(|| dice.below(most));
    let mut tags = BTreeMap::new();
    if dice.one_in(2) {
        tags.insert("plan".to_owned(), (*dice.of(&["free", "pro"])).to_owned());
    }
    if dice.one_in(3) {
        tags.insert("beta".to_owned(), "true".to_owned());
    }
    let call = Call {
        id: format!("call-{n}"),
        at,
        latency: dice.below(9_000_000) * dice.below(3),
        purpose: if dice.one_in(8) { 1 } else { 0 },
        late: dice.one_in(9),
        input: some(dice, 3_000),
        output: some(dice, 900),
        cost: some(dice, 9_000_000_000),
        provider: (*dice.of(&["openai", "anthropic"])).to_owned(),
        model: (*dice.of(&["m1", "m2", "m3"])).to_owned(),
        country: (*dice.of(&["DE", "US", "", "other"])).to_owned(),
        tags,
        score: dice.one_in(3).then(|| dice.below(2) * 1_000_000_000),
        ..call
    };
    if failed {
        let status = *dice.of(&STATUSES[1..]);
        let error_type = *dice.of(&["", "rate_limit", "context"]);
        let shape = *dice.of(&["Retry in ‹n› s", "Context of ‹n› tokens"]);
        return call.failed(status, error_type, shape);
    }
    call
}

/// What a call is by a dimension; none: it is in no line.
fn by(call: &Call, dimension: &str) -> Option<String> {
    let about = |prompt: &str| match prompt {
        "support/reply" => ("generation", "ada"),
        "sql" => ("text-to-SQL", "ada"),
        _ => ("", "bob"),
    };
    Some(match dimension {
        "prompt" => call.prompt.clone(),
        "version" => call.line.version.to_string(),
        "environment" => call.line.environment.to_string(),
        "variant" => call.line.variant.to_string(),
        "provider" => call.provider.clone(),
        "model" => call.model.clone(),
        "country" => call.country.clone(),
        "status" => call.status.as_str().to_owned(),
        "error_type" => call.error_type.clone(),
        "category" => about(&call.prompt).0.to_owned(),
        "owner" => about(&call.prompt).1.to_owned(),
        tag => call.tags.get(tag.strip_prefix("tag:").expect("a tag"))?.clone(),
    })
}

/// A filter, and what it takes.
const FILTERS: [(&str, &[&str]); 11] = [
    ("prompt", &["sql", "support/reply", "a,b"]),
    ("version", &["1.0.0", "1.0.1"]),
    ("environment", &["production", "staging"]),
    ("variant", &["", "b"]),
    ("provider", &["openai", "anthropic"]),
    ("model", &["m1", "m2"]),
    ("country", &["DE", "US", "", "other"]),
    ("status", &["success", "error", "timeout", "blocked"]),
    ("error_type", &["rate_limit", ""]),
    ("category", &["generation", "text-to-SQL", ""]),
    ("owner", &["ada", "bob"]),
];
const GROUPS: [&str; 13] = [
    "prompt",
    "version",
    "environment",
    "variant",
    "provider",
    "model",
    "country",
    "status",
    "error_type",
    "category",
    "owner",
    "tag:plan",
    "tag:beta",
];

struct Asked {
    query: String,
    filters: Vec<(&'static str, Vec<&'static str>)>,
    tag: Option<&'static str>,
    groups: Vec<&'static str>,
    all_purposes: bool,
}

impl Asked {
    fn random(dice: &mut Dice) -> Self {
        let now = micros(MORNING);
        let length = *dice.of(&[HOUR / 7, 5 * HOUR, 3 * DAY, 30 * DAY]);
        let to = now - dice.below(30 * DAY) * dice.below(2);
        let from = to - dice.below(length) - 1_000;
        let mut query = format!("from={}&to={}", text(from), text(to));
        let mut filters = Vec::new();
        for (name, values) in FILTERS {
            // Few at once, so that something is left; a prompt whose name has a comma stands alone.
            if !dice.one_in(9) {
                continue;
            }
            let mut some = vec![*dice.of(values)];
            if dice.one_in(3) && name != "prompt" {
                some.push(*dice.of(values));
            }
            query.push_str(&format!("&{name}={}", crate::server::encoded(&some.join(","))));
            filters.push((name, some));
        }
        let tag = dice.one_in(9).then(|| *dice.of(&["plan", "plan:pro", "beta"]));
        if let Some(tag) = tag {
            query.push_str(&format!("&tag={tag}"));
        }
        let mut groups: Vec<&'static str> = Vec::new();
        for _ in 0..dice.below(3) {
            let group = *dice.of(&GROUPS);
            let two_tags = group.starts_with("tag:") && groups.iter().any(|known| known.starts_with("tag:"));
            if !groups.contains(&group) && !two_tags {
                groups.push(group);
            }
        }
        if !groups.is_empty() {
            query.push_str(&format!("&group_by={}&limit=200", groups.join(",")));
        }
        let all_purposes = dice.one_in(4);
        if all_purposes {
            query.push_str("&purpose=all");
        }
        Self { query, filters, tag, groups, all_purposes }
    }

    fn takes(&self, call: &Call) -> bool {
        let tag = self.tag.is_none_or(|tag| match tag.split_once(':') {
            Some((name, value)) => call.tags.get(name).is_some_and(|found| found == value),
            None => call.tags.contains_key(tag),
        });
        let filtered = self.filters.iter().all(|(name, values)| {
            by(call, name).is_some_and(|found| values.iter().any(|value| *value == found))
        });
        tag && filtered && (self.all_purposes || call.purpose == 0)
    }

    /// Lines of the answer by what they are grouped by.
    fn lines<'a>(&self, calls: impl Iterator<Item = &'a Call>) -> BTreeMap<Vec<String>, Vec<&'a Call>> {
        let mut lines: BTreeMap<Vec<String>, Vec<&Call>> = BTreeMap::new();
        for call in calls.filter(|call| self.takes(call)) {
            let key: Option<Vec<String>> = self.groups.iter().map(|group| by(call, group)).collect();
            if let Some(key) = key {
                lines.entry(key).or_default().push(call);
            }
        }
        lines
    }

    fn key(&self, item: &Value) -> Vec<String> {
        let field = |group: &&str| word(&item[if group.starts_with("tag:") { "tag" } else { group }]);
        self.groups.iter().map(field).collect()
    }
}

#[track_caller]
fn same_distribution(found: &Value, mut values: Vec<i64>, (one, decimals): (f64, u32), asked: &str) {
    let total: i128 = values.iter().map(|value| i128::from(*value)).sum();
    assert_eq!(found["count"], values.len(), "{asked}");
    assert_eq!(found["total"].to_string(), decimal(total, decimals), "{asked}");
    values.sort_unstable();
    let Some((least, most)) = values.first().zip(values.last()) else {
        assert_eq!(
            (&found["mean"], &found["p50"], &found["min"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        return;
    };
    let is = |name: &str, exact: f64, within: f64| {
        let value = found[name].as_f64().unwrap_or_else(|| panic!("no {name}: {found} {asked}"));
        assert!((value - exact).abs() <= exact.abs() * within + 1e-9, "{name} {value} for {exact}: {asked}");
    };
    let n = values.len() as f64;
    let mean = total as f64 / n;
    is("min", *least as f64 / one, 1e-12);
    is("max", *most as f64 / one, 1e-12);
    is("mean", mean / one, 1e-9);
    let variance = values.iter().map(|value| (*value as f64 - mean).powi(2)).sum::<f64>() / n;
    is("std", variance.sqrt() / one, 1e-6);
    for (name, q) in [("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)]
    {
        let rank = (q * (n - 1.0)).floor() as usize;
        is(name, values[rank] as f64 / one, 0.01);
    }
}

#[track_caller]
fn same_figures(found: &Value, calls: &[&Call], asked: &str) {
    let count = |status: Status| calls.iter().filter(|call| call.status == status).count();
    assert_eq!(found["count"], calls.len(), "{asked}");
    for status in STATUSES {
        assert_eq!(found["statuses"][status.as_str()], count(status), "{asked}");
    }
    let values =
        |look: fn(&Call) -> Option<i64>| calls.iter().filter_map(|call| look(call)).collect::<Vec<_>>();
    same_distribution(&found["latency_ms"], values(|call| Some(call.latency)), (1e3, 3), asked);
    same_distribution(&found["input_tokens"], values(|call| call.input), (1.0, 0), asked);
    same_distribution(&found["output_tokens"], values(|call| call.output), (1.0, 0), asked);
    same_distribution(&found["cost_usd"], values(|call| call.cost), (1e12, 12), asked);
    assert_eq!(found["unpriced"], calls.iter().filter(|call| call.cost.is_none()).count(), "{asked}");
    assert_eq!(found["late"], calls.iter().filter(|call| call.late).count(), "{asked}");
    let scores = values(|call| call.score);
    if scores.is_empty() {
        assert_eq!(found["scores"], serde_json::json!({}), "{asked}");
    } else {
        same_distribution(&found["scores"]["thumbs"], scores, (1e9, 9), asked);
    }
    let failed = count(Status::Error) + count(Status::Timeout);
    let rate = found["error_rate"].as_f64();
    let expected = (!calls.is_empty()).then(|| failed as f64 / calls.len() as f64);
    assert_eq!(rate, expected, "{asked}");
}

both!(summaries_are_what_counting_gives, async |db| {
    let (app, _, author, _) = story(db).await;
    let mut dice = Dice::new(7);
    let world = world(&app, &author, &mut dice).await;
    // Two recorders, as two servers have.
    app.record(&world.calls[..CALLS / 3]).await;
    app.record(&world.calls[CALLS / 3..]).await;
    assert_eq!(world.lines.len(), 18);
    let (mut raw, mut filled) = (0, 0);
    for _ in 0..QUESTIONS {
        let asked = Asked::random(&mut dice);
        let answer = author.get(&format!("/analytics/summary?{}", asked.query)).await.good();
        let found = answer.json();
        let (from, to) = (micros(&answer.field("/from")), micros(&answer.field("/to")));
        let lines = asked.lines(world.calls.iter().filter(|call| (from..to).contains(&call.at)));
        let items = found["items"].as_array().expect("a list");
        if asked.groups.is_empty() {
            let calls = lines.values().next().cloned().unwrap_or_default();
            same_figures(&items[0], &calls, &asked.query);
            filled += usize::from(!calls.is_empty());
        } else {
            assert_eq!(items.len(), lines.len(), "{answer}");
            for item in items {
                let calls =
                    lines.get(&asked.key(item)).unwrap_or_else(|| panic!("a line too many: {item} {answer}"));
                same_figures(item, calls, &asked.query);
            }
            let counts: Vec<u64> =
                items.iter().map(|item| item["count"].as_u64().expect("a number")).collect();
            assert!(counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
            filled += usize::from(!items.is_empty());
        }
        raw += usize::from(found["source"] == "raw");
    }
    assert!(
        raw > 5 && filled > QUESTIONS / 3,
        "the questions try too little: {raw} raw, {filled} with an answer"
    );
});

/// Where a point of a series ends: where the next begins.
fn ends(points: &[Value], to: i64) -> Vec<(i64, i64)> {
    let begins: Vec<i64> = points.iter().map(|point| micros(point["at"].as_str().expect("a time"))).collect();
    let next = begins.iter().skip(1).copied().chain([to]);
    begins.iter().copied().zip(next).collect()
}

both!(series_are_what_counting_gives, async |db| {
    let (app, _, author, _) = story(db).await;
    let mut dice = Dice::new(11);
    let world = world(&app, &author, &mut dice).await;
    app.record(&world.calls).await;
    let metrics = "count,error_rate,cost_usd,input_tokens,latency_mean,latency_p95,unpriced,score:thumbs";
    let mut points_seen = 0;
    for _ in 0..QUESTIONS {
        let asked = Asked::random(&mut dice);
        let zone = *dice.of(&["UTC", "Europe/Berlin", "America/New_York"]);
        let query = format!("{}&metric={metrics}&zone={zone}", asked.query);
        let answer = author.get(&format!("/analytics/series?{query}")).await.good();
        let found = answer.json();
        let (from, to) = (micros(&answer.field("/from")), micros(&answer.field("/to")));
        let lines = asked.lines(world.calls.iter().filter(|call| (from..to).contains(&call.at)));
        let items = found["items"].as_array().expect("a list");
        assert_eq!(items.len(), if asked.groups.is_empty() { 1 } else { lines.len() }, "{answer}");
        for item in items {
            let calls = lines.get(&asked.key(item)).cloned().unwrap_or_default();
            let points = item["points"].as_array().expect("points");
            let mut counted = 0;
            for (point, (begin, end)) in points.iter().zip(ends(points, to)) {
                let inside: Vec<&&Call> =
                    calls.iter().filter(|call| (begin..end).contains(&call.at)).collect();
                counted += inside.len();
                assert_eq!(point["count"], inside.len(), "{point} {query}");
                let cost: i128 = inside.iter().filter_map(|call| call.cost).map(i128::from).sum();
                assert_eq!(point["cost_usd"].to_string(), decimal(cost, 12), "{point} {query}");
                let tokens: i64 = inside.iter().filter_map(|call| call.input).sum();
                assert_eq!(point["input_tokens"], tokens, "{point} {query}");
                assert_eq!(point["latency_p95"].is_null(), inside.is_empty(), "{point} {query}");
                points_seen += usize::from(!inside.is_empty());
            }
            assert_eq!(counted, calls.len(), "the points hold every call: {query}");
        }
    }
    assert!(points_seen > 100, "{points_seen}");
});
