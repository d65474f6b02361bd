use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::Policy;
use crate::{id::PromptId, time::Timestamp};

/// What an approval is for, and for nothing else: not another build of the prompt, not the same bytes as another prompt
/// or in another environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    Build {
        prompt: PromptId,
        environment: String,
        build_hash: String,
    },
    Archive {
        prompt: PromptId,
        environment: String,
    },
    /// From exactly one policy to exactly one other.
    Policy {
        environment: String,
        change: String,
    },
    /// The freeze that began then is to end so. `None`: at once.
    Unfreeze {
        environment: String,
        since: Timestamp,
        until: Option<Timestamp>,
    },
    DeleteEnvironment {
        environment: String,
    },
    /// Builds that begin together in one environment, or none of them. In order, each prompt once.
    Release {
        environment: String,
        builds: Vec<(PromptId, String)>,
    },
}

impl Subject {
    pub fn release(environment: &str, mut builds: Vec<(PromptId, String)>) -> Self {
        builds.sort();
        Self::Release { environment: environment.to_owned(), builds }
    }

    pub fn environment(&self) -> &str {
        match self {
            Self::Build { environment, .. }
            | Self::Archive { environment, .. }
            | Self::Policy { environment, .. }
            | Self::Unfreeze { environment, .. }
            | Self::Release { environment, .. }
            | Self::DeleteEnvironment { environment } => environment,
        }
    }

    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Build { .. } => "build",
            Self::Archive { .. } => "archive",
            Self::Policy { .. } => "policy",
            Self::Unfreeze { .. } => "unfreeze",
            Self::DeleteEnvironment { .. } => "delete_environment",
            Self::Release { .. } => "release",
        }
    }

    pub fn prompt(&self) -> Option<&PromptId> {
        match self {
            Self::Build { prompt, .. } | Self::Archive { prompt, .. } => Some(prompt),
            _ => None,
        }
    }

    /// What tells it from others of its kind in the same prompt and environment: the hash of a build, of a change of the
    /// policy; for a freeze its beginning and its new end in microseconds; for a release a line for each prompt and its
    /// build.
    pub fn detail(&self) -> String {
        match self {
            Self::Build { build_hash, .. } => build_hash.clone(),
            Self::Policy { change, .. } => change.clone(),
            Self::Unfreeze { since, until: Some(until), .. } => {
                format!("{} {}", since.micros(), until.micros())
            }
            Self::Unfreeze { since, until: None, .. } => since.micros().to_string(),
            Self::Archive { .. } | Self::DeleteEnvironment { .. } => String::new(),
            Self::Release { builds, .. } => {
                let line = |(prompt, build): &(PromptId, String)| format!("{prompt} {build}");
                builds.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// Reads what [`Self::kind`], [`Self::prompt`], [`Self::environment`] and [`Self::detail`] wrote. `None`: no such
    /// subject.
    pub fn from_stored(kind: &str, prompt: Option<&str>, environment: &str, detail: &str) -> Option<Self> {
        let environment = environment.to_owned();
        Some(match kind {
            "build" => Self::Build { prompt: prompt?.into(), environment, build_hash: detail.to_owned() },
            "archive" => Self::Archive { prompt: prompt?.into(), environment },
            "policy" => Self::Policy { environment, change: detail.to_owned() },
            "unfreeze" => {
                let (since, until) = detail.split_once(' ').map_or((detail, None), |(s, u)| (s, Some(u)));
                let micros = |text: &str| text.parse().ok().map(Timestamp::from_micros);
                let until = until.map(micros);
                if until == Some(None) {
                    return None;
                }
                Self::Unfreeze { environment, since: micros(since)?, until: until.flatten() }
            }
            "delete_environment" => Self::DeleteEnvironment { environment },
            "release" => {
                let builds = detail.lines().map(|line| {
                    let (prompt, build) = line.split_once(' ')?;
                    Some((prompt.into(), build.to_owned()))
                });
                let builds = builds.collect::<Option<Vec<_>>>()?;
                if builds.is_empty() {
                    return None;
                }
                Self::Release { environment, builds }
            }
            _ => return None,
        })
    }

    /// Loosening a policy: `sha256:` and the hash over the environment, what holds and what is to hold.
    pub fn policy(environment: &str, old: &Policy, new: &Policy) -> Self {
        let json = serde_json::json!([environment, old, new]).to_string();
        let mut change = String::from("sha256:");
        for byte in Sha256::digest(json.as_bytes()) {
            let _ = write!(change, "{byte:02x}");
        }
        Self::Policy { environment: environment.to_owned(), change }
    }

    /// Whether this is a release that has the build of the other.
    pub(super) fn releases(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Release { environment, builds },
                Self::Build { prompt, environment: there, build_hash },
            ) => {
                environment == there && builds.iter().any(|(one, build)| one == prompt && build == build_hash)
            }
            _ => false,
        }
    }

    /// Whether both are builds of the same prompt for the same environment.
    pub(super) fn is_other_build(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Build { prompt, environment, build_hash },
                Self::Build { prompt: other, environment: there, build_hash: hash },
            ) => prompt == other && environment == there && build_hash != hash,
            _ => false,
        }
    }
}
