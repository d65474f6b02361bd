//! `promptory analytics …`

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{cut, minute, or_dash};

#[derive(Debug, Subcommand)]
pub(crate) enum Analytics {
    /// Figures of a time: one line, or one for each group.
    Summary {
        #[command(flatten)]
        filter: Filter,
        /// Of prompt, version, environment, variant, provider, model, country, status, error_type, category, owner, tag:NAME; several with commas.
        #[arg(long, value_name = "WORDS")]
        group_by: Option<String>,
        /// Lines at most, 1 to 200; the rest is added up.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Figures over time.
    Series {
        #[command(flatten)]
        filter: Filter,
        /// As of summary.
        #[arg(long, value_name = "WORDS")]
        group_by: Option<String>,
        /// Such as count,error_rate,cost_usd,latency_p95,score:NAME; absent: the usual ones.
        #[arg(long, value_name = "WORDS")]
        metric: Option<String>,
        /// Absent: what suits the time.
        #[arg(long, value_parser = ["minute", "hour", "day"])]
        interval: Option<String>,
        /// Whose days and hours, such as Europe/Berlin.
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
        /// Lines at most, 1 to 200; the rest is added up.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// What went wrong, by type and shape of the message.
    Errors {
        #[command(flatten)]
        filter: Filter,
        /// Messages at most, 1 to 200.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Figures by country.
    Countries {
        #[command(flatten)]
        filter: Filter,
        /// Countries at most, 1 to 200; the rest is added up.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// How two versions of a prompt did beside each other.
    Compare {
        prompt: String,
        /// 1.2.0, a sequence number, latest, a label, or an environment (what is live there).
        from: String,
        to: String,
        /// Where they ran; absent: the production environment.
        #[arg(long)]
        environment: Option<String>,
        /// Absent: 30 days before the end.
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Absent: now.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
}

/// Several values of one, with commas, mean any of them.
#[derive(Debug, Args)]
pub(crate) struct Filter {
    #[arg(long)]
    prompt: Option<String>,
    #[arg(long)]
    version: Option<String>,
    #[arg(long)]
    environment: Option<String>,
    #[arg(long)]
    variant: Option<String>,
    #[arg(long)]
    provider: Option<String>,
    #[arg(long)]
    model: Option<String>,
    /// Two letters, such as DE.
    #[arg(long)]
    country: Option<String>,
    /// success, error, timeout or blocked.
    #[arg(long)]
    status: Option<String>,
    #[arg(long)]
    error_type: Option<String>,
    /// Of the prompts, as they have it now.
    #[arg(long)]
    category: Option<String>,
    /// Of the prompts, as they have it now.
    #[arg(long)]
    owner: Option<String>,
    /// name or name:value.
    #[arg(long)]
    tag: Option<String>,
    /// live, test, eval or all; absent: live.
    #[arg(long)]
    purpose: Option<String>,
    /// Absent: 24 hours before the end.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Absent: now.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

impl Filter {
    fn route(&self, path: &str, limit: Option<usize>) -> Route {
        let parts = [
            ("prompt", &self.prompt),
            ("version", &self.version),
            ("environment", &self.environment),
            ("variant", &self.variant),
            ("provider", &self.provider),
            ("model", &self.model),
            ("country", &self.country),
            ("status", &self.status),
            ("error_type", &self.error_type),
            ("category", &self.category),
            ("owner", &self.owner),
            ("tag", &self.tag),
            ("purpose", &self.purpose),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let limit = limit.map(|limit| limit.to_string());
        let route = Route::new(path).query("limit", limit.as_deref());
        parts.into_iter().fold(route, |route, (name, value)| route.query(name, value.as_deref()))
    }
}

impl Analytics {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let (route, look): (Route, fn(&Context, &Value) -> String) = match self {
            Self::Summary { filter, group_by, limit } => {
                (filter.route("/analytics/summary", limit).query("group_by", group_by.as_deref()), summary)
            }
            Self::Series { filter, group_by, metric, interval, zone, limit } => {
                let route = filter
                    .route("/analytics/series", limit)
                    .query("group_by", group_by.as_deref())
                    .query("metric", metric.as_deref())
                    .query("interval", interval.as_deref())
                    .query("zone", zone.as_deref());
                (route, series)
            }
            Self::Errors { filter, limit } => (filter.route("/analytics/errors", limit), errors),
            Self::Countries { filter, limit } => (filter.route("/analytics/geography", limit), summary),
            Self::Compare { prompt, from, to, environment, since, until } => {
                let route = Route::new("/analytics/compare")
                    .query("prompt", Some(&prompt))
                    .query("from", Some(&from))
                    .query("to", Some(&to))
                    .query("environment", environment.as_deref())
                    .query("since", since.as_deref())
                    .query("until", until.as_deref());
                (route, compare)
            }
        };
        let answer = context.client.get(&route).await?;
        context.show(&answer, |found: &Value| format!("{}{}", look(context, found), notes(found)))
    }
}

const GROUPS: [&str; 12] = [
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
    "tag",
];

/// What lines are grouped by, as far as any line shows it.
fn grouped(items: &[Value]) -> Vec<&'static str> {
    GROUPS.into_iter().filter(|group| items.iter().any(|item| item.get(*group).is_some())).collect()
}

fn names(item: &Value, groups: &[&str]) -> Vec<String> {
    let others = item["others"] == true;
    let name = |(place, group): (usize, &&str)| match item[*group].as_str() {
        _ if others => {
            if place == 0 {
                "(others)".to_owned()
            } else {
                String::new()
            }
        }
        name => or_dash(name.unwrap_or_default()),
    };
    groups.iter().enumerate().map(name).collect()
}

fn items(found: &Value) -> &[Value] {
    found["items"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn summary(context: &Context, found: &Value) -> String {
    let items = items(found);
    if items.is_empty() {
        return "No executions in this time.\n".to_owned();
    }
    let groups = grouped(items);
    let mut header: Vec<String> = groups.iter().map(|group| group.to_uppercase().replace('_', " ")).collect();
    header.extend(
        ["COUNT", "ERRORS", "MEAN MS", "P50 MS", "P95 MS", "INPUT", "OUTPUT", "COST USD"].map(str::to_owned),
    );
    let rows = items.iter().map(|item| {
        let latency = &item["latency_ms"];
        let mut row = names(item, &groups);
        row.extend([
            number(&item["count"]),
            percent(&item["error_rate"]),
            short(&latency["mean"]),
            short(&latency["p50"]),
            short(&latency["p95"]),
            number(&item["input_tokens"]["total"]),
            number(&item["output_tokens"]["total"]),
            number(&item["cost_usd"]["total"]),
        ]);
        row
    });
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    context.out.table(&header, rows.collect())
}

fn series(context: &Context, found: &Value) -> String {
    let items = items(found);
    let Some(point) = items.first().and_then(|item| item["points"].get(0)).and_then(Value::as_object) else {
        return "No executions in this time.\n".to_owned();
    };
    let groups = grouped(items);
    let metrics: Vec<&String> = point.keys().filter(|name| *name != "at").collect();
    let mut header: Vec<String> = groups.iter().map(|group| group.to_uppercase().replace('_', " ")).collect();
    header.push("AT".to_owned());
    header.extend(metrics.iter().map(|name| name.to_uppercase().replace('_', " ")));
    let rows = items.iter().flat_map(|item| {
        let points = item["points"].as_array().map(Vec::as_slice).unwrap_or_default();
        points.iter().map(|point| {
            let mut row = names(item, &groups);
            row.push(minute(point["at"].as_str().unwrap_or_default()));
            row.extend(metrics.iter().map(|name| match name.ends_with("_rate") {
                true => percent(&point[name.as_str()]),
                false if name.starts_with("latency") => short(&point[name.as_str()]),
                false => number(&point[name.as_str()]),
            }));
            row
        })
    });
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    context.out.table(&header, rows.collect())
}

fn errors(context: &Context, found: &Value) -> String {
    let items = items(found);
    if items.is_empty() {
        return "Nothing went wrong in this time.\n".to_owned();
    }
    let text = |value: &Value| or_dash(value.as_str().unwrap_or_default());
    let rows = items.iter().map(|item| {
        let place = &item["prompts"][0];
        let more = item["prompt_count"].as_u64().unwrap_or(1).saturating_sub(1);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        vec![
            number(&item["count"]),
            percent(&item["share"]),
            text(&item["error_type"]),
            cut(&text(&item["message"]), 100),
            minute(item["last_seen"].as_str().unwrap_or_default()),
            format!("{}{more}", text(&place["prompt"])),
            text(&item["example"]),
        ]
    });
    let header = ["COUNT", "SHARE", "TYPE", "MESSAGE", "LAST SEEN", "PROMPT", "EXAMPLE"];
    context.out.table(&header, rows.collect())
}

fn compare(context: &Context, found: &Value) -> String {
    let text = |name: &str| found[name].as_str().unwrap_or_default();
    let (from, to) = (text("from"), text("to"));
    let (basis, hours) = match text("basis") {
        "concurrent" => ("Concurrent", format!("over {} hours in which both served", found["shared_hours"])),
        _ => ("Observational", "different times, different callers; no verdict follows from it".to_owned()),
    };
    let counts = format!(
        "{basis}: {hours}.\n{from}: {} executions, {to}: {} executions, in {}.\n\n",
        found["from_figures"]["count"],
        found["to_figures"]["count"],
        text("environment")
    );
    let rows = found["changes"].as_array().into_iter().flatten().map(|change| {
        let interval = match (change["low"].as_f64(), change["high"].as_f64()) {
            (Some(_), Some(_)) => format!("{} to {}", fine(&change["low"]), fine(&change["high"])),
            _ => "-".to_owned(),
        };
        vec![
            change["metric"].as_str().unwrap_or_default().to_owned(),
            fine(&change["from"]),
            fine(&change["to"]),
            fine(&change["change"]),
            interval,
        ]
    });
    let table = context.out.table(&["METRIC", from, to, "CHANGE", "95 % INTERVAL"], rows.collect());
    format!("{counts}{table}")
}

/// Below the table: how far the figures go, and what makes them less than exact.
fn notes(found: &Value) -> String {
    let mut text = String::new();
    for remark in found["remarks"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        text.push_str(&format!("\n{remark}"));
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

/// As the server wrote it.
fn number(value: &Value) -> String {
    if value.is_null() { "-".to_owned() } else { value.to_string() }
}

fn percent(value: &Value) -> String {
    value.as_f64().map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", share * 100.0))
}

fn short(value: &Value) -> String {
    value.as_f64().map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"))
}

/// Six digits that matter: costs are small numbers.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn fine(value: &Value) -> String {
    let Some(value) = value.as_f64() else { return "-".to_owned() };
    if value == 0.0 {
        return "0".to_owned();
    }
    let places = (5.0 - value.abs().log10().floor()).clamp(0.0, 14.0) as usize;
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!((percent(&json!(0.0525)), percent(&Value::Null)), ("5.25 %".to_owned(), "-".to_owned()));
        for (value, expected) in [
            (0.0, "0"),
            (250.0, "250"),
            (-12.345_678, "-12.3457"),
            (0.000_225, "0.000225"),
            (1_234_567.8, "1234568"),
        ] {
            assert_eq!(fine(&json!(value)), expected);
        }
    }

    #[test]
    fn lines_are_named_by_what_they_are_grouped_by() {
        let items = [json!({"prompt": "a", "model": "", "count": 1}), json!({"others": true, "count": 2})];
        let groups = grouped(&items);
        assert_eq!(groups, ["prompt", "model"]);
        assert_eq!(names(&items[0], &groups), ["a", "-"]);
        assert_eq!(names(&items[1], &groups), ["(others)", ""]);
    }
}
