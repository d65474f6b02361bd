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
}

impl Subject {
    pub fn environment(&self) -> &str {
        match self {
            Self::Build { environment, .. }
            | Self::Archive { environment, .. }
            | Self::Policy { environment, .. }
            | Self::Unfreeze { environment, .. }
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
        }
    }

    pub fn prompt(&self) -> Option<&PromptId> {
        match self {
            Self::Build { prompt, .. } | Self::Archive { prompt, .. } => Some(prompt),
            _ => None,
        }
    }

    /// What tells it from others of its kind in the same prompt and environment: the hash of a build, of a change of the
    /// policy; for a freeze its beginning and its new end in microseconds.
    pub fn detail(&self) -> String {
        match self {
            Self::Build { build_hash, .. } => build_hash.clone(),
            Self::Policy { change, .. } => change.clone(),
            Self::Unfreeze { since, until: Some(until), .. } => {
                format!("{} {}", since.micros(), until.micros())
            }
            Self::Unfreeze { since, until: None, .. } => since.micros().to_string(),
            Self::Archive { .. } | Self::DeleteEnvironment { .. } => String::new(),
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
