//! `promptory explain`

use clap::Args;
use promptory_api::serving::{Explained, Explanation};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;

#[derive(Debug, Args)]
pub(crate) struct Explain {
    name: String,
    /// Absent: the key's, else the production one.
    #[arg(long)]
    environment: Option<String>,
    /// Who the prompt would be for: a stable name of a user.
    #[arg(long, value_name = "KEY")]
    user: Option<String>,
    /// A given version or a range, as for resolve.
    #[arg(long = "version", value_name = "REF")]
    reference: Option<String>,
    /// `resolution` of the conversation's last answer, as for resolve.
    #[arg(long, value_name = "RESOLUTION")]
    pin: Option<String>,
}

impl Explain {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let route = Route::prompt(&self.name)?
            .then("/explain")
            .query("environment", self.environment.as_deref())
            .query("key", self.user.as_deref())
            .query("version", self.reference.as_deref())
            .query("pin", self.pin.as_deref());
        let answer = context.client.get(&route).await?;
        let explanation: Explanation = answer.parse()?;
        context.show(&answer, |explanation| describe(context, explanation))?;
        if explanation.answer.is_some() { Ok(()) } else { Err(Failure::No) }
    }
}

fn describe(context: &Context, explanation: &Explanation) -> String {
    let steps = explanation.steps.iter();
    let rows = steps.map(|step| vec![step.rule.clone(), step.outcome.clone(), step.detail.clone()]);
    let table = context.out.table(&["RULE", "OUTCOME", "WHY"], rows.collect());
    format!("{}\n\n{table}", verdict(explanation))
}

fn verdict(explanation: &Explanation) -> String {
    let Explanation { prompt, environment, .. } = explanation;
    match &explanation.answer {
        Some(Explained { version, sequence, reason, source, revision, .. }) => format!(
            "{prompt} in {environment}: {version} (number {sequence}, {reason}, from {source}, revision {revision})"
        ),
        None => {
            let why = explanation.refused.as_deref().unwrap_or_default();
            format!("{prompt} in {environment}: refused. {why}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let said = |json: &str| verdict(&serde_json::from_str(json).expect("an explanation"));
        assert_eq!(
            said(
                r#"{"prompt":"a","environment":"staging","steps":[],"answer":{"version":"1.2.0","sequence":3,
                "build_hash":"","reason":"live","revision":12,"source":"memory"}}"#
            ),
            "a in staging: 1.2.0 (number 3, live, from memory, revision 12)"
        );
        assert_eq!(
            said(r#"{"prompt":"a","environment":"staging","steps":[],"refused":"Nothing is live there."}"#),
            "a in staging: refused. Nothing is live there."
        );
    }
}
