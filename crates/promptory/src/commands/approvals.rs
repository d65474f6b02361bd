//! `promptory approvals …`, and the words by which people decide.

use clap::{Args, Subcommand};
use promptory_api::approval::{
    Approval as Answer, ApprovalDecision, ApprovalStage, Decide, Emergency, NewApproval, ReviewEmergency,
};

use crate::context::Context;
use crate::failure::Failure;
use crate::route::Route;
use crate::text::{facts, minute, option_or_dash};

#[derive(Debug, Subcommand)]
pub(crate) enum Approvals {
    /// Requests, newest first.
    List {
        /// open, pending, changes_requested, approved, rejected, withdrawn or expired.
        #[arg(long)]
        state: Option<String>,
        /// Only those that wait for you.
        #[arg(long)]
        mine: bool,
        /// Only those that you asked for.
        #[arg(long)]
        asked: bool,
        #[arg(long)]
        prompt: Option<String>,
        #[arg(long)]
        environment: Option<String>,
        /// At most so many requests; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Where one stands, what was decided and said.
    Show { id: String },
    /// Ask before anybody deploys; a change that needs approval asks by itself.
    Request {
        name: String,
        /// 1.2.0, a sequence number, a label or latest.
        reference: String,
        /// Needed unless the key is bound to one.
        #[arg(long)]
        environment: Option<String>,
        /// For those who decide.
        #[arg(long)]
        note: Option<String>,
    },
    /// What went live without approval, newest first.
    Emergencies {
        /// Only those that nobody looked at yet.
        #[arg(long)]
        open: bool,
        /// At most so many; absent: all.
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Look at an emergency afterwards.
    Review {
        /// Of the deployment.
        id: String,
        /// It was right: the build counts as approved from then on.
        #[arg(long, conflicts_with = "wrong", required_unless_present = "wrong")]
        right: bool,
        /// It was not.
        #[arg(long)]
        wrong: bool,
        #[arg(long)]
        comment: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Decision {
    /// Of the approval.
    id: String,
    #[arg(long)]
    comment: Option<String>,
}

impl Decision {
    /// `word`: `/approve`, `/reject` …
    pub(crate) async fn run(self, context: &Context, word: &str) -> Result<(), Failure> {
        say(context, &self.id, word, &Decide { comment: self.comment, ..Decide::default() }).await
    }
}

#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Of the approval.
    id: String,
    #[arg(long)]
    comment: Option<String>,
    /// Number of the decision or comment that this answers, as `approvals show` has it.
    #[arg(long)]
    reply_to: Option<i64>,
}

impl Words {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let body = Decide { comment: self.comment, reply_to: self.reply_to };
        say(context, &self.id, "/comment", &body).await
    }
}

async fn say(context: &Context, id: &str, word: &str, body: &Decide) -> Result<(), Failure> {
    let answer = context.client.post(&route(id)?.then(word), body).await?;
    context.show(&answer, describe)
}

fn route(id: &str) -> Result<Route, Failure> {
    Route::new("/approvals").segment(id)
}

impl Approvals {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List { state, mine, asked, prompt, environment, limit } => {
                let route = Route::new("/approvals")
                    .query("state", state.as_deref())
                    .query("mine", mine.then_some("true"))
                    .query("asked", asked.then_some("true"))
                    .query("prompt", prompt.as_deref())
                    .query("environment", environment.as_deref());
                list(context, route, limit).await
            }
            Self::Show { id } => {
                let answer = context.client.get(&route(&id)?).await?;
                context.show(&answer, describe)
            }
            Self::Request { name, reference, environment, note } => {
                let body = NewApproval { prompt: name, version: reference, environment, note };
                let answer = context.client.post(&Route::new("/approvals"), &body).await?;
                context.show(&answer, describe)
            }
            Self::Emergencies { open, limit } => emergencies(context, open, limit).await,
            Self::Review { id, right, comment, .. } => {
                let body = ReviewEmergency { approved: right, comment };
                let route = Route::new("/emergencies").segment(&id)?.then("/review");
                let answer = context.client.post(&route, &body).await?;
                context.show(&answer, |emergency: &Emergency| {
                    let found = if right { "right; the build counts as approved" } else { "wrong" };
                    format!(
                        "{} {} in {}: found {found}.",
                        emergency.prompt, emergency.version, emergency.environment
                    )
                })
            }
        }
    }
}

async fn list(context: &Context, route: Route, limit: Option<usize>) -> Result<(), Failure> {
    let answer = context.client.list(route, limit).await?;
    let header = ["ASKED", "WHAT", "ENVIRONMENT", "STATE", "STAGE", "BY", "ID"];
    context.show_list(&answer, &header, "Nothing waits for approval here.", |approval: &Answer| {
        vec![
            minute(&approval.opened_at),
            what(approval),
            approval.environment.clone(),
            approval.state.clone(),
            option_or_dash(approval.stage.as_deref()),
            approval.requester.name.clone(),
            approval.id.clone(),
        ]
    })
}

async fn emergencies(context: &Context, open: bool, limit: Option<usize>) -> Result<(), Failure> {
    let route = Route::new("/emergencies").query("reviewed", open.then_some("false"));
    let answer = context.client.list(route, limit).await?;
    let header = ["WHEN", "PROMPT", "ENVIRONMENT", "VERSION", "BY", "REVIEW", "DEPLOYMENT"];
    context.show_list(&answer, &header, "There was no emergency here.", |emergency: &Emergency| {
        let review = match &emergency.review {
            Some(review) => {
                format!("{} by {}", if review.approved { "right" } else { "wrong" }, review.by.name)
            }
            None if emergency.overdue => format!("overdue since {}", minute(&emergency.review_by)),
            None => format!("until {}", minute(&emergency.review_by)),
        };
        vec![
            minute(&emergency.at),
            emergency.prompt.clone(),
            emergency.environment.clone(),
            emergency.version.clone(),
            emergency.by.name.clone(),
            review,
            emergency.deployment_id.clone(),
        ]
    })
}

fn what(approval: &Answer) -> String {
    let prompt = approval.prompt.as_deref().unwrap_or_default();
    match approval.kind.as_str() {
        "build" => format!("{prompt} {}", approval.version.as_deref().unwrap_or_default()),
        "archive" => format!("archive {prompt}"),
        "policy" => "ask for less".to_owned(),
        "unfreeze" => "end the freeze".to_owned(),
        "release" => crate::commands::release::what(&approval.items),
        other => other.to_owned(),
    }
}

fn said(one: &ApprovalDecision) -> String {
    let indent = if one.reply_to.is_some() { "  " } else { "" };
    let words = one.comment.replace('\n', &format!("\n{indent}  "));
    let words = if words.is_empty() { words } else { format!(": {words}") };
    format!("{indent}{}. {} {} by {}{words}\n", one.seq, minute(&one.at), one.kind, one.by.name)
}

fn describe(approval: &Answer) -> String {
    let mut text = format!("{} in {}: {}\n", what(approval), approval.environment, approval.state);
    let names = |people: &[promptory_api::approval::ApprovalPerson]| {
        people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let loosens = approval.policy.as_ref().map(|policy| policy.loosens.join("\n")).unwrap_or_default();
    text.push_str(&facts(&[
        ("id", approval.id.clone()),
        ("asked by", approval.requester.name.clone()),
        ("written by", names(&approval.authors)),
        ("note", approval.note.clone()),
        ("build", approval.build_hash.clone().unwrap_or_default()),
        ("by this", loosens),
        ("deployment", approval.deployment_id.clone().unwrap_or_default()),
        ("release", approval.release_id.clone().unwrap_or_default()),
        ("expires", minute(&approval.expires_at)),
    ]));
    let stage = |stage: &ApprovalStage| {
        let who: Vec<&str> = stage
            .roles
            .iter()
            .map(String::as_str)
            .chain(stage.users.iter().map(|user| user.name.as_str()))
            .collect();
        let by = if stage.by.is_empty() { String::new() } else { format!(", by {}", names(&stage.by)) };
        let counted = format!("{} of {} from {}", stage.by.len(), stage.approvals, who.join(", "));
        format!("  {} ({}): {counted}{by}\n", stage.name, stage.state)
    };
    text.extend(approval.stages.iter().map(stage));
    // Threads in the order in which they were begun, answers below what they answer.
    let mut all: Vec<&ApprovalDecision> = approval.decisions.iter().chain(&approval.comments).collect();
    all.sort_by_key(|one| (one.reply_to.unwrap_or(one.seq), one.seq));
    text.extend(all.into_iter().map(said));
    if let Some(why) = &approval.why_not {
        text.push_str(&format!("You cannot approve it: {why}\n"));
    }
    let next: String =
        approval.possible.iter().map(|word| format!("  promptory {word} {}\n", approval.id)).collect();
    if !next.is_empty() {
        text.push_str(&format!("Possible now:\n{next}"));
    }
    text.trim_end().to_owned()
}
