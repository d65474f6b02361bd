//! `promptory recording …`: what a project keeps of executions.

use clap::{ArgGroup, Args, Subcommand};
use promptory_api::execution::{RecordingPolicy, RedactRule};

use crate::context::Context;
use crate::failure::Failure;
use crate::input;
use crate::route::Route;
use crate::text::{facts, or_dash};

#[derive(Debug, Subcommand)]
pub(crate) enum Recording {
    /// What is kept.
    Show,
    /// Keep something else from now on; what no flag gives stays.
    Set(Box<Set>),
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true)
    .args(["bodies", "max_body_bytes", "retention_days", "tags", "no_tags", "redact", "no_redact", "file"]))]
pub(crate) struct Set {
    /// Variables, inputs and outputs.
    #[arg(long, value_parser = ["store", "truncate", "drop"])]
    bodies: Option<String>,
    /// Of each of them, with truncate: 1,024 to 262,144.
    #[arg(long, value_name = "N")]
    max_body_bytes: Option<u64>,
    /// How long executions are kept after they were received: 1 to 3,650. A shorter time also takes what is there.
    #[arg(long, value_name = "N")]
    retention_days: Option<i64>,
    /// A tag that statistics can be grouped by, 5 at most; replaces those before.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    #[arg(long, conflicts_with = "tags")]
    no_tags: bool,
    /// Put [NAME] in place of what the regular expression finds; replaces the rules before.
    #[arg(long, value_name = "NAME=PATTERN", value_parser = rule)]
    redact: Vec<RedactRule>,
    #[arg(long, conflicts_with = "redact")]
    no_redact: bool,
    /// All of it, with the fields of the API.
    #[arg(long, value_name = "FILE|JSON", conflicts_with_all =
        ["bodies", "max_body_bytes", "retention_days", "tags", "no_tags", "redact", "no_redact"])]
    file: Option<String>,
}

fn rule(text: &str) -> Result<RedactRule, String> {
    match text.split_once('=') {
        Some((name, pattern)) if !name.is_empty() && !pattern.is_empty() => {
            Ok(RedactRule { name: name.to_owned(), pattern: pattern.to_owned(), replacement: None })
        }
        _ => Err("a rule looks like email=[^ ]+@[^ ]+".to_owned()),
    }
}

impl Recording {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::new("/recording");
        let answer = match self {
            Self::Show => context.client.get(&route).await?,
            Self::Set(set) => {
                let policy = match &set.file {
                    Some(file) => serde_json::from_value(input::json_or_file(file)?)
                        .map_err(|error| Failure::Usage(format!("--file: {error}")))?,
                    None => set.over(context.client.get(&route).await?.parse()?),
                };
                context.client.put(&route, &policy).await?
            }
        };
        context.show(&answer, describe)
    }
}

impl Set {
    fn over(self, mut policy: RecordingPolicy) -> RecordingPolicy {
        policy.bodies = self.bodies.unwrap_or(policy.bodies);
        policy.max_body_bytes = self.max_body_bytes.unwrap_or(policy.max_body_bytes);
        policy.retention_days = self.retention_days.unwrap_or(policy.retention_days);
        if self.no_tags || !self.tags.is_empty() {
            policy.tags = self.tags;
        }
        if self.no_redact || !self.redact.is_empty() {
            policy.redact = self.redact;
        }
        policy
    }
}

fn describe(policy: &RecordingPolicy) -> String {
    let bodies = match policy.bodies.as_str() {
        "truncate" => format!("truncate to {} bytes each", policy.max_body_bytes),
        other => other.to_owned(),
    };
    let rule = |rule: &RedactRule| {
        let put = rule.replacement.clone().unwrap_or_else(|| format!("[{}]", rule.name));
        format!("{}: {} becomes {put}", rule.name, rule.pattern)
    };
    facts(&[
        ("bodies", bodies),
        ("kept for", format!("{} days", policy.retention_days)),
        ("tags", or_dash(&policy.tags.join(", "))),
        ("redacted", or_dash(&policy.redact.iter().map(rule).collect::<Vec<_>>().join("\n"))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_given_changes() {
        let before = RecordingPolicy {
            tags: vec!["plan".to_owned()],
            redact: vec![rule("email=@").expect("a rule")],
            ..RecordingPolicy::default()
        };
        let set = |change: fn(&mut Set)| {
            let mut set = Set {
                bodies: None,
                max_body_bytes: None,
                retention_days: None,
                tags: Vec::new(),
                no_tags: false,
                redact: Vec::new(),
                no_redact: false,
                file: None,
            };
            change(&mut set);
            set.over(before.clone())
        };
        let expected = RecordingPolicy { retention_days: 7, ..before.clone() };
        assert_eq!(set(|set| set.retention_days = Some(7)), expected);
        let expected = RecordingPolicy { tags: Vec::new(), ..before.clone() };
        assert_eq!(set(|set| set.no_tags = true), expected);
        let changed = set(|set| set.redact = vec![rule("card=\\d{16}=x").expect("a rule")]);
        assert_eq!(changed.redact[0].pattern, "\\d{16}=x");
        assert!(describe(&changed).ends_with("redacted  card: \\d{16}=x becomes [card]\n"));
        for bad in ["", "email", "=x", "email="] {
            assert!(rule(bad).is_err(), "{bad}");
        }
    }
}
