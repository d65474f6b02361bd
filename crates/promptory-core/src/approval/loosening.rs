use std::fmt;

use super::{Policy, Rollback, Stage};

/// One way in which a new policy asks for less than the one in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loosening {
    /// Also a stage that is renamed: what it decided belongs to the old name.
    StageRemoved(String),
    FewerApprovals {
        stage: String,
        from: u32,
        to: u32,
    },
    MoreRoles {
        stage: String,
        roles: Vec<&'static str>,
    },
    MoreUsers {
        stage: String,
        users: Vec<String>,
    },
    /// Who decides last no longer does.
    StagesReordered,
    AuthorAllowed,
    RollbackAllowed,
    RollbackWithoutApproval,
    EmergencyAllowed,
    ValidLonger {
        from_s: i64,
        to_s: i64,
    },
    /// Versions are made and deployed with nobody asking.
    AutoRevert,
}

impl fmt::Display for Loosening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StageRemoved(stage) => write!(f, "the stage {stage:?} is gone"),
            Self::FewerApprovals { stage, from, to } => {
                write!(f, "the stage {stage:?} asks for {to} in place of {from} approvals")
            }
            Self::MoreRoles { stage, roles } => {
                write!(f, "the stage {stage:?} also takes {}", roles.join(", "))
            }
            Self::MoreUsers { stage, users } => {
                write!(f, "the stage {stage:?} also takes {}", users.join(", "))
            }
            Self::StagesReordered => f.write_str("the stages come in another order"),
            Self::AuthorAllowed => f.write_str("authors approve their own work"),
            Self::RollbackAllowed => f.write_str("the way back is open"),
            Self::RollbackWithoutApproval => f.write_str("going back needs no approval"),
            Self::EmergencyAllowed => f.write_str("an emergency does without approval"),
            Self::ValidLonger { from_s, to_s } => {
                write!(f, "approvals are valid for {to_s} s in place of {from_s} s")
            }
            Self::AutoRevert => f.write_str("revert versions are deployed by themselves"),
        }
    }
}

/// Everything by which `new` asks for less than `old`. Empty: it asks for the same or more, and holds at once.
///
/// Each field is looked at by itself: asking for more in one place makes up for nothing in another.
pub fn is_loosening(old: &Policy, new: &Policy) -> Vec<Loosening> {
    let mut found: Vec<Loosening> = old.stages.iter().flat_map(|stage| stage_loosened(stage, new)).collect();
    if reordered(old, new) {
        found.push(Loosening::StagesReordered);
    }
    let back = |policy: &Policy| policy.rollback == Rollback::Allowed;
    let flags = [
        (!old.allow_author && new.allow_author, Loosening::AuthorAllowed),
        (!back(old) && back(new), Loosening::RollbackAllowed),
        (old.rollback_needs_approval && !new.rollback_needs_approval, Loosening::RollbackWithoutApproval),
        (!old.emergency && new.emergency, Loosening::EmergencyAllowed),
        (
            new.expires_after_s > old.expires_after_s,
            Loosening::ValidLonger { from_s: old.expires_after_s, to_s: new.expires_after_s },
        ),
        (!old.auto_revert && new.auto_revert, Loosening::AutoRevert),
    ];
    found.extend(flags.into_iter().filter(|(loosened, _)| *loosened).map(|(_, what)| what));
    found
}

fn stage_loosened(old: &Stage, new: &Policy) -> Vec<Loosening> {
    let stage = old.name.clone();
    let Some(new) = new.stage(&stage) else { return vec![Loosening::StageRemoved(stage)] };
    let mut found = Vec::new();
    if new.approvals < old.approvals {
        let (from, to) = (old.approvals, new.approvals);
        found.push(Loosening::FewerApprovals { stage: stage.clone(), from, to });
    }
    if !old.roles.has_all(new.roles) {
        let known: Vec<&str> = old.roles.words().collect();
        let roles = new.roles.words().filter(|word| !known.contains(word)).collect();
        found.push(Loosening::MoreRoles { stage: stage.clone(), roles });
    }
    let users: Vec<String> =
        new.users.iter().filter(|user| !old.users.contains(user)).map(ToString::to_string).collect();
    if !users.is_empty() {
        found.push(Loosening::MoreUsers { stage, users });
    }
    found
}

/// Of the stages that both have.
fn reordered(old: &Policy, new: &Policy) -> bool {
    let both = |one: &Policy, other: &Policy| -> Vec<String> {
        let kept = one.stages.iter().filter(|stage| other.stage(&stage.name).is_some());
        kept.map(|stage| stage.name.clone()).collect()
    };
    both(old, new) != both(new, old)
}
