use serde::{Deserialize, Serialize};

use super::satisfiable;
use crate::{
    access::Roles,
    id::UserId,
    limits::{APPROVAL_DAYS, APPROVAL_HOURS_LEAST, APPROVAL_STAGES, APPROVALS_PER_STAGE, USERS_PER_STAGE},
    violation::Violation,
};

/// What an environment asks for before it serves something new. In stored JSON every field may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// One after the other. None: the environment approves by itself.
    pub stages: Vec<Stage>,
    /// Authors of what is approved, and who asked for it, count as well.
    pub allow_author: bool,
    pub rollback: Rollback,
    /// Also going back to what was approved here before needs approval.
    pub rollback_needs_approval: bool,
    /// Whoever has the right may do without approval, with a reason.
    pub emergency: bool,
    /// Seconds from asking to the end of an approval.
    pub expires_after_s: i64,
    /// Where the way back is closed, a condition that fires makes and deploys the revert version by itself.
    pub auto_revert: bool,
}

/// Whether an environment goes back to older versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rollback {
    #[default]
    Allowed,
    /// Only to the end of an unfinished rollout; beyond that, a revert makes a new version of the old content.
    FixForward,
}

impl Rollback {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::FixForward => "fix_forward",
        }
    }

    /// # Errors
    /// Names the policies that there are.
    pub fn parse(word: &str) -> Result<Self, String> {
        match word {
            "allowed" => Ok(Self::Allowed),
            "fix_forward" => Ok(Self::FixForward),
            _ => Err(format!("{word:.40?} is no rollback policy; use \"allowed\" or \"fix_forward\".")),
        }
    }
}

/// So many of these people, each with one of the roles or named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Unique in its policy. Decisions belong to a name, so a stage that is renamed starts anew.
    pub name: String,
    #[serde(default, with = "words")]
    pub roles: Roles,
    #[serde(default)]
    pub users: Vec<UserId>,
    pub approvals: u32,
}

impl Stage {
    pub fn takes(&self, user: &UserId, roles: Roles) -> bool {
        self.users.contains(user) || self.roles.any_of(roles)
    }
}

impl Policy {
    pub const EXPIRES_AFTER_S: i64 = 14 * 86_400;

    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    /// Whether references, labels and pins lead to a build here. Where there are stages, only to one that this
    /// environment serves or served, or that a rollout is releasing in it.
    pub fn resolves(&self, is_or_was_live: bool, rolling_out: bool) -> bool {
        self.stages.is_empty() || is_or_was_live || rolling_out
    }

    /// Everything that is wrong, at `/policy/…`.
    pub fn check(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        if self.stages.len() > APPROVAL_STAGES {
            let detail =
                format!("There are {} stages; at most {APPROVAL_STAGES} are allowed.", self.stages.len());
            found.push(Violation::new("too_many", "/policy/stages", detail));
        }
        for (n, stage) in self.stages.iter().enumerate() {
            let before = self.stages.iter().take(n);
            if before.into_iter().any(|other| other.name.to_lowercase() == stage.name.to_lowercase()) {
                let detail = format!("Two stages are called {:?}; each needs a name of its own.", stage.name);
                found.push(Violation::new("duplicate", format!("/policy/stages/{n}/name"), detail));
            }
            found.extend(check_stage(n, stage));
        }
        let (least, most) = (APPROVAL_HOURS_LEAST * 3600, APPROVAL_DAYS * 86_400);
        if !(least..=most).contains(&self.expires_after_s) {
            let detail = format!("{} s is not from an hour to {APPROVAL_DAYS} days.", self.expires_after_s);
            found.push(Violation::new("invalid_time", "/policy/expires_after_s", detail));
        }
        if found.is_empty() && !satisfiable::satisfiable(&self.stages) {
            let detail = "The named people are too few: one person counts once over all stages, so nothing could ever be \
                          approved. Name more people, give a role, or ask for fewer approvals.";
            found.push(Violation::new("unsatisfiable", "/policy/stages", detail));
        }
        found
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            stages: Vec::new(),
            allow_author: false,
            rollback: Rollback::Allowed,
            rollback_needs_approval: false,
            emergency: true,
            expires_after_s: Self::EXPIRES_AFTER_S,
            auto_revert: false,
        }
    }
}

const STAGE_NAME_CHARS: usize = 64;

fn check_stage(n: usize, stage: &Stage) -> Vec<Violation> {
    let at = |code, field: &str, detail: String| {
        Violation::new(code, format!("/policy/stages/{n}{field}"), detail)
    };
    let mut found = Vec::new();
    let name = &stage.name;
    let fits = !name.is_empty() && name.chars().count() <= STAGE_NAME_CHARS;
    if !fits || name.trim() != name || name.chars().any(char::is_control) {
        let detail =
            format!("A stage is called by 1 to {STAGE_NAME_CHARS} characters, with no space at the ends.");
        found.push(at("invalid_name", "/name", detail));
    }
    if stage.roles.is_empty() && stage.users.is_empty() {
        found.push(at("required", "", "Nobody could approve; give roles or users.".into()));
    }
    if !(1..=APPROVALS_PER_STAGE).contains(&stage.approvals) {
        let detail = format!("{} approvals; ask for 1 to {APPROVALS_PER_STAGE}.", stage.approvals);
        found.push(at("out_of_range", "/approvals", detail));
    }
    if stage.users.len() > USERS_PER_STAGE {
        let detail = format!("There are {} users; at most {USERS_PER_STAGE} are allowed.", stage.users.len());
        found.push(at("too_many", "/users", detail));
    }
    for (index, user) in stage.users.iter().enumerate() {
        if stage.users.iter().take(index).any(|other| other == user) {
            let detail = format!("{user} is named twice; one person counts once.");
            found.push(at("duplicate", &format!("/users/{index}"), detail));
        }
    }
    found
}

/// Roles as a list of words. Words of a newer server grant nothing.
mod words {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::access::Roles;

    pub(super) fn serialize<S: Serializer>(roles: &Roles, to: S) -> Result<S::Ok, S::Error> {
        roles.words().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Roles, D::Error> {
        Vec::<String>::deserialize(from).map(|words| Roles::from_stored(&words.join(" ")))
    }
}
