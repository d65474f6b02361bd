use super::{Freeze, Policy, Subject};
use crate::{
    bucketing::Share,
    id::{PromptId, VersionId},
    rollout::Transition,
};

/// A build of a prompt in an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub prompt: PromptId,
    pub environment: String,
    pub version: VersionId,
    pub build_hash: String,
}

/// By which door a build comes to be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    Activate,
    Patch,
    /// The start of a deployment, and what a way back leads to.
    Deploy,
    Release,
    Revert,
    Segment,
    /// The start of an experiment, or new weights that give a share to a version that had none.
    Experiment,
    Import,
    /// An archived prompt is served again.
    Restore,
}

impl Way {
    pub const ALL: [Self; 9] = [
        Self::Activate,
        Self::Patch,
        Self::Deploy,
        Self::Release,
        Self::Revert,
        Self::Segment,
        Self::Experiment,
        Self::Import,
        Self::Restore,
    ];
}

/// Everything that changes what an environment serves, or what it asks for before it does.
///
/// What touches several prompts or environments (a release, archiving a prompt that is live in two of them) is one
/// change for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServingChange {
    /// A build gets a share that it has not now: a start, or going back, which the evidence tells. The transitions of
    /// this prompt's deployments in this environment that belong to it are part of it: what starts, what is superseded,
    /// what is taken back.
    Serve {
        target: Target,
        way: Way,
    },
    /// A transition without a start and without a way back from what was completed: a step, a pause, the end of a bake;
    /// the end of what has not come to its end, whose callers get the build that was stable beside it; all that serves
    /// nothing.
    Deployment(Box<Transition>),
    /// An experiment ends early, a segment is taken away: what they served falls to the live build.
    Reweight(Weights),
    /// A prompt that this environment serves is served no more.
    Archive {
        prompt: PromptId,
        environment: String,
    },
    /// A prompt that is live nowhere, or one version of a prompt that is not live, is archived or taken out again.
    ArchiveUnserved {
        prompt: PromptId,
        version: Option<VersionId>,
    },
    /// A label points elsewhere. What it leads to in an environment with stages is decided when it is resolved.
    Label {
        prompt: PromptId,
        name: String,
        version: Option<VersionId>,
    },
    /// A prompt is renamed, or gets or loses a former name: the same bytes by another name.
    Name {
        prompt: PromptId,
    },
    /// What was never served is deleted.
    Delete {
        prompt: PromptId,
        version: Option<VersionId>,
    },
    Policy {
        environment: String,
        new: Policy,
    },
    /// Also another end of a freeze that is on.
    Freeze {
        environment: String,
        freeze: Freeze,
    },
    Unfreeze {
        environment: String,
    },
    DeleteEnvironment {
        environment: String,
    },
}

/// The shares of builds, by build hash, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    pub prompt: PromptId,
    pub environment: String,
    /// The live build gets what the others lose.
    pub live: String,
    pub before: Vec<(String, Share)>,
    pub after: Vec<(String, Share)>,
}

impl Weights {
    /// No build but the live one has more than before.
    pub fn only_fall(&self) -> bool {
        let total = |weights: &[(String, Share)], build: &str| -> u64 {
            weights.iter().filter(|(hash, _)| hash == build).map(|(_, share)| u64::from(share.ppm())).sum()
        };
        self.after
            .iter()
            .all(|(build, _)| *build == self.live || total(&self.after, build) <= total(&self.before, build))
    }
}

impl Target {
    pub fn subject(&self) -> Subject {
        Subject::Build {
            prompt: self.prompt.clone(),
            environment: self.environment.clone(),
            build_hash: self.build_hash.clone(),
        }
    }
}

impl ServingChange {
    /// `None`: it belongs to no one environment.
    pub fn environment(&self) -> Option<&str> {
        match self {
            Self::Serve { target, .. } => Some(&target.environment),
            Self::Reweight(weights) => Some(&weights.environment),
            Self::Archive { environment, .. }
            | Self::Policy { environment, .. }
            | Self::Freeze { environment, .. }
            | Self::Unfreeze { environment }
            | Self::DeleteEnvironment { environment } => Some(environment),
            Self::Deployment(_)
            | Self::ArchiveUnserved { .. }
            | Self::Label { .. }
            | Self::Name { .. }
            | Self::Delete { .. } => None,
        }
    }

    /// What would have to be approved. `None`: it never needs approval.
    pub fn subject(&self, policy: &Policy, freeze: Option<&Freeze>) -> Option<Subject> {
        match self {
            Self::Serve { target, .. } => Some(target.subject()),
            Self::Archive { prompt, environment } => {
                Some(Subject::Archive { prompt: prompt.clone(), environment: environment.clone() })
            }
            Self::Policy { environment, new } => Some(Subject::policy(environment, policy, new)),
            Self::Unfreeze { environment } => {
                let (environment, since) = (environment.clone(), freeze?.since);
                Some(Subject::Unfreeze { environment, since, until: None })
            }
            Self::Freeze { environment, freeze: new } => {
                let (environment, since) = (environment.clone(), freeze?.since);
                Some(Subject::Unfreeze { environment, since, until: new.until })
            }
            Self::DeleteEnvironment { environment } => {
                Some(Subject::DeleteEnvironment { environment: environment.clone() })
            }
            _ => None,
        }
    }
}
