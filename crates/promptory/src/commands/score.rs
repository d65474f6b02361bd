//! `promptory score`

use clap::{ArgGroup, Args};
use promptory_api::execution::{NewScore, Recorded, ScoreValue};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whose").required(true).args(["execution", "session", "user", "version"]))]
pub(crate) struct Score {
    /// a–z first, then a–z, 0–9, _ . or -; such as thumbs, quality, purchase.
    name: String,
    /// A number, true or false; anything else is a category.
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// Of one execution.
    #[arg(long, value_name = "ID", conflicts_with = "prompt")]
    execution: Option<String>,
    /// Of the last execution of a session.
    #[arg(long, conflicts_with = "prompt")]
    session: Option<String>,
    /// Of the last execution of a user with the prompt.
    #[arg(long, value_name = "KEY", requires = "prompt")]
    user: Option<String>,
    #[arg(long, value_name = "NAME")]
    prompt: Option<String>,
    /// Of a version of the prompt, such as 1.2.0: what an evaluation said of it.
    #[arg(long, requires = "prompt")]
    version: Option<String>,
    /// The value is a category, whatever it looks like.
    #[arg(long)]
    category: bool,
    #[arg(long)]
    comment: Option<String>,
    /// Who or what gives it: user, reviewer, the name of a judge.
    #[arg(long)]
    source: Option<String>,
    /// Such as 2026-11-20T08:00:00Z; absent: now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Names this score: sent again, it is counted once.
    #[arg(long)]
    id: Option<String>,
}

impl Score {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let body = NewScore {
            id: self.id,
            execution_id: self.execution,
            session: self.session,
            key: self.user,
            prompt: self.prompt,
            version: self.version,
            value: value(&self.value, self.category),
            name: self.name,
            comment: self.comment,
            source: self.source,
            at: self.at,
        };
        let answer = context.client.post(&Route::new("/scores"), &body).await?;
        context.show(&answer, |recorded: &Recorded| match recorded.accepted {
            0 => "Known already by its id; nothing was added.".to_owned(),
            _ => format!("{} is noted.", body.name),
        })
    }
}

fn value(text: &str, category: bool) -> ScoreValue {
    match text {
        _ if category => ScoreValue::Category(text.to_owned()),
        "true" => ScoreValue::Boolean(true),
        "false" => ScoreValue::Boolean(false),
        _ => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => ScoreValue::Number(number),
            _ => ScoreValue::Category(text.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_they_look_like() {
        assert_eq!(value("true", false), ScoreValue::Boolean(true));
        assert_eq!(value("-0.5", false), ScoreValue::Number(-0.5));
        for category in ["good", "NaN", "inf", "True"] {
            assert_eq!(value(category, false), ScoreValue::Category(category.to_owned()));
        }
        assert_eq!(value("5", true), ScoreValue::Category("5".to_owned()));
    }
}
